"""Summaries of events, for readers and front ends that cannot take them all: number, density, facets, a window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import orjson
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase

from events.among import among
from timeline.caching import dataset_version
from timeline.consistency import one_state
from timeline.documents import Document, complete, load
from timeline.filters import EventFilters, check_filters, known_entries
from timeline.formats import FORMATS, fullcalendar, vis
from timeline.formats.feed import Crowd
from timeline.highlights import entry_of
from timeline.models import PublicationText, Term
from timeline.pagination import EVENT_ORDERINGS, Wanted, page
from timeline.parameters import ChoiceField, Known, NumberField, ParameterField, as_of_field, language_field
from timeline.summaries import Density, Number, Question
from timeline.views.base import PublicView, Reading, answer
from timeline.views.feeds import (
    calendar_fields,
    describe,
    draws_until_today,
    headed,
    list_title,
    take_calendar_window,
    wants_feed,
)

CROWD_WRITERS = {"vis": vis.write_crowds, "fullcalendar": fullcalendar.write_crowds}
"""Formats of a window → how they are written where the events are too many to show each."""


class SummaryView(PublicView):
    """What all summaries have in common: the filters of the list, and one state of the data for all of an answer."""

    tells_version = True

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**EventFilters.fields_by_name(), **cls.more(), "lang": language_field(), "as_of": as_of_field()}

    @classmethod
    def more(cls) -> dict[str, ParameterField]:
        """The parameters that are this summary's own."""
        return {}

    def check(self, values: dict[str, Any]) -> None:
        check_filters(values)

    def named(self, values: Mapping[str, Any], at: int | None) -> Known:
        return known_entries(values, at)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        with one_state():
            if reading.at is None:
                reading.version = dataset_version()
            return self.summary(reading, Question(reading.values, reading.known, reading.at))

    def summary(self, reading: Reading, question: Question) -> HttpResponseBase:
        """The answer, out of one state of the data."""
        raise NotImplementedError


class EventCount(SummaryView):
    """How many events fit the filters."""

    operation, shape = "count_events", "Count"

    def summary(self, reading: Reading, question: Question) -> HttpResponseBase:
        return _answer(reading, question.count())


class EventDensity(SummaryView):
    """How many events there were when: their numbers by day, week, month, quarter, year or longer.

    The window is cut into at most `buckets` buckets of the finest unit that does it. A bucket counts the events that
    the list has with its days as `from` and `to`.
    """

    operation, shape = "get_event_density", "Density"

    @classmethod
    def more(cls) -> dict[str, ParameterField]:
        return {"buckets": _buckets_field(), "highlights": _highlights_field()}

    def summary(self, reading: Reading, question: Question) -> HttpResponseBase:
        found = question.density(reading.values["buckets"], reading.values["highlights"])
        return _answer(reading, found.number, **_density(reading, found))


class EventWindow(SummaryView):
    """The events of a window where they are few, their density where they are many: what a zoomable timeline draws."""

    operation, shape = "get_event_window", "Window"

    @classmethod
    def more(cls) -> dict[str, ParameterField]:
        return {
            "limit": NumberField(least=1, most=500, default=200, help_text="Up to so many events are few."),
            "buckets": _buckets_field(),
            "highlights": _highlights_field(),
            "format": ChoiceField(
                ["json", *CROWD_WRITERS],
                default="json",
                help_text="Another form of the same answer. Where the events are many, there is one entry for each "
                "bucket that has any, which says their number.",
            ),
            **calendar_fields(),
        }

    def check(self, values: dict[str, Any]) -> None:
        take_calendar_window(values)
        super().check(values)

    def shows_today(self, values: Mapping[str, Any]) -> bool:
        return draws_until_today(values)

    def summary(self, reading: Reading, question: Question) -> HttpResponseBase:
        events = question.overlapping().in_language(reading.values["lang"])
        wanted = Wanted("date", EVENT_ORDERINGS["date"], cursor=None, size=reading.values["limit"])
        few = page(events, wanted, ["document"])
        if few.next:
            return self.many(reading, question.density(reading.values["buckets"], reading.values["highlights"]))
        documents = [complete(stored, reading.base_url) for (stored,) in few.rows]
        if wants_feed(reading.values):
            format = FORMATS[reading.values["format"]]
            description = describe(reading, list_title(reading.values, reading.at), documents)
            return headed(HttpResponse("".join(format.write(documents, description))), format)
        return _answer(reading, Number(len(documents)), kind="events", results=documents)

    def many(self, reading: Reading, found: Density) -> HttpResponseBase:
        """The answer where there are too many events to show each."""
        if not wants_feed(reading.values):
            return _answer(reading, found.number, kind="density", **_density(reading, found))
        format = reading.values["format"]
        description = describe(reading, list_title(reading.values, reading.at), [])
        texts = CROWD_WRITERS[format](_crowds(reading, found), description)
        return headed(HttpResponse("".join(texts)), FORMATS[format])


