"""Whether somebody saved something of the vocabulary while events that name it were being published.

Events are rendered before they wait for their turn, the entries that they take along after it. If these are otherwise
by then, the events are to be rendered once more: what becomes public only now would be called otherwise in them, or
would be nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Actor, EventType, Topic
from timeline.documents import LANGUAGES, Rendered, Renderer, branch, names_of
from timeline.drafts import Draft
from timeline.models import Term
from timeline.terms import RenderedTerm
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
    actors = {part.actor.slug: part.actor for draft in drafts for part in draft.participations}
    actors |= {country.actor.slug: country.actor for shown in rendered for country in shown.countries}
    return any(_is_other_branch(path, by_key.get(key)) for key, path in paths.items()) or any(
        _is_other_actor(actor, renderer, by_key.get((Term.Kind.ACTOR, slug))) for slug, actor in actors.items()
    )


def _is_other_branch(path: Sequence[EventType | Topic], entry: RenderedTerm | None) -> bool:
    """`entry` is None if it has another slug by now."""
    return entry is None or any(
        entry.documents[language] != entry.documents[language] | branch(path, language) for language in LANGUAGES
    )


def _is_other_actor(actor: Actor, renderer: Renderer, entry: RenderedTerm | None) -> bool:
    """The same of an actor: its names and code, its kind, and what it belongs to, but for the days. What states and
    blocs belong to was not all read."""
    if entry is None or (entry.names, entry.group) != (names_of(actor), actor.kind):
        return True
    if actor.kind in (Actor.Kind.STATE, Actor.Kind.BLOC):
        return False
    read = {(link.actor.slug, link.role) for link in renderer.affiliations.groups.get(actor.id, ())}
    links = entry.documents[LANGUAGES[0]].get("memberships", ())
    return read != {(link["group"], link["role"]) for link in links}
