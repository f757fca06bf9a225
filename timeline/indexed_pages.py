"""Pages of events by country and date: what readers ask most, in the order in which an index has it.

Each is one query that is built once (`timeline.prepared_queries`). It reads the index from the wanted day on until the
page is full, and then the documents of the page. What began shortly before the window, and what lasted long, are two
ranges of the index (`querysets.overlaps`), each read in order: a narrow window is never looked for among all the events
before it. Of any of several countries each has its own range, and what is in more than one is listed once; of all of
several the ranges are merged.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DateField, Exists, Expression, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from events.involvement import Way
from timeline.filters import BY_COUNTRY, Asked, EventFilters, window
from timeline.keysets import beyond, in_order
from timeline.models import Publication, PublicationCountry
from timeline.pagination import EVENT_ORDERINGS, JoinedPage, Page, Wanted
from timeline.prepared_queries import PreparedQuery, Slot
from timeline.querysets import overlaps, together

KEYS = EVENT_ORDERINGS["date"].columns
ELSEWHERE = EventFilters.parameters().keys() - BY_COUNTRY
"""Filters that such a page cannot have."""

USUAL = {Way.PARTICIPANT, Way.REPRESENTATIVE}
"""Ways in which every country is often involved that has many events. A role, or another way, may be rare, or never be
there: to find none of it here would take all events of the country."""

TEXT = "SELECT document FROM timeline_publicationtext AS text WHERE text.publication_id = page.pk AND language = %s"
"""SQL: the document of a row of `page`."""

PAGE = f"""
SELECT start_min, event_id, ({TEXT}), (SELECT version FROM timeline_dataset)
FROM ({{rows}} ORDER BY {{read}} LIMIT {{limit}}) AS page
ORDER BY {{read}}
"""
"""SQL: (first day, event, document, dataset version) of `rows`."""

JOINED = f"""
SELECT array_agg(start_min ORDER BY {{read}}), array_agg(event_id ORDER BY {{read}}),
    (SELECT version FROM timeline_dataset), convert_to(string_agg(document, ',' ORDER BY {{shown}}), 'UTF8')
FROM (
    SELECT start_min, event_id,
        CASE WHEN row_number() OVER (ORDER BY {{read}}) <= {{size}} THEN ({TEXT}) END AS document
    FROM ({{rows}} ORDER BY {{read}} LIMIT {{limit}}) AS page
    ORDER BY {{read}}
) AS documents
HAVING count(*) > 0
"""
"""SQL: the same as one row, as (first days, events, dataset version, documents as one text in UTF-8); not the document
of what is behind the page. All of it is in the order in which the rows are read, so that PostgreSQL sorts nothing."""

ALL = "SELECT start_min, event_id, pk FROM ({ranges}) AS one (start_min, event_id, pk)"
ANY = """
SELECT DISTINCT start_min, event_id, pk
FROM unnest(%s::text[]) AS asked (code) CROSS JOIN LATERAL ({ranges}) AS one (start_min, event_id, pk)
"""
"""SQL: `ranges` for each of several countries, each event once."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the query: which values there are, not what they are."""

    any_of: bool
    """Whether the countries are several, any of which is enough; else all of them are wanted."""
    all_of: int
    """How many countries are wanted."""
    by_ways: bool
    has_first: bool
    has_last: bool
    behind: bool
    """Whether the page begins at a cursor."""
    descending: bool
    size: int
    joined: bool = False
    """Whether the documents are to be one text, in the order of the list."""
    backwards: bool = False
    """Whether they are read against that order. Decides nothing for what is not joined."""

    @property
    def limit(self) -> int:
        """How many are read: one more, which tells whether there is another page."""
        return self.size + 1


def is_indexed(values: Mapping[str, Any], at: int | None, wanted: Wanted) -> bool:
    """Whether the page that the values ask for can be read here."""
    return (
        at is None
        and values["certainty"] != "certain"
        and wanted.ordering.columns == KEYS
        and not (values["country"] and values["country_all"])
        and _are_soon_found(values["country_all"] or [], values["involvement"] or [])
        and all(values[name] is None for name in ELSEWHERE)
    )


def _are_soon_found(all_of: Sequence[str], ways: Sequence[str]) -> bool:
    """Whether a page is soon full."""
    return not ways or (len(all_of) < 2 and not USUAL.isdisjoint(ways))


