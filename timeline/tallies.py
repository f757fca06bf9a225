"""The tallies: numbers of public events by month or day, kept while publishing: to count a million reads a few rows.

Events that overlap the days from `a` to `b` are those that began up to `b`, less those that had ended before `a`.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import orjson
from django.db import connection
from django.db.models import QuerySet

from timeline.buckets import Buckets, last_of_month, month_of
from timeline.models import Publication, Tally

ALL, DAY, COUNTRY, ACTOR, TYPE, TOPIC, *_ = (dimension.value for dimension in Tally.Dimension)
COLUMNS = {COUNTRY: "countries_involved", ACTOR: "actors", TYPE: "type_path", TOPIC: "topics"}
"""Dimension → the column of publications with their values."""

EVER = {COUNTRY: "countries", ACTOR: "actors", TYPE: "types", TOPIC: "topics"}
"""Dimension → that of the same values in all months together."""

CHANGED = """
MERGE INTO timeline_tally AS tally
USING json_to_recordset(%s::json) AS change (dimension text, key text, month date, starts integer, ends integer)
ON (tally.dimension, tally.key, tally.month) = (change.dimension, change.key, change.month)
WHEN MATCHED THEN UPDATE SET starts = tally.starts + change.starts, ends = tally.ends + change.ends
WHEN NOT MATCHED THEN INSERT (dimension, key, month, starts, ends)
    VALUES (change.dimension, change.key, change.month, change.starts, change.ends)
"""
"""SQL. Nobody else changes tallies meanwhile: publishers wait for each other. So this is safe, and takes less than
INSERT with ON CONFLICT, which is prepared for others."""


def count(*, added: Iterable[Publication] = (), removed: Iterable[Publication] = ()) -> None:
    """Counts publications that become public, and no longer those that end. Withdrawals count nothing.

    Only within an edition, which holds the dataset: see `CHANGED`.
    """
    starts, ends = _by_month(added)
    for counter, fewer in zip((starts, ends), _by_month(removed), strict=True):
        counter.subtract(fewer)
    changed = {entry for counter in (starts, ends) for entry, number in counter.items() if number}
    change(
        [
            Change(dimension=of, key=key, month=month, starts=starts[of, key, month], ends=ends[of, key, month])
            for of, key, month in sorted(changed)
        ]
    )


class Change(TypedDict):
    """How many more begin and end. A dictionary, which costs half of what an object costs: there are seven an event."""

    dimension: str
    key: str
    month: datetime.date
    starts: int
    ends: int


def change(changes: Sequence[Change]) -> None:
    """Changes tallies. Only within an edition, too."""
    if not changes:
        return
    with connection.cursor() as cursor:
        # As JSON, which costs a fraction of what arrays cost to quote.
        cursor.execute(CHANGED, [orjson.dumps(changes).decode()])


Entry = tuple[str, str, datetime.date]
"""The dimension, the key and the month (or day) of a tally."""


def _by_month(rows: Iterable[Publication]) -> tuple[Counter[Entry], Counter[Entry]]:
    """How many of the public ones begin, and how many end."""
    both: list[Entry] = []
    begun: list[Entry] = []
    ended: list[Entry] = []
    for row in rows:
        if row.withdrawn:
            continue
        first, last = month_of(row.start_min), month_of(row.end_max)
        values = [(dimension, key) for dimension, column in COLUMNS.items() for key in getattr(row, column)]
        both += [(EVER[dimension], key, FIRST_MONTH) for dimension, key in values]
        values.append((ALL, ""))
        if first == last:
            both += [(dimension, key, first) for dimension, key in values]
        else:
            begun += [(dimension, key, first) for dimension, key in values]
            ended += [(dimension, key, last) for dimension, key in values]
        begun.append((DAY, "", row.start_min))
        ended.append((DAY, "", row.end_max))
    starts = Counter(both)
    ends = starts.copy()
    starts.update(begun)
    ends.update(ended)
    return starts, ends


FIRST_MONTH, LAST_MONTH = datetime.date.min, month_of(datetime.date.max)
"""Where an open beginning and an open end are counted."""


NUMBER = """
SELECT
    coalesce(sum(starts) FILTER (WHERE month <= %s), 0) - coalesce(sum(ends) FILTER (WHERE month < %s), 0)
