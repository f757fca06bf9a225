"""Reads records from a file, line by line, however long it is."""

from __future__ import annotations

import codecs
import csv
import io
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

import orjson

from events.interchange import flat
from events.interchange.records import Values, problems
from events.interchange.shapes import Problem, trimmed

LONGEST_HEADING = 131_072
LONGEST_LINE = 4_000_000
"""Bytes before its end; a longer line is refused, so that one line cannot fill the memory."""
GZIP = b"\x1f\x8b"
"""What a packed file begins with."""

# A cell, which may have several lines, too. Here and nowhere else: it is one for the whole process, so that a file that
# is read in another thread would find it changed.
csv.field_size_limit(LONGEST_LINE)


@dataclass(slots=True)
class Entry:
    """A record as a file has it: its line, its values if it could be read, what is wrong with it."""

    line: int
    values: Values = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    position: int = 0
    """How many bytes of the file have been read so far."""
    unread: bool = False
    """Whether there may be records after it that could not be read."""
    named: Callable[[str], str] = str
    """How the file calls a field of the record: that, or the column that it stands in."""


class RecordFile:
    """A file of records: `.csv` is CSV, anything else JSON Lines.

    It can be read more than once, from the same bytes. What cannot be rewound, be it `content` such as standard input
    or a pipe that has a name, is copied into a temporary file first.
    """

    complete: bool
    """Whether a record says everything about its event, so that what it leaves out is not there (JSON Lines does)."""

    def __init__(self, name: str, content: IO[bytes] | None = None) -> None:
        self.name = name
        self.complete = not name.lower().endswith(".csv")
        self._file: IO[bytes] = Path(name).open("rb") if content is None else _copy(content)  # noqa: SIM115 -- close()
        if not self._file.seekable():
            with self._file as pipe:
                self._file = _copy(pipe)
        self.size = self._file.seek(0, io.SEEK_END)

    def close(self) -> None:
        self._file.close()

    def entries(self) -> Iterator[Entry]:
        """Its records from the first line on."""
        self._file.seek(0)
        packed = self._file.read(len(GZIP)) == GZIP
        self._file.seek(0)
        if packed:
            return iter([Entry(1, problems=[_packed(self.name)], position=self.size, unread=True)])
        return self._json_lines() if self.complete else self._csv()

    def outlines(self) -> Iterator[Values]:
        """What the lines of JSON Lines say, unchecked, but for those that are none: in a fiftieth of the time that
        `entries` takes. Not while these are being read."""
        self._file.seek(0)
        while raw := self._file.readline(LONGEST_LINE):
            try:
                values = orjson.loads(raw.removeprefix(codecs.BOM_UTF8))
            except ValueError:
                continue
            if isinstance(values, dict):
                yield values

    def _json_lines(self) -> Iterator[Entry]:
        number = position = 0
        begun = False
        while raw := self._file.readline(LONGEST_LINE + len(b"\r\n")):
            number += 1
            position += len(raw)
            if number == 1 and (raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in raw[:2]):
                # UTF-16. Its lines end elsewhere, so that none could be told.
                yield Entry(number, problems=[_not_utf_8(1)], position=self.size, unread=True)
                return
            if len(raw.removesuffix(b"\n").removesuffix(b"\r")) > LONGEST_LINE:
                begun, rest = True, raw
                while not rest.endswith(b"\n") and (rest := self._file.readline(LONGEST_LINE)):
                    position += len(rest)
                longer = f"the line is longer than {LONGEST_LINE:,} bytes: expected one record."
                yield Entry(number, problems=[Problem("", longer)], position=position)
                continue
            text = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if not text:
                continue
            if not begun and (other := _of_another_kind(text)):
                yield Entry(number, problems=[other], position=self.size, unread=True)
                return
            begun = True
            try:
                values = _parsed(text)
            except ValueError as error:
                yield Entry(number, problems=[_not_json(raw, error)], position=position)
                continue
            if found := problems(values):
                yield Entry(number, values if isinstance(values, dict) else {}, found, position)
            else:
                yield Entry(number, trimmed(values), position=position)
        if not begun:
            # Rather something that failed before, such as what was to be piped into it, than nothing to import.
            yield Entry(1, problems=[Problem("", "it is empty: expected one object a line.")], position=self.size)

    def _csv(self) -> Iterator[Entry]:
        text = io.TextIOWrapper(self._file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        try:
            header: list[str] | None = None
            for line, row in _rows(text):
                if isinstance(row, _NoRow):
                    yield Entry(line, {}, [row.problem], self._file.tell(), row.unread)
                elif header is None:
                    header = flat.columns(row)
                    if wrong := flat.header_problems(header):
                        yield Entry(line, problems=wrong, position=self.size, unread=True)
                        return
                elif any(row):
                    values, found = flat.record(header, row)
                    values = values if found else trimmed(values)
                    yield Entry(line, values, found, self._file.tell(), named=flat.column)
        finally:
            text.detach()  # else it would close the file


def _of_another_kind(first: bytes) -> Problem | None:
    """What is wrong with all the file, if that can be told by its first line."""
    try:
        values = _parsed(first)
    except ValueError:
        header, *_ = first.decode(errors="replace").split("\r", 1)
        is_csv = flat.is_header(header)
        return Problem("", "this is CSV: expected JSON Lines, or a file whose name ends in .csv.") if is_csv else None
    is_published = isinstance(values, dict) and "record" not in values and values.keys() >= flat.PUBLISHED
    return flat.published() if is_published else None


def _parsed(text: bytes) -> Any:
    """What a line of JSON says. Raises ValueError."""
    orjson.loads(text)  # refuses what is no Unicode or no number, all of which the other one takes
    try:
        return DECODER.decode(text.decode())
    except RecursionError as error:
        raise ValueError("the line has too many lists and objects within each other.") from error


def _fraction(text: str) -> float | Decimal:
    """The number that stands there, whichever type can hold it."""
    value = float(text)
    try:
        return value if Decimal(repr(value)) == Decimal(text) else Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text[:100]} has an exponent that no number here has.") from error


