"""Lists of an event of which a data set says some entries, and in which editors have had a hand since its last import.

What the data set says again stays as editors have it by now: corrected, or removed. So do entries that editors added.
What it says for the first time is added, what it says otherwise changes, and what it says no more goes, but for what an
editor has corrected or removed too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from events.digest import digest


class Entry(NamedTuple):
    """What is remembered of an entry."""

    words: str
    """A fingerprint of what the data set says."""
    identity: str
    """One of what makes it the same entry, whatever else is said of it."""
    whole: str
    """One of what was made of it: what is there is this, unless an editor has changed it."""
    slot: str
    """An entry that is not said any more, and one that is new, are of the same thing if each is the only one that is
    said in this slot, such as the host."""


class Kind(NamedTuple):
    identity: Callable[[Any], Any]
    slot: Callable[[Any], str]


KINDS = {
    "participants": Kind(lambda part: [part["actor"], part["role"]], lambda part: part["role"]),
    "topics": Kind(lambda slug: slug, lambda slug: slug),
    "sources": Kind(lambda source: source["url"], lambda source: ""),
}
"""By the key in a record."""


class FollowedEntries(NamedTuple):
    values: list[Any]
    """The list as it is to be."""
    entries: list[Entry]
    """What the next import is to know."""
    left: list[tuple[Any, Any]]
    """Each of what the data set says otherwise now, and what there is of it, which stays; None for nothing."""


def fingerprint(value: Any) -> str:
    return digest(value)[:16]


def described(field: str, value: Any, words: Any = None) -> Entry:
    """An entry of that list, in which actors are ids: they may have other names by the next import."""
    kind, whole = KINDS[field], fingerprint(value)
    return Entry(fingerprint(words) if words else whole, fingerprint(kind.identity(value)), whole, kind.slot(value))


Described = Sequence[tuple[Any, Entry]]
"""Entries of a list, in their order, each with what is to be remembered of it."""


def follow_entries(there: Described, said: Described, before: Sequence[Entry]) -> FollowedEntries:
    """The list, as it is `there`, with what is `said` now; `before` is what was remembered of the last import."""
    last = {entry.words: entry for entry in before}
    found = {entry.identity: (value, entry.whole) for value, entry in there}
    new = [(value, entry) for value, entry in said if entry.words not in last]
    said_now = {entry.words for _, entry in said}
    dropped = {entry.identity: entry for entry in before if entry.words not in said_now}
    instead_of = _successors(said, before, dropped, found)
    order = [last.get(entry.words, entry).identity for _, entry in said]
    left: list[tuple[Any, Any]] = []
    for value, entry in new:
        old = instead_of.get(entry.identity)
        place = old.identity if old else entry.identity
        there_now, whole_now = found.get(place, (None, None))
        untouched = whole_now == (old and old.whole)
        if whole_now == entry.whole:
            continue
        if not untouched:
            left.append((value, there_now))
        elif old:
            found = _replaced(found, place, entry.identity, (value, entry.whole))
        else:
            found = _inserted(found, entry.identity, (value, entry.whole), order)
    for identity, old in dropped.items():
        value, whole = found.get(identity, (None, None))
        if whole == old.whole:
            del found[identity]
        elif value is not None:
            left.append((None, value))
    made = {identity: whole for identity, (_, whole) in found.items()}
    return FollowedEntries(
        [value for value, _ in found.values()],
        [entry if made.get(entry.identity) == entry.whole else last.get(entry.words, entry) for _, entry in said],
        left,
    )


def _successors(
    said: Described, before: Sequence[Entry], dropped: dict[str, Entry], there: Collection[str]
) -> dict[str, Entry]:
    """By the identity of what is said, which of the `dropped` entries it is instead of; takes those out of them. What
    an editor has entered already is instead of no other."""
    found = {entry.identity: dropped.pop(entry.identity) for _, entry in said if entry.identity in dropped}
    only, only_now = _only_ones(before), _only_ones([entry for _, entry in said])
    for slot in only.keys() & only_now.keys():
        old, new = only[slot], only_now[slot]
        if old.identity in dropped and new.identity not in there:
            found[new.identity] = dropped.pop(old.identity)
    return found


def _only_ones(entries: Sequence[Entry]) -> dict[str, Entry]:
    """By the slot, the entry that is alone in it."""
    alone = Counter(entry.slot for entry in entries)
    return {entry.slot: entry for entry in entries if alone[entry.slot] == 1}


Found = Mapping[str, tuple[Any, str]]


def _replaced(found: Found, old: str, identity: str, value: tuple[Any, str]) -> dict[str, tuple[Any, str]]:
    items = {other: (identity, value) if other == old else (other, there) for other, there in found.items()}
    return dict(items.values())


def _inserted(found: Found, identity: str, value: tuple[Any, str], order: Sequence[str]) -> dict[str, tuple[Any, str]]:
    """With a new entry, behind the one that it follows in the data set, of those that are there."""
    items = list(found.items())
    places = [list(found).index(other) for other in order if other in found]
    behind = [list(found).index(other) + 1 for other in order[: order.index(identity)] if other in found]
    items.insert(behind[-1] if behind else min(places, default=len(items)), (identity, value))
    return dict(items)
