"""Forms of actors, and of who belongs to whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest

from events.admin.inputs import INPUTS, TableInline
from events.choosing import may_view
from events.deleting import had_by_events
from events.fields import parse_or_none
from events.guarding import GuardedAdmin, GuardedForm, PartFormSet
from events.models import Actor, Event, Figure, Membership
from events.searching import searchable


class MembershipForm(forms.ModelForm):
    """Checks what the constraints do not: in a form they pass over every column that has no input in it."""

    def clean(self) -> Any:
        cleaned = super().clean()
        member, group = self.cleaned_data.get("member"), self.cleaned_data.get("group")
        member_id = member.pk if member else self.instance.member_id
        if member_id and member_id == (group.pk if group else self.instance.group_id):
            visible = {field.name for field in self.visible_fields()}  # errors of hidden ones are shown nowhere
            self.add_error("group" if "group" in visible else "member", "An actor cannot be a member of itself.")
        since, until = (parse_or_none(self.cleaned_data.get(name) or "") for name in ("since", "until"))
        if since and until and since.start_min > until.end_max:
            self.add_error("until", "“Since” is after “until”.")
        return cleaned


class SingleMembershipForm(MembershipForm, GuardedForm):
    whole = "member"


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


class MemberFormSet(PartFormSet):
    replaces = False  # those that are there cannot be changed here


class MemberInline(TableInline):
    """Whoever belongs to it: to look at and add to. Each is changed in a form of its own, or in the member's."""

    model = Membership
    form = MembershipForm
    formset = MemberFormSet
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
    names_events = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.names_events = self.names_events

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.instance in self.cleaned_data.get("successors", ()):
            self.add_error("successors", "An actor cannot be its own successor.")
        return cleaned


def _named(how: str, term: str) -> Q:
    """That a name in one of the languages is, or begins, so."""
    return Q.create([(f"names__{language}__{how}", term) for language, _ in settings.LANGUAGES], connector=Q.OR)


def _events_of(actor: Actor) -> QuerySet[Event]:
    """What keeps it from being deleted. Each table is asked by itself: one condition would read all events."""
    figures = Figure.objects.filter(Q(reporter=actor) | Q(partner=actor)).values("event")
    hosted = actor.events_hosted.order_by().values("pk")
    return Event.objects.filter(pk__in=actor.participations.order_by().values("event").union(figures, hosted))


class ActorAdmin(GuardedAdmin):
    form = ActorForm
    list_display = ["__str__", "kind", "code", "slug"]
    list_filter = ["kind"]
    search_fields = ["names", "aliases", "slug", "=code", "=alpha3", "=qid"]
    search_help_text = "A name in any language, an alias, a code such as UZ, or a Wikidata id."
    autocomplete_fields = ["successors"]
    inlines = [MembershipInline, MemberInline]
    deleted_with = ["memberships", "members"]
    fieldsets = [
        (None, {"fields": ["kind", "names", "slug", "aliases", "qid", "opened"]}),
        ("States and blocs", {"fields": [("code", "alpha3"), "successors"]}),
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.names_events = may_view(self, request, Event)  # type: ignore[attr-defined]
        return form

    def why_not_deleted(self, entries: QuerySet[Actor], request: HttpRequest) -> list[str]:
        return had_by_events(entries, _events_of, "another actor", may_view(self, request, Event))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Actor], search_term: str
    ) -> tuple[QuerySet[Actor], bool]:
        """First whoever has the code, then the name, then a name that begins so: among the many with a “us” or a
        “germany” somewhere in their names, US is the United States, and Germany comes before East Germany."""
        order = queryset.query.order_by or ["slug"]
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if term := searchable(search_term):
            nearness = Case(
                When(Q(code__iexact=term) | Q(alpha3__iexact=term), then=Value(0)),
                When(_named("iexact", term), then=Value(1)),
                When(_named("istartswith", term), then=Value(2)),
                default=Value(3),
            )
            found = found.order_by(nearness, *order)
        return found, has_duplicates


@admin.register(Membership)
class MembershipAdmin(GuardedAdmin):
    form = SingleMembershipForm
    list_display = ["member", "role", "group", "since", "until"]
    list_select_related = ["member", "group"]
    search_fields = ["member__names", "member__slug", "group__names", "group__slug", "role"]
    autocomplete_fields = ["member", "group"]
    formfield_overrides = INPUTS
