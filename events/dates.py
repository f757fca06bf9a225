"""Dates as sources give them: EDTF text to days.

EDTF is ISO 8601-2:2019, annex A. Supported are `2025`, `2025-11`, `2025-11-06`, `2025-XX`, `2025-11-XX`,
`2025-XX-XX`, `201X`, `20XX`, the seasons `2025-21` (spring) to `2025-24` (winter), each with a qualifier
`?` (uncertain), `~` (approximate) or `%` (both) behind it, and the intervals `a/b`, `a/..` and `../b`.

A season is the meteorological one of the northern hemisphere, three whole months; winter 2025 runs from
December 2025 to February 2026. ISO 8601-2 leaves the months of a season open.
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from functools import lru_cache

from events.date_readings import readings

FIRST_DAY = datetime.date.min
LAST_DAY = datetime.date.max
"""Stands for an open end: 9999-12-31."""

QUALIFIERS = {"?": (False, True), "~": (True, False), "%": (True, True)}
"""Qualifier: (approximate, uncertain)."""

SUCH_AS = "write it like 2025-11-06 or 2025-11"

SEASON_FIRST_MONTH = {21: 3, 22: 6, 23: 9, 24: 12}


class EdtfError(ValueError):
    """A text that is not a supported EDTF date.

    `position` is the number of the offending character, counted from 1; `advice` what would be right, if it is known.
    """

    def __init__(self, reason: str, position: int, advice: str = "") -> None:
        self.reason = reason
        self.position = position
        self.advice = advice
        super().__init__(f"{reason} (character {position})" + (f"; {advice}" if advice else ""))


@dataclass(frozen=True, slots=True)
class EdtfDate:
    """When something happened, as far as it is known.

    It began on one of the days from `start_min` to `start_max` and ended on one of the days from `end_min` to
    `end_max`, all inclusive. None of them is missing: an open end is 9999-12-31, an open start 0001-01-01.

    `precision` is day, month, season, year, decade, century or interval. The qualifiers `approximate` and
    `uncertain` do not widen the days; they rule out `certainly_overlaps`.
    """

    text: str
    start_min: datetime.date
    start_max: datetime.date
    end_min: datetime.date
    end_max: datetime.date
    precision: str
    approximate: bool = False
    uncertain: bool = False

    @property
    def qualified(self) -> bool:
        return self.approximate or self.uncertain

    @property
    def open(self) -> bool:
        """Whether one of its ends is open (`..`)."""
        return self.text.startswith("..") or self.text.endswith("..")

    def possibly_overlaps(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether it may have been going on on one of the days from `first` to `last`."""
        return self.start_min <= last and self.end_max >= first

    def certainly_overlaps(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether it was going on then, whichever of its possible days are the true ones."""
        return self.start_max <= last and self.end_min >= first and not self.qualified


@lru_cache(maxsize=4_000)  # publishing reads each date of a batch several times
def parse(text: str) -> EdtfDate:
    """The date that `text` says in EDTF.

    Raises `EdtfError`, which says what is wrong and at which character, for anything that is not supported, for
    a reversed interval and for years outside 1–9999. What was meant is advised, not read.
    """
    try:
        return _parse(text)
    except EdtfError as error:
        meant = [reading for reading in readings(text) if _is_date(reading)]
        advice = f"write {' or '.join(meant)}" if meant else error.advice
        raise EdtfError(error.reason, error.position, advice) from None


def _is_date(text: str) -> bool:
    try:
        _parse(text)
    except EdtfError:
        return False
    return True


def _parse(text: str) -> EdtfDate:
    if not text:
        raise EdtfError("the date is empty: expected a year such as 2025, a month 2025-11 or a day 2025-11-06", 1)
    start_text, slash, end_text = text.partition("/")
    if not slash:
        if text == "..":
            raise EdtfError("an open end needs a date on the other side: ../2025 or 2025/..", 1)
        return _parse_point(text, 1, whole=text)
    return _parse_interval(text, start_text, end_text)


def _parse_interval(text: str, start_text: str, end_text: str) -> EdtfDate:
    end_position = len(start_text) + 2
    for part, position in ((start_text, 1), (end_text, end_position)):
        if not part:
            raise EdtfError("an end of the interval is missing: write .. for an open end", position)
    if "/" in end_text:
        raise EdtfError("a second '/': an interval has two ends", end_position + end_text.index("/"))
    if start_text == end_text == "..":
        raise EdtfError("both ends are open: at least one must be a date", 1)
    start = None if start_text == ".." else _parse_point(start_text, 1, whole=text)
    end = None if end_text == ".." else _parse_point(end_text, end_position, whole=text)
    if start and end and start.start_min > end.end_max:
        raise EdtfError(f"the interval is reversed: {start_text} is after {end_text}", end_position)
    ends = [point for point in (start, end) if point]
    start_min, start_max = (start.start_min, start.end_max) if start else (FIRST_DAY, FIRST_DAY)
    end_min, end_max = (end.start_min, end.end_max) if end else (LAST_DAY, LAST_DAY)
    return EdtfDate(
        text=text,
        start_min=start_min,
        # What began within a month and ended by its tenth day began by its tenth day.
        start_max=min(start_max, end_max),
        end_min=max(end_min, start_min),
        end_max=end_max,
        precision="interval",
        approximate=any(point.approximate for point in ends),
        uncertain=any(point.uncertain for point in ends),
    )


def _parse_point(text: str, position: int, *, whole: str) -> EdtfDate:
    """One date without a slash; `position` is where it stands in the `whole` text."""
    body, (approximate, uncertain) = text, (False, False)
    if text[-1] in QUALIFIERS:
        body, (approximate, uncertain) = text[:-1], QUALIFIERS[text[-1]]
    _check_characters(body, position)
    parts = body.split("-")
    if len(parts) > 3:
        raise EdtfError(
            "more than year, month and day: a time of day is not supported",
            position + len("-".join(parts[:3])),
        )
    first, last, precision = _year(parts[0], position)
    if len(parts) > 1 and precision != "year":
        raise EdtfError(f"'{parts[0]}' is a {precision}: no month can follow it", position + 4)
    if len(parts) > 1:
        first, last, precision = _month(first.year, parts[1], position + 5)
    if len(parts) > 2:
        first, last, precision = _day(first, last, parts[1], parts[2], precision, position + 8)
    return EdtfDate(whole, first, last, first, last, precision, approximate, uncertain)


def _check_characters(body: str, position: int) -> None:
    if not body:
        raise EdtfError("a qualifier without a date before it", position)
    for offset, character in enumerate(body):
        if character in QUALIFIERS:
            raise EdtfError(f"the qualifier '{character}' may only stand at the end of a date", position + offset)
        if not (character in "X-" or (character.isascii() and character.isdigit())):
            raise EdtfError(
                f"'{character}' does not belong in a date: expected digits, X, - and one of ? ~ % at the end",
                position + offset,
                SUCH_AS,
            )


def _length(text: str) -> str:
    return "1 character" if len(text) == 1 else f"{len(text)} characters"


def _year(text: str, position: int) -> tuple[datetime.date, datetime.date, str]:
    if not text:
        raise EdtfError("no year: years run from 0001 to 9999, without a sign", position)
    if len(text) != 4:
        raise EdtfError(f"the year '{text}' has {_length(text)}: expected four", position)
    known = text.rstrip("X")
    if "X" in known:
        raise EdtfError(
            "an X before a digit: only the last digits of a year can be unknown", position + text.index("X")
        )
    unknown = 4 - len(known)
    if unknown > 2:
        raise EdtfError("only the last two digits of a year can be unknown: 201X or 20XX", position + len(known))
    first = int(known + "0" * unknown)
    last = int(known + "9" * unknown)
    if last == 0:
        raise EdtfError("the year 0000 is outside 0001–9999", position)
    return (
        datetime.date(max(first, 1), 1, 1),  # 000X and 00XX begin with the year 1
        datetime.date(last, 12, 31),
        ("year", "decade", "century")[unknown],
    )


def _month(year: int, text: str, position: int) -> tuple[datetime.date, datetime.date, str]:
    if len(text) != 2:
        raise EdtfError(f"the month '{text}' has {_length(text)}: expected two", position)
    if text == "XX":
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31), "year"
    if "X" in text:
        raise EdtfError(
            "a month is known or unknown (XX): one digit alone is not supported", position + text.index("X")
        )
    month = int(text)
    if month in SEASON_FIRST_MONTH:
        first = datetime.date(year, SEASON_FIRST_MONTH[month], 1)
        return first, _end_of_month(*_months_later(year, first.month, 2)), "season"
    if not 1 <= month <= 12:
        raise EdtfError(f"there is no month {text}: expected 01–12, a season 21–24 or XX", position)
    return datetime.date(year, month, 1), _end_of_month(year, month), "month"


def _day(
    first: datetime.date, last: datetime.date, month: str, text: str, precision: str, position: int
) -> tuple[datetime.date, datetime.date, str]:
    if precision == "season":
        raise EdtfError(f"{month} is a season: no day can follow it", position - 1)
    if len(text) != 2:
        raise EdtfError(f"the day '{text}' has {_length(text)}: expected two", position)
    if text == "XX":
        return first, last, precision
    if "X" in text:
        raise EdtfError("a day is known or unknown (XX): one digit alone is not supported", position + text.index("X"))
    if month == "XX":
        raise EdtfError("a day in an unknown month is not supported", position)
    if not 1 <= int(text) <= last.day:
        raise EdtfError(f"there is no day {text} in {first:%Y-%m}: expected 01–{last.day} or XX", position)
    day = first.replace(day=int(text))
    return day, day, "day"


def _months_later(year: int, month: int, months: int) -> tuple[int, int]:
    years, month_index = divmod(month - 1 + months, 12)
    return year + years, month_index + 1


def _end_of_month(year: int, month: int) -> datetime.date:
    if year > LAST_DAY.year:  # the winter of 9999
        return LAST_DAY
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
