"""The public vocabulary: countries, actors, types, topics and timelines, rendered from what editors entered."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from events.among import among
from events.dates import parse
from events.digest import digest
from events.fields import translated
from events.models import Actor, EventType, Membership, Topic
from timeline.documents import LANGUAGES, URL_MARK, Document, branch, load, names_of
from timeline.models import Term, TermText, Timeline

COUNTRY_FIELDS = (
    "code", "url", "name", "kind", "actor", "alpha3", "wikidata", "aliases", "former", "successors", "predecessors",
)  # fmt: skip
ACTOR_FIELDS = ("id", "url", "name", "kind", "code", "wikidata", "aliases", "memberships")
TYPE_FIELDS = ("id", "url", "name", "path", "plover")
TOPIC_FIELDS = ("id", "url", "name", "path")
TIMELINE_FIELDS = (
    "id", "url", "title", "summary", "language", "fallback_from", "summary_language", "query", "events_url",
)  # fmt: skip


@dataclass
class RenderedTerm:
    """A vocabulary entry as it stands now: what a version of it says."""

    kind: Term.Kind
    key: str
    names: list[str]
    documents: dict[str, Document]
    group: str = ""
    definition: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        return digest([self.documents, self.group, self.names, self.definition])


class _Membership(NamedTuple):
    """The group, and what the membership says."""

    slug: str
    names: dict[str, str]
    role: str
    since: str
    until: str


class _Entry(NamedTuple):
    """All that the vocabulary says of an actor, under the names of the model's fields."""

    pk: int
    slug: str
    kind: str
    names: dict[str, str]
    aliases: list[str]
    code: str | None
    alpha3: str
    qid: str | None
    memberships: list[_Membership]
    successors: list[str]
    predecessors: list[str]


MOST_REMEMBERED = 4_000
"""Actors, each some kilobytes: more than a batch of events names."""
_remembered: dict[int, tuple[_Entry, list[RenderedTerm]]] = {}


def render_actors(actors: Iterable[int], *, each_alone: bool = False) -> list[RenderedTerm]:
    """The entries of actors, given by their ids, and of countries among them; and of those through whom they speak for
    somebody (the ministry of a minister).

    Of other groups that they belong to, and so on upwards, those that are not public yet: entries link to them. What is
    public of such a group stays, whatever an editor has in hand. Within an edition, which holds the dataset.

    With `each_alone`, the own entries as each would be without the others: where these are not published with it.

    Reads them anew, but renders only those that changed since this process rendered them last.
    """
    found = sorted(_load(set(actors), each_alone), key=lambda entry: entry.slug)
    if len(_remembered) + len(found) > MOST_REMEMBERED:
        _remembered.clear()
    terms = []
    for entry in found:
        before = _remembered.get(entry.pk)
        if before is None or before[0] != entry:
            rendered = [_actor(entry), _country(entry)] if entry.code else [_actor(entry)]
            _remembered[entry.pk] = before = entry, rendered
        terms += before[1]
    return terms


def _load(ids: set[int], each_alone: bool) -> list[_Entry]:
    """Those to be rendered. Tuples, because there are thousands in a batch of events."""
    actors: dict[int, tuple[Any, ...]] = {}
    memberships: list[tuple[int, int, str, str, str]] = []
    missing = ids
    while missing:
        rows = Actor.objects.filter(among("pk", missing)).values_list(*_Entry._fields[:8])
        actors.update((row[0], row) for row in rows)
        links = Membership.objects.filter(among("member_id", missing)).order_by("group__slug", "since_min", "id")
        new = list(links.values_list("member_id", "group_id", "role", "since", "until"))
        memberships += new
        missing = {group for _, group, *_ in new} - actors.keys()
    ids = ids & actors.keys()  # somebody may have deleted one meanwhile: see `timeline.edited_meanwhile`
    groups: dict[int, set[int]] = defaultdict(set)
    for member, group, *_ in memberships:
        groups[member].add(group)
    ends = {pk for pk, row in actors.items() if row[2] in (Actor.Kind.STATE, Actor.Kind.BLOC)}
    named = {pk: _named_with({pk}, groups, ends) for pk in ids} if each_alone else {}
    with_all = set() if each_alone else _named_with(ids, groups, ends)
    public = _public_names({actors[group][1] for _, group, *_ in memberships} - {actors[pk][1] for pk in with_all})
    belongs: dict[int, list[_Membership]] = defaultdict(list)
    for member, group, *said in memberships:
        slug, _, names = actors[group][1:4]
        own = group in named.get(member, with_all)
        belongs[member].append(_Membership(slug, names if own else public.get(slug, names), *said))
    shown = {pk: row for pk, row in actors.items() if (pk in ids if each_alone else row[1] not in public)}
    after, before = _links(shown, each_alone)
    return [_Entry._make([*row, belongs[pk], sorted(after[pk]), sorted(before[pk])]) for pk, row in shown.items()]


