"""JSON-LD in the words of schema.org: an `Event` for each event. May stand in a script element as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from timeline.documents import Document
from timeline.formats.days import When
from timeline.formats.feed import Feed
from timeline.formats.texts import json_array

IN_SCRIPT = [(character, f"\\u{ord(character):04x}") for character in "<>&\u2028\u2029"]
"""What could end a script element or a line of one, and how JSON writes it."""
KINDS = {"person": "Person", "state": "GovernmentOrganization", "body": "GovernmentOrganization"}
PARTS = {
    "host": "organizer",
    "imposer": "organizer",
    "visitor": "attendee",
    "participant": "attendee",
    "signatory": "attendee",
    "mediator": "attendee",
    "observer": "attendee",
    "speaker": "performer",
    "target": "about",
}
"""Role of a participant → the property of an event that says it."""


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """A graph of events."""
    head = '{"@context":"https://schema.org","@graph":['
    events = (event(document, feed.page_of(document)) for document in documents)
    return map(in_script, json_array(head, events, "]}\n"))


def in_script(text: str) -> str:
    """JSON as it may stand in a script element. (`str.translate` takes twenty times as long.)"""
    for character, written in IN_SCRIPT:
        text = text.replace(character, written)
    return text


def event(document: Document, page: str) -> Document:
    """An event; `page` is where its page is.

    Dates say only as much as is known: `2025-10` for some day of October (ISO 8601).
    """
    when = When.of(document)
    events = document["url"].rsplit("/", 2)[0]  # `urljoin` refuses some hosts
    parts: dict[str, list[Document]] = {name: [] for name in PARTS.values()}
    for part in document.get("participants", ()):
        parts[PARTS[part["role"]]].append(_actor(part))
    return _without_blanks(
        {
            "@type": "Event",
            "@id": document["url"],
            "identifier": document["id"],
            "url": page,
            "name": document["title"],
            "description": _summary(document),
            "disambiguatingDescription": None if when.exact else document["date"]["display"],
            "inLanguage": document["language"],
            "startDate": _iso(when.begins),
            "endDate": _iso(when.ends),
            "eventStatus": "https://schema.org/EventScheduled",
            "location": _place(document.get("place", {})),
            **parts,
            "about": [
                *(
                    {"@type": "DefinedTerm", "termCode": topic["id"], "name": topic["name"]}
                    for topic in document.get("topics", ())
                ),
                *parts["about"],
            ],
            "superEvent": [
                {"@type": "Event", "@id": f"{events}/{relation['event']}/", "name": relation["title"]}
                for relation in document.get("relations", ())
                if relation["kind"] == "part_of"
            ],
            "subjectOf": [_source(source) for source in document["sources"]],
        }
    )


def _summary(document: Document) -> Any:
    """`inLanguage` is the title's: a summary in another language says so itself."""
    summary, language = document.get("summary"), document.get("summary_language")
    return {"@language": language, "@value": summary} if language else summary


def _iso(parts: tuple[int, ...] | None) -> str | None:
    if parts is None:
        return None
    year, *rest = parts
    return "-".join([f"{year:04}", *(f"{part:02}" for part in rest)])


def _place(place: Document) -> Document | None:
    if not place:
        return None
    located = "latitude" in place and "longitude" in place
    return _without_blanks(
        {
            "@type": "Place",
            "name": place.get("name"),
            "address": place.get("country") and {"@type": "PostalAddress", "addressCountry": place["country"]},
            "geo": located
            and {"@type": "GeoCoordinates", "latitude": place["latitude"], "longitude": place["longitude"]},
        }
    )


def _actor(part: Document) -> Document:
    return {"@type": KINDS.get(part["kind"], "Organization"), "name": part["name"]}


def _source(source: Document) -> Document:
    publisher = source.get("publisher")
    return _without_blanks(
        {
            "@type": "CreativeWork",
            "url": source["url"],
            "name": source["title"],
            "publisher": publisher and {"@type": "Organization", "name": publisher},
            "inLanguage": source.get("language"),
        }
    )


def _without_blanks(values: dict[str, Any]) -> Document:
    """Without None, False, "" and empty lists. Coordinates of 0 are not asked: they stand deeper."""
    return {key: value for key, value in values.items() if value}
