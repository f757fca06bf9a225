"""CSV (RFC 4180), a row for each event. A file that does not end with a newline is broken off.

Lists are joined: countries, topics and sources by spaces, participants by ";". `start` and `end` are always days, an
open end is 9999-12-31: so `start <= to and end >= from` finds the same in a table as in the API.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from timeline.documents import Document
from timeline.formats.feed import Feed
from timeline.formats.rows import COLUMNS, row
from timeline.formats.texts import clean, lines

BYTE_ORDER_MARK = "\ufeff"
SEPARATORS = {"countries": " ", "topics": " ", "sources": " ", "participants": ";"}

# A spreadsheet takes for a formula what begins with one of these, wide forms included, spaces and invisible characters
# before it or not (OWASP, "CSV injection").
FORMULA_START = re.compile("[\t\r\n]|[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*+[=+\\-@＝＋－＠]")
# A spreadsheet that separates cells by something else than commas finds a cell begin within ours.
FORMULA_INSIDE = re.compile('([;\t\r\n][\\s"]*+)([=+\\-@＝＋－＠]?)')


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """For spreadsheets: an apostrophe stands before what would be a formula."""
    return _table(documents, guarded)


def write_raw(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """For programs: texts as they are, but for control characters."""
    return _table(documents, clean)


def write_with_bom(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """For Excel, which takes UTF-8 for another encoding if no byte order mark says so."""
    yield BYTE_ORDER_MARK
    yield from write(documents, feed)


def guarded(text: str) -> str:
    """`text` with an apostrophe before what a spreadsheet would take for a formula."""
    text = FORMULA_INSIDE.sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[1], clean(text))
    return f"'{text}" if FORMULA_START.match(text) else text


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text.removesuffix("\r\n")


def _table(documents: Iterable[Document], text: Callable[[str], str]) -> Iterator[str]:
    line = csv.writer(_Line()).writerow
    rows = ([_cell(column, values.get(column), text) for column in COLUMNS] for values in map(row, documents))
    return lines((line(cells) for cells in _with_header(rows)), "\r\n")


def _with_header(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    yield list(COLUMNS)
    yield from rows


def _cell(column: str, value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = SEPARATORS[column].join(value)
    return text(value) if isinstance(value, str) else value
