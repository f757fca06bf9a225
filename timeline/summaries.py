"""Summaries of the events that fit filters: how many, when, and with which countries, actors, types and topics.

All of them answer in bounded time, whatever is asked of however many events:

- What the tallies know (`timeline.tallies`) is read there and is exact: all events, or those with one country, actor,
  type or topic, in any window.
- Of other filters, up to `MOST_COUNTED` events are read and counted, exactly.
- Of more, those in the sample are counted, one in `SAMPLED`, and the answer says that it is approximate.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet

from timeline.buckets import Buckets, cut, ends_month, last_of_month, month_of
from timeline.filters import EventFilters, filtered
from timeline.models import Publication, PublicationCountry
from timeline.parameters import Known
from timeline.querysets import SAMPLED, PublicationQuerySet, overlap
from timeline.tallies import Tallied

MOST_COUNTED = 20_000
"""Events that are read to count them."""

MOST_IN_INDEX = 200_000
"""The same where nothing but their days is needed, which stand in an index."""

CANDIDATES = 1000
"""So many of the most significant events of a window are asked which bucket they begin in."""

TALLIED = {"country": "country", "country_all": "country", "actor": "actor", "type": "type", "topic": "topic"}
"""Filters whose single value the tallies know → its dimension."""

NOT_IN_TALLIES = set(EventFilters.parameters()) - {"from", "to", "on", "certainty"}
"""Filters that choose among events whenever they were."""

ONE_DAY = datetime.timedelta(days=1)


KNOWN_DAYS = """
SELECT count(*), least(min(first) FILTER (WHERE first > '0001-01-01'), min(last) FILTER (WHERE last < '9999-12-31')),
    greatest(max(first) FILTER (WHERE first > '0001-01-01'), max(last) FILTER (WHERE last < '9999-12-31'))
FROM matched
"""
"""The number of `matched`, and the first and the last of their days that are no open end."""

BY_VALUE = """
SELECT '', extract(year FROM first) || '-' || extract(year FROM last), count(*) FROM matched GROUP BY 2
UNION ALL SELECT 'type', value, count(*) FROM matched, unnest(type_path) AS part (value) GROUP BY 2
UNION ALL SELECT 'topic', value, count(*) FROM matched, unnest(topics) AS part (value) GROUP BY 2
UNION ALL SELECT 'actor', value, count(*) FROM matched, unnest(actors) AS part (value) GROUP BY 2
UNION ALL SELECT 'country', code, count(*) FROM matched
    JOIN timeline_publicationcountry ON publication_id = matched.id GROUP BY 2
