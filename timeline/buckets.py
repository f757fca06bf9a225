"""Cutting a window of days into buckets of a calendar's unit, as fine as a number of them allows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200, "millennium": 12000}
"""Months in a unit. A decade is 2020–2029, a century 2000–2099: as EDTF writes them, 202X and 20XX."""

DAYS = {"day": 1, "week": 7}
"""Days in a unit that is finer than a month; counted from 0001-01-01, a Monday."""

UNITS = (*DAYS, *MONTHS)
"""From fine to coarse. A week begins on Monday (ISO 8601)."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """The days from `first` to `last`, cut at the beginnings of units; the first and the last bucket may be cut off."""

    unit: str
    starts: Sequence[datetime.date]
    last: datetime.date

    @property
    def first(self) -> datetime.date:
        return self.starts[0]

    @property
    def ends(self) -> list[datetime.date]:
        """The last day of each bucket."""
        return [*(start - datetime.timedelta(days=1) for start in self.starts[1:]), self.last]

    @property
    def of_months(self) -> bool:
        """Whether no month is cut but the first and the last one."""
        return self.unit in MONTHS


def cut(first: datetime.date, last: datetime.date, most: int) -> Buckets:
    """`first` to `last` in at most `most` buckets, at least 10, of the finest unit that does it."""
    unit = next(unit for unit in UNITS if _number(last, unit) - _number(first, unit) < most)
    numbers = range(_number(first, unit) + 1, _number(last, unit) + 1)
    return Buckets(unit, [first, *(_start(number, unit) for number in numbers)], last)


def month_of(day: datetime.date) -> datetime.date:
    """The first day of its month."""
    return day.replace(day=1)


def ends_month(day: datetime.date) -> bool:
    """Whether it is the last day of its month."""
    return day == datetime.date.max or (day + datetime.timedelta(days=1)).day == 1


def last_of_month(day: datetime.date) -> datetime.date:
    """The last day of its month."""
    following = _number(day, "month") + 1
    return datetime.date.max if following == 120_000 else _start(following, "month") - datetime.timedelta(days=1)


def _number(day: datetime.date, unit: str) -> int:
    """The number of the unit that has the day, counted from one that has 0001-01-01, a Monday."""
    if unit == "day":
        return day.toordinal() - 1
    if unit == "week":
        return (day.toordinal() - 1) // 7
    return (day.year * 12 + day.month - 1) // MONTHS[unit]


def _start(number: int, unit: str) -> datetime.date:
    if unit == "day":
        return datetime.date.fromordinal(number + 1)
    if unit == "week":
        return datetime.date.fromordinal(7 * number + 1)
    year, month = divmod(number * MONTHS[unit], 12)
    return datetime.date(year, month + 1, 1)
