"""Why entries cannot be deleted, told without reading all that stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from events.models import Event
from events.models.actors import first_slugs

LISTED = 20
"""Entries that are named."""
OTHERS = "Events have others of them, too."


def had_by_events(
    entries: Iterable[Any], events_of: Callable[[Any], QuerySet[Event]], instead: str, named: bool
) -> list[str]:
    """Of each of the first entries that events have, how many have it and which, if these may be `named`, and what to
    give them `instead`, such as “another topic”. `events_of` gives the events of an entry."""
    lines = (_had_by(entry, events_of(entry), instead, named) for entry in entries)
    had = list(islice(filter(None, lines), LISTED + 1))
    return had if len(had) <= LISTED else [*had[:LISTED], OTHERS]


def _had_by(entry: Any, events: QuerySet[Event], instead: str, named: bool) -> str:
    """Blank if none has it."""
    count = events.count()
    if not count:
        return ""
    slugs = first_slugs(events, count) if named else ""
    have, them = (f"{count:,} events have", "them") if count > 1 else ("1 event has", "it")
    return f"{have} “{entry.slug}”{slugs}: give {them} {instead} first."
