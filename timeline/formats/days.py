"""The date of a document, as clients need it that know only days and no uncertainty."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from events.dates import EdtfDate, parse
from timeline.documents import Document
from timeline.formats.feed import Feed
from timeline.formats.texts import closed

DIGITS = {"day": 3, "month": 2, "season": 2}
"""Precision → how many of year, month and day are worth saying. A season begins and ends with a month."""


@dataclass(frozen=True, slots=True)
class When:
    """The two ends of a date; None is an open one. They are the same where the date is not an interval."""

    start: EdtfDate | None
    end: EdtfDate | None

    @classmethod
    def of(cls, document: Document) -> When:
        """The date of a document of an event."""
        start, slash, end = document["date"]["edtf"].partition("/")
        points = [None if text == ".." else parse(text) for text in ((start, end) if slash else (start, start))]
        return cls(*points)

    @property
    def exact(self) -> bool:
        """Whether its days say all of it: both ends are days, without a doubt."""
        return all(point and point.precision == "day" and not point.qualified for point in (self.start, self.end))

    @property
    def begins(self) -> tuple[int, ...] | None:
        """Year, month and day of its start, as far as they are known."""
        return parts(self.start.start_min, self.start.precision) if self.start else None

    @property
    def ends(self) -> tuple[int, ...] | None:
        """Year, month and day of its end, as far as they are known; inclusive."""
        return parts(self.end.end_max, self.end.precision) if self.end else None

    def known_days(self) -> tuple[datetime.date, datetime.date]:
        """First and last day on which it may have been going on; of a date that is open, those of its known end."""
        known = [point for point in (self.start, self.end) if point]
        return known[0].start_min, known[-1].end_max

    def drawn_days(self, feed: Feed) -> tuple[datetime.date, datetime.date]:
        """First and last day on which it may have been going on; the window's where open."""
        first, last = self.known_days()
        if self.start is None:
            first = min(first, feed.window_start)
        if self.end is None:
            last = max(last, feed.window_end)
        return first, last


def parts(day: datetime.date, precision: str = "day") -> tuple[int, ...]:
    """Year, month and day, as far as this precision says them."""
    return (day.year, day.month, day.day)[: DIGITS.get(precision, 1)]


def day_after(day: datetime.date) -> datetime.date:
    """The exclusive end of what ends on `day`. Behind 9999-12-31 comes nothing."""
    return day if day == datetime.date.max else day + datetime.timedelta(days=1)


def class_names(document: Document, when: When) -> list[str]:
    """CSS classes that show how much of the date is known, for clients that style by them."""
    date = document["date"]
    ends = (point for point in (when.start, when.end) if point)
    flags = {
        # That of any other date is its precision.
        "imprecise-ends": date["precision"] == "interval" and any(point.precision != "day" for point in ends),
        "approximate": date["approximate"],
        "uncertain": date["uncertain"],
        "open-start": when.start is None,
        "open-end": when.end is None,
        "disputed": document["disputed"],
    }
    return [f"precision-{date['precision']}", *(name for name, holds in flags.items() if holds)]


def dated_title(document: Document, when: When) -> str:
    """The title; with the date in words where the days that a client shows would say too much."""
    title = closed(document["title"])
    # Brackets in brackets would be hard to read, and the words have none but for "(uncertain)".
    date = document["date"]["display"].replace(" (", ", ").replace(")", "")
    return title if when.exact else f"{title} ({date})"
