"""Forms for editors. `timeline.admin` registers what can be published, which knows how to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst

from events.choosing import ChoosesEvents, EventsView
from events.fields import DecimalFormField, EdtfField, TextFormField, parse_or_none
from events.figure_sources import FigureFormSet, SourceField
from events.guarding import GuardedForm, PartFormSet
from events.models import Actor, Event, EventText, Figure, Membership, Participation, Relation, Source

INPUTS: dict[Any, dict[str, Any]] = {
    EdtfField: {"widget": forms.TextInput({"size": 24})},
    models.URLField: {"assume_scheme": "https"},
    models.DecimalField: {"form_class": DecimalFormField},
    models.DateField: {
        "widget": AdminDateWidget(format="%Y-%m-%d"),
        "input_formats": ["%Y-%m-%d"],  # Django's own read 06/11 as the eleventh of June
        "error_messages": {"invalid": "Enter a date such as 2025-11-06."},
    },
}
"""A date is short and begins with the year, a decimal comma is one."""

LONG_INPUTS: dict[Any, dict[str, Any]] = {
    **INPUTS,
    models.CharField: {"widget": AdminTextInputWidget({"class": "vLargeTextField"})},
    models.TextField: {"form_class": TextFormField, "widget": AdminTextareaWidget({"rows": 4})},
}
"""A title of 300 characters is to be read before it is published."""


class MembershipForm(forms.ModelForm):
    """Checks what the constraints do not: in a form they pass over every column that has no input in it."""

    def clean(self) -> Any:
        cleaned = super().clean()
        member, group = self.cleaned_data.get("member"), self.cleaned_data.get("group")
        member_id = member.pk if member else self.instance.member_id
        if member_id and member_id == (group.pk if group else self.instance.group_id):
            self.add_error("group" if "group" in self.fields else "member", "An actor cannot be a member of itself.")
        since, until = (parse_or_none(self.cleaned_data.get(name) or "") for name in ("since", "until"))
        if since and until and since.start_min > until.end_max:
            self.add_error("until", "“Since” is after “until”.")
        return cleaned


class SingleMembershipForm(MembershipForm, GuardedForm):
    whole = "member"


class TableInline(admin.TabularInline):
    """Parts as the rows of a table. Its head is above them for who sees it; for others each field has its name."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = capfirst(field.label)
        return field


class MembershipInline(TableInline):
    model = Membership
    form = MembershipForm
    formset = PartFormSet
    fk_name = "member"
    verbose_name = "membership"
    verbose_name_plural = "belongs to"
    autocomplete_fields = ["group"]
    formfield_overrides = INPUTS
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("member", "group")


class MemberInline(TableInline):
    """Whoever belongs to it: to look at and add to. One form for a hundred members would be refused for its size."""

    model = Membership
    form = MembershipForm
    formset = PartFormSet
    fk_name = "group"
    verbose_name = "member"
    verbose_name_plural = "members (“View” leads to the form of each)"
    autocomplete_fields = ["member"]
    formfield_overrides = INPUTS
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("member", "group")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ActorForm(GuardedForm):
    """Of the memberships only its own: those of others in it cannot be changed here."""

    parts = ["memberships"]


class ActorAdmin(admin.ModelAdmin):
    form = ActorForm
    list_display = ["__str__", "kind", "code", "slug"]
    list_filter = ["kind"]
    search_fields = ["names", "aliases", "slug", "=code", "=alpha3", "=qid"]
    search_help_text = "A name in any language, an alias, a code such as UZ, or a Wikidata id."
    autocomplete_fields = ["successors"]
    inlines = [MembershipInline, MemberInline]
    fieldsets = [
        (None, {"fields": ["kind", "names", "slug", "aliases", "qid", "opened"]}),
        ("States and blocs", {"fields": [("code", "alpha3"), "successors"]}),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Actor], search_term: str
    ) -> tuple[QuerySet[Actor], bool]:
        """Whoever has the code comes first: among the many whose name has a “us” in it, US is the United States."""
        order = queryset.query.order_by or ["slug"]
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if search_term:
            by_code = Case(When(code__iexact=search_term.strip(), then=Value(0)), default=Value(1))
            found = found.order_by(by_code, *order)
        return found, has_duplicates


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    form = SingleMembershipForm
    list_display = ["member", "role", "group", "since", "until"]
    list_select_related = ["member", "group"]
    search_fields = ["member__names", "member__slug", "group__names", "group__slug", "role"]
    autocomplete_fields = ["member", "group"]
    formfield_overrides = INPUTS


class BranchAdmin(admin.ModelAdmin):
    form = GuardedForm
    list_display = ["__str__", "slug", "parent"]
    list_select_related = ["parent"]
    search_fields = ["names", "slug"]
    autocomplete_fields = ["parent"]
    fields: ClassVar[Any] = ["names", "slug", "parent", "opened"]


class EventTypeAdmin(BranchAdmin):
    list_display = [*BranchAdmin.list_display, "plover"]
    fields = [*BranchAdmin.fields, "plover"]


class TopicAdmin(BranchAdmin):
    pass


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


class EventTextInline(admin.StackedInline):
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


class SourceInline(admin.StackedInline):
    model = Source
    form = SourceForm
    formset = PartFormSet
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


class FigureInline(admin.StackedInline):
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


class EventAdmin(admin.ModelAdmin):
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


class PartForm(GuardedForm):
    whole = "event"


class PartAdmin(ChoosesEvents, admin.ModelAdmin):
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
