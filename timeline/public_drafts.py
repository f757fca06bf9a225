"""What is public, as drafts: so that it can be rendered anew without a look at what editors have in hand.

Everything comes from the published documents, of the events and of the vocabulary. What is made here has the models'
names and is never saved; its ids are of no meaning outside.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Max

from events.among import among
from events.involvement import Affiliations, PlainMembership
from events.models import Actor, Event, EventType, Topic
from timeline.documents import LANGUAGES, Document, Renderer, load
from timeline.drafts import Draft, Link, Part, Reference, Text
from timeline.models import Publication, PublicationRelation, PublicationText, Term, TermText
from timeline.terms import membership_days

RENDERED = (Term.Kind.ACTOR, Term.Kind.COUNTRY, Term.Kind.TYPE, Term.Kind.TOPIC)
"""The kinds of entries that documents of events are made of."""


class NotPublic(LookupError):
    """A document names something that is not in the public vocabulary: its slug has changed since, for example."""


class PublicVocabulary:
    """The actors, types and topics as they are public now."""

    def __init__(self) -> None:
        self.newest = newest_term()
        documents = _by_kind()
        self.actors = {slug: _actor(pk, names, said) for slug, (pk, names, said) in documents[Term.Kind.ACTOR].items()}
        # By present and former codes: an actor that has another one now is still found by that which it had.
        holders = {code: said[LANGUAGES[0]]["actor"] for code, (_, _, said) in documents[Term.Kind.COUNTRY].items()}
        self.by_code = {code: self.actors[slug] for code, slug in holders.items() if slug in self.actors}
        for actor in self.actors.values():
            if actor.code and self.by_code.get(actor.code) is not actor:  # published anew, another one has it
                actor.code = None
        self.types, type_paths = _tree(EventType, documents[Term.Kind.TYPE])
        self.topics, topic_paths = _tree(Topic, documents[Term.Kind.TOPIC])
        self.members: dict[str, set[str]] = defaultdict(set)
        memberships = []
        for slug, (_, _, said) in sorted(documents[Term.Kind.ACTOR].items()):
            for link in said[LANGUAGES[0]].get("memberships", ()):
                if link["group"] in self.actors:
                    self.members[link["group"]].add(slug)
                    memberships.append(_belonging(self.actors[slug], self.actors[link["group"]], link))
        self.renderer = Renderer(type_paths, topic_paths, Affiliations(memberships))

    def speaking_for(self, slugs: Iterable[str]) -> set[str]:
        """Those actors, and all who may represent somebody through them: members, their members and so on."""
        found: set[str] = set()
        missing = set(slugs)
        while missing:
            found |= missing
            below = {member for slug in missing for member in self.members.get(slug, ())} - found
            missing = {slug for slug in below if self.actors[slug].kind not in (Actor.Kind.STATE, Actor.Kind.BLOC)}
        return found


_read: PublicVocabulary | None = None


def public_vocabulary() -> PublicVocabulary:
    """The public vocabulary as it is now, which is read again only when something of it was published."""
    global _read
    if _read is None or _read.newest != newest_term():
        _read = PublicVocabulary()
    return _read


def newest_term() -> int:
    """Grows with each version of a vocabulary entry that becomes public."""
    return Term.objects.aggregate(newest=Max("pk"))["newest"] or 0


Said = tuple[int, list[str], dict[str, Document]]
"""Of a vocabulary entry: its id as a version, its names, and its documents by language."""


def _by_kind() -> dict[str, dict[str, Said]]:
    """By kind and key."""
    found: dict[str, dict[str, Said]] = {kind: {} for kind in RENDERED}
    rows = TermText.objects.filter(term__kind__in=RENDERED, term__superseded_in=None, term__withdrawn=False)
    columns = ("term_id", "term__kind", "term__key", "term__names", "language", "document")
    for pk, kind, key, names, language, document in rows.values_list(*columns):
        found[kind].setdefault(key, (pk, names, {}))[2][language] = load(document)
    return found


def _names(all_names: list[str], said: Mapping[str, Document]) -> dict[str, str]:
    """The name in each language, in the order in which the editor's entry has them."""
    names = {language: document["name"] for language, document in said.items()}
    return dict(sorted(names.items(), key=lambda item: all_names.index(item[1]) if item[1] in all_names else 0))


def _actor(pk: int, names: list[str], said: dict[str, Document]) -> Actor:
    document = said[LANGUAGES[0]]
    return Actor(
        id=pk,
        slug=document["id"],
        kind=document["kind"],
        names=_names(names, said),
        aliases=names,  # all by which it is found
        code=document.get("code"),
    )


def _belonging(member: Actor, group: Actor, link: Document) -> PlainMembership:
    return PlainMembership(member.id, group.id, link["role"], *membership_days(link), member, group)


