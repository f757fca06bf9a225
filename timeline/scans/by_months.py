"""Pages by date of what has one actor, country, type or topic, and is in a window at most.

The tallies know in which months such events begin, and how many of them: so it is known which months fill the page, and
their events are found by keys, however many others there are at that time.
"""

from __future__ import annotations

import datetime

from timeline.buckets import month_of
from timeline.querysets import PublicationQuerySet
from timeline.traits import MONTH

COMMON = 250_000
"""Where finding all may cost more, a month has far more events than the page: the next ones by date are looked at."""

FILLING = """\
SELECT DISTINCT {trait} FROM (VALUES (%s)) AS given (dimension), unnest(%s::text[]) AS wanted (value)
CROSS JOIN LATERAL (
    SELECT month, coalesce(sum(starts) FILTER (WHERE {whole}) OVER (
        ORDER BY month {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS nearer
    FROM (
        SELECT month, starts FROM timeline_tally
        WHERE (timeline_tally.dimension, key) = (given.dimension, wanted.value) AND {within}
        ORDER BY month {order} LIMIT {most} + 1
    ) AS first
) AS counted WHERE nearer < {most}
"""
"""SQL: the traits of the months in which the events of the page begin. Where any of several values is wanted, those
that would fill it with each of them alone: an event can have several."""


def are_enough(found: PublicationQuerySet, cost: float) -> bool:
    """Whether the tallies count just what is wanted, and the months are not too long; `cost` is that of finding all."""
    return found.chosen.alone and len(found.chosen.tallied) == 1 and found.at is None and cost <= COMMON


def filling(found: PublicationQuerySet, day: datetime.date | None, descending: bool, most: int) -> str:
    """SQL: the months in which the first events of `found`, up to `most`, begin: all that a page needs.

    Events that begin before the window are left out. `day`, if given, is one before which there is none of them in this
    order: of its month, and of that in which the window ends, the events may be left over from the page before, or lie
    outside. So they are looked at, but not counted. Takes two values: the dimension of the tallies and its keys.
    """
    first, last = found.chosen.window_first, found.chosen.window_last
    if descending:
        last = min(filter(None, (day, last)), default=None)
    else:
        first = max(filter(None, (day, first)), default=None)
    begin = last if descending else first
    return FILLING.format(
        trait=MONTH.format(day="month"),
        whole=f"month <> {_month(begin)}" if begin else "true",
        order="DESC" if descending else "ASC",
        within=" AND ".join(["starts > 0", *in_months(first, last)]),
        most=most,
    )


def in_months(first: datetime.date | None, last: datetime.date | None) -> list[str]:
    """SQL: conditions on tallies by month, that they are of the months from that of `first` to that of `last`; None is
    no bound."""
    return [f"month {reached} {_month(day)}" for reached, day in ((">=", first), ("<=", last)) if day]


def _month(day: datetime.date) -> str:
    return f"DATE '{month_of(day).isoformat()}'"
