"""The XML files: a row for each trip or visit, with the line it stands in."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

ROWS = {"trip", "visit", "president"}
TRAVELS = "the files president-travels/*.xml and secretary-travels/*.xml of HistoryAtState/travels"
VISITS = "data/*.xml of HistoryAtState/visits"


class Unreadable(Exception):
    """A file that cannot be read or is no XML, or a folder without the files; says which, where and what is
    expected."""


@dataclass(slots=True)
class Row:
    """One element of a file: its texts and attributes by the names of the elements in it."""

    file: Path
    line: int
    kind: str
    texts: dict[str, str] = field(default_factory=dict)
    """Without line breaks and spaces at the ends."""
    ids: dict[str, str] = field(default_factory=dict)
    """Of the elements that have an `id`; under the row's own name, its `who`."""

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")


@dataclass(slots=True)
class Files:
    """Where the data lies: in one folder, or in those of the two repositories side by side."""

    trips: list[Path]
    visits: list[Path]
    presidents: list[Path]

    @classmethod
    def under(cls, folder: Path) -> Files:
        """Raises `Unreadable`."""
        try:
            os.scandir(folder).close()
        except OSError as error:
            raise Unreadable(f"{folder} cannot be read: {error.strerror}.") from error
        of_presidents, of_secretaries = (_files(folder, f"{name}-travels/*.xml") for name in ("president", "secretary"))
        found = cls(
            trips=of_presidents + of_secretaries,
            visits=[path for path in _files(folder, "data/*.xml") if path.stem.isdecimal()],
            presidents=_files(folder, "presidents/presidents.xml"),
        )
        if not (found.trips or found.visits):
            raise Unreadable(f"{folder} has neither: expected a folder with {TRAVELS}, or {VISITS}, in it.")
        if bool(of_presidents) != bool(of_secretaries):
            there, missing = ("president", "secretary") if of_presidents else ("secretary", "president")
            # Else the other trips would seem to have vanished from the source.
            raise Unreadable(f"{folder} has {there}-travels/*.xml, but no {missing}-travels/*.xml: expected {TRAVELS}.")
        if of_presidents and not found.presidents:
            raise Unreadable(
                f"{folder} has president-travels/*.xml, but no presidents/presidents.xml, with their terms."
            )
        return found


def _files(folder: Path, pattern: str) -> list[Path]:
    """The files below the folder, in order; each once, also if links lead to it."""
    found = (folder / name for name in glob.glob(f"**/{pattern}", root_dir=folder, recursive=True))
    first = {os.path.realpath(path): path for path in sorted(found, reverse=True)}
    return sorted(first.values())


def rows(files: list[Path]) -> Iterator[Row]:
    """The rows of `files`, in order. Raises `Unreadable`."""
    for path in files:
        yield from _rows(path)


def _rows(path: Path) -> list[Row]:
    found: list[Row] = []
    open_names: list[str] = []
    text: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name in ROWS:
            found.append(Row(path, parser.CurrentLineNumber, name))
            if "who" in attributes:
                found[-1].ids[name] = attributes["who"]
        elif found and "id" in attributes:
            found[-1].ids[name] = attributes["id"]
        if is_of_row():  # what is deeper down, such as markup, is part of its text
            text.clear()
        open_names.append(name)

    def end(name: str) -> None:
        open_names.pop()
        if is_of_row():
            found[-1].texts[name] = " ".join("".join(text).split())

    def is_of_row() -> bool:
        return bool(found and open_names and open_names[-1] == found[-1].kind)

    def refuse_entity(*declared: Any) -> None:
        message = f"this declares the entity “{declared[0]}”, which these files have no need of: remove it."
        raise Unreadable(f"{path}:{parser.CurrentLineNumber}: {message}")

    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.EntityDeclHandler = refuse_entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unreadable(f"{path}:{error.lineno}: this is no XML: {expat.ErrorString(error.code)}.") from error
    except (LookupError, ValueError) as error:  # what Python has no such codec for, or none that expat can use
        message = f"this is in an encoding that cannot be read ({error}): save the file in UTF-8."
        raise Unreadable(f"{path}:{parser.CurrentLineNumber}: {message}") from error
    return found
