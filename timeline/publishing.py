"""The only door between editors and readers.

`publish()` renders drafts, compares them with what is public, and writes a new version of each one that changed;
`withdraw()` ends one. Each call is one transaction and one dataset version. Publishers queue up at the dataset's row,
so versions have no gaps and appear in the order of their commits. Locks are always taken in the same order: events by
id, then the dataset.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction

from events.copying import copy_objects, new_ids
from events.models import Actor, Event, EventType, Topic
from timeline import search, tallies
from timeline.checks import refusals
from timeline.documents import FIELDS, Document, Rendered, Renderer, dump, load
from timeline.drafts import load_drafts
from timeline.editions import Edition, digest, new_edition
from timeline.models import (
    Publication,
    PublicationCountry,
    PublicationRelation,
    PublicationText,
    Timeline,
    Version,
)
from timeline.terms import render_actors, render_branches, render_timelines
from timeline.vocabulary import terms_of, write_terms

COPIED = [
    column.attname
    for column in Publication._meta.concrete_fields
    if not (column.generated or column.primary_key or column.name in {own.name for own in Version._meta.local_fields})
]
"""The columns that a version derived from another one keeps."""


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


def publish(events: Iterable[Event], by: AbstractBaseUser | None = None, *, skip_refused: bool = False) -> Outcome:
    """Makes the saved drafts of `events` public, as one dataset version.

    An event that says nothing new gets no new version. If one may not be published, raises `Refused` with every
    reason and publishes none, or, with `skip_refused`, publishes the others and lists it in the outcome.
    """
    with transaction.atomic():
        ids = _lock(events)
        with new_edition(by) as edition:
            drafts = load_drafts(ids)
            outcome = Outcome(refused=refusals(drafts))
            if outcome.refused and not skip_refused:
                raise Refused(outcome.refused)
            accepted = [draft for draft in drafts if draft.event not in outcome.refused]
            renderer = Renderer(accepted)
            rendered = [renderer.render(draft) for draft in accepted]
            write_terms(edition, terms_of(accepted, rendered))
            _write_publications(edition, rendered, outcome)
    return outcome


def withdraw(events: Iterable[Event], by: AbstractBaseUser | None = None) -> list[Event]:
    """Ends the publication of `events`, as one dataset version; what readers had stays in the history.

    Returns those that were public; the others are left alone.
    """
    events = list(events)
    with transaction.atomic():
        ids = _lock(events)
        with new_edition(by) as edition:
            public = {row.event_id: row for row in Publication.objects.current().filter(event_id__in=ids)}
            if public:
                _supersede(edition, public.values())
                tallies.remove(row.pk for row in public.values())
                Publication.objects.bulk_create(
                    Publication(**_copied(row), **edition.stamp(row), digest="", withdrawn=True)
                    for row in public.values()
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
) -> int:
    """Makes vocabulary entries public as they are now, as one dataset version. Returns how many changed."""
    with new_edition(by) as edition:
        return write_terms(
            edition,
            [*render_actors(actors), *render_branches(types, topics), *render_timelines(timelines)],
        )


def _lock(events: Iterable[Event]) -> list[int]:
    """Locks the events' rows, so that no editor is half-way through saving one; returns their ids."""
    ids = [event.pk for event in events]
    return list(Event.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))


def _event_digest(
    documents: Mapping[str, Document], countries: Iterable[tuple[str, list[str]]], relations: Iterable[tuple[str, int]]
) -> str:
    """Of all that a version of an event says. The other columns say nothing that is not in the documents."""
    return digest([documents, sorted(countries), sorted(relations)])


# Events


def _write_publications(edition: Edition, rendered: Sequence[Rendered], outcome: Outcome) -> None:
    batch = {draft.event.pk: draft for draft in rendered}
    previous = {row.event_id: row for row in Publication.objects.filter(superseded_in=None, event_id__in=batch)}
    before = _public_titles(batch)
    now = {pk: (draft.event.slug, draft.titles) for pk, draft in batch.items()}
    targets = {relation.target_id for draft in rendered for relation in draft.relations}
    titles = _public_titles(targets - batch.keys()) | now
    written: set[int] = set()
    new: list[tuple[Publication, Rendered]] = []
    for pk, draft in batch.items():
        for language, document in draft.documents.items():
            document["relations"] = _relation_entries(
                [(relation.kind, relation.target_id) for relation in draft.relations], titles, language
            )
        fingerprint = _event_digest(
            draft.documents,
            [(entry.actor.code or "", _ways(entry.roles)) for entry in draft.countries],
            [(relation.kind, relation.target_id) for relation in draft.relations],
        )
        last = previous.get(pk)
        if last and not last.withdrawn and last.digest == fingerprint:
            outcome.unchanged.append(draft.event)
            continue
        outcome.published.append(draft.event)
        written.add(pk)
        row = Publication(
            event_id=pk,
            first_published_at=last.first_published_at if last else edition.at,
            digest=fingerprint,
            **edition.stamp(last),
            **draft.columns,
        )
        new.append((row, draft))
    replaced = [previous[pk] for pk in written & previous.keys()]
    _supersede(edition, replaced)
    _write_rows(new)
    tallies.remove(row.pk for row in replaced)
    tallies.add(row.pk for row, _ in new)
    renamed = {pk for pk in written if before.get(pk) != now[pk]}
    _refresh_relations(edition, renamed, written=written)


