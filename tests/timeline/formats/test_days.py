"""How much of a date is known, as CSS classes."""

from __future__ import annotations

import json

import pytest

from tests.timeline.formats.samples import dated, written


@pytest.mark.parametrize(
    ("edtf", "classes"),
    [
        ("2025-11-06", "precision-day"),
        ("2025-10", "precision-month"),
        ("2025-11-06?", "precision-day uncertain"),
        ("2025~", "precision-year approximate"),
        ("2017-04-06/2017-04-07", "precision-interval"),
        ("2017-04-06~/2017-04-07", "precision-interval approximate"),
        ("2025-10/2025-12", "precision-interval imprecise-ends"),
        ("2025-10-03/2025-12", "precision-interval imprecise-ends"),
        ("2024/2025-06-01", "precision-interval imprecise-ends"),
        ("2025-04-04/..", "precision-interval open-end"),
        ("2025-04/..", "precision-interval imprecise-ends open-end"),
        ("../2025", "precision-interval imprecise-ends open-start"),
    ],
)
def test_classes_say_what_is_known(edtf, classes):
    given = dated(edtf, disputed=False)

    [item] = json.loads(written("vis", given))["items"]
    [entry] = json.loads(written("fullcalendar", given))
    assert (item["className"], entry["className"]) == (classes, classes)


@pytest.mark.parametrize(
    ("edtf", "said"),
    [
        ("2025-11-06", ""),
        ("2031?", " (2031, uncertain)"),
        ("2031-05%", " (about May 2031, uncertain)"),
        ("2031-05-06?/2031-06-07", " (6 May 2031, uncertain – 7 June 2031)"),
    ],
)
def test_a_title_has_no_brackets_in_brackets(edtf, said):
    given = dated(edtf, title="Trial (second)")

    [entry] = json.loads(written("fullcalendar", given))
    assert entry["title"] == f"Trial (second){said}"
    calendar = written("ics", given).replace("\r\n ", "")
    assert f"SUMMARY:Trial (second){said.replace(',', chr(92) + ',')}\r\n" in calendar