FROM timeline_tally WHERE dimension = %s AND key = %s
"""
SPAN = """
SELECT min(month), max(month) FROM timeline_tally
WHERE dimension = %s AND key = %s AND ((starts > 0 AND month <> %s) OR (ends > 0 AND month <> %s))
"""
"""What begins in the last month of all, or ends in the first one, is not open."""
BY_VALUE = """
SELECT key, sum(starts) FILTER (WHERE month <= %s) - coalesce(sum(ends) FILTER (WHERE month < %s), 0) AS number
FROM timeline_tally WHERE dimension = %s
GROUP BY key HAVING sum(starts) FILTER (WHERE month <= %s) > coalesce(sum(ends) FILTER (WHERE month < %s), 0)
ORDER BY number DESC, key COLLATE "C" LIMIT %s
"""
EVER_BY_VALUE = """
SELECT key, starts FROM timeline_tally WHERE dimension = %s AND starts > 0
ORDER BY starts DESC, key COLLATE "C" LIMIT %s
"""
BY_BUCKET = """
SELECT width_bucket(month, %s::date[]) - 1 AS bucket, sum(starts), sum(ends) FROM (
    SELECT month, starts, ends FROM timeline_tally
    WHERE dimension = %s AND key = %s AND month <= %s AND month < %s::date
    UNION ALL SELECT month, starts, ends FROM timeline_tally
    WHERE dimension = 'day' AND key = '' AND month <= %s AND month >= %s::date
) AS counted GROUP BY bucket
"""
"""(bucket, starts, ends), out of the months before a day, and from it on those of all events by day."""
CHANGES = """
SELECT coalesce(sum(starts), 0), coalesce(sum(ends), 0) FROM timeline_tally
WHERE dimension = %s AND key = %s AND month BETWEEN %s AND %s
"""


def by_value(dimension: str, first: datetime.date | None, last: datetime.date | None, most: int | None) -> Counter[str]:
    """Value → how many of the events that have it overlap the months from that of `first` to that of `last`; None is no
    bound. The highest numbers, of equal ones the first values, `most` at most. Of a window, reads all tallies of the
    dimension.
    """
    since, until = month_of(first or FIRST_MONTH), month_of(last or LAST_MONTH)
    with connection.cursor() as cursor:
        if first or last:
            cursor.execute(BY_VALUE, [until, since, dimension, until, since, most])
        else:
            cursor.execute(EVER_BY_VALUE, [EVER[dimension], most])
        return Counter(dict(cursor.fetchall()))


@dataclass(slots=True)
class Tallied:
    """The public events that have a value, whenever they were; all of them where the dimension is blank.

    Made for one request: of one window it asks for the number once.
    """

    dimension: str = ""
    key: str = ""
    _numbers: dict[tuple[datetime.date, datetime.date], int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def months(self) -> QuerySet[Tally]:
        """Its tallies."""
        return Tally.objects.filter(dimension=self.dimension, key=self.key)

    @property
    def by_day(self) -> bool:
        """Whether there are tallies by day, too: of all events."""
        return not self.dimension

    def span(self) -> tuple[datetime.date, datetime.date] | None:
        """From the first day of the month of the first known day to the last of that of the last one, if any."""
        first, last = self._asked(SPAN, self.dimension, self.key, FIRST_MONTH, LAST_MONTH)
        return (first, last_of_month(last)) if first else None

    def number(self, first: datetime.date | None, last: datetime.date | None) -> int:
        """How many overlap the months from that of `first` to that of `last`; None is no bound."""
        window = month_of(first or FIRST_MONTH), month_of(last or LAST_MONTH)
        if window not in self._numbers:
            since, until = window
            dimension = EVER.get(self.dimension, ALL) if window == (FIRST_MONTH, LAST_MONTH) else self.dimension
            [self._numbers[window]] = self._asked(NUMBER, until, since, dimension, self.key)
        return self._numbers[window]

    def by_bucket(self, buckets: Buckets) -> list[tuple[int, int, int]]:
        """For each bucket in which any begin or end, its place and how many do; and with the place -1, before them all.

        Of the months that the first and the last bucket cut, all belong to these; but where buckets cut every month,
        which needs tallies by day, these are told apart by the day.
        """
        first = month_of(buckets.first) if buckets.of_months else buckets.first
        days_from = "infinity" if buckets.of_months else month_of(buckets.first)
        until, starts = buckets.last, [first, *buckets.starts[1:]]
        with connection.cursor() as cursor:
            cursor.execute(BY_BUCKET, [starts, self.dimension, self.key, until, days_from, until, days_from])
            return cursor.fetchall()

    def changes(self, first: datetime.date, last: datetime.date) -> tuple[int, int] | None:
        """How many begin and end on the days from `first` to `last`, where that is kept by day: of all events."""
        if not self.by_day:
            return None
        starts, ends = self._asked(CHANGES, DAY, "", first, last)
        return starts, ends

    @staticmethod
    def _asked(sql: str, *values: Any) -> Any:
        """The one row."""
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()