def _named_with(ids: set[int], groups: Mapping[int, set[int]], ends: set[int]) -> set[int]:
    """The actors, and the groups that decide whom they represent, up to states and blocs: see `events.involvement`."""
    found: set[int] = set()
    missing = ids - ends
    while missing:
        missing = {group for member in missing for group in groups.get(member, ())} - ends - found
        found |= missing
    return ids | found


def _public_names(slugs: set[str]) -> dict[str, dict[str, str]]:
    """Of those actors that are public, the name in each language."""
    found: dict[str, dict[str, str]] = {}
    if slugs:
        texts = public_texts(Term.Kind.ACTOR, slugs)
        for slug, language, document in texts.values_list("term__key", "language", "document"):
            found.setdefault(slug, {})[language] = load(document)["name"]
    return found


def public_texts(kind: Term.Kind, keys: Iterable[str] | None = None) -> QuerySet[TermText]:
    """What is public of the entries of this kind that have these keys; without keys, of all of them."""
    public = TermText.objects.filter(term__kind=kind, term__superseded_in=None, term__withdrawn=False)
    return public if keys is None else public.filter(among("term__key", keys))


def _links(actors: Iterable[int], each_alone: bool) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """The codes of the successors and of the predecessors of these actors, which are to be public: of those that are
    among them, if it is not `each_alone`, or public."""
    successors: dict[int, list[str]] = defaultdict(list)
    predecessors: dict[int, list[str]] = defaultdict(list)
    columns = ("from_actor_id", "to_actor_id", "from_actor__code", "to_actor__code")
    among_them = set(actors)
    # All of them are read: there are a few dozen in the world.
    links = [
        link
        for link in Actor.successors.through._default_manager.values_list(*columns)
        if not among_them.isdisjoint(link[:2])
    ]
    codes = {code for *_, old, new in links for code in (old, new) if code}
    known = Term.objects.current().keys_among(Term.Kind.COUNTRY, codes)
    with_them = set() if each_alone else among_them
    for old, new, old_code, new_code in links:
        if new_code and (new_code in known or new in with_them):
            successors[old].append(new_code)
        if old_code and (old_code in known or old in with_them):
            predecessors[new].append(old_code)
    return successors, predecessors


def render_branches(types: Iterable[EventType], topics: Iterable[Topic]) -> list[RenderedTerm]:
    """The entries of `types` and `topics`, and of those above them that are not public yet."""
    return [
        *_branches(Term.Kind.TYPE, "types", types, EventType.paths()),
        *_branches(Term.Kind.TOPIC, "topics", topics, Topic.paths()),
    ]


def render_timelines(timelines: Iterable[Timeline]) -> list[RenderedTerm]:
    """The entries of curated timelines."""
    timelines = list(timelines)
    picked: dict[int, list[int]] = defaultdict(list)
    links = Timeline.events.through._default_manager.filter(timeline__in=timelines).order_by("event_id")
    for timeline_id, event_id in links.values_list("timeline_id", "event_id"):
        picked[timeline_id].append(event_id)
    return [_timeline(timeline, picked[timeline.pk]) for timeline in timelines]