"""
"""(dimension, value, number); without a dimension, the years from which and to which so many of `matched` lasted."""

SPANS = """
SELECT greatest(width_bucket(first, edges), 1) - 1, greatest(width_bucket(last, edges), 1) - 1, count(*), NULL, NULL
FROM matched, (SELECT %s::date[] AS edges) AS buckets GROUP BY 1, 2
"""
"""(first bucket, last bucket, number of `matched`, NULL, NULL), given the first days of the buckets."""

RANKED = """
UNION ALL (
    SELECT NULL, NULL, NULL, id, first FROM matched ORDER BY significance DESC, start_min DESC, event_id DESC LIMIT %s
)
"""
"""(NULL, NULL, NULL, id, first day) of the most significant ones, behind `SPANS`."""


@contextmanager
def one_state() -> Iterator[None]:
    """All queries within see the same state of the data, so that what they find belongs together."""
    outermost = not connection.in_atomic_block  # tests run in a transaction that has begun already
    with transaction.atomic(savepoint=False):
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@dataclass(frozen=True, slots=True)
class Number:
    """How many, and whether that is an estimate."""

    count: int
    approximate: bool = False


@dataclass(slots=True)
class Density:
    """The numbers of events by bucket; `highlights` are ids of the most significant publications that begin there."""

    number: Number
    buckets: Buckets | None = None
    counts: list[int] = field(default_factory=list)
    highlights: list[list[int]] = field(default_factory=list)


@dataclass(slots=True)
class Facets:
    """The numbers of events by value: for a dimension, value → number; `years` alike."""

    number: Number
    values: dict[str, Counter[str]]
    years: Counter[int]


class Question:
    """What is asked of events: the filters of a request, as of a dataset version, and a window of days."""

    def __init__(self, values: Mapping[str, Any], known: Known, at: int | None) -> None:
        since, until = values["on"] or values["from"], values["on"] or values["to"]
        self.first: datetime.date | None = since and since.start_min
        self.last: datetime.date | None = until and until.end_max
        self.certain = values["certainty"] == "certain"
        without_window = {**values, "from": None, "to": None, "on": None}
        self.events: PublicationQuerySet = filtered(Publication.objects.as_of(at), without_window, known)
        """Those that fit, whenever they were."""
        self.tallied = None if self.certain or at is not None else _tallied(values)

    def count(self) -> Number:
        """How many events there are."""
        if self.tallied:
            return Number(self._tallied_count(self.first, self.last))
        select = "SELECT count(*) FROM matched"
        [(count,)] = self._matched(select, most=MOST_COUNTED) or [(0,)]
        if count <= MOST_COUNTED:
            return Number(count)
        [(count,)] = self._matched(select, most=None)
        return Number(SAMPLED * count, approximate=True)

    def overlapping(self) -> PublicationQuerySet:
        """The events of the window."""
        return self._overlapping(self.first, self.last)

    # When

    def density(self, most_buckets: int, highlights: int) -> Density:
        """The events of the window by bucket, with so many highlights each.

        A bucket counts the events that overlap it, as the list with its days as `from` and `to` has them. Without a
        window, and without a known day of any event, there are no buckets.
        """
        window = self._window()
        if window is None:
            return Density(self.count())
        buckets = cut(*window, most_buckets)
        if self.tallied and buckets.of_months:
            number = Number(self._tallied_count(*window))
            found = Density(number, buckets, self._tallied_counts(self.tallied, buckets))
            candidates = None
        else:
            found, candidates = self._counted_density(buckets, ranked=highlights > 0)
        if highlights:
            found.highlights = _begin_in(buckets, candidates or self._candidates(*window), highlights)
        return found

    def _window(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day asked for; where not asked, the months in which known days of the events lie."""
        if self.first and self.last:
            return self.first, self.last
        span = self._span()
        if not (span or self.first or self.last):
            return None
        begin, end = span or (datetime.date.max, datetime.date.min)
        first = self.first or (min(begin, month_of(self.last)) if self.last else begin)
        return first, self.last or max(end, last_of_month(first))

    def _span(self) -> tuple[datetime.date, datetime.date] | None:
        if self.tallied:
            return self.tallied.span()
        [(count, begin, end)] = self._matched(KNOWN_DAYS, most=MOST_COUNTED) or [(0, None, None)]
        if count > MOST_COUNTED:
            return Tallied().span()  # so many events span about what all do
        return (month_of(begin), last_of_month(end)) if begin else None

    # From the tallies

    def _tallied_count(self, first: datetime.date | None, last: datetime.date | None) -> int:
        """Those that the tallies have, less what lies in the first and the last month, but outside of the window."""
        assert self.tallied
        outside = self._begin_late(last) + (self._end_early(first) if first else 0)
        return self.tallied.number(first, last) - outside

    def _tallied_counts(self, tallied: Tallied, buckets: Buckets) -> list[int]:
        """The events that overlap each bucket, of whose months only the first and the last one may be cut."""
        starts, ends = [0] * len(buckets.starts), [0] * len(buckets.starts)
        ended_before = 0
        for month, begin, end in tallied.months.filter(month__lte=buckets.last).values_list("month", "starts", "ends"):
            at = max(bisect_right(buckets.starts, month) - 1, 0)
            starts[at] += begin
            if month < month_of(buckets.first):
                ended_before += end
            else:
                ends[at] += end
        early = self._end_early(buckets.first)
        starts[-1] -= self._begin_late(buckets.last)
        begun = accumulate(starts)
        ended = accumulate([ended_before + early, ends[0] - early, *ends[1:-1]])
        return [begin - end for begin, end in zip(begun, ended, strict=False)]

    def _begin_late(self, last: datetime.date | None) -> int:
        """The events that begin in the month of `last`, behind it."""
        if last is None or ends_month(last):
            return 0
        days = self._days
        return days.rows.filter(**{f"{days.prefix}start_min__range": (last + ONE_DAY, last_of_month(last))}).count()

    def _end_early(self, first: datetime.date) -> int:
        """The events that end in the month of `first`, before it."""
        if first == month_of(first):
            return 0
        days = self._days.overlapping(month_of(first), first - ONE_DAY)
        return days.rows.filter(**{f"{days.prefix}end_max__lt": first}).count()

    # From the events

    @property
    def _days(self) -> Days:
        """The days of the events, out of an index where there is one that has them."""
        if self.tallied and self.tallied.dimension == "country":
            return Days(PublicationCountry.objects.filter(code=self.tallied.key, current=True), "")
        return Days(self.events, self.events.days)

    def _counted_density(self, buckets: Buckets, *, ranked: bool) -> tuple[Density, list[Candidate] | None]:
        """The density, and the candidates for its highlights where it is cheap to have them, too."""
        in_index = self.tallied is not None and self.tallied.dimension in ("", "country")
        most = MOST_IN_INDEX if in_index else MOST_COUNTED
        spans, candidates = self._spans(buckets, most=most, ranked=ranked and not in_index)
        times = 1
        if sum(spans.values()) > most:
            spans, candidates = self._spans(buckets, most=None, ranked=False)
            times = SAMPLED
        changes = [0] * (len(buckets.starts) + 1)
        for (begin, end), count in spans.items():
            if begin <= end:  # to overlap for certain, what is not known may need more days than a bucket has
                changes[begin] += times * count
                changes[end + 1] -= times * count
        number = Number(times * sum(spans.values()), approximate=times > 1)
        return Density(number, buckets, list(accumulate(changes[:-1]))), candidates

    def _spans(
        self, buckets: Buckets, *, most: int | None, ranked: bool
    ) -> tuple[Counter[tuple[int, int]], list[Candidate] | None]:
        """(first bucket, last bucket) → number of events; and if `ranked`, the most significant of the events."""
        given: list[Any] = [list(buckets.starts)]
        if ranked:
            columns = ["id", "significance", "start_min", "event_id"]
            found = self._matched(SPANS + RANKED, [*given, CANDIDATES], most=most, columns=columns)
        else:
            found = self._matched(SPANS, given, most=most)
        spans = Counter({(begin, end): count for begin, end, count, _, _ in found if count is not None})
        return spans, [(pk, first) for _, _, count, pk, first in found if count is None] if ranked else None

    def _candidates(self, first: datetime.date, last: datetime.date) -> list[Candidate]:
        """The most significant events of the window."""
        day = "start_max" if self.certain else f"{self.events.days}start_min"
        return list(self._overlapping(first, last).most_significant(CANDIDATES).values_list("pk", day))

    def _overlapping(self, first: datetime.date | None, last: datetime.date | None) -> PublicationQuerySet:
        if first is None and last is None:
            return self.events
        return self.events.certainly_overlapping(first, last) if self.certain else self.events.overlapping(first, last)

    def _matched(
        self, select: str, given: Sequence[Any] = (), *, most: int | None, columns: Sequence[str] = ()
    ) -> list[Any]:
        """The rows of `select` from `matched`: the events of the window, one more than `most` of them, or the sample.

        `matched` has the columns `first` and `last`, the days that decide what it overlaps, and `columns`.
        """
        events = self._overlapping(self.first, self.last)
        found = Days(events, events.days)
        if most is not None and not columns and not self.certain:
            found = self._days.overlapping(self.first, self.last)
        days = ("start_max", "end_min") if self.certain else (f"{found.prefix}start_min", f"{found.prefix}end_max")
        rows = (events.in_sample() if most is None else found.rows).order_by().values_list(*days, *columns)
        try:
            inner, params = (rows if most is None else rows[: most + 1]).query.sql_with_params()
        except EmptyResultSet:  # Django knows without asking that nothing can match
            return []
        names = ", ".join(["first", "last", *columns])
        with connection.cursor() as cursor:
            cursor.execute(f"WITH matched ({names}) AS MATERIALIZED ({inner}) {select}", [*params, *given])
            return cursor.fetchall()

    # With what

    def facets(self) -> Facets:
        """The events of the window by value."""
        columns = ["id", "type_path", "topics", "actors"]
        rows, times = self._matched(BY_VALUE, most=MOST_COUNTED, columns=columns), 1
        if sum(count for dimension, _, count in rows if not dimension) > MOST_COUNTED:
            rows, times = self._matched(BY_VALUE, most=None, columns=columns), SAMPLED
        values: dict[str, Counter[str]] = {name: Counter() for name in ("country", "actor", "type", "topic")}
        lasting: Counter[tuple[int, int]] = Counter()
        for dimension, value, count in rows:
            if dimension:
                values[dimension][value] = times * count
            else:
                begin, end = value.split("-")
                lasting[int(begin), int(end)] = times * count
        return Facets(Number(sum(lasting.values()), times > 1), values, self._years(lasting))

    def _years(self, lasting: Mapping[tuple[int, int], int]) -> Counter[int]:
        """Year → number of events that overlap it, in the window; what is open lasts as long as years are known."""
        known = [year for years in lasting for year in years if year not in (datetime.MINYEAR, datetime.MAXYEAR)]
        first = self.first.year if self.first else min(known, default=None)
        last = self.last.year if self.last else max(known, default=None)
        if first is None or last is None:
            return Counter()
        changes: Counter[int] = Counter()
        for (begin, end), count in lasting.items():
            begin, end = max(begin, first), min(end, last)
            if begin <= end:
                changes[begin] += count
                changes[end + 1] -= count
        years = range(first, last + 1)
        numbers = accumulate(changes[year] for year in years)
        return Counter({year: number for year, number in zip(years, numbers, strict=True) if number})


