"""Summaries of the events that fit filters: how many, when, and with which countries, actors, types and topics.

All of them answer in bounded time, whatever is asked of however many events:

- What the tallies know (`timeline.tallies`) is read there and is exact: the number of all events, or of those with one
  country, actor, type or topic, in any window; and their density by month or coarser, that of all by day or week, too.
  So are the facets of all events; those in a window of whole months, if there are up to `MOST_TALLIED` events.
- Else, up to `MOST_COUNTED` events are read and counted, if the database expects to find them soon.
- Of more, those in a sample are counted (`timeline.samples`), and the answer says that it is approximate.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, DateField, F, QuerySet, When

from timeline import plans
from timeline.buckets import DAYS, Buckets, cut, ends_month, last_of_month, month_of
from timeline.filters import EventFilters, filtered, window
from timeline.highlights import (
    CANDIDATES,
    RANKED,
    RANKED_COLUMNS,
    RANKED_OF_COUNTRY,
    RANKED_OF_COUNTRY_COLUMNS,
    Candidate,
    begin_in,
)
from timeline.models import Publication, PublicationCountry
from timeline.parameters import Known
from timeline.querysets import PublicationQuerySet, certain_overlap, overlaps, together
from timeline.samples import sample
from timeline.spans import ROUNDED_SPANS, SPANS, Span, by_bucket, known_months, total
from timeline.tallies import COLUMNS, Tallied, by_value
from timeline.traits import of_window

MOST_COUNTED = 10_000
"""Events that are read to count them."""

MOST_RANKED, MOST_RANKED_OF_COUNTRY = 10_000, 60_000
"""Events that are read to rank them, and those of a country, which has all that it takes in an index; of more, the most
significant ones are soon found among all events."""

MOST_IN_INDEX = 120_000
"""Events that are counted where nothing but their days is needed, which stand in an index."""

MOST_COST = 9_000
"""What the database may expect it to cost to find and count the events, in its units, of which one took 3 to 4 µs."""

COST_OF_VALUES = 0.5
"""What counting the values of an event costs besides. It is more like 0.8: facets of 10,000 events take 30 ms, and are
worth it, as a sample says nothing of rare values."""

FEW = 2_000
"""Events of which the sample would say little: whatever it costs, they are counted."""

MOST_TALLIED = 50_000
"""Public events whose tallies of all values are read for the facets of a window."""

TALLIED_FILTERS = {"country": "country", "country_all": "country", "actor": "actor", "type": "type", "topic": "topic"}
"""Filters whose single value the tallies know → its dimension."""

BUT_DATES = set(EventFilters.parameters()) - {"from", "to", "on", "certainty"}
"""Filters that choose among events whenever they were."""

CERTAIN_DAYS = [Case(When(qualified=False, then=F(day)), output_field=DateField()) for day in ("start_max", "end_min")]
"""The days that decide what an event certainly overlaps; null where that is nothing."""

ONE_DAY = datetime.timedelta(days=1)

COUNTED = "SELECT count(*) FROM matched"

BY_YEARS = """
SELECT '', extract(year FROM first) || '-' || extract(year FROM last), count(*) FROM matched
GROUP BY extract(year FROM first), extract(year FROM last)
"""
BY_VALUE = """
(SELECT '{dimension}', value, count(*) FROM (SELECT unnest({column}) AS value FROM matched) AS held
GROUP BY value ORDER BY count(*) DESC, value COLLATE "C" LIMIT {most})
"""
"""(dimension, value, number), the highest numbers first; without a dimension, the years from which and to which so many
of `matched` lasted."""


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
        self.first, self.last = window(values)
        self.certain = values["certainty"] == "certain"
        without_window = {**values, "from": None, "to": None, "on": None}
        self.events: PublicationQuerySet = filtered(Publication.objects.as_of(at), without_window, known)
        """Those that fit, whenever they were."""
        self._unjoined = lambda: filtered(Publication.objects.as_of(at).without_joins(), without_window, known)
        self.country = "" if at is not None else _one_country(values)
        """A country that all of them involve, if one is asked for."""
        self.tallied = None if self.certain or at is not None else _tallied(values)
        among = Tallied("country", self.country) if self.country else Tallied()
        self.among = self.tallied if self.tallied == among else among
        """What the tallies know of the narrowest index that a sample is found in."""

    @cached_property
    def unjoined(self) -> PublicationQuerySet:
        """The same events, for questions in another order than that of dates; made when one is asked."""
        return self._unjoined()

    def count(self) -> Number:
        """How many events there are."""
        if self.tallied:
            return Number(self._tallied_count(self.first, self.last))
        rows, times = self._of_few_or_sample(COUNTED, lambda rows: sum(count for (count,) in rows))
        return Number(times * sum(count for (count,) in rows), times > 1)

    def overlapping(self) -> PublicationQuerySet:
        """The events of the window."""
        return self._overlapping(self.first, self.last)

    # When

    def density(self, most_buckets: int, highlights: int) -> Density:
        """The events of the window by bucket, with so many highlights each.

        A bucket counts the events that overlap it, as the list with its days as `from` and `to` has them. Without a
        window, and without a known day of any event, there are no buckets.
        """
        if self.tallied is None:
            return self._density_of_events(most_buckets, highlights)
        window = self._window(None if self.first and self.last else self.tallied.span())
        if window is None:
            return Density(self.count())
        buckets = cut(*window, most_buckets)
        if buckets.of_months or self.tallied.by_day:
            count, counts = self._tallied_counts(self.tallied, buckets)
            number = Number(count)
        elif self.tallied.dimension == "country" and self.tallied.number(*window) <= MOST_IN_INDEX:
            spans = ROUNDED_SPANS.format(first=buckets.first, last=buckets.last, days=DAYS[buckets.unit])
            rows = self._matched(spans, self._days, most=None)
            number, counts = Number(total(rows)), by_bucket(rows, buckets)
        else:
            return self._density_of_events(most_buckets, highlights, window)
        candidates = self._most_significant(*window, number.count) if highlights else []
        return Density(number, buckets, counts, begin_in(buckets, candidates, highlights))

    def _density_of_events(self, most_buckets: int, highlights: int, window: Span | None = None) -> Density:
        """The density, by reading few events or the sample; the `window`, if it is not known, is theirs."""
        rows, one_in = self._of_few_or_sample(f"{SPANS} UNION ALL {RANKED}", total, RANKED_COLUMNS)
        number, times = self._number_and_times(total(rows), one_in)
        window = window or self._window(known_months(rows))
        if window is None:
            return Density(number)
        buckets = cut(*window, most_buckets)
        candidates = [(pk, first) for first, _, _, pk in rows if pk is not None and first]
        return Density(number, buckets, by_bucket(rows, buckets, times), begin_in(buckets, candidates, highlights))

    def _number_and_times(self, read: int, one_in: int) -> tuple[Number, float]:
        """How many events the window has, of which so many were read, one in `one_in`; and for how many each stands.

        Of a sample of a known number both are known.
        """
        number = self._tallied_count(self.first, self.last) if self.tallied and one_in > 1 else one_in * read
        return Number(number, one_in > 1), number / max(read, 1)

    def _window(self, span: Span | None) -> Span | None:
        """The first and the last day asked for; where not asked, those of the events' `span`."""
        if not (span or self.first or self.last):
            return None
        begin, end = span or (datetime.date.max, datetime.date.min)
        first = self.first or (min(begin, month_of(self.last)) if self.last else begin)
        return first, self.last or max(end, last_of_month(first))

    # From the tallies

    def _tallied_count(self, first: datetime.date | None, last: datetime.date | None) -> int:
        """Those that the tallies have, less what lies in the first and the last month, but outside of the window."""
        assert self.tallied
        outside = self._begin_late(last) + (self._end_early(first) if first else 0)
        return self.tallied.number(first, last) - outside

    def _tallied_counts(self, tallied: Tallied, buckets: Buckets) -> tuple[int, list[int]]:
        """How many events overlap any of the buckets, and each; of their months only the first and last may be cut."""
        starts, ends = [0] * len(buckets.starts), [0] * len(buckets.starts)
        ended_before = early = 0
        for at, begin, end in tallied.by_bucket(buckets):
            starts[max(at, 0)] += begin
            if at < 0:
                ended_before = end
            else:
                ends[at] = end
        if buckets.of_months:
            early = self._end_early(buckets.first)
            starts[-1] -= self._begin_late(buckets.last)
        begun = list(accumulate(starts))
        ended = accumulate([ended_before + early, ends[0] - early, *ends[1:-1]])
        count = begun[-1] - (ended_before + early)
        return count, [begin - end for begin, end in zip(begun, ended, strict=False)]

    def _begin_late(self, last: datetime.date | None) -> int:
        """The events that begin in the month of `last`, behind it."""
        if last is None or ends_month(last):
            return 0
        if self.tallied and (kept := self.tallied.changes(last + ONE_DAY, last_of_month(last))):
            return kept[0]
        days = self._days
        return days.rows.filter(**{f"{days.prefix}start_min__range": (last + ONE_DAY, last_of_month(last))}).count()

    def _end_early(self, first: datetime.date) -> int:
        """The events that end in the month of `first`, before it."""
        if first == month_of(first):
            return 0
        if self.tallied and (kept := self.tallied.changes(month_of(first), first - ONE_DAY)):
            return kept[1]
        days = self._days
        parts = days.overlapping(month_of(first), first - ONE_DAY, by_traits=days.are_keyed)
        return sum(part.filter(**{f"{days.prefix}end_max__lt": first}).count() for part in parts)

    # From the events

    @property
    def _days(self) -> Days:
        """The days of the events, out of an index where there is one that has them."""
        if self.tallied and self.tallied.dimension == "country":
            return Days(PublicationCountry.objects.filter(code=self.tallied.key, current=True), "")
        return Days(self.events, self.events.days)

    def _most_significant(self, first: datetime.date, last: datetime.date, number: int) -> list[Candidate]:
        """The most significant events of the window, of which there is this number."""
        days = self._days
        of_country = days.rows.model is PublicationCountry
        if number > (MOST_RANKED_OF_COUNTRY if of_country else MOST_RANKED):
            events = self.unjoined.overlapping(first, last)
            return list(events.most_significant(CANDIDATES).values_list("pk", "start_min"))
        ranked = (RANKED_OF_COUNTRY, RANKED_OF_COUNTRY_COLUMNS) if of_country else (RANKED, RANKED_COLUMNS)
        select, columns = ranked
        return [(pk, day) for day, _, _, pk in self._matched(select, days, columns, most=None)]

    def _overlapping(self, first: datetime.date | None, last: datetime.date | None) -> PublicationQuerySet:
        if first is None and last is None:
            return self.events
        return self.events.certainly_overlapping(first, last) if self.certain else self.events.overlapping(first, last)

    def _of_few_or_sample(
        self, select: str, number_of: Callable[[list[Any]], int], columns: Sequence[str] = (), cost_of_each: float = 0
    ) -> tuple[list[Any], int]:
        """The rows of `select` from the events of the window where they are few, else from those in a sample; and how
        many events each of them stands for. `number_of` tells from the rows how many events there were.

        What the database expects of them decides, but not of a past state: that changes, and an answer about a dataset
        version is to stay the same. There, those are few of which the sample says so.
        """
        events = Days(self.events, self.events.days)
        expected, few = 0.0, MOST_COUNTED
        if self.events.at is None:
            few = FEW
            expected, cost = self._expected(columns)
            if expected <= MOST_COUNTED and cost + cost_of_each * expected <= MOST_COST:
                rows = self._matched(select, events, columns)
                if number_of(rows) <= MOST_COUNTED:
                    return rows, 1
        found = sample(self.unjoined, expected, self.among, self.first, self.last)
        sampled = self._matched(select, Days(found.events, "", found.in_window), columns, most=None)
        if found.one_in * number_of(sampled) <= few:  # a sample would say little of them
            rows = self._matched(select, events, columns)
            if number_of(rows) <= MOST_COUNTED:
                return rows, 1
        return sampled, found.one_in

    def _expected(self, columns: Sequence[str]) -> tuple[float, float]:
        """How many events there seem to be in the window, and what finding them and these columns should cost.

        The database plans it, by its statistics. Where the tallies know how many, only the cost of each is its guess.
        """
        try:
            # Asked about traits, it would expect nearly nothing.
            sql, params = self._reading(Days(self.events, self.events.days), columns, None, by_traits=False)
        except EmptyResultSet:
            return 0, 0
        rows, cost = plans.expected(sql, params)
        if self.tallied is None:
            return rows, cost
        known = self.tallied.number(self.first, self.last)
        return known, cost * max(1, known / max(rows, 1))

    def _matched(
        self, select: str, events: Days, columns: Sequence[str] = (), *, most: int | None = MOST_COUNTED
    ) -> list[Any]:
        """The rows of `select` from `matched`: those of `events` in the window, up to one more than `most`.

        `matched` has the columns `first` and `last`, the days that decide what it overlaps, and `columns`.
        """
        try:
            inner, params = self._reading(events, columns, most, by_traits=True)
        except EmptyResultSet:  # Django knows without asking that nothing can match
            return []
        names = ", ".join(["first", "last", *columns])
        with connection.cursor() as cursor:
            cursor.execute(f"WITH matched ({names}) AS ({inner}) {select}", params)
            return cursor.fetchall()

    def _reading(
        self, events: Days, columns: Sequence[str], most: int | None, *, by_traits: bool
    ) -> tuple[str, tuple[Any, ...]]:
        """The query for `events` in the window, up to one more than `most`. Raises `EmptyResultSet`."""
        days = CERTAIN_DAYS if self.certain else (F(f"{events.prefix}start_min"), F(f"{events.prefix}end_max"))
        # The index of days has no values: by it, what ended before the window would be read only to be left out.
        with_values = not events.prefix and not set(COLUMNS.values()).isdisjoint(columns)
        by_traits = by_traits and (events.are_keyed or with_values)
        parts = events.overlapping(self.first, self.last, by_traits=by_traits)
        parts = [part.order_by().values_list(*days, *columns) for part in parts]
        if self.certain and (self.first or self.last):
            parts = [part.filter(certain_overlap(self.first, self.last)) for part in parts]
        rows = together(parts)
        return (rows if most is None else rows[: most + 1]).query.sql_with_params()

    # With what

    def facets(self, most: int | None = None) -> Facets:
        """The events of the window by value; of each dimension the values with the highest numbers, `most` at most."""
        if self._are_values_tallied() and self._are_tallies_less():
            return self._tallied_facets(most)
        return self._facets_of_events(most)

    def _are_values_tallied(self) -> bool:
        """Whether the tallies know the facets: those of all events; those in whole months, if they are not too many."""
        if self.tallied != Tallied():
            return False
        if self.first is None and self.last is None:
            return True
        if self.first and self.first != month_of(self.first):
            return False
        if self.last and not ends_month(self.last):
            return False
        return self.tallied.number(None, None) <= MOST_TALLIED

    def _are_tallies_less(self) -> bool:
        """Whether the tallies that know the facets are less to read than the events.

        Of a window there are several for each event, wherever it is; to read them takes a third as long.
        """
        assert self.tallied
        if self.first is None and self.last is None:
            return True
        number, of_window = self.tallied.number(None, None), self.tallied.number(self.first, self.last)
        return of_window > MOST_COUNTED or 3 * of_window > number

    def _tallied_facets(self, most: int | None) -> Facets:
        assert self.tallied
        begun: Counter[int] = Counter()
        ended: Counter[int] = Counter()
        for month, starts, ends in self.tallied.months.values_list("month", "starts", "ends"):
            if not self.last or month <= self.last:
                begun[month.year] += starts
            # What ended before the window overlaps no part of its first year that counts.
            ended[min(month.year, self.first.year - 1) if self.first and month < self.first else month.year] += ends
        values = {dimension: by_value(dimension, self.first, self.last, most) for dimension in COLUMNS}
        return Facets(self.count(), values, self._years(+begun, +ended))

    def _facets_of_events(self, most: int | None) -> Facets:
        """The facets, by reading few events or, if the tallies do not know them, the sample."""

        def number_of(rows: list[Any]) -> int:
            return sum(count for dimension, _, count in rows if not dimension)

        limit = "ALL" if most is None else str(most)
        by_value = [BY_VALUE.format(dimension=name, column=column, most=limit) for name, column in COLUMNS.items()]
        select = " UNION ALL ".join([BY_YEARS, *by_value])
        rows, one_in = self._of_few_or_sample(select, number_of, tuple(COLUMNS.values()), COST_OF_VALUES)
        if one_in > 1 and self._are_values_tallied():  # the few take long to find
            return self._tallied_facets(most)
        number, times = self._number_and_times(number_of(rows), one_in)
        values: dict[str, Counter[str]] = {name: Counter() for name in COLUMNS}
        begun: Counter[int] = Counter()
        ended: Counter[int] = Counter()
        for dimension, value, count in rows:
            if dimension:
                values[dimension][value] = round(times * count)
            elif value:  # else it certainly overlaps no year
                begin, end = map(int, value.split("-"))
                if begin <= end:  # to overlap for certain, what is not known may need more days than a year has
                    begun[begin] += round(times * count)
                    ended[end] += round(times * count)
        return Facets(number, values, self._years(begun, ended))

    def _years(self, begun: Mapping[int, int], ended: Mapping[int, int]) -> Counter[int]:
        """Year → number of events that overlap it, in the window; what is open lasts as long as years are known or
        asked for. Made of how many began and how many ended in a year.
        """
        known = [year for year in (*begun, *ended) if year not in (datetime.MINYEAR, datetime.MAXYEAR)]
        known += [day.year for day in (self.first, self.last) if day]
        if not known:
            return Counter()
        first = self.first.year if self.first else min(known)
        last = self.last.year if self.last else max(known)
        changes: Counter[int] = Counter()
        for year, count in begun.items():
            changes[max(year, first)] += count
        for year, count in ended.items():
            changes[max(year + 1, first)] -= count
        years = range(first, last + 1)
        numbers = accumulate(changes[year] for year in years)
        return Counter({year: number for year, number in zip(years, numbers, strict=True) if number})


