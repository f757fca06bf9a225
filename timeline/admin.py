"""Publishing for editors: the actions Publish and Withdraw. What is public, to look at, is in `public_admin`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from events.admin import ActorAdmin, EventAdmin, EventTypeAdmin, TopicAdmin
from events.among import among
from events.choosing import ChoosesEvents, may_view
from events.digest import digest
from events.fields import TranslatedWidget
from events.guarding import GuardedAdmin
from events.models import Actor, Event, EventType, Topic
from timeline import public_admin  # noqa: F401 -- registers what is to look at
from timeline.admin_messages import last_refresh, linked, log, of_others, say_not, say_what_follows, slugs
from timeline.checks import refusals
from timeline.drafts import load_drafts
from timeline.editions import hold_publishing
from timeline.filters import check_saved_filter
from timeline.import_admin import ImportAdmin
from timeline.importing import at_once, in_parts
from timeline.models import Publication, PublicationRelation, Term, Timeline
from timeline.models.publications import DRAFT_EDITED_AT
from timeline.pages.words import SITE
from timeline.public_states import DRAFT, WITHDRAWN, is_bloc, own_keys, public_states, public_version
from timeline.publishing import Outcome, lock, publish, publish_vocabulary, withdraw, withdraw_timelines
from timeline.publishing_admin import LISTED, PublishingAdmin, account
from timeline.saved_filters import say_what_filters_lose
from timeline.seen import as_seen, entries_as_seen, opened, seen
from timeline.taken_along import AGAIN, tell_what_went_along
from timeline.vocabulary import Changes, members_otherwise
from timeline.withdrawing import withdraw_entries

FIRST_THESE = "Publish these without it first, or withdraw them."
STILL_PUBLIC = "What is public of {}, which nobody could edit any more: withdraw it first."
PUBLISHED = "All that was ever published of {}."
PICKED = "Timelines have {}, too."
POSTED = ("action", ACTION_CHECKBOX_NAME, "select_across", "index")
"""What the form of a list says of an action, and of what it is to be done to."""

admin.site.site_header = admin.site.site_title = SITE


def _withdraw(
    model_admin: PublishableEventAdmin | PublishableVocabulary,
    request: HttpRequest,
    queryset: QuerySet[Any],
    withdraw: Callable[..., tuple[list[Any], Mapping[Any, list[str]]]],
) -> HttpResponse | None:
    """Withdraws what is public of the entries, and says so, and why some stay: `withdraw` tells both. Asks before, if
    they are more than the message can name: nobody could tell them afterwards from what was withdrawn before."""
    ids = sorted(queryset.values_list("pk", flat=True))
    confirmed = digest(ids)
    public_slugs = list(model_admin.public_among(queryset).values_list("slug", flat=True))
    if len(public_slugs) > LISTED and request.POST.get("confirmed") != confirmed:
        context = {
            **model_admin.admin_site.each_context(request),
            "title": "Withdraw many",
            "opts": model_admin.model._meta,
            "number": len(public_slugs),
            "listed": ", ".join(public_slugs[:LISTED]),
            "confirmed": confirmed,
            "posted": [(name, value) for name in POSTED for value in request.POST.getlist(name)],
        }
        return TemplateResponse(request, "timeline/admin/withdraw.html", context)
    entries = list(queryset)
    ended, stay = withdraw(entries, account(request))
    log(request, ended, "Withdrawn.")
    say_not("withdrawn", request, [(entry.slug, [*reasons, FIRST_THESE]) for entry, reasons in stay.items()], LISTED)
    public = {entry.pk for entry in (*ended, *stay)}
    others = [entry for entry in entries if entry.pk not in public]
    if ended:
        model_admin.message_user(request, f"Withdrawn: {slugs(ended, LISTED)}.", messages.SUCCESS)
    if others:
        model_admin.message_user(request, f"Not public, so left alone: {slugs(others, LISTED)}.", messages.WARNING)
    return None


class PublicStateFilter(admin.SimpleListFilter):
    title = "public state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("draft", "Never published"),
            ("public", "Public"),
            ("edited", "Public, edited since"),
            ("withdrawn", "Withdrawn"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions: dict[str | None, dict[str, Any]] = {
            "draft": {"public_draft": None},
            "public": {"public_version__isnull": False},
            "edited": {"public_version__isnull": False, "updated_at__gt": F("public_draft")},
            "withdrawn": {"was_withdrawn": True},
        }
        return queryset.filter(**conditions.get(self.value(), {}))


@admin.register(Event)
class PublishableEventAdmin(ImportAdmin, EventAdmin):
    """Events with their public state, the door to the public, and the import."""

    list_display = ["title", "date", "type", "public", "slug"]
    list_filter = [PublicStateFilter, *EventAdmin.list_filter]
    readonly_fields = ["public", *EventAdmin.readonly_fields]
    fieldsets = [*EventAdmin.fieldsets, ("Publication", {"fields": ["public"]})]
    actions = ["publish_selected", "withdraw_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        last = Publication.objects.filter(event=OuterRef("pk"), superseded_in=None)
        return (
            super()
            .get_queryset(request)
            .annotate(
                public_version=Subquery(last.filter(withdrawn=False).values("version")),
                public_draft=Subquery(last.values(edited=DRAFT_EDITED_AT)),
                was_withdrawn=Exists(last.filter(withdrawn=True)),
            )
        )

    @admin.display(description="public")
    def public(self, event: Any) -> str:
        if event.pk is None or event.public_draft is None:
            return DRAFT
        if event.was_withdrawn:
            return WITHDRAWN
        return public_version(event.public_version, edited=event.updated_at > event.public_draft)

    def view_on_site(self, obj: Event) -> str | None:
        """Its public address, under the slug that is public; none if it is not."""
        public = Publication.objects.current().filter(event=obj).only("slug").first()
        return _page(public) if public else None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Says at once what Publish would: the sources, say, are still at hand."""
        super().save_related(request, form, formsets, change)
        for reasons in refusals(load_drafts([form.instance.pk])).values():
            messages.warning(request, f"Saved, but it cannot be published yet. {' '.join(reasons)}")

    def why_not_deleted(self, entries: QuerySet[Event], request: HttpRequest) -> list[str]:
        """What was ever published. It is not what an account is permitted: nobody deletes these. And what is in a
        timeline, which would change without its editors."""
        ids = entries.order_by().values("pk")
        last = Publication.objects.filter(event__in=ids, superseded_in=None).order_by("event__slug")
        lines = [
            f"{PUBLISHED.format(f'“{slug}”')} "
            + ("It is withdrawn already." if withdrawn else "Withdraw the event instead.")
            for slug, withdrawn in last.values_list("event__slug", "withdrawn")[:LISTED]
        ]
        picked = _picked(ids, named=may_view(self, request, Timeline))
        return [*lines, *of_others(PUBLISHED, last.count() - LISTED), *picked]

    def get_deleted_objects(self, objs: Iterable[Event], request: HttpRequest) -> Any:
        listed, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        if listed:  # else it is refused already
            protected = _in_words(protected, objs)
        return listed, counts, missing_permissions, protected

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "opened": opened()})

    def action_checkbox(self, obj: Event) -> SafeString:
        """With the time of the last edit that the list shows: what was saved later, nobody has looked at there."""
        return super().action_checkbox(obj) + seen(obj, obj.updated_at.isoformat())

    @admin.action(description="Publish selected events", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        outcome, since = Outcome(), last_refresh()
        # All of them first, and as they are now: the first batch takes the dataset, and who has others waits for it.
        ids = lock(queryset.values_list("pk", flat=True))
        withdrawn = set(queryset.filter(was_withdrawn=True).values_list("pk", flat=True))
        edited: list[Event] = []
        for some in at_once(ids):  # what is rendered is in memory until it is written
            events, edited_now = as_seen(request, Event.objects.filter(pk__in=some).only("slug", "updated_at"))
            done = publish(events, account(request), skip_refused=True)
            log(request, done.published, "Published.")
            outcome.published += done.published
            outcome.unchanged += done.unchanged
            outcome.refused |= done.refused
            outcome.vocabulary.add(done.vocabulary)
            edited += edited_now
        say_not("published", request, [(event.slug, reasons) for event, reasons in outcome.refused.items()], LISTED)
        if edited:
            self.message_user(request, EDITED.format(slugs(edited, LISTED)), messages.WARNING)
        if outcome.published:
            listed = linked(outcome.published, LISTED, _page)
            self.message_user(request, format_html("Published: {}.", listed), messages.SUCCESS)
        if again := [event for event in outcome.published if event.pk in withdrawn]:
            self.message_user(request, AGAIN.format(slugs(again, LISTED)), messages.WARNING)
        tell_what_went_along(request, outcome.vocabulary, "Published with an event.")
        if outcome.unchanged:
            self.message_user(request, f"Nothing new to publish in: {slugs(outcome.unchanged, LISTED)}.", messages.INFO)
        say_what_follows(request, since)
        say_what_filters_lose(request, outcome.vocabulary.changed)

    def public_among(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(public_version__isnull=False)

    @admin.action(description="Withdraw selected events (their addresses answer 410)", permissions=["publish"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        alone = queryset.prefetch_related(None)  # there may be a hundred thousand
        return _withdraw(self, request, alone, lambda events, by: (_withdrawn(events, by), {}))


def _picked(ids: Any, named: bool) -> list[str]:
    """Which of these events, of those that never were published, are in timelines; in which, if they are `named`."""
    published = Publication.objects.filter(event=OuterRef("event"))
    picked = Timeline.events.through._default_manager.filter(~Exists(published), event__in=ids)
    if named:
        both = picked.order_by("event__slug", "timeline__slug").values_list("event__slug", "timeline__slug")
        lines = [f"“{slug}” is in the timeline “{name}”: take it out there first." for slug, name in both[:LISTED]]
        return [*lines, *of_others(PICKED, both.count() - LISTED)]
    alone = picked.order_by("event__slug").values_list("event__slug", flat=True).distinct()
    lines = [f"“{slug}” is in a timeline: have it taken out there first." for slug in alone[:LISTED]]
    return [*lines, *of_others(PICKED, alone.count() - LISTED)]


def _withdrawn(events: Sequence[Event], by: Any) -> list[Event]:
    """Withdraws them, as many at a time as are published at once; returns those that were public."""
    lock(event.pk for event in events)  # all of them first: see `publish_selected`
    return [event for some in in_parts(events) for event in withdraw(some, by)]


def _in_words(protected: Iterable[str], objs: Iterable[Event]) -> list[str]:
    """What keeps the events from being deleted: of versions that name them one line for each of their events."""
    versions = f"{capfirst(PublicationRelation._meta.verbose_name)}: "
    naming = PublicationRelation.objects.filter(target__in=objs).order_by("publication__event__slug", "target__slug")
    return [
        *(line for line in protected if not line.startswith(versions)),
        *(
            f"A version of “{slug}” that was published names “{named}”, and what was published stays."
            for slug, named in naming.values_list("publication__event__slug", "target__slug").distinct()
        ),
    ]


EDITED = (
    "Not published, as it was saved after you had opened the list: {}. Look at what it says now, then publish it again."
)


def _page(event: Event | Publication) -> str:
    return reverse("event-page", args=[event.slug])


class VocabularyList(ChangeList):
    """A page of entries, which know their public state, and when it was opened, if there are others."""

    opened = ""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.multi_page:
            self.opened = opened(LogEntry)
        kind: Term.Kind = self.model_admin.kind  # type: ignore[attr-defined]
        states = public_states(kind, list(self.result_list))
        for entry in self.result_list:
            entry.public_state, _, entry.shown = states[entry.slug]


class PublishableVocabulary(PublishingAdmin, GuardedAdmin):
    """Actions that make the present state of vocabulary entries public, and that end what is public of them."""

    vocabulary: ClassVar[str]
    """Their argument of `publish_vocabulary`."""
    kind: ClassVar[Term.Kind]
    actions = ["publish_selected", "withdraw_selected"]
    change_list_template = "timeline/admin/entry_list.html"

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*super().get_list_display(request), "public"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return VocabularyList

    @admin.display(description="public")
    def public(self, entry: Any) -> str:
        return str(entry.public_state)

    def action_checkbox(self, obj: Any) -> SafeString:
        """With what the list shows of it: what was saved later, nobody has looked at there."""
        return super().action_checkbox(obj) + seen(obj, obj.shown)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The slug of what is public: readers and events know it by that."""
        fixed = ["slug"] if obj and self._is_public(obj) else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def _is_public(self, obj: Any) -> bool:
        if not hasattr(obj, "is_public"):  # which Django asks several times for a form
            obj.is_public = Term.objects.current().filter(kind=self.kind, key=obj.slug).exists()
        return bool(obj.is_public)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.keeps_slug = staticmethod(self._is_public_by_now)  # type: ignore[attr-defined]
        return form

    def _is_public_by_now(self, entry: Any) -> bool:
        """Whether it is public, from now on until the transaction ends: what somebody publishes takes entries along
        without locking them."""
        self.model._default_manager.select_for_update().filter(pk=entry.pk).first()  # with its key, which changes
        hold_publishing()
        vars(entry).pop("is_public", None)
        return self._is_public(entry)

    def view_on_site(self, obj: Any) -> str | None:
        """Its public address; none if it is not public."""
        return self._page(obj) if self._is_public(obj) else None

    def _page(self, entry: Any) -> str:
        return reverse(f"{self.kind.value}-detail", args=[entry.slug])

    def hold(self, entries: QuerySet[Any]) -> None:
        """What somebody publishes may take them along."""
        super().hold(entries)
        hold_publishing()

    def why_not_deleted(self, entries: QuerySet[Any], request: HttpRequest) -> list[str]:
        public = (
            Term.objects.current().filter(kind=self.kind, key__in=entries.order_by().values("slug")).order_by("key")
        )
        lines = [STILL_PUBLIC.format(f"“{key}”") for key in public.values_list("key", flat=True)[:LISTED]]
        return [*lines, *of_others(STILL_PUBLIC, public.count() - LISTED)] or super().why_not_deleted(entries, request)

    @admin.action(description="Publish selected entries", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        since, changes = last_refresh(), Changes()
        # So that none is saved between the two looks at it.
        chosen_ids = among("pk", list(queryset.values_list("pk", flat=True)))
        list(self.model._default_manager.select_for_update(no_key=True).filter(chosen_ids).order_by("pk").only("pk"))
        all_chosen = list(queryset)
        states = public_states(self.kind, all_chosen)
        entries, edited = entries_as_seen(request, all_chosen, states)
        refused = self.why_not_published(entries)
        entries = [entry for entry in entries if entry not in refused]
        along = [entry for entry in self.published_with(entries) if entry not in all_chosen]
        along, edited_too = entries_as_seen(request, along, public_states(self.kind, along))
        edited += edited_too
        chosen: dict[str, Any] = {self.vocabulary: [*entries, *along]}
        changed = publish_vocabulary(account(request), **chosen, changes=changes)
        keys = {(entry.kind, entry.key) for entry in changed}
        published = [entry for entry in entries if keys.intersection(own_keys(self.kind, entry))]
        ids = {entry.pk for entry in published}
        others = [entry for entry in entries if entry.pk not in ids]
        log(request, published, "Published.")
        say_not("published", request, [(entry.slug, reasons) for entry, reasons in refused.items()], LISTED)
        if edited:
            self.message_user(request, EDITED.format(slugs(edited, LISTED)), messages.WARNING)
        if published:
            listed = linked(published, LISTED, self._page)
            self.message_user(request, format_html("Published: {}.", listed), messages.SUCCESS)
        if again := [entry for entry in published if (self.kind, entry.slug) in changes.again]:
            self.message_user(request, AGAIN.format(slugs(again, LISTED)), messages.WARNING)
        own = {key for entry in entries for key in own_keys(self.kind, entry)}
        tell_what_went_along(request, changes.without(own), "Published with another entry.")
        if others:
            self.message_user(request, f"Nothing new to publish in: {slugs(others, LISTED)}.", messages.INFO)
        say_what_follows(request, since)
        say_what_filters_lose(request, changes.changed)

    def why_not_published(self, entries: Iterable[Any]) -> dict[Any, list[str]]:
        """Of those of them that cannot be published as they are, every reason."""
        return {}

    def published_with(self, entries: Iterable[Any]) -> Iterable[Any]:
        """What goes along with them, being entered in their forms."""
        return ()

    def public_among(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(slug__in=Term.objects.current().filter(kind=self.kind).values("key"))

    @admin.action(description="Withdraw selected entries (their addresses answer 410)", permissions=["publish"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return _withdraw(self, request, queryset, partial(withdraw_entries, self.kind))


@admin.register(Actor)
class PublishableActorAdmin(PublishableVocabulary, ActorAdmin):
    vocabulary, kind = "actors", Term.Kind.ACTOR

    def published_with(self, entries: Iterable[Actor]) -> Iterable[Actor]:
        """Who has joined or left a bloc: that stands in the entries of its members."""
        blocs = list(filter(is_bloc, entries))
        if blocs:
            hold_publishing()  # else one of these could be withdrawn meanwhile, and would be public again
        return members_otherwise(blocs)


@admin.register(EventType)
class PublishableEventTypeAdmin(PublishableVocabulary, EventTypeAdmin):
    vocabulary, kind = "types", Term.Kind.TYPE


@admin.register(Topic)
class PublishableTopicAdmin(PublishableVocabulary, TopicAdmin):
    vocabulary, kind = "topics", Term.Kind.TOPIC


@admin.register(Timeline)
class TimelineAdmin(ChoosesEvents, PublishableVocabulary):
    vocabulary, kind = "timelines", Term.Kind.TIMELINE
    list_display = ["__str__", "slug", "saved_filter"]
    search_fields = ["slug", "titles"]
    autocomplete_fields = ["events"]
    fields = ["titles", "slug", "summaries", "query", "events", "opened"]
    formfield_overrides = {models.CharField: {"widget": AdminTextInputWidget({"class": "vLargeTextField"})}}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "summaries":
            kwargs["widget"] = TranslatedWidget({"rows": 3}, text=forms.Textarea)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def _page(self, entry: Timeline) -> str:
        return reverse("timeline-page", args=[entry.slug])

    def why_not_published(self, entries: Iterable[Timeline]) -> dict[Timeline, list[str]]:
        """What a saved filter names may have been withdrawn after it was saved."""
        hold_publishing()
        found = {timeline: check_saved_filter(timeline.query) for timeline in entries}
        return {timeline: problems for timeline, problems in found.items() if problems}

    @admin.action(description="Withdraw selected timelines (their addresses answer 410)", permissions=["publish"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Timeline]) -> HttpResponse | None:
        return _withdraw(self, request, queryset, lambda timelines, by: (withdraw_timelines(timelines, by), {}))

    @admin.display(description="saved filter", ordering="query")
    def saved_filter(self, timeline: Timeline) -> str:
        """It leads to what it finds now; or with what is wrong with it, which may be so since: what it names can get
        another code or id, or none."""
        if not timeline.query:
            return ""
        query = timeline.query.replace("&", " & ")  # so that a long one is broken into lines
        # These are some queries for each timeline, which are few.
        if problems := check_saved_filter(timeline.query):
            return format_html("{}<br><strong>To be corrected:</strong> {}", query, " ".join(problems))
        asked = QueryDict(timeline.query, mutable=True)
        asked.setdefault("lang", "en")  # whatever the editor's is
        return format_html('<a href="{}?{}">{}</a>', reverse("event-list"), asked.urlencode(), query)
