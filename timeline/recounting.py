"""The tallies anew, out of what is published: to see that they are right, and to mend them where they are not.

Publishing keeps them right by itself (`timeline.tallies`). But nothing would notice if code from before a dimension was
kept went on publishing beside newer code, or if somebody changed the tables by hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from timeline.consistency import one_state
from timeline.editions import new_edition
from timeline.tallies import ALL, COLUMNS, DAY, EVER, FIRST_MONTH, Change, change

DIFFERENCES = """
SELECT dimension, key, month,
    coalesce(tally.starts, 0), coalesce(tally.ends, 0), coalesce(counted.starts, 0), coalesce(counted.ends, 0)
FROM (
    SELECT dimension, key, month, sum(starts) AS starts, sum(ends) AS ends
    FROM timeline_publication
    CROSS JOIN LATERAL unnest({values}) AS held (key)
    CROSS JOIN LATERAL (VALUES (start_min, 1, 0), (end_max, 0, 1)) AS bounds (day, starts, ends)
    CROSS JOIN LATERAL (
        VALUES (%(dimension)s, date_trunc('month', day::timestamp)::date), (%(other)s, coalesce(%(month)s::date, day))
    ) AS counts (dimension, month)
    WHERE superseded_in IS NULL AND NOT withdrawn
    GROUP BY dimension, key, month
) AS counted
FULL JOIN (SELECT * FROM timeline_tally WHERE dimension IN (%(dimension)s, %(other)s)) AS tally
    USING (dimension, key, month)
WHERE (coalesce(tally.starts, 0), coalesce(tally.ends, 0)) <> (coalesce(counted.starts, 0), coalesce(counted.ends, 0))
ORDER BY dimension, key COLLATE "C", month
"""
"""SQL, for a column. A tally that is not there is one of nothing. `month` is NULL where `other` is counted by day."""

VALUES = {ALL: "ARRAY['']", **COLUMNS}
"""Dimension → what each event has of it, in SQL."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A tally that is not what is published."""

    dimension: str
    key: str
    month: datetime.date
    starts: int
    ends: int
    """How many it says begin, and end."""
    counted_starts: int
    counted_ends: int
    """How many do."""

    def __str__(self) -> str:
        name = " ".join(part for part in (self.dimension or "all", self.key, f"{self.month}") if part)
        kept = f"kept are {self.starts:,} that begin and {self.ends:,} that end"
        return f"{name}: {kept}, published are {self.counted_starts:,} and {self.counted_ends:,}"

    @property
    def change(self) -> Change:
        """What mends it."""
        starts, ends = self.counted_starts - self.starts, self.counted_ends - self.ends
        return Change(dimension=self.dimension, key=self.key, month=self.month, starts=starts, ends=ends)


def wrong_tallies() -> Iterator[list[Wrong]]:
    """The tallies that are wrong, for one dimension of `VALUES` after the other. Changes nothing, holds up nobody."""
    with one_state():
        for dimension in VALUES:
            yield _wrong(dimension)


def mended_tallies() -> Iterator[list[Wrong]]:
    """The same, which are right when it ends. Publishers wait meanwhile.

    If any are wrong, that is a new dataset version: else caches would take the answers that they have for up to date.
    """
    with new_edition(by=None) as edition:
        for dimension in VALUES:
            if wrong := _wrong(dimension):
                change([each.change for each in wrong])
                edition.empty = False
            yield wrong


def _wrong(dimension: str) -> list[Wrong]:
    other, month = (EVER[dimension], FIRST_MONTH) if dimension in EVER else (DAY, None)
    with connection.cursor() as cursor:
        named = {"dimension": dimension, "other": other, "month": month}
        cursor.execute(DIFFERENCES.format(values=VALUES[dimension]), named)
        return [Wrong(*row) for row in cursor.fetchall()]
