"""Which rows of the visits are one summit.

A summit is a row for each guest in the data. Rows belong together if their description is the same, but for case and
punctuation, if it begins with "Attended" and speaks of a summit or conference, and if their dates overlap or follow one
another. Of the description the first clause counts, up to a point, a semicolon or what else the guest did: "and
discussed", "and met" or another of the verbs that the data has there. From three rows on there is an event for the
summit itself, in a namespace of its own, of which each of the rows is a part:
`has-summits:2016-03-31-nuclear-security-summit`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import slugify

FEWEST = 3
NAMESPACE = "has-summits"
DAY = datetime.timedelta(days=1)
VERBS = ["addressed", "attended", "discussed", "held", "issued", "made", "met", "signed", "visited"]
"""What guests did besides, in the data."""
BESIDES = re.compile(rf",? and (?:also |then |afterwards )?(?:{'|'.join(VERBS)})\b")


@dataclass(slots=True)
class Guest:
    """A row: which event it becomes, the state it is about, its days and description."""

    external_id: str
    state: str
    first: datetime.date
    last: datetime.date
    description: str
    said: str = ""
    """The state in the data's own words (`events.historyatstate.states.in_own_words`)."""


@dataclass(slots=True)
class Summit:
    """Guests of one summit."""

    title: str
    guests: list[Guest] = field(default_factory=list)

    @property
    def first(self) -> datetime.date:
        return min(guest.first for guest in self.guests)

    @property
    def last(self) -> datetime.date:
        return max(guest.last for guest in self.guests)

    @property
    def slug(self) -> str:
        return f"{self.first.isoformat()}-{slugify(self.title)[:80]}".strip("-")

    @property
    def external_id(self) -> str:
        return f"{NAMESPACE}:{self.slug}"


def summits(guests: Iterable[Guest]) -> list[Summit]:
    """The summits among the rows."""
    by_title: dict[str, list[Guest]] = {}
    titles: dict[str, str] = {}
    for guest in guests:
        title = _title(guest.description)
        if title:
            key = slugify(title)
            titles.setdefault(key, title)
            by_title.setdefault(key, []).append(guest)
    found: list[Summit] = []
    for key, theirs in by_title.items():
        found += _apart(titles[key], sorted(theirs, key=lambda guest: (guest.first, guest.last)))
    return [summit for summit in found if len(summit.guests) >= FEWEST]


def _title(description: str) -> str:
    """What was attended; nothing if it was no summit."""
    found = re.match(r"Attended (?:the )?(?P<title>[^.;]*(?:\.[^\s][^.;]*)*)", description)
    title = BESIDES.split(found["title"])[0].strip() if found else ""
    return title if re.search(r"\b(summit|conference)\b", title, re.IGNORECASE) else ""


def _apart(title: str, guests: Iterable[Guest]) -> list[Summit]:
    """One summit, or several of the same name at different times."""
    found: list[Summit] = []
    for guest in guests:
        if not found or guest.first > found[-1].last + DAY:
            found.append(Summit(title))
        found[-1].guests.append(guest)
    return found