def _actor(actor: _Entry) -> RenderedTerm:
    def document(language: str) -> Document:
        return {
            "id": actor.slug,
            "url": f"{URL_MARK}/actors/{actor.slug}/",
            "name": translated(actor.names, language),
            "kind": actor.kind,
            **_present(code=actor.code, wikidata=actor.qid, aliases=actor.aliases),
            **_present(memberships=[_membership(link, language) for link in actor.memberships]),
        }

    return RenderedTerm(
        Term.Kind.ACTOR,
        actor.slug,
        names_of(actor),
        {language: document(language) for language in LANGUAGES},
        group=actor.kind,
    )


def _membership(link: _Membership, language: str) -> Document:
    return {
        "group": link.slug,
        "name": translated(link.names, language),
        "role": link.role,
        **_present(since=link.since, until=link.until),
    }


def _country(actor: _Entry) -> RenderedTerm:
    code = actor.code or ""

    def document(language: str) -> Document:
        return {
            "code": code,
            "url": f"{URL_MARK}/countries/{code}/",
            "name": translated(actor.names, language),
            "kind": actor.kind,
            "actor": actor.slug,
            **_present(alpha3=actor.alpha3, wikidata=actor.qid, aliases=actor.aliases),
            "former": len(code) == 4,  # ISO 3166-3
            **_present(
                successors=actor.successors,
                predecessors=actor.predecessors,
            ),
        }

    return RenderedTerm(
        Term.Kind.COUNTRY, code, names_of(actor), {language: document(language) for language in LANGUAGES}
    )


def membership_days(link: Document) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day on which a membership in the document of an actor may have held; None is no bound."""
    return (
        parse(link["since"]).start_min if "since" in link else None,
        parse(link["until"]).end_max if "until" in link else None,
    )


def _branches(
    kind: Term.Kind, endpoint: str, nodes: Iterable[EventType | Topic], paths: Mapping[int, Sequence[Any]]
) -> list[RenderedTerm]:
    chosen = {node.pk for node in nodes}
    wanted = {node.pk: node for pk in chosen for node in paths[pk]}
    above = {node.slug for pk, node in wanted.items() if pk not in chosen}
    public = Term.objects.current().keys_among(kind, above)

    def document(node: EventType | Topic, language: str) -> Document:
        return {
            "id": node.slug,
            "url": f"{URL_MARK}/{endpoint}/{node.slug}/",
            **branch(paths[node.pk], language),
            **_present(plover=getattr(node, "plover", "")),
        }

    return [
        RenderedTerm(
            kind,
            node.slug,
            list(dict.fromkeys(node.names.values())),
            {language: document(node, language) for language in LANGUAGES},
        )
        for node in sorted(wanted.values(), key=lambda node: node.slug)
        if node.slug not in public
    ]


def _timeline(timeline: Timeline, picked: list[int]) -> RenderedTerm:
    def document(language: str) -> Document:
        texts_language = _language_of(timeline.titles, language)
        summary_language = _language_of(timeline.summaries, language)
        return {
            "id": timeline.slug,
            "url": f"{URL_MARK}/timelines/{timeline.slug}/",
            "title": translated(timeline.titles, language),
            **_present(summary=translated(timeline.summaries, language)),
            "language": texts_language,
            **_present(summary_language=summary_language if summary_language != texts_language else ""),
            **_present(query=timeline.query),
            "events_url": f"{URL_MARK}/events/?timeline={timeline.slug}"
            + ("" if language == LANGUAGES[0] else f"&lang={language}"),
        }

    return RenderedTerm(
        Term.Kind.TIMELINE,
        timeline.slug,
        list(dict.fromkeys(timeline.titles[code] for code in LANGUAGES if code in timeline.titles)),
        {language: document(language) for language in LANGUAGES},
        definition={"query": timeline.query, "events": picked},
    )


def _language_of(texts: Mapping[str, str], language: str) -> str:
    """The language that a reader of `language` gets of these texts; nothing if there are none."""
    return next((code for code in (language, *LANGUAGES) if texts.get(code)), "")


def _present(**values: Any) -> Document:
    return {key: value for key, value in values.items() if value}
