"""Events of FullCalendar: an array, plain texts, exclusive ends. A page of it asks for a window, `start` to `end`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.days import When, class_names, dated_title, day_after
from timeline.formats.feed import Feed
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
        "url": document["url"],
        "className": " ".join(class_names(document, when)),  # version 7 takes neither a list nor `classNames`
    }
