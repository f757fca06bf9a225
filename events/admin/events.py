"""The form of an event, with all its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone

from events.admin.inputs import INPUTS, LONG_INPUTS, TableInline
from events.choosing import Chooses, ChoosesEvents, EventsView
from events.figure_sources import FigureFormSet, SourceField, SourceFormSet
from events.guarding import GuardedAdmin, GuardedForm, PartFormSet
from events.models import Event, EventText, Figure, Participation, Relation, Source
from events.searching import having, searchable
from events.uncut import Uncut


class EventForm(GuardedForm):
    """Refuses half a point. An event is marked as edited with its parts, so they need no fingerprint."""

    class Media:
        js = ["admin/js/urlify.js", "events/suggest_slug.js", "events/choose_source.js"]

    def clean(self) -> Any:
        cleaned = super().clean()
        self._check_coordinates()
        return cleaned

    def _check_coordinates(self) -> None:
        """A message at the empty field; the constraint's would stand above the form."""
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            values = self.cleaned_data
            if {name, other} <= values.keys() and values[name] is None and values[other] is not None:
                self.add_error(name, f"Give the {name} too, or no {other}.")


class EventTextForm(forms.ModelForm):
    def has_changed(self) -> bool:
        # The language alone says only that nobody has translated it yet.
        return super().has_changed() and (not self.instance._state.adding or self.changed_data != ["language"])


class EventTextInline(Uncut, admin.StackedInline):
    """A form for each language, whether or not it is filled in."""

    model = EventText
    form = EventTextForm
    formset = PartFormSet
    extra = max_num = len(settings.LANGUAGES)
    verbose_name = "text"
    verbose_name_plural = "texts, one for each language"
    formfield_overrides = LONG_INPUTS


class ParticipationInline(TableInline):
    model = Participation
    formset = PartFormSet
    verbose_name = "participant"
    autocomplete_fields = ["actor"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 2

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participation]:
        return super().get_queryset(request).select_related("actor")


class SourceForm(forms.ModelForm):
    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not url.startswith(("http://", "https://")):
            raise ValidationError("Give an address that begins with http:// or https://.")
        return url


class SourceInline(Uncut, admin.StackedInline):
    model = Source
    form = SourceForm
    formset = SourceFormSet
    formfield_overrides = LONG_INPUTS
    fieldsets = [
        (None, {"fields": ["url", "title", "publisher", ("language", "published", "accessed"), "official"]}),
        ("Dates that it claims", {"fields": [("claims", "claims_effective")]}),
    ]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "language":
            kwargs["widget"] = forms.TextInput({"size": 8})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class RelationInline(ChoosesEvents, TableInline):
    model = Relation
    formset = PartFormSet
    fk_name = "event"
    verbose_name_plural = "relations: this event …"
    autocomplete_fields = ["target"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Relation]:
        return super().get_queryset(request).select_related("event", "target")


class FigureInline(Chooses, Uncut, admin.StackedInline):
    model = Figure
    formset = FigureFormSet
    autocomplete_fields = ["reporter", "partner"]
    extra = 0
    formfield_overrides = INPUTS
    fieldsets = [(None, {"fields": ["labels", ("value", "unit", "period"), ("reporter", "partner"), "source"]})]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "source":
            # Without the buttons for a new one: whatever they save is an edit of this event by somebody else.
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "source":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Only this event's own sources can be chosen.
        event_id = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        event_id = event_id if event_id and event_id.isdecimal() else None
        kwargs["queryset"] = Source.objects.filter(event_id=event_id) if event_id else Source.objects.none()
        kwargs["form_class"] = SourceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class EventList(ChangeList):
    """Events, also of the last year, month and day that there are: behind them is nothing to stop before."""

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except (OverflowError, ValueError):
            # Without the hierarchy they are looked for by year, month and day, which takes longer.
            hierarchy, self.date_hierarchy = self.date_hierarchy, None
            try:
                return super().get_filters(request)
            finally:
                self.date_hierarchy = hierarchy


class EventAdmin(GuardedAdmin):
    """An event on one page: date and place, texts, participants, sources, relations, figures."""

    form = EventForm
    list_display = ["title", "date", "type", "slug"]
    list_filter: ClassVar[Any] = [
        ("type", admin.RelatedOnlyFieldListFilter),
        ("topics", admin.RelatedOnlyFieldListFilter),
        ("place_country", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = [
        "slug",
        "texts__title",
        "participations__actor__names",
        "place_name",
        "sources__url",
        "external_id",
    ]
    search_help_text = "Words of a title, a participant or a place; a slug, a source's URL or an external id."
    date_hierarchy = "start_min"
    autocomplete_fields = ["type", "topics", "place_country"]
    readonly_fields: ClassVar[Any] = ["created_at", "updated_at"]
    inlines = [EventTextInline, ParticipationInline, SourceInline, RelationInline, FigureInline]
    formfield_overrides = LONG_INPUTS
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["date", "type", "topics", "effective", "slug", "opened"]}),
        ("Place", {"fields": ["place_name", "place_country", ("latitude", "longitude")]}),
        ("Origin", {"classes": ["collapse"], "fields": ["external_id", "created_at", "updated_at"]}),
    ]

    class Media:
        css = {"all": ["events/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("type").prefetch_related("texts")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        return queryset.filter(having(Event, self.search_fields, searchable(search_term))), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return EventList

    def get_urls(self) -> list[Any]:
        choose = self.admin_site.admin_view(EventsView.as_view(admin_site=self.admin_site))
        return [path("choose/", choose, name="events_event_choose"), *super().get_urls()]

    def get_formset_kwargs(self, request: HttpRequest, obj: Event, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, EventTextInline):
            written = {text.language for text in obj.texts.all()} if obj.pk else set()
            kwargs["initial"] = [{"language": code} for code, _ in settings.LANGUAGES if code not in written]
        return kwargs

    # `updated_at` is to say when the event was edited last, with all its parts, and not who pressed Save.

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        if not change or form.changed_data:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            mark_edited([form.instance.pk])

    @admin.display(description="title")
    def title(self, event: Event) -> str:
        return next((text.title for text in event.texts.all()), "–")


def mark_edited(event_ids: Iterable[int]) -> None:
    """Notes that something of these events was edited now."""
    Event.objects.filter(pk__in=set(event_ids)).update(updated_at=timezone.now())
