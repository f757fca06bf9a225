"""Whether what an editor has saved of vocabulary entries is public: as it is, otherwise, or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

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


def public_states(kind: Term.Kind, entries: Sequence[Any]) -> dict[str, str]:
    """What to say of each of the entries, by slug. A fixed number of queries."""
    now = {(term.kind, term.key): term.digest for term in RENDERERS[kind](entries)}
    last = {(row.kind, row.key): row for row in Term.objects.filter(superseded_in=None, key__in=_keys(entries))}
    return {entry.slug: _state(kind, entry, now, last) for entry in entries}


def _state(kind: Term.Kind, entry: Any, now: Mapping[Any, str], last: Mapping[Any, Term]) -> str:
    row = last.get((kind, entry.slug))
    if row is None:
        return DRAFT
    if row.withdrawn:
        return WITHDRAWN
    edited = any(name in now and (name not in last or last[name].digest != now[name]) for name in own_keys(kind, entry))
    return public_version(row.version, edited)


def own_keys(kind: Term.Kind, entry: Any) -> list[tuple[Term.Kind, str]]:
    """The kinds and keys under which the entry is public: an actor may be a country too."""
    return [(kind, entry.slug), (Term.Kind.COUNTRY, _code(entry))]


def _keys(entries: Sequence[Any]) -> list[str]:
    return [key for entry in entries for key in (entry.slug, _code(entry)) if key]


def _code(entry: Any) -> str:
    """An actor's, who is a country too."""
    return getattr(entry, "code", None) or ""
