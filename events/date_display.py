"""A date in words, in a reader's language: "6–7 April 2017", "Oktober 2025", "since 2015"."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import lru_cache

from django.utils import dates as django_dates
from django.utils import translation

from events.dates import EdtfDate, parse

SEASONS = {
    "en": {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"},
    "de": {"21": "Frühling", "22": "Sommer", "23": "Herbst", "24": "Winter"},
}
WORDS = {
    "en": {"since": "since {}", "until": "until {}", "about": "about {}", "uncertain": "{} (uncertain)"},
    "de": {"since": "seit {}", "until": "bis {}", "about": "ca. {}", "uncertain": "{} (unsicher)"},
}
DAY_FORMATS = {"en": "{day} {month} {year}", "de": "{day}. {month} {year}"}
DECADE_FORMATS = {
    "en": {"": "{}s", "since": "the {}s", "until": "the {}s", "about": "the {}s"},
    "de": {"": "{}er-Jahre", "since": "den {}er-Jahren", "until": "zu den {}er-Jahren", "about": "{}er-Jahre"},
}
"""Behind which of `WORDS`, or none."""
CENTURY_FORMATS = {"en": "some time in {}–{}", "de": "irgendwann {}–{}"}
"""The years alone would say that it lasted so long."""


def display(date: EdtfDate, language: str) -> str:
    """`date` in words of `language`; a language without words here gets the English ones."""
    language = language if language in WORDS else "en"
    if date.precision != "interval":
        return _point(date, language)
    start, end = date.text.split("/")
    if end == "..":
        return WORDS[language]["since"].format(_point(parse(start), language, "since"))
    if start == "..":
        return WORDS[language]["until"].format(_point(parse(end), language, "until"))
    return _range(parse(start), parse(end), language)


def _range(start: EdtfDate, end: EdtfDate, language: str) -> str:
    if (start.precision, start.start_min, start.end_max) == (end.precision, end.start_min, end.end_max):
        return _point(_doubted(end, start), language)
    if _in_one_month(start, end):
        dot = "." if language == "de" else ""
        return _qualified(end, f"{start.start_min.day}{dot}–{_unqualified(end, language, '')}", language)
    between = "–" if start.precision == end.precision == "year" else " – "
    return f"{_point(start, language)}{between}{_point(end, language)}"


def _doubted(date: EdtfDate, other: EdtfDate) -> EdtfDate:
    """`date` with the qualifiers of both: what is said once is as doubtful as it is at one of its ends."""
    return replace(date, approximate=date.approximate or other.approximate, uncertain=date.uncertain or other.uncertain)


def _in_one_month(start: EdtfDate, end: EdtfDate) -> bool:
    """Whether they are days of one month, and what is said of the end, which stands behind both, leaves out nothing."""
    days = start.precision == end.precision == "day"
    same = (start.approximate, start.uncertain) == (end.approximate, end.uncertain)
    said = same or not (start.qualified or end.approximate)
    return days and said and start.start_min.replace(day=1) == end.start_min.replace(day=1)


def _point(date: EdtfDate, language: str, behind: str = "") -> str:
    return _qualified(date, _unqualified(date, language, behind or ("about" if date.approximate else "")), language)


def _qualified(date: EdtfDate, words: str, language: str) -> str:
    if date.approximate:
        words = WORDS[language]["about"].format(words)
    if date.uncertain:
        words = WORDS[language]["uncertain"].format(words)
    return words


def _unqualified(date: EdtfDate, language: str, behind: str) -> str:
    day = date.start_min
    if date.precision == "day":
        return DAY_FORMATS[language].format(day=day.day, month=_month(day, language), year=day.year)
    if date.precision == "month":
        return f"{_month(day, language)} {day.year}"
    if date.precision == "season":
        return f"{SEASONS[language][date.text[5:7]]} {day.year}"
    if date.precision == "decade":
        return DECADE_FORMATS[language][behind].format(day.year // 10 * 10)  # the first one begins in the year 1
    if date.precision == "century":
        return CENTURY_FORMATS[language].format(day.year, date.end_max.year)
    return str(day.year)


def _month(day: datetime.date, language: str) -> str:
    return _month_name(day.month, language)


@lru_cache
def _month_name(number: int, language: str) -> str:
    with translation.override(language):
        return str(django_dates.MONTHS[number])
