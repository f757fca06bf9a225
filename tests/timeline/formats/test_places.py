"""The place in words: in calendars, in feed readers, on pages."""

from __future__ import annotations

import icalendar
import pytest

from tests.timeline.formats.samples import document, written
from timeline.formats.places import place_in_words

JAPAN = [{"code": "JP", "name": "Japan", "via": ["location"]}]
GERMAN = [{"code": "US", "name": "Vereinigte Staaten", "via": ["location"]}]


@pytest.mark.parametrize(
    ("place", "countries", "words"),
    [
        ({"name": "Osaka", "country": "JP"}, JAPAN, "Osaka, Japan"),
        ({"name": "Washington, D.C.", "country": "US"}, GERMAN, "Washington, D.C., Vereinigte Staaten"),
        ({"country": "US"}, GERMAN, "Vereinigte Staaten"),
        ({"country": "US"}, JAPAN, "US"),
        ({"name": "Virtual meeting"}, JAPAN, "Virtual meeting"),
        ({"latitude": 0.0, "longitude": 0.0}, JAPAN, ""),
        ({"name": "Japan", "country": "JP"}, JAPAN, "Japan"),
        ({"name": "Osaka, Japan", "country": "JP"}, JAPAN, "Osaka, Japan"),
        ({"name": "\u202eab", "country": "JP"}, JAPAN, "\u202eab\u202c, Japan"),
        ({"name": "Sea of Japan", "country": "JP"}, JAPAN, "Sea of Japan, Japan"),
    ],
)
def test_a_place_in_words(place, countries, words):
    given = document(place=place, countries=countries)

    assert place_in_words(given) == words
    [event] = icalendar.Calendar.from_ical(written("ics", given)).walk("VEVENT")
    assert event.get("LOCATION", "") == words
    first = f"6 November 2025, {words}" if words else "6 November 2025"
    assert f'<content type="html">&lt;p&gt;{first}&lt;/p&gt;' in written("atom", given)


def test_no_place_in_words():
    given = document()
    del given["place"]

    assert place_in_words(given) == ""