@dataclass(frozen=True, slots=True)
class Days:
    """Rows that have the days of events, and the prefix of their columns `start_min`, `end_max` and `long`."""

    rows: QuerySet[Any]
    prefix: str

    def overlapping(self, first: datetime.date | None, last: datetime.date | None) -> Days:
        """Those that may have been going on on a day from `first` to `last`; None is no bound."""
        return Days(self.rows.filter(overlap(first, last, self.prefix)), self.prefix)


Candidate = tuple[int, datetime.date]
"""A publication's id, and the first day of its event."""


def _tallied(values: Mapping[str, Any]) -> Tallied | None:
    """The tallies that count exactly the events that fit the filters, whenever they were."""
    given = [name for name in NOT_IN_TALLIES if values[name] is not None]
    if not given:
        return Tallied()
    [name, *others] = given
    if others or name not in TALLIED:
        return None
    keys = values[name] if isinstance(values[name], list) else [values[name]]
    return Tallied(TALLIED[name], keys[0]) if len(keys) == 1 else None


def _begin_in(buckets: Buckets, candidates: Sequence[Candidate], most: int) -> list[list[int]]:
    """For each bucket the first `most` of the candidates that begin in it, or for the first one before it."""
    chosen: list[list[int]] = [[] for _ in buckets.starts]
    for pk, first in candidates:
        at = max(bisect_right(buckets.starts, first) - 1, 0)
        if len(chosen[at]) < most:
            chosen[at].append(pk)
    return chosen