def _write_rows(new: Sequence[tuple[Publication, Rendered]]) -> None:
    """The rows of new versions: the publications, their documents, countries and relations."""
    for (row, _), pk in zip(new, new_ids(Publication, len(new)), strict=True):
        row.pk = pk
    copy_objects([row for row, _ in new])
    _write_new_texts(new)
    copy_objects(
        [
            PublicationCountry(
                publication=row,
                code=entry.actor.code or "",
                ways=_ways(entry.roles),
                event_id=row.event_id,
                start_min=row.start_min,
                end_max=row.end_max,
            )
            for row, draft in new
            for entry in draft.countries
        ]
    )
    copy_objects(
        [
            PublicationRelation(publication=row, kind=relation.kind, target_id=relation.target_id)
            for row, draft in new
            for relation in draft.relations
        ]
    )


def _write_new_texts(new: Sequence[tuple[Publication, Rendered]]) -> None:
    """The documents, with their search vectors made by the database: one statement for all."""
    rows = [
        {
            "publication_id": row.pk,
            "language": language,
            "title": document["title"],
            "document": dump(_completed(document, row)),
            "configuration": search.configuration(language),
            **search.words_by_weight(_found_by(document, draft.names)),
        }
        for row, draft in new
        for language, document in draft.documents.items()
    ]
    with connection.cursor() as cursor:
        # As JSON, which costs a fraction of what arrays cost to quote.
        cursor.execute(
            f"""
            INSERT INTO timeline_publicationtext (publication_id, language, title, document, search)
            SELECT publication_id, language, title, document, {search.VECTOR}
            FROM json_to_recordset(%s::json) AS new (
                publication_id bigint, language text, title text, document text, configuration text,
                a text, b text, c text, d text
            )
            """,
            [orjson.dumps(rows).decode()],
        )


def _ways(roles: Mapping[Any, set[str]]) -> list[str]:
    """The entries of `PublicationCountry.ways`: each `way:`, each `:role`, and each `way:role`."""
    entries = {f"{way}:" for way in roles}
    for way, names in roles.items():
        entries |= {f":{role}" for role in names} | {f"{way}:{role}" for role in names}
    return sorted(entries)


def _found_by(document: Document, names: list[str]) -> dict[str, list[str]]:
    """The texts that a search finds a document by, by weight."""
    branches = [document["type"], *document.get("topics", [])]
    figures = [figure["label"] for figure in document.get("figures", [])]
    return {
        "A": [document["title"]],
        "B": names,
        "C": [document.get("place", {}).get("name", ""), *(branch["name"] for branch in branches), *figures],
        "D": [document.get("summary", "")],
    }


def _write_texts(texts: Iterable[tuple[Publication, str, Document, Any]]) -> None:
    """`texts` are publications with a language, the document in it, and the search vector that it had."""
    PublicationText.objects.bulk_create(
        PublicationText(
            publication=row,
            language=language,
            title=document["title"],
            search=vector,
            document=dump(_completed(document, row)),
        )
        for row, language, document, vector in texts
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
    return {key: value for key, value in document.items() if key not in ("version", "published_at", "updated_at")}


def timestamp(moment: datetime.datetime) -> str:
    """A moment as documents have it: RFC 3339, UTC, to the microsecond."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _supersede(edition: Edition, rows: Iterable[Publication]) -> None:
    ids = [row.pk for row in rows]
    Publication.objects.filter(pk__in=ids).update(superseded_in=edition.number, superseded_at=edition.at)
    PublicationCountry.objects.filter(publication_id__in=ids).update(current=False)


def _copied(row: Publication) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COPIED}


# Relations

Titles = dict[int, tuple[str, dict[str, str]]]
"""For an event's id, the slug and the titles by language under which it is public."""


def _public_titles(event_ids: Iterable[int]) -> Titles:
    found: Titles = {}
    texts = PublicationText.objects.filter(
        publication__event_id__in=list(event_ids), publication__superseded_in=None, publication__withdrawn=False
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
    naming = list(
        Publication.objects.current()
        .filter(relations__target_id__in=changed)
        .exclude(event_id__in=written)
        .distinct()
        .prefetch_related("texts", "relations", "countries")
    )
    if not naming:
        return
    titles = _public_titles({relation.target_id for row in naming for relation in row.relations.all()})
    new: list[Publication] = []
    texts: list[tuple[Publication, str, Document, Any]] = []
    for row in naming:
        relations = [(relation.kind, relation.target_id) for relation in row.relations.all()]
        documents = {text.language: _uncompleted(load(text.document)) for text in row.texts.all()}
        for language, document in documents.items():
            document["relations"] = _relation_entries(relations, titles, language)
        fingerprint = _event_digest(
            documents, [(country.code, country.ways) for country in row.countries.all()], relations
        )
        new.append(Publication(**_copied(row), **edition.stamp(row), digest=fingerprint))
        texts += [(new[-1], text.language, documents[text.language], text.search) for text in row.texts.all()]
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
