"""Why an entry cannot be deleted, told without reading all that stands in the way."""

from __future__ import annotations

from django.db.models import QuerySet

from events.models import Actor, Event, EventType, Topic
from events.models.actors import NAMED


def had_by(entry: Actor | EventType | Topic, events: QuerySet[Event], instead: str, named: bool) -> str:
    """How many `events` have the entry, which of them, if they may be `named`, and what to give them `instead`, such as
    “another topic”; blank if none has it."""
    count = events.count()
    if not count:
        return ""
    some = events.order_by("slug").values_list("slug", flat=True)[:NAMED]
    slugs = f" ({', '.join(some)}{', …' if count > NAMED else ''})" if named else ""
    have, them = (f"{count:,} events have", "them") if count > 1 else ("1 event has", "it")
    return f"{have} “{entry.slug}”{slugs}: give {them} {instead} first."