def indexed_page(values: Mapping[str, Any], wanted: Wanted) -> Page:
    """The page of (document, dataset version) that the values ask for, for which `is_indexed` holds."""
    return wanted.page(_rows(values, wanted, joined=False))


def joined_page(values: Mapping[str, Any], wanted: Wanted) -> JoinedPage:
    """The same page, for an answer that has the documents as they are: to join them here, and to take each out of what
    PostgreSQL sends, would take as long as all the rest of reading them.
    """
    rows = _rows(values, wanted, joined=True)
    days, events, version, documents = rows[0] if rows else ((), (), 0, b"")
    found = wanted.page(list(zip(days, events, strict=True)))
    return JoinedPage(found.rows, found.next, found.previous, documents, version)


def _rows(values: Mapping[str, Any], wanted: Wanted, *, joined: bool) -> list[tuple[Any, ...]]:
    any_of, all_of = values["country"] or [], values["country_all"] or []
    ways = Asked(values, {}).country_ways
    first, last = window(values)
    position = wanted.cursor.position if wanted.cursor else (None, None)
    if len(any_of) == 1:
        any_of, all_of = [], any_of
    shape = Shape(
        any_of=bool(any_of),
        all_of=len(all_of),
        by_ways=bool(ways),
        has_first=first is not None,
        has_last=last is not None,
        behind=wanted.cursor is not None,
        descending=wanted.descending,
        size=wanted.size,
        joined=joined,
        backwards=joined and wanted.backwards,
    )
    given = {
        "language": values["lang"],
        "codes": any_of,
        **{f"code_{number}": code for number, code in enumerate(all_of)},
        "ways": ways,
        "first": first,
        "last": last,
        "day": position[0],
        "event": position[1],
    }
    return query_for(shape).rows(given)


@functools.lru_cache(maxsize=1000)
def query_for(shape: Shape) -> PreparedQuery:
    """The query for pages of this shape."""
    ranges = PreparedQuery.from_queryset(_ranges(shape))
    rows, codes = (ANY, [Slot("codes", ArrayField(CharField()))]) if shape.any_of else (ALL, [])
    sql = (JOINED if shape.joined else PAGE).format(
        rows=rows.format(ranges=ranges.sql),
        read=_in_order(shape.descending),
        shown=_in_order(shape.descending != shape.backwards),
        size=shape.size,
        limit=shape.limit,
    )
    params = (Slot("language", CharField()), *codes, *ranges.params)
    # How to merge the ranges of several countries depends on how many events they have. One plan for all pairs would
    # take a third of the time among a million events, but among ten thousand it was one that takes three times as long.
    return PreparedQuery(sql, params, one_plan=shape.all_of < 2, in_binary=shape.joined)


def _in_order(descending: bool) -> str:
    """SQL: what the rows are ordered by."""
    return ", ".join(f"{key} {'DESC' if descending else 'ASC'}" for key in KEYS)


def _ranges(shape: Shape) -> QuerySet[Any]:
    """What may fill the page, as (first day, event, publication): for any of several countries, those of one."""
    first = Slot("first", DateField()) if shape.has_first else None
    last = Slot("last", DateField()) if shape.has_last else None
    ranges = [_range(shape, part) for part in overlaps(first, last)]
    return together(ranges)


def _range(shape: Shape, days: Q) -> QuerySet[Any]:
    """As many as the page has, in order, out of one range of the index."""
    if shape.behind:
        days &= beyond(KEYS, (Slot("day", DateField()), Slot("event", BigIntegerField())), shape.descending)
    found: QuerySet[Any]
    if shape.any_of:
        found, publication = _involving(shape, days, RawSQL("asked.code", [], CharField())), "publication_id"
    elif shape.all_of:
        found, *others = [
            _involving(shape, days, Slot(f"code_{number}", CharField())) for number in range(shape.all_of)
        ]
        for other in others:  # by what the index is ordered by: so the two ranges can be merged
            found = found.filter(Exists(other.filter(**{key: OuterRef(key) for key in KEYS})))
        publication = "publication_id"
    else:
        found, publication = Publication.objects.current().filter(days), "pk"
    return found.order_by(*in_order(KEYS, shape.descending)).values_list(*KEYS, publication)[: shape.limit]


def _involving(shape: Shape, days: Q, code: Expression) -> QuerySet[PublicationCountry]:
    """The index entries of one country, in the wanted ways."""
    found = PublicationCountry.objects.filter(days, code=code, current=True)
    return found.filter(ways__overlap=Slot("ways", ArrayField(CharField()))) if shape.by_ways else found
