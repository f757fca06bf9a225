"""What somebody may have meant who did not write a date in EDTF: for the advice, never for reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = (
    r"(?P<name>jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?"
    r"|nov(ember)?|dec(ember)?)\.?"
)
BETWEEN = r"[-‐‑‒–—−./\s]{1,3}"
YEAR, MONTH, DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
TIME = r"(T\d[^/\s]*|\s\d{1,2}:\d{2}[^/]*)?"

YEAR_FIRST = re.compile(rf"{YEAR}(?P<between>{BETWEEN}){MONTH}((?P=between){DAY}{TIME})?|(?P<basic>\d{{8}})", re.ASCII)
YEAR_LAST = re.compile(rf"({DAY}(?P<between>{BETWEEN}))?{MONTH}(?(between)(?P=between)|{BETWEEN}){YEAR}", re.ASCII)
WITH_NAME = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"({DAY}(st|nd|rd|th)?{BETWEEN})?{NAMED},?{BETWEEN}{YEAR}",
        rf"{NAMED}{BETWEEN}{DAY}(st|nd|rd|th)?,?\s{YEAR}",
        rf"{YEAR}{BETWEEN}{NAMED}({BETWEEN}{DAY})?",
    )
)
ENDS = tuple(
    re.compile(between) for between in (r"\s*/\s*", r"\s*[–—]\s*", r"\s+(?:-|to|until)\s+", r"(?<=^\d{4})-(?=\d{4}$)")
)
LONGEST = 64
"""Characters of what is looked at: a date has no more."""


def readings(text: str) -> list[str]:
    """What `text` may mean, in EDTF, if it says a day, a month or an interval in another way. Some may be no dates."""
    if len(text) > LONGEST:
        return []
    found = _points(text.strip()) or _intervals(text.strip())
    return [reading for reading in dict.fromkeys(found) if reading != text]


def _points(text: str) -> list[str]:
    if found := YEAR_FIRST.fullmatch(text):
        if basic := found["basic"]:
            return [f"{basic[:4]}-{basic[4:6]}-{basic[6:]}"]
        return list(_edtf(found["year"], found["month"], found["day"]))
    if found := YEAR_LAST.fullmatch(text):
        year, month, day = found["year"], found["month"], found["day"]
        # Europeans write the day first, Americans the month.
        return [*_edtf(year, month, day), *(_edtf(year, day, month) if day else ())]
    for form in WITH_NAME:
        if found := form.fullmatch(text):
            month = str(MONTHS.index(found["name"][:3].lower()) + 1)
            return list(_edtf(found["year"], month, found.groupdict()["day"]))
    return []


def _edtf(year: str, month: str, day: str | None) -> Iterator[str]:
    if 1 <= int(month) <= 12:
        yield f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _intervals(text: str) -> Iterator[str]:
    for between in ENDS:
        ends = between.split(text)
        if len(ends) == 2 and all(ends):
            start, end = ([*_points(part)] or [part] for part in ends)
            if len(start) == len(end) == 1:
                yield f"{start[0]}/{end[0]}"
