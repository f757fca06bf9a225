"""Dates in words, exactly."""

from __future__ import annotations

import pytest

from events.date_display import display
from events.dates import parse

TABLE = [
    # day
    ("2025-11-06", "6 November 2025", "6. November 2025"),
    ("2025-03-01", "1 March 2025", "1. März 2025"),
    ("2025-11-06?", "6 November 2025 (uncertain)", "6. November 2025 (unsicher)"),
    ("2025-11-06~", "about 6 November 2025", "ca. 6. November 2025"),
    ("2025-11-06%", "about 6 November 2025 (uncertain)", "ca. 6. November 2025 (unsicher)"),
    # month
    ("2025-11", "November 2025", "November 2025"),
    ("2025-05", "May 2025", "Mai 2025"),
    ("2025-10-XX", "October 2025", "Oktober 2025"),
    ("2025-10~", "about October 2025", "ca. Oktober 2025"),
    # season
    ("2025-21", "spring 2025", "Frühling 2025"),
    ("2025-22", "summer 2025", "Sommer 2025"),
    ("2025-23", "autumn 2025", "Herbst 2025"),
    ("2025-24", "winter 2025", "Winter 2025"),
    # year
    ("2025", "2025", "2025"),
    ("2025-XX", "2025", "2025"),
    ("2025-XX-XX", "2025", "2025"),
    ("0001", "1", "1"),
    ("2025?", "2025 (uncertain)", "2025 (unsicher)"),
    # decade and century
    ("201X", "2010s", "2010er-Jahre"),
    ("084X", "840s", "840er-Jahre"),
    ("000X", "0s", "0er-Jahre"),
    ("200X~", "about the 2000s", "ca. 2000er-Jahre"),
    ("19XX", "some time in 1900–1999", "irgendwann 1900–1999"),
    # intervals
    ("2017-04-06/2017-04-07", "6–7 April 2017", "6.–7. April 2017"),
    ("2017-04-30/2017-05-01", "30 April 2017 – 1 May 2017", "30. April 2017 – 1. Mai 2017"),
    ("2016-04-06/2017-04-07", "6 April 2016 – 7 April 2017", "6. April 2016 – 7. April 2017"),
    ("2017-04-06/2017-04-07?", "6–7 April 2017 (uncertain)", "6.–7. April 2017 (unsicher)"),
    ("2017-04-06?/2017-04-07?", "6–7 April 2017 (uncertain)", "6.–7. April 2017 (unsicher)"),
    ("2017-04-06~/2017-04-07~", "about 6–7 April 2017", "ca. 6.–7. April 2017"),
    ("2017-04-06%/2017-04-07%", "about 6–7 April 2017 (uncertain)", "ca. 6.–7. April 2017 (unsicher)"),
    ("2017-04-06?/2017-04-07", "6 April 2017 (uncertain) – 7 April 2017", "6. April 2017 (unsicher) – 7. April 2017"),
    ("2017-04-06/2017-04-07~", "6 April 2017 – about 7 April 2017", "6. April 2017 – ca. 7. April 2017"),
    ("2015/2018", "2015–2018", "2015–2018"),
    ("2015-03/2018", "March 2015 – 2018", "März 2015 – 2018"),
    ("2015-21/2015-23", "spring 2015 – autumn 2015", "Frühling 2015 – Herbst 2015"),
    ("2015~/2018", "about 2015–2018", "ca. 2015–2018"),
    ("199X/200X", "1990s – 2000s", "1990er-Jahre – 2000er-Jahre"),
    ("2017-04-06/2017-04-06", "6 April 2017", "6. April 2017"),
    ("2017-04/2017-04", "April 2017", "April 2017"),
    ("2017/2017", "2017", "2017"),
    ("2025-11-06/2025-11-06?", "6 November 2025 (uncertain)", "6. November 2025 (unsicher)"),
    ("2025-11-06?/2025-11-06", "6 November 2025 (uncertain)", "6. November 2025 (unsicher)"),
    ("2025-11-06~/2025-11-06?", "about 6 November 2025 (uncertain)", "ca. 6. November 2025 (unsicher)"),
    ("2025-11~/2025-11", "about November 2025", "ca. November 2025"),
    ("2025/2025?", "2025 (uncertain)", "2025 (unsicher)"),
    ("201X~/201X", "about the 2010s", "ca. 2010er-Jahre"),
    ("2025-10-XX/2025-10", "October 2025", "Oktober 2025"),
    # open
    ("2025-04-04/..", "since 4 April 2025", "seit 4. April 2025"),
    ("2015/..", "since 2015", "seit 2015"),
    ("2015~/..", "since about 2015", "seit ca. 2015"),
    ("201X/..", "since the 2010s", "seit den 2010er-Jahren"),
    ("201X~/..", "since about the 2010s", "seit ca. den 2010er-Jahren"),
    ("../2025", "until 2025", "bis 2025"),
    ("../201X", "until the 2010s", "bis zu den 2010er-Jahren"),
    ("../19XX", "until some time in 1900–1999", "bis irgendwann 1900–1999"),
    ("../2025-05-01?", "until 1 May 2025 (uncertain)", "bis 1. Mai 2025 (unsicher)"),
]


@pytest.mark.parametrize(("edtf", "english", "german"), TABLE)
def test_display(edtf, english, german):
    assert (display(parse(edtf), "en"), display(parse(edtf), "de")) == (english, german)


def test_a_language_without_words_gets_the_english_ones():
    assert display(parse("2025-10-XX"), "fr") == "October 2025"
