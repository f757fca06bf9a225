"""Buckets, against the calendar of the standard library, day by day."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.buckets import UNITS, cut, ends_month, last_of_month, month_of

DAY = datetime.date


def unit_of(day, unit):
    """The unit that has the day, said the slow way."""
    return {
        "day": day,
        "week": day - datetime.timedelta(days=day.weekday()) if day.toordinal() > day.weekday() else DAY.min,
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month - 1) // 3),
        "year": day.year,
        "decade": f"{day.year:04}"[:3],
        "century": f"{day.year:04}"[:2],
        "millennium": f"{day.year:04}"[:1],
    }[unit]


@pytest.mark.parametrize(
    ("first", "last", "unit", "starts"),
    [
        ("2025-11-06", "2025-11-06", "day", "2025-11-06"),
        ("2025-10-30", "2025-11-02", "day", "2025-10-30 2025-10-31 2025-11-01 2025-11-02"),
        ("2025-10-30", "2025-11-11", "week", "2025-10-30 2025-11-03 2025-11-10"),
        ("2025-08-15", "2025-11-01", "month", "2025-08-15 2025-09-01 2025-10-01 2025-11-01"),
        ("2024-12-15", "2026-01-01", "quarter", "2024-12-15 2025-01-01 2025-04-01 2025-07-01 2025-10-01 2026-01-01"),
        ("2020-01-01", "2022-12-31", "year", "2020-01-01 2021-01-01 2022-01-01"),
        ("2005-06-01", "2025-01-01", "decade", "2005-06-01 2010-01-01 2020-01-01"),
        ("1850-06-01", "2025-01-01", "century", "1850-06-01 1900-01-01 2000-01-01"),
        ("0001-01-01", "9999-12-31", "millennium", " ".join(["0001-01-01", *(f"{n}000-01-01" for n in range(1, 10))])),
    ],
)
def test_cut(first, last, unit, starts):
    days = [DAY.fromisoformat(text) for text in starts.split()]
    found = cut(DAY.fromisoformat(first), DAY.fromisoformat(last), 10)

    assert (found.unit, list(found.starts)) == (unit, days)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    assert found.ends == [*(day - datetime.timedelta(days=1) for day in days[1:]), DAY.fromisoformat(last)]


@given(st.dates(), st.integers(0, 4000), st.integers(10, 200))
def test_every_day_is_in_the_bucket_of_its_unit(first, length, most):
    last = DAY.fromordinal(min(first.toordinal() + length, DAY.max.toordinal()))
    found = cut(first, last, most)

    days = [DAY.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    units: dict = {}
    for day in days:
        units.setdefault(unit_of(day, found.unit), []).append(day)
    assert [(group[0], group[-1]) for group in units.values()] == list(zip(found.starts, found.ends, strict=True))
    assert len(units) <= most
    if found.unit != "day":  # no finer unit would have done
        finer = UNITS[UNITS.index(found.unit) - 1]
        assert len({unit_of(day, finer) for day in days}) > most


@given(st.dates())
def test_months(day):
    assert month_of(day) == DAY(day.year, day.month, 1)
    last = last_of_month(day)
    assert ends_month(last)
    assert (last.year, last.month) == (day.year, day.month)
    assert ends_month(day) == (day == last)
