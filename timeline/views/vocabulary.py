"""Countries, actors, types, topics and timelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse

from events.models import Actor
from timeline import terms
from timeline.documents import dump, load
from timeline.errors import Withdrawn, absent
from timeline.models import Term
from timeline.pagination import TERM_ORDERINGS, page, paging_fields, wanted_page
from timeline.parameters import ChoiceField, ParameterField
from timeline.views.base import PublicView, Reading, many, one, with_version
from timeline.views.events import EventList, event_feed
from timeline.views.feeds import (
    calendar_fields,
    check_format,
    draws_until_today,
    format_field,
    prefer_order,
    take_calendar_window,
    wants_feed,
)


class TermList(PublicView):
    """Entries of a vocabulary, in the order of their codes or ids."""

    kind: ClassVar[Term.Kind]

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**super().parameters(), **paging_fields(TERM_ORDERINGS)}

    def narrowed(self, found: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        """`found`, with this vocabulary's own filters."""
        return found

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        entries = Term.objects.as_of(reading.at).filter(kind=self.kind).in_language(reading.values["lang"])
        narrowed = with_version(self.narrowed(entries, reading.values), reading.at)
        wanted = wanted_page(reading.values, TERM_ORDERINGS)
        found = page(narrowed, wanted, ["document", "dataset_version"])
        found.rows = [(_shown(self.kind, document, reading), version) for document, version in found.rows]
        return many(reading, found)


class TermDetail(PublicView):
    """One entry of a vocabulary."""

    kind: ClassVar[Term.Kind]

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        key = path["key"]
        entries = Term.objects.as_of(reading.at).filter(kind=self.kind, key=key).in_language(reading.values["lang"])
        row = with_version(entries, reading.at).values_list("document", "dataset_version").first()
        if row is None:
            check_withdrawn(self.kind, key, reading.at)
            raise absent(self.kind.value, key, reading.at)
        return one(reading, (_shown(self.kind, row[0], reading), row[1]))


def _shown(kind: Term.Kind, document: str, reading: Reading) -> str:
    """A stored document as readers get it: a timeline's says where it is in another language than they asked for, and
    the events to which it leads are of the state that they asked for."""
    if kind is not Term.Kind.TIMELINE:
        return document
    loaded, language = load(document), reading.values["lang"]
    if {loaded["language"], loaded.get("summary_language", loaded["language"])} != {language}:
        loaded["fallback_from"] = language
    if reading.at is not None:
        loaded["events_url"] += f"&as_of={reading.at}"
    return dump({key: loaded[key] for key in terms.TIMELINE_FIELDS if key in loaded})


def check_withdrawn(kind: Term.Kind, key: str, at: int | None) -> None:
    """Raises `Withdrawn` if the entry was public once, and no more in the dataset version `at`."""
    ended = Term.objects.filter(kind=kind, key=key, withdrawn=True)
    ended = ended.filter(superseded_in=None) if at is None else ended.filter(published_in__lte=at)
    last = ended.order_by("version").last()
    if last:
        raise Withdrawn(f"The {kind.value} '{key}' was withdrawn on {last.published_at:%Y-%m-%d}.")


class CountryList(TermList):
    """States, former states, and the EU."""

    operation, shape = "list_countries", "Country"
    kind, keys = Term.Kind.COUNTRY, terms.COUNTRY_FIELDS


class CountryDetail(TermDetail):
    """One country, by its code."""

    operation, shape = "get_country", "Country"
    kind, keys = Term.Kind.COUNTRY, terms.COUNTRY_FIELDS


class ActorList(TermList):
    """States, blocs, bodies, persons and others that take part in events."""

    operation, shape = "list_actors", "Actor"
    kind, keys = Term.Kind.ACTOR, terms.ACTOR_FIELDS

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        kind = ChoiceField(Actor.Kind.values, many=True, help_text="Is of this kind. Repeated: any of them.")
        return {"kind": kind, **super().parameters()}

    def narrowed(self, found: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        return found.filter(group__in=values["kind"]) if values["kind"] else found


class ActorDetail(TermDetail):
    """One actor, by its id."""

    operation, shape = "get_actor", "Actor"
    kind, keys = Term.Kind.ACTOR, terms.ACTOR_FIELDS


class TypeList(TermList):
    """What kinds of events there are, as a tree."""

    operation, shape = "list_types", "Type"
    kind, keys = Term.Kind.TYPE, terms.TYPE_FIELDS


class TypeDetail(TermDetail):
    """One type of events, by its id."""

    operation, shape = "get_type", "Type"
    kind, keys = Term.Kind.TYPE, terms.TYPE_FIELDS


class TopicList(TermList):
    """What events are about, as a tree."""

    operation, shape = "list_topics", "Topic"
    kind, keys = Term.Kind.TOPIC, terms.TOPIC_FIELDS


class TopicDetail(TermDetail):
    """One topic, by its id."""

    operation, shape = "get_topic", "Topic"
    kind, keys = Term.Kind.TOPIC, terms.TOPIC_FIELDS


class TimelineList(TermList):
    """Curated timelines."""

    operation, shape = "list_timelines", "Timeline"
    kind, keys = Term.Kind.TIMELINE, terms.TIMELINE_FIELDS


class TimelineDetail(TermDetail):
    """One curated timeline, by its id; `events_url` lists its events.

    In another format than JSON: its events. The `Link` header leads on, in the event list.
    """

    operation, shape = "get_timeline", "Timeline"
    kind, keys = Term.Kind.TIMELINE, terms.TIMELINE_FIELDS

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**super().parameters(), "format": format_field(), **calendar_fields()}

    def check(self, values: dict[str, Any]) -> None:
        check_format(values)
        take_calendar_window(values)

    def shows_today(self, values: Mapping[str, Any]) -> bool:
        return draws_until_today(values)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        if not wants_feed(reading.values):
            return super().answer(reading, **path)
        key = path["key"]
        reading.values = {**dict.fromkeys(EventList.parameters()), **reading.values, "timeline": key}
        prefer_order(reading.values)
        reading.listed_as = {"timeline": key}  # as JSON this is one document: its pages are those of the event list

        def defined() -> tuple[str, dict[str, Any]]:
            document, definition, reading.version = stored_timeline(key, reading.values["lang"], reading.at)
            return document, definition

        def events(timeline: tuple[str, dict[str, Any]]) -> HttpResponseBase:
            document, definition = timeline
            reading.known = {(self.kind.value, key): definition}
            return event_feed(reading, load(document)["title"])

        return reading.by(defined, events)


def stored_timeline(slug: str, language: str, at: int | None = None) -> tuple[str, dict[str, Any], int]:
    """The stored document of the timeline, its definition, and the dataset version that they are from; one query.

    Raises `Http404` if there is none, `Withdrawn` if there is none any more.
    """
    found = Term.objects.as_of(at).filter(kind=Term.Kind.TIMELINE, key=slug).in_language(language)
    row: tuple[str, dict[str, Any], int] | None = (
        with_version(found, at).values_list("document", "definition", "dataset_version").first()
    )
    if row is None:
        check_withdrawn(Term.Kind.TIMELINE, slug, at)
        raise absent("timeline", slug, at, reverse("timeline-list"))
    return row
