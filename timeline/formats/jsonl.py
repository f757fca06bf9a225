"""JSON Lines: a whole document on each line. A file that does not end with a newline is broken off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.feed import Feed
from timeline.formats.texts import as_json, lines


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """A line for each document, exactly as the API has it."""
    return lines(map(as_json, documents), "\n")
