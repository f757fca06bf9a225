"""Whether sources contradict each other about a date."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from itertools import combinations

from events.dates import FIRST_DAY, LAST_DAY, EdtfDate


def contradict(one: EdtfDate, other: EdtfDate) -> bool:
    """Whether two claimed dates cannot both be true: no start, or no end, fits both.

    A month does not contradict a day in it, but two different days do, and so do 25–26 October and 25 October. A claim
    that calls itself approximate or uncertain contradicts nothing; neither does a start or an end left open say when it
    began or ended.
    """
    if one.qualified or other.qualified:
        return False
    return _apart(*_known_start(one), *_known_start(other)) or _apart(*_known_end(one), *_known_end(other))


def disputed(claims: Iterable[EdtfDate]) -> bool:
    """Whether two of the claimed dates of one thing contradict each other."""
    return any(contradict(one, other) for one, other in combinations(claims, 2))


def _known_start(date: EdtfDate) -> tuple[datetime.date, datetime.date]:
    """The days on which it may have begun; an open start says no more than "not after it ended"."""
    return (FIRST_DAY, date.end_max) if date.text.startswith("..") else (date.start_min, date.start_max)


def _known_end(date: EdtfDate) -> tuple[datetime.date, datetime.date]:
    """The days on which it may have ended; an open end says no more than "not before it began"."""
    return (date.start_min, LAST_DAY) if date.text.endswith("..") else (date.end_min, date.end_max)


def _apart(first: datetime.date, last: datetime.date, other_first: datetime.date, other_last: datetime.date) -> bool:
    return last < other_first or other_last < first