def _tree(model: type[Any], documents: dict[str, Said]) -> tuple[dict[str, Any], dict[int, list[Any]]]:
    """The nodes by slug, and by id the path to each."""
    nodes = {slug: model(id=pk, slug=slug, names=_names(names, said)) for slug, (pk, names, said) in documents.items()}
    paths = {
        nodes[slug].id: [nodes.get(above) or model(slug=above) for above in said[LANGUAGES[0]]["path"]]
        for slug, (_, _, said) in documents.items()
    }
    return nodes, paths


def public_drafts(ids: Iterable[int], vocabulary: PublicVocabulary) -> tuple[dict[int, Draft], set[int]]:
    """By the id of the publication, what is public of those events, as a draft; and the publications that name
    something that is not public."""
    rows = Publication.objects.current().filter(among("event_id", ids)).order_by("event_id")
    public = dict(rows.values_list("pk", "event_id"))
    said: dict[int, dict[str, Document]] = defaultdict(dict)
    texts = PublicationText.objects.filter(among("publication_id", public))
    for pk, language, document in texts.values_list("publication_id", "language", "document"):
        said[pk][language] = load(document)
    relations: dict[int, list[Link]] = defaultdict(list)
    links = PublicationRelation.objects.filter(among("publication_id", public)).order_by("pk")
    for pk, kind, target in links.values_list("publication_id", "kind", "target_id"):
        relations[pk].append(Link(public[pk], kind, target))
    drafts: dict[int, Draft] = {}
    unknown: set[int] = set()
    for pk, event_id in public.items():
        try:
            drafts[pk] = _draft(event_id, said[pk], relations[pk], vocabulary)
        except NotPublic:
            unknown.add(pk)
    return drafts, unknown


def _draft(event_id: int, said: Mapping[str, Document], relations: list[Link], vocabulary: PublicVocabulary) -> Draft:
    document = next(iter(said.values()))
    return Draft(
        event=_event(event_id, document, vocabulary),
        texts=[
            Text(event_id, language, shown["title"], "" if "summary_language" in shown else shown.get("summary", ""))
            for language, shown in said.items()
            if shown["language"] == language
        ],
        participations=[
            Part(_known(vocabulary.actors, part["actor"]), part["role"], part.get("name_as_printed", ""))
            for part in document.get("participants", ())
        ],
        topics=[_known(vocabulary.topics, topic["id"]) for topic in document.get("topics", ())],
        sources=[_source(event_id, source) for source in document.get("sources", ())],
        relations=relations,
        figures=[_figure(place, said, vocabulary) for place in range(len(document.get("figures", ())))],
    )


def _known(entries: Mapping[Any, Any], key: str) -> Any:
    if key not in entries:
        raise NotPublic(key)
    return entries[key]


def _event(event_id: int, document: Document, vocabulary: PublicVocabulary) -> Event:
    place = document.get("place", {})
    event = Event(
        id=event_id,
        slug=document["id"],
        type_id=_known(vocabulary.types, document["type"]["id"]).id,
        date=document["date"]["edtf"],
        effective=document["effective"]["edtf"] if "effective" in document else "",
        place_name=place.get("name", ""),
        latitude=_decimal(place.get("latitude")),
        longitude=_decimal(place.get("longitude")),
        external_id=document.get("external_id"),
    )
    if "country" in place:
        event.place_country = _known(vocabulary.by_code, place["country"])
    return event


def _source(event_id: int, source: Document) -> Reference:
    return Reference(
        event_id,
        source["url"],
        source.get("title", ""),
        source.get("publisher", ""),
        source.get("language", ""),
        source.get("published", ""),
        datetime.date.fromisoformat(source["accessed"]) if "accessed" in source else None,
        source["official"],
        source.get("claims", ""),
        source.get("claims_effective", ""),
    )


def _figure(place: int, said: Mapping[str, Document], vocabulary: PublicVocabulary) -> Any:
    """A figure names actors and sources as the documents do: by one text each."""
    figure = next(iter(said.values()))["figures"][place]

    def named(party: str) -> _Named | None:
        key = figure.get(party, "")  # a code, in upper case, or a slug, in lower
        holder = vocabulary.by_code.get(key) or vocabulary.actors.get(key)
        if holder:  # which may have another code by now, or none, or one for the first time
            return _Named(holder.code or "", holder.slug)
        return _Named(figure[party]) if party in figure else None

    return _Figure(
        labels={language: document["figures"][place]["label"] for language, document in said.items()},
        value=Decimal(str(figure["value"])),
        unit=figure.get("unit", ""),
        period=figure.get("period", ""),
        reporter=named("reporter"),
        partner=named("partner"),
        source=_Url(figure["source"]) if "source" in figure else None,
    )


class _Named(NamedTuple):
    code: str
    slug: str = ""


class _Url(NamedTuple):
    url: str


class _Figure(NamedTuple):
    """Of `Figure`."""

    labels: dict[str, str]
    value: Decimal
    unit: str
    period: str
    reporter: _Named | None
    partner: _Named | None
    source: _Url | None


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
