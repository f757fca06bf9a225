"""What a record changes of what is there, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from events.interchange.records import Values

LONGEST = 80
"""Characters of a value that are shown."""


def changes(there: Values, wanted: Values) -> list[str]:
    """For each field that two records of one thing have otherwise: `date: “2025” becomes “2025-10-01”`."""
    return list(_changes("", there, wanted))


def _changes(field: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    kinds = {type(before), type(after)}
    if dict in kinds:
        before, after = before or {}, after or {}
        for name in dict.fromkeys([*before, *after]):
            yield from _changes(f"{field}.{name}" if field else name, before.get(name), after.get(name))
    elif list in kinds:
        parts = [
            f"{word} {', '.join(map(shown, entries))}"
            for word, entries in (("without", missing(before, after)), ("with", missing(after, before)))
            if entries
        ]
        yield f"{field}: {', '.join(parts) or 'in another order'}"
    else:
        yield f"{field}: {shown(before)} becomes {shown(after)}"


def missing(entries: list[Any] | None, others: list[Any] | None) -> list[Any]:
    """The entries that are not among the others, counting repetitions."""
    left = Counter(map(_key, others or []))
    found = []
    for entry in entries or []:
        key = _key(entry)
        if left[key]:
            left[key] -= 1
        else:
            found.append(entry)
    return found


def _key(entry: Any) -> bytes:
    """The same for equal entries: a list may have a hundred thousand."""
    return orjson.dumps(entry, default=str, option=orjson.OPT_SORT_KEYS)


def shown(value: Any) -> str:
    """A value of a record, or an entry of one of its lists, in quotes."""
    if value is None:
        return "nothing"
    text = " ".join(_texts(value))
    return f"“{text[:LONGEST]}…”" if len(text) > LONGEST else f"“{text}”"


def _texts(value: Any) -> Iterator[str]:
    """What stands in an entry of a list, such as a source."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif not isinstance(value, bool):
        yield str(value)
