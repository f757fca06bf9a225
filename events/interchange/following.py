"""What a data set said of events at its last import, field by field.

The next one changes what it says otherwise since then, and nothing that only an editor changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from events.digest import digest
from events.interchange.records import Values
from events.models import Event

IDENTITY = ("record", "slug", "external_id", "publish")
"""Keys that say nothing of the event."""

Fingerprints = Mapping[str, str]
"""By field: a key of a record, such as `date` or `sources`, or of an object in it, such as `texts.en.title`."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says of an event, and what that of the last import said."""

    now: Fingerprints
    before: Fingerprints | None
    """None if the event came otherwise, from an export perhaps. A new one has no fields here."""

    @property
    def standing(self) -> set[str]:
        """The fields of which it says what the last one did. If that is not known it is taken for all of them: an
        editor may have corrected the event."""
        before = self.now if self.before is None else self.before
        return {field for field, said in self.now.items() if before.get(field) == said}

    def to_remember(self, unlinked: bool) -> Fingerprints:
        """What the next import is to know. If it is `unlinked`, some of its links are not made, or not yet."""
        if not unlinked or self.before is None:
            return self.now
        others = {field: said for field, said in self.now.items() if field != "relations"}
        return others | {field: said for field, said in self.before.items() if field == "relations"}


def said_of(records: Mapping[int, Values]) -> dict[int, Said]:
    """What the records say, by the ids of their events. One query."""
    before = dict(Event.objects.filter(pk__in=records).values_list("pk", "imported"))
    return {pk: Said(fingerprints(values), before.get(pk, {})) for pk, values in records.items()}


def remember(said: Mapping[int, Fingerprints]) -> None:
    """Keeps it with the events, by their ids, for the next import."""
    Event.objects.bulk_update([Event(pk=pk, imported=now) for pk, now in said.items()], ["imported"])


def fingerprints(said: Values) -> Fingerprints:
    """What tells whether a record says something else of an event than another one did, field by field."""
    return dict(_fingerprints("", {key: value for key, value in said.items() if key not in IDENTITY}))


def _fingerprints(field: str, said: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _fingerprints(f"{field}.{key}" if field else key, value)
    else:
        yield field, digest(said)[:16]
