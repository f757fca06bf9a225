"""What a list of events is called: by its filters, so that readers can tell the lists apart that they subscribe to."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from events.date_display import display
from events.dates import EdtfDate
from events.models import Participation
from timeline.filters import EventFilters
from timeline.formats.texts import closed

WORDS = {
    "en": {
        "title": "Diplomatic events",
        "q": "“{}”",
        "from": "from {}",
        "to": "to {}",
        "in_force_on": "in force on {}",
        "place": "in {}",
        "role": "as {}",
        "dataset": "from data set {}",
        "updated_since": "updated since {}",
    },
    "de": {
        "title": "Diplomatische Ereignisse",
        "q": "„{}“",
        "from": "ab {}",
        "to": "bis {}",
        "in_force_on": "in Kraft am {}",
        "place": "in {}",
        "role": "als {}",
        "dataset": "aus dem Datensatz {}",
        "updated_since": "aktualisiert seit {}",
    },
}
VALUES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "involvement": {
            "participant": "taking part itself",
            "representative": "through a representative",
            "bloc": "through a bloc",
            "location": "as the place",
        },
        "role": {role: role for role in Participation.Role.values},
        "certainty": {"certain": "certainly", "possible": "possibly"},
        "disputed": {"true": "date disputed", "false": "date not disputed"},
    },
    "de": {
        "involvement": {
            "participant": "selbst beteiligt",
            "representative": "durch einen Vertreter",
            "bloc": "durch einen Block",
            "location": "als Ort",
        },
        "role": {
            "host": "Gastgeber",
            "visitor": "Gast",
            "participant": "Teilnehmer",
            "imposer": "Urheber",
            "target": "Betroffener",
            "signatory": "Unterzeichner",
            "mediator": "Vermittler",
            "observer": "Beobachter",
            "speaker": "Redner",
        },
        "certainty": {"certain": "sicher", "possible": "möglicherweise"},
        "disputed": {"true": "Datum umstritten", "false": "Datum nicht umstritten"},
    },
}
"""Filter → its value → how that is said."""
PLAIN = {"country", "country_all", "actor", "type", "topic", "on", *VALUES["en"]}
"""Filters whose values say enough. Those that are neither here nor in `WORDS` stand there as in the address."""

BETWEEN = " · "
"""Between filters. iCalendar escapes commas, and programs that do not know `X-WR-CALNAME` well show the backslash."""


def title_of(values: Mapping[str, Any]) -> str:
    """The title of the list that these values of all filters, and of `lang`, ask for; no query.

    Such as "Diplomatic events: UZ / KZ · rare-earths · from 2025". "/" stands between values of which any has to fit,
    "+" between those that all have to.
    """
    language = values["lang"] if values["lang"] in WORDS else "en"
    filters = [_said(name, values[name], language) for name in EventFilters.parameters() if values[name] is not None]
    title = WORDS[language]["title"]
    return f"{title}: {BETWEEN.join(filters)}" if filters else title


def _said(name: str, value: Any, language: str) -> str:
    form = WORDS[language].get(name, "{}" if name in PLAIN else f"{name}={{}}")
    between = " + " if name == "country_all" else " / "
    words = VALUES[language].get(name, {})
    texts = [_text(one, language) for one in (value if isinstance(value, list) else [value])]
    return form.format(between.join(words.get(text, text) for text in texts))


def _text(value: Any, language: str) -> str:
    if isinstance(value, EdtfDate):
        return display(value, language)
    if isinstance(value, datetime.datetime):
        return f"{value.isoformat(' ')[:16]} UTC"
    return str(value).lower() if isinstance(value, bool) else closed(str(value))
