"""The public vocabulary: countries, actors, types, topics and timelines, rendered from what editors entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from events.fields import translated
from events.models import Actor, EventType, Membership, Topic
from timeline.documents import LANGUAGES, URL_MARK, Document, branch, names_of
from timeline.models import Term, Timeline

COUNTRY_FIELDS = (
    "code", "url", "name", "kind", "actor", "alpha3", "wikidata", "aliases", "former", "successors", "predecessors",
)  # fmt: skip
ACTOR_FIELDS = ("id", "url", "name", "kind", "code", "wikidata", "aliases", "memberships")
TYPE_FIELDS = ("id", "url", "name", "path", "plover")
TOPIC_FIELDS = ("id", "url", "name", "path")
TIMELINE_FIELDS = ("id", "url", "title", "summary", "language", "query", "events_url")


@dataclass(slots=True)
class RenderedTerm:
    """A vocabulary entry as it stands now: what a version of it says."""

    kind: Term.Kind
    key: str
    names: list[str]
    documents: dict[str, Document]
    group: str = ""
    definition: dict[str, Any] = field(default_factory=dict)


def render_actors(actors: Iterable[Actor]) -> list[RenderedTerm]:
    """The entries of `actors`, of every group they belong to and so on, and of the countries among them."""
    found: dict[int, Actor] = {}
    missing = {actor.pk for actor in actors}
    complete = Actor.objects.prefetch_related(
        Prefetch("memberships", Membership.objects.select_related("group").order_by("group__slug", "since_min", "id")),
        "successors",
        "predecessors",
    )
    while missing:
        loaded = list(complete.filter(pk__in=missing))
        found.update((actor.pk, actor) for actor in loaded)
        missing = {link.group_id for actor in loaded for link in actor.memberships.all()} - found.keys()
    in_order = sorted(found.values(), key=lambda actor: actor.slug)
    return [_actor(actor) for actor in in_order] + [_country(actor) for actor in in_order if actor.code]


def render_branches(types: Iterable[EventType], topics: Iterable[Topic]) -> list[RenderedTerm]:
    """The entries of `types` and `topics` and of all above them."""
    return [
        *_branches(Term.Kind.TYPE, "types", types, EventType.paths()),
        *_branches(Term.Kind.TOPIC, "topics", topics, Topic.paths()),
    ]


def render_timelines(timelines: Iterable[Timeline]) -> list[RenderedTerm]:
    """The entries of curated timelines."""
    return [_timeline(timeline) for timeline in timelines]


def _actor(actor: Actor) -> RenderedTerm:
    def document(language: str) -> Document:
        return {
            "id": actor.slug,
            "url": f"{URL_MARK}/actors/{actor.slug}/",
            "name": translated(actor.names, language),
            "kind": actor.kind,
            **_present(code=actor.code, wikidata=actor.qid, aliases=actor.aliases),
            **_present(memberships=[_membership(link, language) for link in actor.memberships.all()]),
        }

    return RenderedTerm(
        Term.Kind.ACTOR,
        actor.slug,
        names_of(actor),
        {language: document(language) for language in LANGUAGES},
        group=actor.kind,
    )


def _membership(link: Membership, language: str) -> Document:
    return {
        "group": link.group.slug,
        "name": translated(link.group.names, language),
        "role": link.role,
        **_present(since=link.since, until=link.until),
    }


def _country(actor: Actor) -> RenderedTerm:
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
                successors=sorted(state.code for state in actor.successors.all() if state.code),
                predecessors=sorted(state.code for state in actor.predecessors.all() if state.code),
            ),
        }

    return RenderedTerm(
        Term.Kind.COUNTRY, code, names_of(actor), {language: document(language) for language in LANGUAGES}
    )


def _branches(
    kind: Term.Kind, endpoint: str, nodes: Iterable[EventType | Topic], paths: Mapping[int, Sequence[Any]]
) -> list[RenderedTerm]:
    wanted = {node.pk: node for chosen in nodes for node in paths[chosen.pk]}

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
    ]


def _timeline(timeline: Timeline) -> RenderedTerm:
    def document(language: str) -> Document:
        texts_language = next(code for code in (language, *LANGUAGES) if code in timeline.titles)
        return {
            "id": timeline.slug,
            "url": f"{URL_MARK}/timelines/{timeline.slug}/",
            "title": translated(timeline.titles, language),
            **_present(summary=translated(timeline.summaries, language)),
            "language": texts_language,
            **_present(query=timeline.query),
            "events_url": f"{URL_MARK}/events/?timeline={timeline.slug}"
            + ("" if language == LANGUAGES[0] else f"&lang={language}"),
        }

    return RenderedTerm(
        Term.Kind.TIMELINE,
        timeline.slug,
        list(dict.fromkeys(timeline.titles.values())),
        {language: document(language) for language in LANGUAGES},
        definition={"query": timeline.query, "events": sorted(timeline.events.values_list("pk", flat=True))},
    )


def _present(**values: Any) -> Document:
    return {key: value for key, value in values.items() if value}
