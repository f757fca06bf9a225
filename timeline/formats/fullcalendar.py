"""Events of FullCalendar: an array, plain texts, exclusive ends. A page of it asks for a window, `start` to `end`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.days import When, class_names, dated_title, day_after
from timeline.formats.feed import Crowd, Feed
from timeline.formats.texts import json_array


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """An array of all-day events."""
    return json_array("[", (entry(document, feed) for document in documents), "]\n")


def entry(document: Document, feed: Feed) -> Document:
    """An event, on all its possible days; an open end is the window's. The title says what the days do not."""
    when = When.of(document)
    first, last = when.drawn_days(feed)
    return {
        "id": document["id"],
        "title": dated_title(document, when),
        "start": first.isoformat(),
        "end": day_after(last).isoformat(),
        "allDay": True,
        "url": feed.page_of(document),
        "className": " ".join(class_names(document, when)),  # version 7 takes neither a list nor `classNames`
    }


def write_crowds(crowds: Iterable[Crowd], feed: Feed) -> Iterator[str]:
    """An array with an all-day entry for each crowd."""
    return json_array("[", (_crowd(crowd, feed) for crowd in crowds), "]\n")


def _crowd(crowd: Crowd, feed: Feed) -> Document:
    return {
        "id": f"density-{crowd.start}",
        "title": crowd.title(feed.language),
        "start": crowd.start.isoformat(),
        "end": day_after(crowd.end).isoformat(),
        "allDay": True,
        "url": crowd.url,
        "className": "density",
    }
