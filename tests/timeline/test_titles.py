"""What a list of events is called."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from timeline.filters import EventFilters
from timeline.parameters import ChoiceField, language_field, read
from timeline.titles import VALUES, WORDS, title_of

TITLES = {
    "": ("Diplomatic events", "Diplomatische Ereignisse"),
    "country=UZ&topic=rare-earths": "UZ · rare-earths",
    "country=UZ&country=KZ": "UZ / KZ",
    "country_all=UZ&country_all=US": "UZ + US",
    "actor=xi-jinping&type=summit": "xi-jinping · summit",
    "type=summit&topic=trade&topic=uranium": "summit · trade / uranium",
    "place=UZ": "in UZ",
    "country=UZ&place=Samarkand": "UZ · in Samarkand",
    'q="rare earths" -visit*': ('“"rare earths" -visit*”', '„"rare earths" -visit*“'),
    "q=\u202eab&country=US": ("“\u202eab\u202c” · US", "„\u202eab\u202c“ · US"),
    "q={0}": ("“{0}”", "„{0}“"),
    "from=2025-10": ("from October 2025", "ab Oktober 2025"),
    "from=2024&to=2025-11-06": ("from 2024 · to 6 November 2025", "ab 2024 · bis 6. November 2025"),
    "on=2025-10": ("October 2025", "Oktober 2025"),
    "in_force_on=2025-11-06&certainty=certain": (
        "certainly · in force on 6 November 2025",
        "sicher · in Kraft am 6. November 2025",
    ),
    "on=2025&certainty=possible": ("2025 · possibly", "2025 · möglicherweise"),
    "country=UZ&involvement=location&involvement=bloc&role=host": (
        "UZ · as the place / through a bloc · as host",
        "UZ · als Ort / durch einen Block · als Gastgeber",
    ),
    "role=visitor&role=imposer": ("as visitor / imposer", "als Gast / Urheber"),
    "disputed=true&dataset=hoas": ("date disputed · from data set hoas", "Datum umstritten · aus dem Datensatz hoas"),
    "disputed=false": ("date not disputed", "Datum nicht umstritten"),
    "timeline=c5-1": "timeline=c5-1",
    "updated_since=2026-11": ("updated since November 2026", "aktualisiert seit November 2026"),
    "updated_since=2026-11-30T01:02:03%2B02:00": (
        "updated since 2026-11-29 23:02 UTC",
        "aktualisiert seit 2026-11-29 23:02 UTC",
    ),
}
"""Query → filters as the title has them, in English and German where they are not the same."""


@pytest.mark.parametrize("query", TITLES)
def test_a_title_says_the_filters(query):
    fields = {**EventFilters.fields_by_name(), "lang": language_field()}
    words = TITLES[query] if isinstance(TITLES[query], tuple) else (TITLES[query],) * 2

    def title(language):
        return title_of(read(QueryDict(f"{query}&lang={language}"), fields))

    expected = words if not query else (f"Diplomatic events: {words[0]}", f"Diplomatische Ereignisse: {words[1]}")
    assert (title("en"), title("de")) == expected


def test_each_value_that_is_a_word_of_the_api_is_said_in_every_language():
    choices = {
        name: set(field.choices)
        for name, field in EventFilters.fields_by_name().items()
        if isinstance(field, ChoiceField)
    }

    for language in WORDS:
        assert {name: set(words) for name, words in VALUES[language].items()} == choices


def test_each_filter_is_in_the_title_of_some_list():
    asked = {name for query in TITLES for name in QueryDict(query)}

    assert asked == set(EventFilters.parameters())
