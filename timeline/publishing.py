"""The only door between editors and readers.

`publish()` renders drafts, compares them with what is public, and writes a new version of each one that changed;
`withdraw()` ends one. Each call is one transaction and one dataset version. Publishers queue up at the dataset's row,
so versions have no gaps and appear in the order of their commits. Locks are always taken in the same order: events by
id, then the dataset.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from events.among import among
from events.models import Actor, Event, EventType, Topic
from timeline import tallies
from timeline.checks import refusals
from timeline.documents import ADDED, FIELDS, Document, Rendered, Renderer, dump, load
from timeline.drafts import Draft, load_drafts
from timeline.edited_meanwhile import edited_meanwhile
from timeline.editions import Edition, begin_publishing, new_edition
from timeline.models import (
    Publication,
    PublicationCountry,
    PublicationRelation,
    PublicationText,
    Term,
    Timeline,
    Version,
)
from timeline.terms import RenderedTerm, render_actors, render_branches, render_timelines
from timeline.versions import Prepared, event_digest, prepare, timestamp, write_versions
from timeline.vocabulary import Changes, changed_terms, left_blocs, terms_of, withdraw_terms, write_terms

COPIED = [
    column.attname
    for column in Publication._meta.concrete_fields
    if not (column.generated or column.primary_key or column.name in {own.name for own in Version._meta.local_fields})
]
"""The columns that a version derived from another one keeps."""


LOOKS = 5
"""So often events are rendered anew at most, as somebody edited what they name while they were rendered."""

NOBODY_ELSE: AbstractContextManager[Any] = nullcontext()


class Refused(Exception):
    """Some of the events may not be published, so none was. `reasons` lists every reason for each of them."""

    def __init__(self, reasons: Mapping[Event, list[str]]) -> None:
        self.reasons = dict(reasons)
        super().__init__("\n".join(f"{event.slug}: {' '.join(sentences)}" for event, sentences in self.reasons.items()))


@dataclass(slots=True)
class Outcome:
    """What became of each event: a new version, no difference to the public one, or refused with reasons."""

    published: list[Event] = field(default_factory=list)
    unchanged: list[Event] = field(default_factory=list)
    refused: dict[Event, list[str]] = field(default_factory=dict)
    vocabulary: Changes = field(default_factory=Changes)
    """What the events took along of actors, types and topics. Keys alone: in bulk, nobody asks for more."""


def publish(
    events: Iterable[Event],
    by: AbstractBaseUser | None = None,
    *,
    skip_refused: bool = False,
    turn: AbstractContextManager[Any] = NOBODY_ELSE,
    seen: Mapping[int, datetime.datetime] | None = None,
    trial: bool = False,
) -> Outcome:
    """Makes the saved drafts of `events` public, as one dataset version.

    An event that says nothing new, and is found by the same names, gets no new version. If one may not be
    published, raises `Refused` with every reason and publishes none, or, with `skip_refused`, publishes the others
    and lists it in the outcome. `turn` is entered before anything is written, when all is rendered. Those that were
    edited after they were `seen` (by id, the `updated_at` that they had), or withdrawn, are passed over. A `trial` says
    the same and writes nothing; others can publish meanwhile.
    """
    with transaction.atomic():
        if not trial:
            begin_publishing()
        ids = lock(event.pk for event in events)
        if seen:
            ended = set(withdrawn_among(ids).values_list("event_id", flat=True))
            ids = [pk for pk in ids if pk not in ended]
        drafts = [draft for draft in load_drafts(ids) if not seen or draft.event.updated_at == seen[draft.event.pk]]
        outcome = Outcome(refused=refusals(drafts))
        if outcome.refused and not skip_refused:
            raise Refused(outcome.refused)
        accepted = [draft for draft in drafts if draft.event not in outcome.refused]
        renderer, rendered = _rendered(accepted)
        prepared = prepare(rendered)
        if trial:
            previous = last_versions(prepared)
            changed_terms(terms_of(accepted, rendered, left_blocs(prepared, previous)), outcome.vocabulary)
            _new_versions(prepared, previous, outcome)
            return outcome
        with turn, new_edition(by) as edition:
            previous = last_versions(prepared)
            entries = terms_of(accepted, rendered, left_blocs(prepared, previous))
            for _ in range(LOOKS):
                if not edited_meanwhile(accepted, rendered, renderer, entries):
                    break
                accepted = load_drafts([draft.event.pk for draft in accepted])
                renderer, rendered = _rendered(accepted)
                prepared = prepare(rendered)
                entries = terms_of(accepted, rendered, left_blocs(prepared, previous))
            write_terms(edition, entries, outcome.vocabulary)
            write_publications(edition, prepared, previous, outcome)
            _note_drafts(outcome.unchanged, previous)
    return outcome


def _rendered(drafts: Sequence[Draft]) -> tuple[Renderer, list[Rendered]]:
    """With the vocabulary as editors have it now."""
    renderer = Renderer.of(drafts)
    return renderer, [renderer.render(draft) for draft in drafts]


def _note_drafts(events: Iterable[Event], last: Mapping[int, Publication]) -> None:
    """Notes of events whose drafts say what is public that these are not edited since. One query, or none."""
    edited = [last[event.pk].pk for event in events if event.updated_at > last[event.pk].draft_edited_at]
    if edited:
        drafts = Event.objects.filter(pk=OuterRef("event"))
        Publication.objects.filter(pk__in=edited).update(drafted_at=Subquery(drafts.values("updated_at")))


def withdraw(
    events: Iterable[Event], by: AbstractBaseUser | None = None, *, vanished: bool = False, trial: bool = False
) -> list[Event]:
    """Ends the publication of `events`, as one dataset version; what readers had stays in the history. Those that
    `vanished` from their data set come back when it is published with them again. A `trial` ends nothing.

    Returns those that were public; the others are left alone.
    """
    events = list(events)
    if trial:
        found = Publication.objects.current().filter(among("event_id", [event.pk for event in events]))
        ends = set(found.values_list("event_id", flat=True))
        return [event for event in events if event.pk in ends]
    with transaction.atomic():
        ids = lock(event.pk for event in events)
        with new_edition(by) as edition:
            rows = Publication.objects.current().filter(among("event_id", ids)).defer("search")
            public = {row.event_id: row for row in rows}
            if public:
                _supersede(edition, public.values())
                tallies.count(removed=public.values())
                end = {"digest": "", "withdrawn": True, "vanished": vanished, "search": ""}
                kept = [name for name in COPIED if name not in end]
                Publication.objects.bulk_create(
                    Publication(**_copied(row, edition, kept) | end) for row in public.values()
                )
                _refresh_relations(edition, set(public), written=set(public))
    return [event for event in events if event.pk in public]


def publish_vocabulary(
    by: AbstractBaseUser | None = None,
    *,
    actors: Iterable[Actor] = (),
    types: Iterable[EventType] = (),
    topics: Iterable[Topic] = (),
    timelines: Iterable[Timeline] = (),
    changes: Changes | None = None,
    trial: bool = False,
) -> list[RenderedTerm]:
    """Makes vocabulary entries public as they are now, as one dataset version. Returns those that changed, and notes
    them in `changes`. A `trial` makes nothing public."""
    with nullcontext() if trial else new_edition(by) as edition:
        entries = [*render_actors(actor.pk for actor in actors), *render_branches(types, topics)]
        entries += render_timelines(timelines)
        return write_terms(edition, entries, changes) if edition else changed_terms(entries, changes)[0]


def withdraw_timelines(timelines: Iterable[Timeline], by: AbstractBaseUser | None = None) -> list[Timeline]:
    """Ends the publication of curated timelines, as one dataset version; returns those that were public."""
    timelines = list(timelines)
    with new_edition(by) as edition:
        ended = withdraw_terms(edition, Term.Kind.TIMELINE, [timeline.slug for timeline in timelines])
    return [timeline for timeline in timelines if timeline.slug in ended]


def withdrawn_among(ids: Iterable[int]) -> QuerySet[Publication]:
    """Of those of the events that were withdrawn, and have not vanished from their data set, the last versions."""
    return Publication.objects.filter(among("event_id", ids), superseded_in=None, withdrawn=True, vanished=False)


def lock(ids: Iterable[int]) -> list[int]:
    """Locks the events' rows, so that no editor is half-way through saving one; returns their ids, in order."""
    # Not their keys: whoever holds the dataset may write a version of one of them, whose relation changed.
    rows = Event.objects.select_for_update(no_key=True).filter(among("pk", ids)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


# Events


def write_publications(
    edition: Edition, prepared: Sequence[Prepared], previous: Mapping[int, Publication], outcome: Outcome
) -> None:
    """Writes a new version of each event that says something else, or is found by other names, than its last one in
    `previous`, by event; notes it in `outcome`."""
    before = _public_titles(previous) if previous else {}
    new = _new_versions(prepared, previous, outcome)
    written = {version.event.pk for version in new}
    replaced = [previous[pk] for pk in written & previous.keys()]
    first_slugs = _first_slugs(replaced)
    for version in new:
        version.become(edition, previous.get(version.event.pk), first_slugs.get(version.event.pk, version.event.slug))
    _supersede(edition, replaced)
    write_versions(new)
    tallies.count(added=[version.row for version in new], removed=replaced)
    renamed = {version.event.pk for version in new if before.get(version.event.pk) != _title(version)}
    _refresh_relations(edition, renamed, written=written)


def last_versions(prepared: Iterable[Prepared]) -> dict[int, Publication]:
    """By event; within an edition, which holds the dataset, if there is to be another one."""
    rows = Publication.objects.filter(among("event_id", [version.event.pk for version in prepared]), superseded_in=None)
    return {row.event_id: row for row in rows.defer("search")}  # the longest column, and made anew


def _new_versions(
    prepared: Sequence[Prepared], previous: Mapping[int, Publication], outcome: Outcome
) -> list[Prepared]:
    """Those that differ from the last version of their event, which `outcome` notes; with their relations, to what is
    public or becomes so with them."""
    now = {version.event.pk: _title(version) for version in prepared}
    targets = {target for version in prepared for _, target in version.relations}
    titles = _public_titles(targets - now.keys()) | now
    new: list[Prepared] = []
    for version in prepared:
        if version.relations:
            version.relate(
                {language: _relation_entries(version.relations, titles, language) for language in version.documents}
            )
        last = previous.get(version.event.pk)
        if last and version.is_said_by(last):
            outcome.unchanged.append(version.event)
        else:
            outcome.published.append(version.event)
            new.append(version)
    return new


def _title(version: Prepared) -> tuple[str, dict[str, str]]:
    """The slug and the titles by language under which it is to be public."""
    return version.event.slug, version.titles


def _first_slugs(versions: Sequence[Publication]) -> dict[int, str]:
    """For the events of these versions, the slugs under which they were first published. One query, or none."""
    slugs = {row.event_id: row.slug for row in versions}
    later = [row.event_id for row in versions if row.version > 1]
    if later:
        first = Publication.objects.filter(among("event_id", later), version=1)
        slugs.update(first.values_list("event_id", "slug"))
    return slugs


def _write_texts(texts: Iterable[tuple[Publication, str, Document]]) -> None:
    """`texts` are publications with a language and the document in it."""
    PublicationText.objects.bulk_create(
        PublicationText(
            publication=row,
            language=language,
            title=document["title"],
            document=dump(_completed(document, row)),
        )
        for row, language, document in texts
    )


def _completed(document: Document, row: Publication) -> Document:
    complete = {
        **document,
        "version": row.version,
        "published_at": timestamp(row.first_published_at),
        "updated_at": timestamp(row.published_at),
    }
    return {key: complete[key] for key in FIELDS if key in complete and complete[key] != []}


def _uncompleted(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in ADDED}


def _supersede(edition: Edition, rows: Iterable[Publication]) -> None:
    ids = [row.pk for row in rows]
    if not ids:
        return
    Publication.objects.filter(pk__in=ids).update(superseded_in=edition.number, superseded_at=edition.at)
    PublicationCountry.objects.filter(publication_id__in=ids).update(current=False)


def _copied(row: Publication, edition: Edition, columns: Iterable[str] = COPIED) -> dict[str, Any]:
    """The columns of a version of the edition that says what `row` says."""
    copied = {name: getattr(row, name) for name in columns}
    copied["drafted_at"] = row.draft_edited_at
    return {**copied, **edition.stamp(row), "traits": edition.with_block(row)}


# Relations

Titles = dict[int, tuple[str, dict[str, str]]]
"""For an event's id, the slug and the titles by language under which it is public."""


def _public_titles(event_ids: Iterable[int]) -> Titles:
    found: Titles = {}
    texts = PublicationText.objects.filter(
        among("publication__event_id", event_ids), publication__superseded_in=None, publication__withdrawn=False
    )
    for event_id, slug, language, title in texts.values_list(
        "publication__event_id", "publication__slug", "language", "title"
    ):
        found.setdefault(event_id, (slug, {}))[1][language] = title
    return found


def _relation_entries(relations: Iterable[tuple[str, int]], titles: Titles, language: str) -> list[Document]:
    """The relations as documents list them; one to an event that is not public is left out: it would leak a draft."""
    return [
        {"kind": kind, "event": titles[target][0], "title": titles[target][1][language]}
        for kind, target in relations
        if target in titles
    ]


def _refresh_relations(edition: Edition, changed: set[int], *, written: set[int]) -> None:
    """Writes a new version of each public event whose document names one of the `changed` events.

    Only its relations change, on top of what is public of it: its draft may hold an edit that is not to be seen yet.
    """
    links = PublicationRelation.objects.filter(among("target_id", changed))
    named = set(links.values_list("publication_id", flat=True))
    if not named:
        return
    naming = list(
        Publication.objects.current()
        .filter(pk__in=named)
        .exclude(event_id__in=written)
        .order_by("pk")
        .prefetch_related("texts", "relations", "countries")
    )
    if not naming:
        return
    titles = _public_titles({relation.target_id for row in naming for relation in row.relations.all()})
    new: list[Publication] = []
    texts: list[tuple[Publication, str, Document]] = []
    for row in naming:
        relations = [(relation.kind, relation.target_id) for relation in row.relations.all()]
        documents = {text.language: load(text.document) for text in row.texts.all()}
        for language, document in documents.items():
            document["relations"] = _relation_entries(relations, titles, language)
        fingerprint = event_digest(
            {language: _uncompleted(document) for language, document in documents.items()},
            [(country.code, country.ways) for country in row.countries.all()],
            relations,
        )
        new.append(Publication(**_copied(row, edition), digest=fingerprint))
        texts += [(new[-1], language, document) for language, document in documents.items()]
    _supersede(edition, naming)
    Publication.objects.bulk_create(new)
    _write_texts(texts)
    for row, old in zip(new, naming, strict=True):
        _copy_rows(old.countries.all(), row)
        _copy_rows(old.relations.all(), row)


def _copy_rows(rows: Iterable[Any], publication: Publication) -> None:
    rows = list(rows)
    for row in rows:
        row.pk, row.publication = None, publication
        row._state.adding = True
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)
