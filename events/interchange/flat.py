"""CSV: a row for each event that is flat, that is, has at most one source, no relations and no figures.

`topics` are slugs with spaces or ";" between them, `participants` are `role:actor` or `role:actor:name as printed` with
"; " between them. A column that is not there says nothing; an empty cell clears: title and summary the text in a
language, all that is said of a source, its URL too, the source. What a row leaves out, its event may have already: see
`events.interchange.merging.lacking`.

A spreadsheet takes for a formula what begins with = + - @: an apostrophe stands before such a text, and is taken away
again when it is read.

A spreadsheet may also write such a file in the way of its country: cells between semicolons, or tabs, `sep=;` above
them, a decimal comma, TRUE or WAHR for true, empty cells and rows at the end. That is read too. It says no other thing:
a date in another way than EDTF could be two days, and is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from events.closest import closest
from events.interchange.records import Values, problems
from events.interchange.shapes import LANGUAGES, Problem

PLACE = {
    "place_name": "name",
    "place_country": "country",
    "latitude": "latitude",
    "longitude": "longitude",
}
SOURCE = {
    f"source_{name}": name
    for name in (
        "url", "title", "publisher", "language", "published", "accessed", "official", "claims", "claims_effective",
    )
}  # fmt: skip
TEXTS = {f"{name}_{language}": (language, name) for language in LANGUAGES for name in ("title", "summary")}
TITLES = [f"title_{language}" for language in LANGUAGES]
FIELDS = {
    "texts": TITLES[0],
    "sources": "source_url",
    **{f"place.{name}": column for column, name in PLACE.items()},
    **{f"sources.{name}": column for column, name in SOURCE.items()},
    **{f"texts.{language}.{name}": column for column, (language, name) in TEXTS.items()},
}
"""The column of each field that is not called like its column; `sources` without a number."""
COLUMNS = [
    "external_id", "slug", "type", "topics", "date", "effective", *PLACE, *TEXTS, "participants", *SOURCE, "publish",
]  # fmt: skip
REQUIRED = ["slug", "type"]
NUMBERS = {"latitude", "longitude"}
FLAGS = {"source_official": "official", "publish": "publish"}
TRUTH = {"true": True, "wahr": True, "false": False, "falsch": False}
NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?")
"""What a spreadsheet writes, or Python, of which `float` reads more: 1_0, and the digits of every script."""
SEPARATORS = ",;\t"
PUBLISHED = {"id", "url", "version"}
"""Keys, and columns, of what readers get of an event, which no record has."""
GUARDED = re.compile(r"'*[=+\-@\t\r]")


def not_utf_8(where: str = "") -> Problem:
    """What is wrong with a file in another encoding; `where` is put behind a space."""
    return Problem("", f"this is not UTF-8{where and f' {where}'}: save the file in that encoding.")


def published() -> Problem:
    """What is wrong with a file that readers got."""
    message = (
        "this is what readers get of events, which says less than an import needs: expected what manage.py "
        "export_events writes on the server that has them."
    )
    return Problem("", message)


def is_header(first_line: str) -> bool:
    """Whether a file is CSV, whatever its name."""
    names = set(columns(next(csv.reader([first_line], delimiter=separator(first_line)), [])))
    return bool(told_separator(first_line)) or names >= set(REQUIRED) or names >= PUBLISHED


def separator(first_line: str) -> str:
    """What stands between cells: of the `SEPARATORS` the one that leaves most columns known; else a comma."""

    def known(mark: str) -> int:
        cells = next(csv.reader([first_line], delimiter=mark), [])
        return len(set(COLUMNS).intersection(columns(cells)))

    return max(SEPARATORS, key=known)


def told_separator(first_line: str) -> str:
    """The same where Excel was told it, in a line of its own, `sep=;`; else nothing."""
    told = re.fullmatch(f'"?sep=([{SEPARATORS}])"?', first_line.rstrip("\r\n"), re.IGNORECASE)
    return told[1] if told else ""


def columns(header: Sequence[str]) -> list[str]:
    """The names of the columns that the first line has, in whatever case, without blank ones at its end."""
    names = [name.strip().lower() for name in header]
    while names and not names[-1]:
        names.pop()
    return names


def header_problems(names: Sequence[str]) -> list[Problem]:
    """What is wrong with the columns."""
    if any(_is_not_utf_8(name) or "\0" in name for name in names):  # UTF-16 has these in each
        return [not_utf_8()]
    if set(names) >= PUBLISHED:
        return [published()]
    if not names:
        return [Problem("", f"the first line is empty: expected the columns {' and '.join(REQUIRED)} at least.")]
    found = [_unknown(name) for name in names if name not in COLUMNS]
    if found:
        found.append(Problem("", f"the columns that can be there are {', '.join(COLUMNS)}."))
    found += [Problem(name, "the column is there twice.") for name in sorted(set(names)) if names.count(name) > 1]
    found += [Problem(name, "the column is missing: every event needs it.") for name in REQUIRED if name not in names]
    return found


def _unknown(name: str) -> Problem:
    near = closest(name, COLUMNS)
    return Problem(name, "there is no such column" + (f": did you mean {near}?" if near else "."))


def _is_not_utf_8(text: str) -> bool:
    """Whether bytes had to be escaped (`surrogateescape`)."""
    return any("\udc80" <= character <= "\udcff" for character in text)


def record(header: Sequence[str], row: Sequence[str]) -> tuple[Values, list[Problem]]:
    """The record that a row says, and what is wrong with it whatever the event has already, by column."""
    if len(row) < len(header) or any(row[len(header) :]):
        return {}, [Problem("", f"the row has {len(row)} cells: expected {len(header)}, as the first line has.")]
    if any(_is_not_utf_8(cell) for cell in row):
        return {}, [not_utf_8()]
    cells = {name: _unguarded(cell) for name, cell in zip(header, row, strict=False)}
    values: Values = {"record": "event"}
    found: list[Problem] = []
    for name in ("external_id", "slug", "type"):
        if cells.get(name):
            values[name] = cells[name]
    for name in ("date", "effective"):
        if name in cells:
            values[name] = cells[name]
    if "topics" in cells:
        values["topics"] = cells["topics"].replace(";", " ").split()
    if "participants" in cells:
        values["participants"] = list(_participants(cells["participants"], found))
    if PLACE.keys() & cells.keys():
        values["place"] = _keys(PLACE, cells, found)
    values["texts"] = _texts(cells)
    if SOURCE.keys() & cells.keys():
        source = _keys(SOURCE, cells, found)
        gone = "url" in source and all(value is None for value in source.values())
        values["sources"] = [] if gone else [source]
    if cells.get("publish"):
        values["publish"] = _value("publish", cells["publish"], found)
    if not found:
        found = [
            Problem(column(problem.field), problem.message)
            for problem in problems(_without_none(values))
            if not problem.missing or problem.field in REQUIRED
        ]
        found += _no_title(cells)
    return values, found


def _keys(columns: Mapping[str, str], cells: Mapping[str, str], found: list[Problem]) -> Values:
    """What the cells say, by key; an empty one None, which clears."""
    return {
        key: _value(column, cells[column], found) if cells[column] else None
        for column, key in columns.items()
        if column in cells
    }


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items() if part is not None}
    return [_without_none(part) for part in value] if isinstance(value, list) else value


def _texts(cells: Mapping[str, str]) -> Values:
    """What the cells say, by language; an empty title is None, an empty summary blank, which clear."""
    texts: Values = {}
    for column, (language, name) in TEXTS.items():
        if column in cells:
            texts.setdefault(language, {})[name] = cells[column] or (None if name == "title" else "")
    return texts


def _no_title(cells: Mapping[str, str]) -> list[Problem]:
    """What is wrong if the main title is cleared and none is given. The event may have one in a language that the file
    has no column for; but such a row is rather one that was not filled in."""
    if cells.get(TITLES[0]) != "" or any(cells.get(title) for title in TITLES):
        return []
    return [Problem(TITLES[0], f"it is empty: expected at least one of {', '.join(LANGUAGES)}.")]


def _participants(cell: str, found: list[Problem]) -> Iterator[Values]:
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        role, colon, rest = part.partition(":")
        actor, _, printed = rest.partition(":")
        if not colon:
            found.append(Problem("participants", f"“{part}” has no role: expected role:actor, such as host:US."))
        yield {"role": role.strip(), "actor": actor.strip(), **({"printed": printed.strip()} if printed else {})}


def _value(column: str, cell: str, found: list[Problem]) -> Any:
    if column in NUMBERS:
        if NUMBER.fullmatch(cell.strip()):
            return float(cell.replace(",", "."))
        found.append(Problem(column, f"“{cell}” is no number: expected one such as 38.8977."))
    elif column in FLAGS:
        if cell.strip().lower() in TRUTH:
            return TRUTH[cell.strip().lower()]
        found.append(Problem(column, f"“{cell}” is neither true nor false: expected one of them."))
    return cell


def column(field: str) -> str:
    """The column that a field of a record stands in; a column stands in itself."""
    return FIELDS.get(re.sub(r"^sources\[\d+\]", "sources", field), field)


def row(values: Values) -> tuple[list[str], list[str]]:
    """The cells of an event, and the reasons why it does not fit in a row (then the cells are of no use)."""
    reasons = [
        f"it has {len(values[name])} {name if len(values[name]) > 1 else name.removesuffix('s')}"
        for name, most in (("sources", 1), ("relations", 0), ("figures", 0))
        if len(values.get(name, ())) > most
    ]
    texts = values.get("texts", {})
    if not texts:
        reasons.append("it has no title")
    if any(re.search(r"[;\r\n]|^\s|\s$", part.get("printed", "")) for part in values.get("participants", ())):
        reasons.append("a name as printed has a semicolon or a line break in it")
    cells: dict[str, Any] = {name: values.get(name) for name in ("external_id", "slug", "type", "date", "effective")}
    cells["topics"] = " ".join(values.get("topics", ()))
    cells |= {column: values.get("place", {}).get(name) for column, name in PLACE.items()}
    cells |= {column: texts.get(language, {}).get(name) for column, (language, name) in TEXTS.items()}
    cells["participants"] = "; ".join(
        ":".join(filter(None, (part["role"], part["actor"], part.get("printed", ""))))
        for part in values.get("participants", ())
    )
    source: Values = next(iter(values.get("sources", ())), {})
    cells |= {column: source.get(name) for column, name in SOURCE.items()}
    cells["publish"] = values.get("publish")
    return [_cell(cells[column]) for column in COLUMNS], reasons


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(value) if isinstance(value, str) else str(value)


def guarded(text: str) -> str:
    """`text` with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if GUARDED.match(text) else text


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and GUARDED.match(cell) else cell