@dataclass(frozen=True, slots=True)
class Days:
    """Rows that have the days of events, and the prefix of their columns `start_min`, `end_max` and `long`."""

    rows: QuerySet[Any]
    prefix: str
    in_window: bool = False
    """Whether all of them overlap the window already."""

    @property
    def are_keyed(self) -> bool:
        """Whether they are chosen by what is in the index by keys."""
        return isinstance(self.rows, PublicationQuerySet) and self.rows.chosen.keyed

    def overlapping(
        self, first: datetime.date | None, last: datetime.date | None, *, by_traits: bool = False
    ) -> list[QuerySet[Any]]:
        """Those that may have been going on on a day from `first` to `last`, in parts; None is no bound.

        `by_traits` finds them in the index by keys, together with all else by which they are chosen and that is in it.
        """
        if self.in_window:
            return [self.rows]
        if by_traits and first and last and isinstance(self.rows, PublicationQuerySet):
            traits = of_window(first, last)
            if traits is not None:
                return [self.rows.not_by_date().overlapping(first, last).filter(traits__overlap=traits)]
        return [self.rows.filter(part) for part in overlaps(first, last, self.prefix)]


def _tallied(values: Mapping[str, Any]) -> Tallied | None:
    """The tallies that count exactly the events that fit the filters, whenever they were."""
    given = [name for name in BUT_DATES if values[name] is not None]
    if not given:
        return Tallied()
    [name, *others] = given
    if others or name not in TALLIED_FILTERS:
        return None
    keys = values[name] if isinstance(values[name], list) else [values[name]]
    return Tallied(TALLIED_FILTERS[name], keys[0]) if len(keys) == 1 else None


def _one_country(values: Mapping[str, Any]) -> str:
    """A country that all events that fit involve; blank if none is known."""
    [code, *others] = values["country"] or [""]
    return values["country_all"][0] if values["country_all"] else "" if others else code
