"""Whether sources contradict each other about a date."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from itertools import combinations

from events.dates import LAST_DAY, EdtfDate


def contradict(one: EdtfDate, other: EdtfDate) -> bool:
    """Whether two claimed dates cannot both be true: no start, or no end, fits both.

    A month does not contradict a day in it, but two different days do, and so do 25–26 October and 25 October. A claim
    that calls itself approximate or uncertain contradicts nothing; neither does an end left open say when it ended.
    """
    if one.qualified or other.qualified:
        return False
    return _apart(one.start_min, one.start_max, other.start_min, other.start_max) or _apart(
        *_known_end(one), *_known_end(other)
    )


def disputed(claims: Iterable[EdtfDate]) -> bool:
    """Whether two of the claimed dates of one thing contradict each other."""
    return any(contradict(one, other) for one, other in combinations(claims, 2))


def _known_end(date: EdtfDate) -> tuple[datetime.date, datetime.date]:
    """The days on which it may have ended; an open end says no more than "not before it began"."""
    return (date.start_min if date.text.endswith("..") else date.end_min), (
        LAST_DAY if date.text.endswith("..") else date.end_max
    )


def _apart(first: datetime.date, last: datetime.date, other_first: datetime.date, other_last: datetime.date) -> bool:
    return last < other_first or other_last < first
