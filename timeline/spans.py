"""How many events lasted from which day to which: counted by the database, and put into buckets here."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from timeline.buckets import Buckets, last_of_month, month_of
from timeline.tallies import FIRST_MONTH, LAST_MONTH

SpanRow = tuple[datetime.date | None, datetime.date | None, int, int | None]
"""A row of `SPANS` or `RANKED`; without days where an event overlaps nothing for certain."""

Span = tuple[datetime.date, datetime.date]
"""A first and a last day."""

SPANS = "SELECT first, last, count(*), NULL::bigint FROM matched GROUP BY first, last"
"""(first day, last day, number of `matched`, NULL)."""

ROUNDED_SPANS = """
SELECT
    DATE '0001-01-01' + (greatest(first, DATE '{first}') - DATE '0001-01-01') / {days} * {days} AS begin,
    DATE '0001-01-01' + (least(last, DATE '{last}') - DATE '0001-01-01') / {days} * {days} AS until,
    count(*), NULL::bigint
FROM matched GROUP BY begin, until
"""
"""The same, cut off at the window and rounded down to the days on which a day or a week begins: far fewer rows."""


def total(rows: Iterable[SpanRow]) -> int:
    """How many events the rows stand for."""
    return sum(count for _, _, count, _ in rows)


def known_months(rows: Iterable[SpanRow]) -> Span | None:
    """The months in which known days of the events lie, as `Tallied.span` has them; what is open has none."""
    spans = [(first, last) for first, last, count, _ in rows if count and first and last]
    known = {month for first, _ in spans if (month := month_of(first)) != FIRST_MONTH}
    known |= {month for _, last in spans if (month := month_of(last)) != LAST_MONTH}
    return (min(known), last_of_month(max(known))) if known else None


def by_bucket(rows: Iterable[SpanRow], buckets: Buckets, times: float = 1) -> list[int]:
    """How many events overlap each bucket, to whole ones, where each of the rows' events stands for so many. What lies
    outside of all, being open, is in the first or the last one."""
    changes = [0] * (len(buckets.starts) + 1)
    for first, last, count, _ in rows:
        if first is None or last is None:
            continue
        begin = max(bisect_right(buckets.starts, first) - 1, 0)
        end = max(bisect_right(buckets.starts, last) - 1, 0)
        if begin <= end:  # to overlap for certain, what is not known may need more days than a bucket has
            changes[begin] += count
            changes[end + 1] -= count
    return [round(times * count) for count in accumulate(changes[:-1])]
