"""What every feed format is made of."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from timeline.documents import Document

PUBLISHER = "Diplomatic events"
"""Whose feeds these are."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself."""

    title: str
    url: str
    """Where this feed is."""
    home: str
    """The page that shows the same to people: the event's, the timeline's, or the site's."""
    page: str
    """Where the page about an event is, with a * in the place of its id."""
    language: str
    updated: datetime.datetime
    """When the data last changed; with a time zone."""
    host: str
    """Makes ids unique in the world: the host name under which the events are published, for good."""
    window_start: datetime.date
    """Where something without a known start is drawn from, if a client needs a start."""
    window_end: datetime.date
    """Where something without a known end is drawn to, if a client needs an end; inclusive."""

    def page_of(self, document: Document) -> str:
        """Where the page about the event of this document is: for people who click on it."""
        return self.page.replace("*", document["id"])


def lasting_id(document: Document) -> str:
    """What an event is known by to those who subscribe, for good: the id under which it was first published.

    Under another one they would see one event go and another one come.
    """
    lasting: str = document.get("first_id") or document["id"]
    return lasting


@dataclass(frozen=True, slots=True)
class Crowd:
    """Many events of a part of a window, of which only the number is shown."""

    start: datetime.date
    end: datetime.date
    """Inclusive."""
    count: int
    approximate: bool
    url: str
    """The list of them."""

    def title(self, language: str) -> str:
        """The number in words."""
        one, many = CROWD.get(language, CROWD["en"])
        return f"{'≈ ' if self.approximate else ''}{self.count} {one if self.count == 1 else many}"


CROWD = {"en": ("event", "events"), "de": ("Ereignis", "Ereignisse")}

Writer = Callable[[Iterable[Document], Feed], Iterator[str]]
"""Writes whole documents, URLs complete, one at a time, as pieces of a feed that is UTF-8 when encoded."""


@dataclass(frozen=True, slots=True)
class Format:
    """A feed format: what `format=` and `Accept` call it, and how it is written."""

    name: str
    media_type: str
    description: str
    extension: str
    """Of a file that it is saved to, without a dot."""
    write: Writer
    most: int | None = 500
    """Events that a client bears; None is any number, one after the other."""
    newest_change_first: bool = False
    """Whether its readers expect the order of changes, not that of dates."""
    drawn: bool = False
    """Whether its readers draw bars, which need two ends: what is open goes to an end of the window."""
    never_empty: bool = False
    """Whether its readers need an entry where there is none: one at the end of the window says that there is none."""

    @property
    def content_type(self) -> str:
        """The media type for the header: text without a charset is read as anything."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type
