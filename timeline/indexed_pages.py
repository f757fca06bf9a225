"""Pages of events by country and date: what readers ask most, in the order in which an index has it.

Each is one query that is built once (`timeline.prepared_queries`). It reads the index from the wanted day on until the
page is full, and then the documents of the page. What began shortly before the window or later, and what lasted long,
are two ranges of the index, each read in order: a narrow window is never looked for among all the events before it. Of
any of several countries each has its own range, and what is in more than one is listed once. Of both of two the ranges
are merged; or, if one country has far fewer events than the other, its events are looked up. The query itself finds out
which of them to do.

A range goes from one position in the order of date and event to another one, which are two rows to PostgreSQL. So it
expects a part of the events of a country, whatever the values are, and merges. Of days with a beginning and an end it
expects next to nothing, for which one plan would read all events of one country for each event of the other.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DateField, Exists, Expression, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from events.involvement import Way
from timeline.filters import BY_COUNTRY, Asked, EventFilters, window
from timeline.keysets import LARGEST, between, in_order
from timeline.models import Publication, PublicationCountry
from timeline.pagination import EVENT_ORDERINGS, JoinedPage, Page, Wanted
from timeline.prepared_queries import PreparedQuery, Slot
from timeline.querysets import long_before, together

KEYS = EVENT_ORDERINGS["date"].columns
Position = tuple[datetime.date, int]
"""A day and an event: values of `KEYS`."""

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

COLUMNS = "start_min, event_id, pk"
ONE = f"SELECT {COLUMNS} FROM ({{ranges}}) AS one ({COLUMNS})"
ANY = f"""
SELECT DISTINCT {COLUMNS}
FROM unnest(%s::text[]) AS asked (code) CROSS JOIN LATERAL ({{ranges}}) AS one ({COLUMNS})
"""
"""SQL: `ranges` for each of several countries, each event once."""

NEAREST, TIMES = 100, 30
"""If so many events take one country so many times as long as the other, it takes less time to look up its events than
to read all those of the other. Of what is left of either there may be fewer."""

BOTH = f"""
SELECT {COLUMNS} FROM (
    WITH nearest AS MATERIALIZED (
        SELECT code, (SELECT start_min FROM ({{nearest}}) AS one ({COLUMNS})) AS first,
            (SELECT start_min FROM ({{farthest}}) AS one ({COLUMNS})) AS last
        FROM unnest(%s::text[]) AS asked (code)
    ),
    rarest AS MATERIALIZED (
        SELECT (array_agg(code ORDER BY last {{reverse}} NULLS FIRST))[1] AS code,
            CASE count(last) WHEN 2
                THEN abs({{nearer}}(first) - {{farther}}(last)) > {{times}} * abs({{nearer}}(first) - {{nearer}}(last))
                ELSE count(last) = 1
            END AS rare
        FROM nearest
    )
    (
        SELECT {COLUMNS} FROM ({{merged}}) AS one ({COLUMNS})
        WHERE NOT (SELECT rare FROM rarest) ORDER BY {{read}} LIMIT {{limit}}
    )
    UNION ALL
    (
        SELECT {COLUMNS} FROM ({{of_rarest}}) AS one ({COLUMNS})
        WHERE (SELECT rare FROM rarest) AND (
            SELECT count(*) FROM timeline_publicationcountry AS involved
            WHERE involved.publication_id = one.pk AND involved.code = ANY(%s::text[])
        ) = 2
        ORDER BY {{read}} LIMIT {{limit}}
    )
) AS one
"""
"""SQL: what is in the ranges of both of two countries: `merged`, or those of the rarest one, looked up. A count is no
join, so it can only be found one by one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the query: which values there are, not what they are."""

    any_of: bool
    """Whether the countries are several, any of which is enough; else all of them are wanted."""
    all_of: int
    """How many countries are wanted: up to two."""
    by_ways: bool
    has_first: bool
    """Whether there is a window that has a beginning."""
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
    any_of, all_of = _countries(values)
    return (
        at is None
        and values["certainty"] != "certain"
        and wanted.ordering.columns == KEYS
        and not (any_of and all_of)
        and len(all_of) <= 2  # events of three can be few among many of each two: the index by keys finds them
        and _are_soon_found(all_of, values["involvement"] or [])
        and all(values[name] is None for name in ELSEWHERE)
    )


def _countries(values: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The countries any of which is enough, and those that are all wanted: of one alone it is the same."""
    any_of, all_of = values["country"] or [], values["country_all"] or []
    return ([], list(dict.fromkeys([*all_of, *any_of]))) if len(any_of) == 1 else (any_of, all_of)


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
    any_of, all_of = _countries(values)
    ways = Asked(values, {}).country_ways
    first, last = window(values)
    shape = Shape(
        any_of=bool(any_of),
        all_of=len(all_of),
        by_ways=bool(ways),
        has_first=first is not None,
        descending=wanted.descending,
        size=wanted.size,
        joined=joined,
        backwards=joined and wanted.backwards,
    )
    given = {
        "language": values["lang"],
        "codes": any_of or all_of,
        "ways": ways,
        "first": first,
        **ranges(first, last, wanted.cursor.position if wanted.cursor else None, descending=wanted.descending),
    }
    return query_for(shape).rows(given)


