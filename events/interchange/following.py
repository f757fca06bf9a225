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

SAID = "said"
"""The key, of a record that was made and not read, which has what the data set says in its own words: by field, such as
`participants` or `place.country`. No file may have it."""

CALLED_OTHERWISE = "called_otherwise"
"""The key, of such a record, which has the places among its participants of those who have a name as printed because
they are called otherwise here, and who would have none if they were called so."""

IDENTITY = ("record", "slug", "external_id", "publish", SAID, CALLED_OTHERWISE)
"""Keys that say nothing of the event by themselves."""

RELATIONS = "relations"
"""Remembered under this name in any case: the external ids that they lead to were ever the data set's own words. A
record that has them under `SAID` says itself which of those that are there are to stay beside them."""

Fingerprints = Mapping[str, str]
"""By field: a key of a record, such as `date` or `sources`, or of an object in it, such as `texts.en.title`; with
`said.` before it, if it is of the data set's own words. In memory also, under `CALLED_OTHERWISE`, these places."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a record says of an event, and what that of the last import said."""

    now: Fingerprints
    before: Fingerprints | None
    """None if the event came otherwise, from an export perhaps. A new one has no fields here."""
    made: Fingerprints
    """Of the fields that are in the data set's own words: of what was made of them. Older versions remembered that."""
    called_otherwise: Sequence[int] = ()
    adds_relations: bool = False
    """Whether it has relations beside those that are to stay."""

    @property
    def standing(self) -> set[str]:
        """The fields that stay as they are: of which it says what the last one did. If that is not known it is taken
        for all of them, since an editor may have corrected the event, but for relations: what these lead to may be new
        here. Participants of whom a name as printed is to be added are not among them."""
        found = self._said_again
        if self.before is None and self.adds_relations:
            found = found - {RELATIONS}
        return found - {"participants"} if self._newly_called_otherwise else found

    @property
    def _newly_called_otherwise(self) -> set[int]:
        """Who was called as the data set calls them at the last import, or not by an import that looked at that."""
        before = (self.before or {}).get(CALLED_OTHERWISE, "")
        return set(self.called_otherwise) - set(map(int, before.split()))

    @property
    def _said_again(self) -> set[str]:
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
        what is there, has just what the last one said. What only an editor has said stays. If it says of participants
        what the last one did, they are those that are there, with the names as printed that they need by now."""
        if self._newly_called_otherwise and "participants" in self._said_again:
            values = {**values, "participants": self._with_printed_names(values, there)}
        found = _of_all(there)
        for field, said in (self.before or {}).items():
            said_now = field in self.now or field in self.made
            if field.startswith(("place.", "texts.")) and not said_now and found.get(field) == said:
                values = _without(values, field.split("."))
        return values

    def _with_printed_names(self, values: Values, there: Values) -> list[Values]:
        parts = [values["participants"][place] for place in sorted(self._newly_called_otherwise)]
        printed = {(part["actor"], part["role"]): {"printed": part["printed"]} for part in parts}
        # What an editor has there is before what is printed.
        return [printed.get((part["actor"], part["role"]), {}) | part for part in there.get("participants", ())]

    def to_remember(self, unlinked: bool) -> Fingerprints:
        """What the next import is to know. If it is `unlinked`, some of its links are not made, or not yet."""
        now = dict(self.now)
        if unlinked:
            now.pop(RELATIONS, None)
            now |= {field: said for field, said in (self.before or {}).items() if field == RELATIONS}
        if self.called_otherwise:
            now[CALLED_OTHERWISE] = " ".join(map(str, self.called_otherwise))
        return now


def said_of(records: Mapping[int, Values]) -> dict[int, Statement]:
    """What the records say, by the ids of their events. One query."""
    before = dict(Event.objects.filter(pk__in=records).values_list("pk", "imported"))
    return {
        pk: Statement(
            now=fingerprints(values),
            before=before.get(pk, {}),
            made=_made(values),
            called_otherwise=values.get(CALLED_OTHERWISE, ()),
            adds_relations=bool(values.get(SAID, {}).get(RELATIONS)),
        )
        for pk, values in records.items()
    }


def remember(said: Mapping[int, Fingerprints]) -> None:
    """Keeps it with the events, by their ids, for the next import."""
    Event.objects.bulk_update([Event(pk=pk, imported=now) for pk, now in said.items()], ["imported"])


def fingerprints(said: Values) -> Fingerprints:
    """What tells whether a record says something else of an event than another one did, field by field."""
    in_own_words = said.get(SAID, {})
    return {field: found for field, found in _of_all(said).items() if field not in in_own_words} | {
        field if field == RELATIONS else f"{SAID}.{field}": _fingerprint(words) for field, words in in_own_words.items()
    }


def _without(values: Values, path: Sequence[str]) -> Values:
    key, *below = path
    return {**values, key: _without(values.get(key, {}), below) if below else None}


def _made(said: Values) -> Fingerprints:
    in_own_words = said.get(SAID, {}).keys() - {RELATIONS}
    return {field: found for field, found in _of_all(said).items() if field in in_own_words}


def _of_all(said: Values) -> Fingerprints:
    return dict(_fingerprints("", {key: value for key, value in said.items() if key not in IDENTITY}))


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
