"""JSON Lines: a whole document on each line. A file that does not end with a newline is broken off.

What only some readers take for the end of a line (`str.splitlines`, httpx) is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.feed import Feed
from timeline.formats.texts import as_json, lines

ENDS = {character: f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}
"""Which JSON leaves as they are, and how it can write them."""


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """A line for each document, exactly as the API has it."""
    return lines(map(_line, documents), "\n")


def _line(document: Document) -> str:
    text = as_json(document)
    for character, escaped in ENDS.items():
        text = text.replace(character, escaped)
    return text
