"""Withdrawing actors, types and topics: what nothing public names any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from timeline.documents import LANGUAGES, Document, load
from timeline.editions import new_edition
from timeline.figures import named_in_figures
from timeline.models import Dataset, Publication, Term
from timeline.saved_filters import public_filters
from timeline.terms import public_texts
from timeline.vocabulary import OPPOSITE, Key, withdraw_terms

LISTED = 5
"""Of what names an entry, as many of each sort are told."""
COLUMNS = {
    Term.Kind.ACTOR: "actors",
    Term.Kind.COUNTRY: "countries_involved",
    Term.Kind.TYPE: "type_path",
    Term.Kind.TOPIC: "topics",
}
"""In which the events have them."""
NAMED: Mapping[Term.Kind, Callable[[Document], Iterable[str]]] = {
    Term.Kind.ACTOR: lambda said: [link["group"] for link in said.get("memberships", ())],
    Term.Kind.COUNTRY: lambda said: [code for name in OPPOSITE for code in said.get(name, ())],
    Term.Kind.TYPE: lambda said: said["path"],
    Term.Kind.TOPIC: lambda said: said["path"],
}
"""The keys of entries of its own kind that an entry names; of a type or topic, its own too."""


@dataclass(slots=True)
class Naming:
    """What of the public names an entry: events and timelines by their slugs, and other entries."""

    events: list[str] = field(default_factory=list)
    entries: set[Key] = field(default_factory=set)
    timelines: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """What to say of why the entry stays."""
        keys = sorted(key for _, key in self.entries)
        sorts = (
            ("Public events that name it", self.events),
            ("Public entries that name it", keys),
            ("Public timelines whose saved filters name it", self.timelines),
        )
        return [f"{sort}: {_first(names)}." for sort, names in sorts if names]


def withdraw_entries(
    kind: Term.Kind, entries: Iterable[Any], by: AbstractBaseUser | None = None
) -> tuple[list[Any], dict[Any, list[str]]]:
    """Ends what is public of actors, types or topics, as one dataset version: a state's entries as an actor and as a
    country. What readers had stays in the history.

    Those that something public names stay, unless that ends with them. Returns those that ended, and for each one that
    stays the sentences that say what names it; what is not public is in neither.
    """
    entries = list(entries)
    slugs = {entry.slug for entry in entries}
    # Among a million events this takes seconds, in which others can publish; what they do is looked at below.
    seen = Dataset.objects.values_list("version", flat=True).first() or 0
    own = _public_keys(kind, slugs)
    figures, events = _figures(own), {slug: _events(keys) for slug, keys in own.items()}
    with new_edition(by) as edition:
        own = _public_keys(kind, slugs)
        figures |= _figures(own, since=seen)
        filters = public_filters()
        naming = {
            slug: Naming(events.get(slug) or _events(keys, since=seen), timelines=_timelines(keys, filters))
            for slug, keys in own.items()
        }
        for slug, event in sorted(figures):
            if slug in own and event not in naming[slug].events:
                naming[slug].events.append(event)
        _add_entries(own, naming)
        ending = _ending(own, naming)
        for one in (kind, Term.Kind.COUNTRY):
            withdraw_terms(edition, one, [key for slug in ending for of, key in own[slug] if of == one])
    stay = {entry: naming[entry.slug].sentences() for entry in entries if entry.slug in own.keys() - ending}
    return [entry for entry in entries if entry.slug in ending], stay


def _public_keys(kind: Term.Kind, slugs: set[str]) -> dict[str, set[Key]]:
    """By slug, what is public of the entries: of an actor also the countries that it is, or was until events follow."""
    own: dict[str, set[Key]] = {slug: {(kind, slug)} for slug in Term.objects.current().keys_among(kind, slugs)}
    for said in _public_documents(Term.Kind.COUNTRY) if kind == Term.Kind.ACTOR else ():
        if said["actor"] in own:
            own[said["actor"]].add((Term.Kind.COUNTRY, said["code"]))
    return own


def _public_documents(kind: Term.Kind) -> Iterator[Document]:
    """What all public entries of the kind say."""
    texts = public_texts(kind).filter(language=LANGUAGES[0])
    return map(load, texts.values_list("document", flat=True).iterator())


def _events(keys: set[Key], since: int = 0) -> list[str]:
    """The first public events that name one of the keys, other than in figures, of those that were published after that
    dataset version."""
    condition = Q()
    for kind, key in keys:
        condition |= Q(**{f"{COLUMNS[Term.Kind(kind)]}__contains": [key]})
    public = Publication.objects.current().filter(published_in__gt=since)
    events = public.filter(condition).order_by("slug").values_list("slug", flat=True)
    return list(events[: LISTED + 1])


def _timelines(keys: set[Key], filters: Mapping[str, set[Key]]) -> list[str]:
    return [slug for slug, named in filters.items() if named & keys]


def _figures(own: Mapping[str, set[Key]], since: int = 0) -> set[tuple[str, str]]:
    """Those of the actors that figures of public events name, which were published after that dataset version: the
    slugs of actor and event."""
    parties = {
        key: slug for slug, keys in own.items() for kind, key in keys if kind in (Term.Kind.ACTOR, Term.Kind.COUNTRY)
    }
    if not parties:
        return set()
    public = Publication.objects.current().filter(published_in__gt=since)
    return {(parties[name], event) for _, event, name in named_in_figures(public) if name in parties}


def _add_entries(own: Mapping[str, set[Key]], naming: Mapping[str, Naming]) -> None:
    """Adds the other entries that name those."""
    slug_of = {key: slug for slug, keys in own.items() for key in keys}
    for kind in {Term.Kind(kind) for kind, _ in slug_of}:
        for said in _public_documents(kind):
            named_by = (kind, said["code"] if kind == Term.Kind.COUNTRY else said["id"])
            for key in NAMED[kind](said):
                slug = slug_of.get((kind, key))
                if slug and named_by not in own[slug]:
                    naming[slug].entries.add(named_by)


def _ending(own: Mapping[str, set[Key]], naming: Mapping[str, Naming]) -> set[str]:
    """Those that nothing names but others of these."""
    ending = {slug for slug in own if not naming[slug].events and not naming[slug].timelines}
    while True:
        keys = {key for slug in ending for key in own[slug]}
        staying = {slug for slug in ending if naming[slug].entries - keys}
        if not staying:
            return ending
        ending -= staying


def _first(names: list[str]) -> str:
    return ", ".join(names[:LISTED]) + (" and others" if len(names) > LISTED else "")