class EventFacets(SummaryView):
    """With which countries, actors, types, topics and in which years: the numbers of the events that fit the filters.

    The highest numbers come first; `truncated` names the facets that have more values than are listed.
    """

    operation, shape = "get_event_facets", "Facets"
    facets: ClassVar[Mapping[str, tuple[Term.Kind, str]]] = {
        "countries": (Term.Kind.COUNTRY, "code"),
        "actors": (Term.Kind.ACTOR, "id"),
        "types": (Term.Kind.TYPE, "id"),
        "topics": (Term.Kind.TOPIC, "id"),
    }

    @classmethod
    def more(cls) -> dict[str, ParameterField]:
        return {"size": NumberField(least=1, most=500, default=20, help_text="Values of each facet; years are all.")}

    def summary(self, reading: Reading, question: Question) -> HttpResponseBase:
        size = reading.values["size"]
        found = question.facets(size + 1)
        highest = {kind: _highest(found.values[kind], size) for kind, _ in self.facets.values()}
        terms = _terms(reading, highest)
        facets = {
            name: [_value(terms[kind, key], identifier, count) for key, count in highest[kind]]
            for name, (kind, identifier) in self.facets.items()
        }
        years = [{"year": year, "count": count} for year, count in sorted(found.years.items(), reverse=True)]
        longer = [name for name, (kind, _) in self.facets.items() if len(found.values[kind]) > size]
        truncated = {"truncated": longer} if longer else {}
        return _answer(reading, found.number, **facets, years=years, **truncated)


def _buckets_field() -> NumberField:
    return NumberField(least=10, most=200, default=50, help_text="At most so many buckets.")


def _highlights_field() -> NumberField:
    return NumberField(
        least=0,
        most=10,
        default=3,
        help_text="So many of the most significant events that begin in a bucket (or, for the first one, before it): "
        "those with the most participants, countries and sources, up to ten of each. Looked for among the 300 most "
        "significant ones of the window.",
    )


def _answer(reading: Reading, number: Number, **more: Any) -> HttpResponse:
    estimated = {"approximate": True} if number.approximate else {}
    return answer(orjson.dumps({"dataset_version": reading.version, "count": number.count, **estimated, **more}))


def _density(reading: Reading, found: Density) -> Document:
    """The keys of an answer that describe a density."""
    if found.buckets is None:
        return {"buckets": []}
    wanted = [pk for bucket in found.highlights for pk in bucket]
    texts = PublicationText.objects.filter(among("publication_id", wanted), language=reading.values["lang"])
    documents = dict(texts.values_list("publication_id", "document")) if wanted else {}
    base_url = reading.base_url
    entries = []
    for at, (start, end) in enumerate(zip(found.buckets.starts, found.buckets.ends, strict=True)):
        entry: Document = {"start": start.isoformat(), "end": end.isoformat(), "count": found.counts[at]}
        if found.highlights:
            entry["highlights"] = [entry_of(documents[pk], base_url) for pk in found.highlights[at]]
        entries.append(entry)
    return {
        "unit": found.buckets.unit,
        "from": found.buckets.first.isoformat(),
        "to": found.buckets.last.isoformat(),
        "buckets": entries,
    }


def _crowds(reading: Reading, found: Density) -> Iterator[Crowd]:
    """The buckets in which there is anything, with the lists of their events."""
    query = reading.request.GET.copy()
    for name in EventWindow.more().keys() | {"from", "to", "on"}:
        query.pop(name, None)
    starts, ends = (found.buckets.starts, found.buckets.ends) if found.buckets else ((), ())
    for start, end, count in zip(starts, ends, found.counts, strict=True):
        if count:
            query["from"], query["to"] = start.isoformat(), end.isoformat()
            url = reading.absolute("event-list", query=query.urlencode())
            yield Crowd(start, end, count, found.number.approximate, url)


def _highest(numbers: Counter[str], size: int) -> Sequence[tuple[str, int]]:
    return sorted(numbers.items(), key=lambda entry: (-entry[1], entry[0]))[:size]


def _terms(reading: Reading, wanted: Mapping[Term.Kind, Sequence[tuple[str, int]]]) -> dict[tuple[str, str], Document]:
    """The vocabulary entries of the values, by kind and key. One query, or none."""
    named = Q()
    for kind, values in wanted.items():
        if values:
            named |= Q(kind=kind, key__in=[key for key, _ in values])
    if not named:
        return {}
    entries = Term.objects.as_of(reading.at).filter(named).in_language(reading.values["lang"])
    return {(kind, key): load(document) for kind, key, document in entries.values_list("kind", "key", "document")}


def _value(term: Document, identifier: str, count: int) -> Document:
    path = {"path": term["path"]} if "path" in term else {}
    return {identifier: term[identifier], "name": term["name"], **path, "count": count}
