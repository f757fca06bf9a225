"""What a data set said of events at its last import, field by field.

The next one changes what it says otherwise since then, and nothing that only an editor changed. Whoever makes records
with what is in the database, such as the slugs of its persons, puts beside it, under `SAID`, what the data set says: it
says the same, whatever editors do to these persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.digest import digest
from events.interchange.records import Values
from events.models import Event

IDENTITY = ("record", "slug", "external_id", "publish")
"""Keys that say nothing of the event."""

SAID = "said"
"""The key, of a record that was made and not read, which has what the data set says in its own words: by field, such as
`participants` or `place.country`. No file may have it."""

Fingerprints = Mapping[str, str]
"""By field: a key of a record, such as `date` or `sources`, or of an object in it, such as `texts.en.title`; with
`said.` before it, if it is of the data set's own words."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says of an event, and what that of the last import said."""

    now: Fingerprints
    before: Fingerprints | None
    """None if the event came otherwise, from an export perhaps. A new one has no fields here."""
    made: Fingerprints
    """Of the fields that are in the data set's own words: of what was made of them. Older versions remembered that."""

    @property
    def standing(self) -> set[str]:
        """The fields of which it says what the last one did. If that is not known it is taken for all of them: an
        editor may have corrected the event."""
        before = self.now if self.before is None else self.before
        same = {field for field, said in self.now.items() if before.get(field, NOTHING) == said}
        all_same = all(field in same for field in self.now if field in before)
        # Where an older version remembered what was made, and now something else is made, only the rest tells whether
        # the data set changed or the database.
        as_made = {
            field for field, made in self.made.items() if field in before and (all_same or before[field] == made)
        }
        return {field.removeprefix(f"{SAID}.") for field in same} | as_made

    def cleared(self, values: Values, there: Values) -> Values:
        """The record, which clears what it says of the place, or in texts, no more, too: where `there`, the record of
        what is there, has just what the last one said. What only an editor has said stays."""
        found = _of_all(there)
        for field, said in (self.before or {}).items():
            said_now = field in self.now or field in self.made
            if field.startswith(("place.", "texts.")) and not said_now and found.get(field) == said:
                values = _without(values, field.split("."))
        return values

    def to_remember(self, unlinked: bool) -> Fingerprints:
        """What the next import is to know. If it is `unlinked`, some of its links are not made, or not yet."""
        if not unlinked or self.before is None:
            return self.now
        others = {field: said for field, said in self.now.items() if field != "relations"}
        return others | {field: said for field, said in self.before.items() if field == "relations"}


def said_of(records: Mapping[int, Values]) -> dict[int, Said]:
    """What the records say, by the ids of their events. One query."""
    before = dict(Event.objects.filter(pk__in=records).values_list("pk", "imported"))
    return {pk: Said(fingerprints(values), before.get(pk, {}), _made(values)) for pk, values in records.items()}


def remember(said: Mapping[int, Fingerprints]) -> None:
    """Keeps it with the events, by their ids, for the next import."""
    Event.objects.bulk_update([Event(pk=pk, imported=now) for pk, now in said.items()], ["imported"])


def fingerprints(said: Values) -> Fingerprints:
    """What tells whether a record says something else of an event than another one did, field by field."""
    in_own_words = said.get(SAID, {})
    return {field: found for field, found in _of_all(said).items() if field not in in_own_words} | {
        f"{SAID}.{field}": _fingerprint(words) for field, words in in_own_words.items()
    }


def _without(values: Values, path: Sequence[str]) -> Values:
    key, *below = path
    return {**values, key: _without(values.get(key, {}), below) if below else None}


def _made(said: Values) -> Fingerprints:
    return {field: found for field, found in _of_all(said).items() if field in said.get(SAID, {})}


def _of_all(said: Values) -> Fingerprints:
    return dict(_fingerprints("", {key: value for key, value in said.items() if key not in (*IDENTITY, SAID)}))


def _fingerprints(field: str, said: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _fingerprints(f"{field}.{key}" if field else key, value)
    else:
        yield field, _fingerprint(said)


def _fingerprint(said: Any) -> str:
    return digest(said)[:16]


NOTHING = _fingerprint([])
"""An empty list says what leaving it out says."""