def ranges(
    first: datetime.date | None, last: datetime.date | None, behind: Sequence[Any] | None, *, descending: bool
) -> dict[str, tuple[Position, Position]]:
    """The ranges of the index that a page needs, by name: from one position up to another one, which is not in it.

    If there is a `first` day: what is `near`, that is what began shortly before it or later, and all that is `long`.
    Else it is the `whole` of it. `behind` is the position of the cursor.
    """
    low, high = (datetime.date.min, 0), (last or datetime.date.max, LARGEST)
    if behind:
        day, event = behind
        after = (day, min(event + 1, LARGEST))
        low, high = (low, min(high, (day, event))) if descending else (max(low, after), high)
    if first is None:
        return {"whole": (low, high)}
    edge = (long_before(first), 0)
    return {"near": (max(low, edge), high), "long": (low, min(high, edge))}


@functools.lru_cache(maxsize=1000)
def query_for(shape: Shape) -> PreparedQuery:
    """The query for pages of this shape."""
    rows, params = _found(shape)
    sql = (JOINED if shape.joined else PAGE).format(
        rows=rows,
        read=_in_order(shape.descending),
        shown=_in_order(shape.descending != shape.backwards),
        size=shape.size,
        limit=shape.limit,
    )
    return PreparedQuery(sql, (Slot("language", CharField()), *params), in_binary=shape.joined)


def _found(shape: Shape) -> tuple[str, tuple[Any, ...]]:
    """SQL: what may be on the page; and its parameters."""
    codes = Slot("codes", ArrayField(CharField()))
    if shape.any_of:
        of_each = _ranges(shape, [RawSQL("asked.code", [])], shape.limit)
        return ANY.format(ranges=of_each.sql), (codes, *of_each.params)
    merged = _ranges(shape, [Slot("codes", CharField(), itemgetter(n)) for n in range(shape.all_of)], shape.limit)
    if shape.all_of < 2:
        return ONE.format(ranges=merged.sql), merged.params
    next_ones = _range(shape, [RawSQL("asked.code", [])], _names(shape)[0])
    nearest, farthest = (PreparedQuery.from_queryset(next_ones[at : at + 1]) for at in (0, NEAREST - 1))
    of_rarest = _ranges(shape, [RawSQL("(SELECT code FROM rarest)", [])])
    nearer, farther, reverse = ("max", "min", "ASC") if shape.descending else ("min", "max", "DESC")
    sql = BOTH.format(
        nearest=nearest.sql,
        farthest=farthest.sql,
        times=TIMES,
        merged=merged.sql,
        of_rarest=of_rarest.sql,
        nearer=nearer,
        farther=farther,
        reverse=reverse,
        read=_in_order(shape.descending),
        limit=shape.limit,
    )
    return sql, (*nearest.params, *farthest.params, codes, *merged.params, *of_rarest.params, codes)


def _in_order(descending: bool) -> str:
    """SQL: what the rows are ordered by."""
    return ", ".join(f"{key} {'DESC' if descending else 'ASC'}" for key in KEYS)


def _ranges(shape: Shape, codes: Sequence[Expression], most: int | None = None) -> PreparedQuery:
    """What involves all of these countries, in the wanted ways, as (first day, event, publication).

    Of each range of the index the first ones, up to `most`.
    """
    return PreparedQuery.from_queryset(together([_range(shape, codes, name)[:most] for name in _names(shape)]))


def _names(shape: Shape) -> list[str]:
    """The ranges: see `ranges`."""
    return ["near", "long"] if shape.has_first else ["whole"]


def _range(shape: Shape, codes: Sequence[Expression], name: str) -> QuerySet[Any]:
    """Those in one range of the index, in order."""
    inside = between(KEYS, _end(name, 0), _end(name, 1))
    if name == "long":
        inside &= Q(long=True)
    days = inside & Q(end_max__gte=Slot("first", DateField())) if shape.has_first else inside
    found: QuerySet[Any]
    if codes:
        found, publication = _involving(shape, days, codes[0]), "publication_id"
        for code in codes[1:]:  # by what the index is ordered by: so the two ranges can be merged
            same = {key: OuterRef(key) for key in KEYS}
            found = found.filter(Exists(_involving(shape, inside, code).filter(**same)))
    else:
        found, publication = Publication.objects.current().filter(days), "pk"
    return found.order_by(*in_order(KEYS, shape.descending)).values_list(*KEYS, publication)


def _end(name: str, which: int) -> tuple[Slot, Slot]:
    """Where a range begins, or ends: a position."""
    return (
        Slot(name, DateField(), lambda ends: ends[which][0]),
        Slot(name, BigIntegerField(), lambda ends: ends[which][1]),
    )


def _involving(shape: Shape, days: Q, code: Expression) -> QuerySet[PublicationCountry]:
    """The index entries of one country, in the wanted ways."""
    found = PublicationCountry.objects.filter(days, code=code, current=True)
    return found.filter(ways__overlap=Slot("ways", ArrayField(CharField()))) if shape.by_ways else found
