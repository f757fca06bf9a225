"""Forms of single parts of events: for who looks for one among those of all events."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from events.admin.events import SourceForm, mark_edited
from events.admin.inputs import INPUTS, LONG_INPUTS
from events.choosing import ChoosesEvents
from events.figure_sources import still_named
from events.guarding import GuardedAdmin, GuardedForm
from events.models import EventText, Figure, Participation, Relation, Source


class PartForm(GuardedForm):
    whole = "event"

    def _get_validation_exclusions(self) -> set[str]:
        """Without the event, which is only to look at here: Django would pass over every constraint that it is in."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded if "event" in self.fields else excluded - {"event"}


class PartAdmin(ChoosesEvents, GuardedAdmin):
    """Parts of all events in one list, to look for one. It stays with its event, which counts as edited with it."""

    form = PartForm
    list_select_related: ClassVar[Any] = ["event"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["event"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change or form.changed_data:
            super().save_model(request, obj, form, change)
            mark_edited([obj.event_id])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        mark_edited([obj.event_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        event_ids = list(queryset.values_list("event_id", flat=True))
        super().delete_queryset(request, queryset)
        mark_edited(event_ids)


@admin.register(EventText)
class EventTextAdmin(PartAdmin):
    list_display = ["title", "language", "event"]
    list_filter = ["language"]
    search_fields = ["title", "event__slug"]
    autocomplete_fields = ["event"]
    formfield_overrides = LONG_INPUTS


@admin.register(Participation)
class ParticipationAdmin(PartAdmin):
    list_display = ["event", "actor", "role", "name_as_printed"]
    list_filter = ["role"]
    list_select_related = ["event", "actor"]
    search_fields = ["event__slug", "actor__names", "name_as_printed"]
    autocomplete_fields = ["event", "actor"]


class SingleSourceForm(SourceForm, PartForm):
    pass


@admin.register(Source)
class SourceAdmin(PartAdmin):
    form = SingleSourceForm
    list_display = ["title", "publisher", "event", "claims", "official"]
    list_filter = ["official", "language"]
    search_fields = ["title", "publisher", "url", "event__slug"]
    autocomplete_fields = ["event"]
    formfield_overrides = LONG_INPUTS

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """None that a figure has, as in the form of the event."""
        listed, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        labels: dict[Source, list[str]] = {}
        for figure in Figure.objects.filter(source__in=list(objs)).select_related("source").order_by("source", "pk"):
            assert figure.source is not None
            labels.setdefault(figure.source, []).append(str(figure))
        had = [still_named(figures, f"the source “{source}”", "first") for source, figures in labels.items()]
        return listed, counts, missing_permissions, [*protected, *had]


@admin.register(Relation)
class RelationAdmin(PartAdmin):
    list_display = ["event", "kind", "target"]
    list_filter = ["kind"]
    list_select_related = ["event", "target"]
    search_fields = ["event__slug", "target__slug"]
    autocomplete_fields = ["event", "target"]


@admin.register(Figure)
class FigureAdmin(PartAdmin):
    list_display = ["__str__", "value", "unit", "period", "event"]
    search_fields = ["labels", "unit", "event__slug"]
    autocomplete_fields = ["event", "reporter", "partner", "source"]
    formfield_overrides = INPUTS
