"""Whether what an editor has saved of vocabulary entries is public: as it is, otherwise, or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from events.among import among
from events.digest import digest
from events.models import Actor, Membership
from timeline.models import Term
from timeline.terms import RenderedTerm, render_actors, render_branches, render_timelines

DRAFT, WITHDRAWN = "draft", "withdrawn"


def public_version(number: int, edited: bool) -> str:
    """What to say of what is public, and was perhaps `edited` since."""
    return f"version {number}" + (", edited since" if edited else "")


RENDERERS: Mapping[Term.Kind, Callable[[Sequence[Any]], list[RenderedTerm]]] = {
    Term.Kind.ACTOR: lambda actors: render_actors((actor.pk for actor in actors), each_alone=True),
    Term.Kind.TYPE: lambda types: render_branches(types, []),
    Term.Kind.TOPIC: lambda topics: render_branches([], topics),
    Term.Kind.TIMELINE: render_timelines,
}


class PublicState(NamedTuple):
    """Of an entry: what is `said` of it, whether all that is saved in its form is known to be public as it is, and a
    digest of that. Of a bloc it is not known: who belongs to it is saved there, and public of its members."""

    said: str
    current: bool
    shown: str


def public_states(kind: Term.Kind, entries: Sequence[Any]) -> dict[str, PublicState]:
    """The state of each of the entries, by slug. A fixed number of queries."""
    now = {(term.kind, term.key): term.digest for term in RENDERERS[kind](entries)}
    last = {(row.kind, row.key): row for row in Term.objects.filter(superseded_in=None, key__in=_keys(entries))}
    members = _members(entries)
    return {entry.slug: _state(kind, entry, now, last, members.get(entry.pk)) for entry in entries}


def _members(entries: Sequence[Any]) -> Mapping[int, Sequence[Any]]:
    """By the id of each bloc of them, who belongs to it, as it is saved."""
    found: dict[int, list[Any]] = {entry.pk: [] for entry in entries if is_bloc(entry)}
    memberships = Membership.objects.filter(among("group_id", found)).order_by("pk")
    for membership in memberships.values_list("group_id", "member_id", "role", "since", "until"):
        found[membership[0]].append(membership)
    return found


def is_bloc(entry: Any) -> bool:
    return isinstance(entry, Actor) and entry.kind == Actor.Kind.BLOC


def _state(
    kind: Term.Kind, entry: Any, now: Mapping[Any, str], last: Mapping[Any, Term], members: Sequence[Any] | None
) -> PublicState:
    keys = [name for name in own_keys(kind, entry) if name in now]
    shown = digest([*(now[name] for name in keys), *([members] if members else [])])
    row = last.get((kind, entry.slug))
    if row is None:
        return PublicState(DRAFT, False, shown)
    if row.withdrawn:
        return PublicState(WITHDRAWN, False, shown)
    edited = any(name not in last or last[name].digest != now[name] for name in keys)
    return PublicState(public_version(row.version, edited), not edited and members is None, shown)


def own_keys(kind: Term.Kind, entry: Any) -> list[tuple[Term.Kind, str]]:
    """The kinds and keys under which the entry is public: an actor may be a country too."""
    return [(kind, entry.slug), (Term.Kind.COUNTRY, _code(entry))]


def _keys(entries: Sequence[Any]) -> list[str]:
    return [key for entry in entries for key in (entry.slug, _code(entry)) if key]


def _code(entry: Any) -> str:
    """An actor's, who is a country too."""
    return getattr(entry, "code", None) or ""
