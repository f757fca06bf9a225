"""Writing the public vocabulary: versions of countries, actors, types, topics and timelines."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import EventType
from timeline.documents import LANGUAGES, Rendered, dump
from timeline.drafts import Draft
from timeline.editions import Edition, digest
from timeline.models import Term, TermText
from timeline.terms import RenderedTerm, render_actors, render_branches


def terms_of(drafts: Sequence[Draft], rendered: Sequence[Rendered]) -> list[RenderedTerm]:
    """The vocabulary entries that the events' documents name."""
    actors = {part.actor for draft in drafts for part in draft.participations}
    actors |= {entry.actor for shown in rendered for entry in shown.countries}
    for draft in drafts:
        actors |= {actor for figure in draft.figures for actor in (figure.reporter, figure.partner) if actor}
    types = EventType.objects.filter(pk__in={draft.event.type_id for draft in drafts})
    topics = {topic for draft in drafts for topic in draft.topics}
    return [*render_actors(actors), *render_branches(types, topics)]


def write_terms(edition: Edition, rendered: Sequence[RenderedTerm]) -> int:
    """Writes a new version of each entry that changed; returns how many."""
    keys: dict[str, list[str]] = {}
    for entry in rendered:
        keys.setdefault(entry.kind, []).append(entry.key)
    previous = {
        (row.kind, row.key): row
        for kind, names in keys.items()
        for row in Term.objects.filter(superseded_in=None, kind=kind, key__in=names)
    }
    new: list[tuple[Term, RenderedTerm]] = []
    for entry in rendered:
        fingerprint = digest([entry.documents, entry.group, entry.names, entry.definition])
        last = previous.get((entry.kind, entry.key))
        if last and not last.withdrawn and last.digest == fingerprint:
            continue
        row = Term(
            kind=entry.kind,
            key=entry.key,
            group=entry.group,
            names=entry.names,
            definition=entry.definition,
            digest=fingerprint,
            **edition.stamp(last),
        )
        new.append((row, entry))
    replaced = [previous[row.kind, row.key].pk for row, _ in new if (row.kind, row.key) in previous]
    Term.objects.filter(pk__in=replaced).update(superseded_in=edition.number, superseded_at=edition.at)
    Term.objects.bulk_create([row for row, _ in new])
    TermText.objects.bulk_create(
        TermText(term=row, language=language, document=dump(entry.documents[language]))
        for row, entry in new
        for language in LANGUAGES
    )
    return len(new)
