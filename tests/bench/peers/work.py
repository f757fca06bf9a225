"""The question: a page of 50 events of a country in ten years, newest first, and what its answer says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from events.synthetic import BIGGEST

QUESTIONS = 200
YEARS = range(1950, 2017)


@dataclass(frozen=True, slots=True)
class Question:
    """A country that takes part itself, from one day to another, as overlap."""

    country: str
    year: int

    @property
    def first(self) -> str:
        return f"{self.year}-01-01"

    @property
    def last(self) -> str:
        return f"{self.year + 9}-12-31"


def questions() -> list[Question]:
    """`QUESTIONS` different ones, the same in every run."""
    every = [Question(country, year) for country in BIGGEST for year in YEARS]
    return Random("questions").sample(every, QUESTIONS)


Said = tuple[str, str, tuple[Any, ...], tuple[str, ...], tuple[str, ...]]
"""Of an event: id, English title, participants with their roles, topics, sources."""


def ours(body: bytes) -> list[Said]:
    """What a page of this API says."""
    return [
        (
            event["id"],
            event["title"],
            tuple(sorted((part["actor"], part["role"]) for part in event["participants"])),
            tuple(sorted(topic["id"] for topic in event["topics"])),
            tuple(sorted(source["url"] for source in event["sources"])),
        )
        for event in json.loads(body)["results"]
    ]


def theirs(body: bytes) -> list[Said]:
    """What a page of a peer says: a list, or an object with one."""
    page = json.loads(body)
    events = page if isinstance(page, list) else page.get("results") or page.get("items") or []
    return [
        (
            event["slug"],
            next(text["title"] for text in event["texts"] if text["language"] == "en"),
            tuple(sorted((part["actor"]["slug"], part["role"]) for part in event["participations"])),
            tuple(sorted(topic["slug"] for topic in event["topics"])),
            tuple(sorted(source["url"] for source in event["sources"])),
        )
        for event in events
    ]
