"""What a data set said of events at its last import, field by field.

The next one changes what it says otherwise since then, and nothing that an editor changed: where both did, the
editor's word stays, and is named. Whoever makes records with what is in the database, such as the slugs of its persons,
puts beside it, under `SAID`, what the data set says: it says the same, whatever editors do to these persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from events.interchange.changes import shown
from events.interchange.following_entries import (
    KINDS,
    Described,
    Entry,
    FollowedEntries,
    described,
    fingerprint,
    follow_entries,
)
from events.interchange.records import Values
from events.interchange.references import KnownActor
from events.models import Event

SAID = "said"
"""The key, of a record that was made and not read, which has what the data set says in its own words: by field, such as
`participants`, with an entry for each, or `place.country`. None is for an entry that it does not speak of, which is the
same whatever is in the database. No file may have it."""

BESIDES = "besides"
"""The key, in such an entry, of what another one says, but decides who is meant by this one, too."""

CALLED_OTHERWISE = "called_otherwise"
"""The key, of such a record, which has the places among its participants of those who have a name as printed because
they are called otherwise here, and who would have none if they were called so."""

IDENTITY = ("record", "slug", "external_id", "publish", SAID, CALLED_OTHERWISE)
"""Keys that say nothing of the event by themselves."""

RELATIONS = "relations"
"""Remembered under this name in any case: the external ids that they lead to were ever the data set's own words. A
record that has them under `SAID` says itself which of those that are there are to stay beside them."""

MADE = "made"
"""Before the name of a field: what was made of it is remembered too, where that has another fingerprint."""

ENTRIES = "entries"
"""Remembered under this name: by list, what is to be known of each of its entries."""

Fingerprints = Mapping[str, Any]
"""By field: a key of a record, such as `date` or `sources`, or of an object in it, such as `texts.en.title`; with
`said.` before it, if it is of the data set's own words. In memory also, under `CALLED_OTHERWISE`, these places, and
what `MADE` and `ENTRIES` say."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What becomes of an event by a statement."""

    values: Values
    """What is to be said of it; None clears."""
    standing: set[str]
    """The fields of that which stay as they are there."""
    memory: Fingerprints
    """What the next import is to know besides."""
    left: list[str]
    """In words: where the data set says something else now, and an editor has changed the same."""


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

    def follow(self, there: Values, said: Values, words: Values, actors: Mapping[str, KnownActor]) -> Followed:
        """What becomes of an event, of which `there` is the record (empty if it is new), by what is `said`: both with
        actors as records name them. `words` is the data set's own, by field.

        The fields of which it says what the last one did stay as they are. If that is not known it is taken for all of
        them, since an editor may have corrected the event, but for relations: what these lead to may be new here. What
        it says no more of the place or in texts is cleared.
        """
        before = self.before or {}
        again = self._said_again
        found, made = _of_all(_with_ids(_but_lists(there), actors)), _of_all(_with_ids(_but_lists(said), actors))
        standing = again - {RELATIONS} if self.before is None and self.adds_relations else set(again)
        memory: dict[str, Any] = {}
        left = []
        for field in made:
            known = self._known(field, there, found) if field not in words else before.get(f"{MADE}.{field}")
            is_known = known is not None or not self._remembers(field)
            if field not in again and is_known and found.get(field) not in (known, made[field]):
                standing.add(field)
                left.append(_left(field, _value(said, field), _value(there, field)))
            remembered = known if field in again and known else made[field]
            if remembered != self.now.get(field):
                memory[f"{MADE}.{field}"] = remembered
        for field in before:
            if field.startswith(("place.", "texts.")) and field not in made and field in found:
                if found[field] == self._known(field, there, found):
                    said = _without(said, field.split("."))
                else:
                    left.append(_left(field, None, _value(there, field)))
        for field in KINDS.keys() & said.keys():
            followed = self._follow_list(field, there, said, words.get(field), actors)
            standing.discard(field)
            memory.setdefault(ENTRIES, {})[field] = [list(entry) for entry in followed.entries]
            left += [_left(field, *one) for one in followed.left]
            said = {**said, field: followed.values}
        return Followed(said, standing, memory, sorted(left))

    def _remembers(self, field: str) -> bool:
        """Whether the last import said something there, though perhaps not what was made of it."""
        return self.before is not None and not self.before.keys().isdisjoint((field, f"{SAID}.{field}"))

    def _known(self, field: str, there: Values, found: Fingerprints) -> str | None:
        """What was made of it at the last import. `found` is of what is `there`."""
        before = self.before or {}
        known: str | None = before.get(f"{MADE}.{field}", before.get(field))
        # Older versions remembered a state by its name, not by the id that `found` is of.
        by_name = known not in (None, found.get(field)) and f"{MADE}.{field}" not in before
        return found.get(field) if by_name and known == fingerprint(_value(there, field)) else known

    def _follow_list(
        self, field: str, there: Values, said: Values, words: Any, actors: Mapping[str, KnownActor]
    ) -> FollowedEntries:
        now = _described(field, said, actors, words)
        entries = [entry for _, entry in now]
        remembered = (self.before or {}).get(ENTRIES, {}).get(field)
        if remembered is not None:
            before = [Entry(*one) for one in remembered]
        elif field in self._said_again:
            before = entries
        elif (made := self._as_made(field, there)) is not None:
            before = [entry for _, entry in _described(field, {field: made}, actors)]
        elif self._remembers(field) and field != "sources":  # by an older version, as a whole
            return FollowedEntries(said[field], entries, [])
        else:
            before = []
        if field == "participants":
            again = {entry.words for entry in before}
            places = [place for place in self._newly_called_otherwise if entries[place].words in again]
            if places:
                there = _with_printed_names(there, [said[field][place] for place in places])
        if entries == before:
            return FollowedEntries(there.get(field, []), entries, [])
        return follow_entries(_described(field, there, actors), now, before)

    def _as_made(self, field: str, there: Values) -> list[Any] | None:
        """Of a list that an older version remembered as a whole, what it made, if editors have only added to it."""
        entries = there.get(field, [])
        runs = [entries[first:last] for first, last in combinations(range(len(entries) + 1), 2)]
        made = (self.before or {}).get(field)
        return next((run for run in runs if fingerprint(run) == made), None) if made else None

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

    def to_remember(self, unlinked: bool) -> Fingerprints:
        """What the next import is to know. If it is `unlinked`, some of its links are not made, or not yet. What was
        said of relations before holds while nothing is: not every import looks for summits."""
        now = dict(self.now)
        if unlinked:
            now.pop(RELATIONS, None)
        if RELATIONS not in now and RELATIONS in (self.before or {}):
            now[RELATIONS] = (self.before or {})[RELATIONS]
        if self.called_otherwise:
            now[CALLED_OTHERWISE] = " ".join(map(str, self.called_otherwise))
        return now


