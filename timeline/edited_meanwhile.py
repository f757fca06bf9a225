"""Whether somebody saved something of the vocabulary while events that name it were being published.

Events are rendered before they wait for their turn, the entries that they take along after it. If these are otherwise
by then, the events are to be rendered once more: what becomes public only now would be called otherwise in them, or
would be nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from events.dates import FIRST_DAY, LAST_DAY
from events.involvement import Link
from events.models import Actor, EventType, Topic
from timeline.documents import LANGUAGES, Rendered, Renderer, branch, names_of
from timeline.drafts import Draft
from timeline.models import Term
from timeline.terms import RenderedTerm, membership_days
from timeline.vocabulary import Key


def edited_meanwhile(
    drafts: Sequence[Draft], rendered: Sequence[Rendered], renderer: Renderer, entries: Sequence[RenderedTerm]
) -> bool:
    """Whether an entry says something else than the events, which were `rendered` before, have it from."""
    by_key: dict[Key, RenderedTerm] = {(entry.kind, entry.key): entry for entry in entries}
    paths: dict[Key, Sequence[EventType | Topic]] = {}
    for draft in drafts:
        own = renderer.types[draft.event.type_id]
        paths[Term.Kind.TYPE, own[-1].slug] = own
        paths |= {(Term.Kind.TOPIC, topic.slug): renderer.topics[topic.id] for topic in draft.topics}
    participants = {part.actor.slug: part.actor for draft in drafts for part in draft.participations}
    blocs = {slug for slug, actor in participants.items() if actor.kind == Actor.Kind.BLOC}
    involved = {country.actor.slug: country.actor for shown in rendered for country in shown.countries}
    actors = involved | _with_groups(participants.values(), renderer)
    parties = {
        actor.slug: actor
        for draft in drafts
        for figure in draft.figures
        for actor in (figure.reporter, figure.partner)
        if actor
    }
    return (
        any(_is_other_branch(path, by_key.get(key)) for key, path in paths.items())
        or any(
            _is_other_actor(actor, renderer, blocs, by_key.get((Term.Kind.ACTOR, slug)))
            for slug, actor in actors.items()
        )
        or any(_is_other_party(actor, by_key.get((Term.Kind.ACTOR, slug))) for slug, actor in parties.items())
    )


def _with_groups(actors: Iterable[Actor], renderer: Renderer) -> dict[str, Actor]:
    """By slug, the actors and those through whom they may speak for a state or bloc: the ministry of a minister."""
    found: dict[str, Actor] = {}
    missing = list(actors)
    while missing:
        found |= {actor.slug: actor for actor in missing}
        groups = [link.actor for actor in missing if not _is_end(actor) for link in _links(actor, renderer)]
        missing = [group for group in groups if not _is_end(group) and group.slug not in found]
    return found


def _is_end(actor: Actor) -> bool:
    """Whether it is one of those that others speak for."""
    return actor.kind in (Actor.Kind.STATE, Actor.Kind.BLOC)


def _links(actor: Actor, renderer: Renderer) -> Sequence[Link]:
    return renderer.affiliations.groups.get(actor.id, ())


def _is_other_branch(path: Sequence[EventType | Topic], entry: RenderedTerm | None) -> bool:
    """`entry` is None if it has another slug by now."""
    return entry is None or any(
        entry.documents[language] != entry.documents[language] | branch(path, language) for language in LANGUAGES
    )


def _is_other_actor(actor: Actor, renderer: Renderer, blocs: Collection[str], entry: RenderedTerm | None) -> bool:
    """The same of an actor: its names and code, its kind, and what it belongs to on which days; of a state or bloc, to
    which of the `blocs` that take part. The others decide nothing, and were not all read."""
    if entry is None or (entry.names, entry.group) != (names_of(actor), actor.kind):
        return True
    read = {(link.actor.slug, link.role, link.first, link.last) for link in _links(actor, renderer)}
    said = set()
    for link in entry.documents[LANGUAGES[0]].get("memberships", ()):
        first, last = membership_days(link)
        said.add((link["group"], link["role"], first or FIRST_DAY, last or LAST_DAY))
    differing = read ^ said
    return any(group in blocs for group, *_ in differing) if _is_end(actor) else bool(differing)


def _is_other_party(actor: Actor, entry: RenderedTerm | None) -> bool:
    """The same of who reports a figure, or is its partner: of how figures name it."""
    return entry is None or entry.documents[LANGUAGES[0]].get("code", entry.key) != (actor.code or actor.slug)
