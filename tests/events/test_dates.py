"""EDTF against examples and against a slow reading: a date is the set of all days whose text fits it."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dates import EdtfError, parse

D = datetime.date
LAST = D(9999, 12, 31)
FIRST = D(1, 1, 1)


@pytest.mark.parametrize(
    ("text", "start_min", "start_max", "end_min", "end_max", "precision"),
    [
        ("2025", D(2025, 1, 1), D(2025, 12, 31), D(2025, 1, 1), D(2025, 12, 31), "year"),
        ("2025-11", D(2025, 11, 1), D(2025, 11, 30), D(2025, 11, 1), D(2025, 11, 30), "month"),
        ("2024-02", D(2024, 2, 1), D(2024, 2, 29), D(2024, 2, 1), D(2024, 2, 29), "month"),
        ("2025-11-06", D(2025, 11, 6), D(2025, 11, 6), D(2025, 11, 6), D(2025, 11, 6), "day"),
        ("2025-XX", D(2025, 1, 1), D(2025, 12, 31), D(2025, 1, 1), D(2025, 12, 31), "year"),
        ("2025-XX-XX", D(2025, 1, 1), D(2025, 12, 31), D(2025, 1, 1), D(2025, 12, 31), "year"),
        ("2025-10-XX", D(2025, 10, 1), D(2025, 10, 31), D(2025, 10, 1), D(2025, 10, 31), "month"),
        ("201X", D(2010, 1, 1), D(2019, 12, 31), D(2010, 1, 1), D(2019, 12, 31), "decade"),
        ("19XX", D(1900, 1, 1), D(1999, 12, 31), D(1900, 1, 1), D(1999, 12, 31), "century"),
        ("000X", FIRST, D(9, 12, 31), FIRST, D(9, 12, 31), "decade"),
        ("00XX", FIRST, D(99, 12, 31), FIRST, D(99, 12, 31), "century"),
        ("2025-21", D(2025, 3, 1), D(2025, 5, 31), D(2025, 3, 1), D(2025, 5, 31), "season"),
        ("2025-22", D(2025, 6, 1), D(2025, 8, 31), D(2025, 6, 1), D(2025, 8, 31), "season"),
        ("2025-23", D(2025, 9, 1), D(2025, 11, 30), D(2025, 9, 1), D(2025, 11, 30), "season"),
        ("2023-24", D(2023, 12, 1), D(2024, 2, 29), D(2023, 12, 1), D(2024, 2, 29), "season"),
        ("9999-24", D(9999, 12, 1), LAST, D(9999, 12, 1), LAST, "season"),
        ("2017-04-06/2017-04-07", D(2017, 4, 6), D(2017, 4, 6), D(2017, 4, 7), D(2017, 4, 7), "interval"),
        ("2001/2021", D(2001, 1, 1), D(2001, 12, 31), D(2021, 1, 1), D(2021, 12, 31), "interval"),
        ("2025-04-04/..", D(2025, 4, 4), D(2025, 4, 4), LAST, LAST, "interval"),
        ("../2025", FIRST, FIRST, D(2025, 1, 1), D(2025, 12, 31), "interval"),
        ("2025-11/2025-11-10", D(2025, 11, 1), D(2025, 11, 10), D(2025, 11, 10), D(2025, 11, 10), "interval"),
        ("2025-11-20/2025-11", D(2025, 11, 20), D(2025, 11, 20), D(2025, 11, 20), D(2025, 11, 30), "interval"),
    ],
)
def test_parse(text, start_min, start_max, end_min, end_max, precision):
    date = parse(text)

    assert (date.start_min, date.start_max, date.end_min, date.end_max) == (start_min, start_max, end_min, end_max)
    assert date.precision == precision
    assert (date.approximate, date.uncertain) == (False, False)
    assert date.text == text


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("2025?", False, True),
        ("2025~", True, False),
        ("2025-11-06%", True, True),
        ("2025?/2026~", True, True),
        ("201X~", True, False),
        ("2025-21?", False, True),
        ("../2025-11?", False, True),
    ],
)
def test_qualifiers_mark_but_do_not_widen(text, approximate, uncertain):
    date = parse(text)
    plain = parse(text.translate({ord(mark): None for mark in "?~%"}))

    assert (date.approximate, date.uncertain) == (approximate, uncertain)
    assert (date.start_min, date.start_max, date.end_min, date.end_max) == (
        plain.start_min,
        plain.start_max,
        plain.end_min,
        plain.end_max,
    )
    assert not date.certainly_overlaps(FIRST, LAST)
    assert plain.certainly_overlaps(FIRST, LAST)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the date is empty: expected a year such as 2025, a month 2025-11 or a day 2025-11-06 (character 1)"),
        ("..", "an open end needs a date on the other side: ../2025 or 2025/.. (character 1)"),
        ("../..", "both ends are open: at least one must be a date (character 1)"),
        ("2025/", "an end of the interval is missing: write .. for an open end (character 6)"),
        ("/2025", "an end of the interval is missing: write .. for an open end (character 1)"),
        ("2024/2025/2026", "a second '/': an interval has two ends (character 10)"),
        ("2026/2025", "the interval is reversed: 2026 is after 2025 (character 6)"),
        ("2025-11-07/2025-11-06", "the interval is reversed: 2025-11-07 is after 2025-11-06 (character 12)"),
        ("25", "the year '25' has 2 characters: expected four (character 1)"),
        ("-0044", "no year: years run from 0001 to 9999, without a sign (character 1)"),
        ("10000", "the year '10000' has 5 characters: expected four (character 1)"),
        ("0000", "the year 0000 is outside 0001–9999 (character 1)"),
        ("20X5", "an X before a digit: only the last digits of a year can be unknown (character 3)"),
        ("2XXX", "only the last two digits of a year can be unknown: 201X or 20XX (character 2)"),
        ("201X-11", "'201X' is a decade: no month can follow it (character 5)"),
        ("2025-13", "there is no month 13: expected 01–12, a season 21–24 or XX (character 6)"),
        ("2025-00", "there is no month 00: expected 01–12, a season 21–24 or XX (character 6)"),
        ("2025-1", "the month '1' has 1 character: expected two (character 6); write 2025-01"),
        ("2025-1X", "a month is known or unknown (XX): one digit alone is not supported (character 7)"),
        ("2025-21-06", "21 is a season: no day can follow it (character 8)"),
        ("2025-02-29", "there is no day 29 in 2025-02: expected 01–28 or XX (character 9)"),
        ("2025-11-6", "the day '6' has 1 character: expected two (character 9); write 2025-11-06"),
        ("2025-11-3X", "a day is known or unknown (XX): one digit alone is not supported (character 10)"),
        ("2025-XX-06", "a day in an unknown month is not supported (character 9)"),
        ("2025-11-06-01", "more than year, month and day: a time of day is not supported (character 11)"),
        (
            "2025-11-06T10",
            "'T' does not belong in a date: expected digits, X, - and one of ? ~ % at the end (character 11); "
            "write 2025-11-06",
        ),
        (
            "6 November 2025",
            "' ' does not belong in a date: expected digits, X, - and one of ? ~ % at the end (character 2); "
            "write 2025-11-06",
        ),
        ("2025?-11", "the qualifier '?' may only stand at the end of a date (character 5)"),
        ("2025~?", "the qualifier '~' may only stand at the end of a date (character 5)"),
        ("?", "a qualifier without a date before it (character 1)"),
        ("2025/2026-13", "there is no month 13: expected 01–12, a season 21–24 or XX (character 11)"),
        (
            "२०२५",
            "'२' does not belong in a date: expected digits, X, - and one of ? ~ % at the end (character 1); "
            "write it like 2025-11-06 or 2025-11",
        ),
    ],
)
def test_wrong_form_gives_error(text, message):
    with pytest.raises(EdtfError) as caught:
        parse(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("6 November 2025", "write 2025-11-06"),
        ("06.11.2025", "write 2025-11-06 or 2025-06-11"),
        ("24.12.2025", "write 2025-12-24"),
        ("31.02.2025", "write it like 2025-11-06 or 2025-11"),
        ("Nov 2025", "write 2025-11"),
        ("2025/11/06", "write 2025-11-06"),
        ("2025-11-06–2025-11-07", "write 2025-11-06/2025-11-07"),
        ("2025-11-06 / 2025-11-07", "write 2025-11-06/2025-11-07"),
        ("2025‑11‑06", "write 2025-11-06"),
        ("soon", "write it like 2025-11-06 or 2025-11"),
        ("2025-13", ""),
        ("2026-11-07 / 2025-11-06", "write it like 2025-11-06 or 2025-11"),
    ],
)
def test_what_would_be_right_is_advised(text, advice):
    with pytest.raises(EdtfError) as caught:
        parse(text)

    assert caught.value.advice == advice


# The slow reading


def all_days(year: int, years: int = 1) -> list[datetime.date]:
    first, last = D(max(year, 1), 1, 1), D(min(year + years - 1, 9999), 12, 31)
    return [D.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def fits(day: datetime.date, text: str) -> bool:
    """Whether `day` is one of the days that a date without a slash may mean."""
    text = text.rstrip("?~%")
    if text[5:7] in ("21", "22", "23", "24"):
        months = {"21": (3, 4, 5), "22": (6, 7, 8), "23": (9, 10, 11), "24": (12, 1, 2)}[text[5:7]]
        year = day.year - 1 if text[5:7] == "24" and day.month < 3 else day.year
        return year == int(text[:4]) and day.month in months
    return all(known in ("X", written) for known, written in zip(text, day.isoformat(), strict=False))


years = st.integers(1, 9998).map("{:04}".format)
points = st.one_of(
    years,
    years.map(lambda year: f"{year}-XX"),
    st.builds("{}-{:02}".format, years, st.integers(1, 12)),
    st.builds("{}-{:02}-XX".format, years, st.integers(1, 12)),
    st.builds("{}-{}".format, years, st.integers(21, 24)),
    st.dates(max_value=D(9998, 12, 31)).map(D.isoformat),
    years.map(lambda year: f"{year[:3]}X").filter(lambda year: year != "000X"),
)
qualified = st.builds("{}{}".format, points, st.sampled_from(["", "", "?", "~", "%"]))


def days_of(text: str) -> list[datetime.date]:
    span = 10 if "X" in text[:4] else 2
    return [day for day in all_days(int(text[:4].replace("X", "0")), span) if fits(day, text)]


@given(qualified)
def test_a_date_is_the_days_that_fit_it(text):
    days = days_of(text)
    date = parse(text)

    assert (date.start_min, date.end_max) == (days[0], days[-1])
    assert (date.start_max, date.end_min) == (days[-1], days[0])


no_decades = points.filter(lambda text: "X" not in text[:4])


@st.composite
def intervals(draw):
    """Two dates near each other, in either order."""
    one, other = draw(no_decades), draw(no_decades)
    year = int(one[:4])
    near = min(max(year + draw(st.integers(-1, 1)), 1), 9998)
    return one, f"{near:04}{other[4:]}".replace("-02-29", "-02-28")


@given(intervals(), st.integers(-400, 400), st.integers(0, 400))
@settings(max_examples=60)
def test_overlap_agrees_with_every_possible_pair_of_days(ends, offset, length):
    one, other = ends
    possible = [(start, end) for start, end in itertools.product(days_of(one), days_of(other)) if start <= end]
    if not possible:
        with pytest.raises(EdtfError, match="reversed"):
            parse(f"{one}/{other}")
        return
    date = parse(f"{one}/{other}")
    first = D.fromordinal(min(max(possible[-1][0].toordinal() + offset, 1), LAST.toordinal() - 400))
    last = first + datetime.timedelta(days=length)

    assert date.possibly_overlaps(first, last) == any(start <= last and end >= first for start, end in possible)
    assert date.certainly_overlaps(first, last) == all(start <= last and end >= first for start, end in possible)


@given(st.text(alphabet="0123456789X-/.?~%T ", max_size=24))
def test_parse_gives_days_in_order_or_an_error_with_a_place(text):
    try:
        date = parse(text)
    except EdtfError as error:
        place = error.position
    else:
        place = 1
        assert date.start_min <= date.start_max <= date.end_max
        assert date.start_min <= date.end_min <= date.end_max
    assert 1 <= place <= len(text) + 1
