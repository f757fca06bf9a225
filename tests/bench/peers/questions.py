"""What all peers are asked, and what their answers say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from django.db import connection

from events.models import EventType, Topic
from events.synthetic import BIGGEST, MEETINGS, OTHERS

QUESTIONS = 200
COUNTRIES, YEARS, LONG = BIGGEST[:10], range(1970, 2007), 20
"""So that even 10,000 events fill each page: these countries, from any of these years on, in so many years."""
DEEP = 100_000
"""Rows before a deep page: 2,000 pages of 50. Of fewer events, half of them."""


@dataclass(frozen=True, slots=True)
class Page:
    """50 events, newest first; of a country that takes part itself, in `LONG` years, as overlap."""

    country: str
    year: int

    @property
    def first(self) -> str:
        return f"{self.year}-01-01"

    @property
    def last_year(self) -> int:
        return self.year + LONG - 1

    @property
    def last(self) -> str:
        return f"{self.last_year}-12-31"


@dataclass(frozen=True, slots=True)
class AnyPage:
    """50 events, newest first; those behind the row with this day and id, before which there are `offset`."""

    offset: int = 0
    day: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class TypedPage:
    """Up to 50 events, newest first; of a type, a topic, and a country that takes part itself."""

    country: str
    type: str
    topic: str

    @property
    def query(self) -> str:
        """It as most are asked."""
        return f"country={self.country}&type={self.type}&topic={self.topic}"


@dataclass(frozen=True, slots=True)
class Detail:
    """One event by its slug."""

    slug: str


Question = Page | AnyPage | TypedPage | Detail

COUNTRY_AND_DATE, NO_FILTER, TYPED, DETAIL = "country + date", "no filter", "type + topic + country", "detail"


def questions(events: int) -> dict[str, list[Question]]:
    """`QUESTIONS` different ones of each kind, the same in every run; without a filter there is only one."""
    pages = [Page(country, year) for country in COUNTRIES for year in YEARS]
    slugs = Random("slugs").sample(range(1, events + 1), QUESTIONS)
    return {
        COUNTRY_AND_DATE: list(Random("questions").sample(pages, QUESTIONS)),
        NO_FILTER: [AnyPage()],
        f"page {_depth(events) // 50:,} deep": list(_deep_pages(events)),
        TYPED: list(Random("typed").sample(_typed_pages(), QUESTIONS)),
        DETAIL: [Detail(f"synthetic-{number}") for number in slugs],
    }


def _depth(events: int) -> int:
    return min(DEEP, events // 2)


def _deep_pages(events: int) -> list[AnyPage]:
    first = _depth(events)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT start_min, id FROM events_event ORDER BY start_min DESC, id DESC OFFSET %s LIMIT %s",
            [first - 1, QUESTIONS],
        )
        return [AnyPage(first + number, str(day), pk) for number, (day, pk) in enumerate(cursor.fetchall())]


def _typed_pages() -> list[TypedPage]:
    """With types and topics that have none below them, so that all peers mean the same by them."""
    types = EventType.objects.filter(children=None, slug__in=[*MEETINGS, *OTHERS]).values_list("slug", flat=True)
    topics = Topic.objects.filter(children=None).values_list("slug", flat=True)
    return [TypedPage(*each) for each in product(COUNTRIES, types.order_by("slug"), topics.order_by("slug"))]


Said = tuple[Any, ...]
"""Of an event: id, type, date, place, English title and summary, participants with their roles and names as printed,
topics, and sources with titles and publishers."""

Reader = Callable[[bytes], list[Said]]


def ours(body: bytes) -> list[Said]:
    """What a page or an event of this API says."""
    return [
        (
            event["id"],
            event["type"]["id"],
            event["date"]["edtf"],
            event.get("place", {}).get("name", ""),
            event["title"],
            event.get("summary", ""),
            tuple(
                sorted(
                    (part["actor"], part["role"], part.get("name_as_printed", ""))
                    for part in event.get("participants", [])
                )
            ),
            tuple(sorted(topic["id"] for topic in event.get("topics", []))),
            tuple(sorted((source["url"], source["title"], source.get("publisher", "")) for source in event["sources"])),
        )
        for event in _events(body)
    ]


def theirs(body: bytes) -> list[Said]:
    """What a page or an event of a peer says."""
    return [_said(event) for event in _events(body)]


def of_directus(body: bytes) -> list[Said]:
    """What Directus says: a peer that names the columns of references, and lists the rows between events and topics."""
    return [
        _said(
            {
                **event,
                "type": event["type_id"],
                "topics": [row["topic_id"] for row in event["topics"]],
                "participations": [{**part, "actor": part["actor_id"]} for part in event["participations"]],
            }
        )
        for event in _events(body)
    ]


def _said(event: dict[str, Any]) -> Said:
    english = next(text for text in event["texts"] if text["language"] == "en")
    return (
        event["slug"],
        event["type"]["slug"],
        event["date"],
        event["place_name"],
        english["title"],
        english["summary"],
        tuple(
            sorted((part["actor"]["slug"], part["role"], part["name_as_printed"]) for part in event["participations"])
        ),
        tuple(sorted(topic["slug"] for topic in event["topics"])),
        tuple(sorted((source["url"], source["title"], source["publisher"]) for source in event["sources"])),
    )


def _events(body: bytes) -> list[dict[str, Any]]:
    """Out of a list, an object with one, or an object that is an event."""
    said = json.loads(body)
    if isinstance(said, list):
        return said
    return next((said[name] for name in ("results", "items", "data") if name in said), [said])