def said_of(records: Mapping[int, Values]) -> dict[int, Statement]:
    """What the records say, by the ids of their events. One query."""
    before = dict(Event.objects.filter(pk__in=records).values_list("pk", "imported"))
    made = {pk: _of_all(values) for pk, values in records.items()}
    return {
        pk: Statement(
            now=_in_own_words(made[pk], values),
            before=before.get(pk, {}),
            made={
                field: found for field, found in made[pk].items() if field in values.get(SAID, {}).keys() - {RELATIONS}
            },
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
    return _in_own_words(_of_all(said), said)


def _in_own_words(made: Fingerprints, said: Values) -> Fingerprints:
    in_own_words = said.get(SAID, {})
    return {field: found for field, found in made.items() if field not in in_own_words} | {
        field if field == RELATIONS else f"{SAID}.{field}": fingerprint(_spoken(words))
        for field, words in in_own_words.items()
    }


def _spoken(words: Any) -> Any:
    """What tells a field from another one. A list says by itself what its entries have `BESIDES`."""
    if isinstance(words, list):
        return [_spoken(one) for one in words if one is not None]
    return {key: said for key, said in words.items() if key != BESIDES} if isinstance(words, dict) else words


def _with_ids(values: Values, actors: Mapping[str, KnownActor]) -> Values:
    """With ids for actors, who may have other names by the next import."""
    found = dict(values)
    if country := values.get("place", {}).get("country"):
        found["place"] = {**values["place"], "country": actors[country].id}
    if parts := values.get("participants"):
        found["participants"] = [{**part, "actor": actors[part["actor"]].id} for part in parts]
    return found


def _described(field: str, values: Values, actors: Mapping[str, KnownActor], words: Any = None) -> Described:
    entries = values.get(field, [])
    with_ids = _with_ids({field: entries}, actors)[field]
    own = words or [None] * len(entries)
    return [(one, described(field, *more)) for one, *more in zip(entries, with_ids, own, strict=True)]


def _with_printed_names(there: Values, parts: Sequence[Values]) -> Values:
    printed = {(part["actor"], part["role"]): {"printed": part["printed"]} for part in parts}
    # What an editor has there is before what is printed.
    found = [printed.get((part["actor"], part["role"]), {}) | part for part in there.get("participants", ())]
    return {**there, "participants": found}


def _value(values: Values, field: str) -> Any:
    for key in field.split("."):
        values = values.get(key, {})
    return values or None


def _left(field: str, said: Any, there: Any) -> str:
    return f"{field}: {shown(said)} in the source by now, and left as editors have it: {shown(there)}."


def _without(values: Values, path: Sequence[str]) -> Values:
    key, *below = path
    return {**values, key: _without(values.get(key, {}), below) if below else None}


def _but_lists(values: Values) -> Values:
    return {key: value for key, value in values.items() if key not in KINDS and key != RELATIONS}


def _of_all(said: Values) -> Fingerprints:
    return dict(_fingerprints("", {key: value for key, value in said.items() if key not in IDENTITY}))


def _fingerprints(field: str, said: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _fingerprints(f"{field}.{key}" if field else key, value)
    else:
        yield field, fingerprint(said)


NOTHING = fingerprint([])
"""An empty list says what leaving it out says."""