def _object(pairs: list[tuple[str, Any]]) -> Values:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = (name for name, _ in pairs)
        repeated = next(name for name, count in Counter(names).items() if count > 1)
        raise ValueError(f"“{repeated}” stands twice in one object: leave one of them out.")
    return found


DECODER = json.JSONDecoder(parse_float=_fraction, object_pairs_hook=_object)


def _copy(content: IO[bytes]) -> IO[bytes]:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with what reads it
    shutil.copyfileobj(content, copy)
    return copy


@dataclass(slots=True)
class _NoRow:
    """What stands where a row should; with `unread` it is the last that can be told from the file."""

    problem: Problem
    unread: bool


class _Lines:
    """The lines of a file; `number` and `here` are of the one that was read last. One that is too long raises
    `csv.Error`; of it `here` only tells whether a quote is in it, and the next line comes next."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.number = 0
        self.here = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.here = self._text.readline(LONGEST_LINE + 1)
        if not self.here:
            raise StopIteration
        self.number += 1
        if len(self.here) > LONGEST_LINE and not self.here.endswith(("\n", "\r")):
            quoted, rest = '"' in self.here, self.here
            while rest and not rest.endswith(("\n", "\r")):
                rest = self._text.readline(LONGEST_LINE)
                quoted = quoted or '"' in rest
            self.here = '"' if quoted else ""
            raise csv.Error(f"the line is longer than {LONGEST_LINE:,} characters")
        return self.here

    def at_end(self) -> bool:
        """Whether nothing is left to read. If something is, the next line is no more a whole one."""
        return not self._text.read(1)


def _rows(text: io.TextIOWrapper) -> Iterator[tuple[int, list[str] | _NoRow]]:
    """The rows of CSV, and what is none, each with the line on which it begins. There is a first one."""
    lines = _Lines(text)
    first = text.readline(LONGEST_LINE)
    told = flat.told_separator(first)
    if told:
        lines.number = 1
    else:
        text.seek(0)
    begun = lines.number + 1
    try:
        rows = csv.reader(lines, delimiter=told or flat.separator(first), strict=True)
        header = next(rows, [])
        if any(len(heading) > LONGEST_HEADING for heading in header):
            raise csv.Error(f"field larger than field limit ({LONGEST_HEADING})")
    except csv.Error as error:
        yield begun, _NoRow(Problem("", f"this is no CSV: {error}."), unread=True)
        return
    yield begun, header
    while True:
        line = lines.number + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            # The reader goes on at the next line. A row begins there only if no quotes were open in this one: else it
            # may be the middle of a cell, and look like a row all the same.
            alone = lines.number == line and ('"' not in lines.here or lines.at_end())
            yield line, _no_row(error, unread=not alone)
            if not alone:
                return
        else:
            if row is None:
                return
            yield line, row


def _no_row(error: csv.Error, unread: bool) -> _NoRow:
    message = f"this is no CSV: {error}."
    if unread:
        message += (
            " Nothing from this line on was read, since it cannot be told where the next row begins: expected a cell "
            "in quotes to end with one, and to have each quote that is in it twice."
        )
    return _NoRow(Problem("", message), unread)


def _not_json(line: bytes, error: ValueError) -> Problem:
    try:
        line.decode()
    except UnicodeDecodeError as undecodable:
        return _not_utf_8(undecodable.start + 1)
    if isinstance(error, json.JSONDecodeError):
        message = f"this is no JSON: {error.msg} (character {error.pos + 1}). Expected one object a line."
        return Problem("", message)
    return Problem("", str(error))


def _packed(name: str) -> Problem:
    is_csv = ".csv" in name.lower()  # while what comes from standard input is read as JSON Lines
    instead = "" if is_csv else ", or run gunzip -c FILE | manage.py import_events - instead"
    return Problem("", f"this is a gzip file: unpack it{instead}.")


def _not_utf_8(byte: int) -> Problem:
    """The first byte of the line that cannot be, counted from 1."""
    return flat.not_utf_8(f"(byte {byte})")
