"""New versions of events: what can be made of them before the dataset is locked, and the rows that they become.

Publishers wait for each other at the dataset's row, so whatever takes time is done before: the search vectors, and the
JSON but for the number and the times of the version.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection

from events.copying import array_text, copy_objects, copy_rows, new_ids
from timeline import search
from timeline.documents import FIELDS, Document, Rendered, dump
from timeline.editions import digest
from timeline.models import Publication, PublicationCountry, PublicationRelation, PublicationText
from timeline.traits import traits_of
from timeline.vectors import vectors

UNNUMBERED = '"version":0'


class Prepared:
    """A rendered event, ready to become a version once its relations are known."""

    def __init__(self, rendered: Rendered) -> None:
        self.event = rendered.event
        self.titles = rendered.titles
        self.documents = rendered.documents
        self.countries = [(entry.actor.code or "", _ways(entry.roles)) for entry in rendered.countries]
        self.columns = {
            **rendered.columns,
            "involvements": sorted(f"{code}:{way}" for code, ways in self.countries for way in ways),
        }
        self.relations = [(relation.kind, relation.target_id) for relation in rendered.relations]
        self.words = {
            language: search.words_by_weight(_found_by(document, rendered.names))
            for language, document in rendered.documents.items()
        }
        self.vectors: dict[str, str | None] = {}
        """By language; None for a document so long that the database has to make it."""
        self.digest = ""
        self.json: dict[str, str] = {}
        if not self.relations:
            self.relate({language: [] for language in self.documents})

    def relate(self, entries: Mapping[str, list[Document]]) -> None:
        """Puts the relations into the documents, by language."""
        for language, document in self.documents.items():
            document["relations"] = entries[language]
            whole = {**document, "version": 0}
            self.json[language] = dump({key: whole[key] for key in FIELDS if key in whole and whole[key] != []})
        self.digest = event_digest(self.documents, self.countries, self.relations)

    def json_of(self, language: str, row: Publication) -> str:
        """The document as it is stored, of the version that `row` is."""
        numbered = self.json[language].replace(UNNUMBERED, f'"version":{row.version}', 1)
        times = f'"published_at":"{timestamp(row.first_published_at)}","updated_at":"{timestamp(row.published_at)}"'
        return f"{numbered[:-1]},{times}}}"

    def searched(self, row: Publication) -> Iterator[tuple[str, str | None, str]]:
        """For each language, the vector of the words, if it was made here, and that of the traits of `row`."""
        traits = traits_of(row)
        for language in self.documents:
            yield language, self.vectors[language], " ".join([f"'={language}{trait}'" for trait in traits])


def prepare(rendered: Iterable[Rendered]) -> list[Prepared]:
    """Events ready to become versions, with their search vectors."""
    prepared = [Prepared(one) for one in rendered]
    places = [(version, language) for version in prepared for language in version.documents]
    made = vectors([(search.configuration(language), version.words[language]) for version, language in places])
    for (version, language), vector in zip(places, made, strict=True):
        version.vectors[language] = vector
    return prepared


def event_digest(
    documents: Mapping[str, Document], countries: Iterable[tuple[str, list[str]]], relations: Iterable[tuple[str, int]]
) -> str:
    """Of all that a version of an event says. The other columns say nothing that is not in the documents."""
    return digest([documents, sorted(countries), sorted(relations)])


def write_versions(new: Sequence[tuple[Publication, Prepared]]) -> None:
    """Writes new versions: the publications, and their documents, countries and relations. Gives each row its id."""
    for (row, _), pk in zip(new, new_ids(Publication, len(new)), strict=True):
        row.pk = pk
    copy_objects([row for row, _ in new])
    copy_rows(
        PublicationText,
        ["publication_id", "language", "title", "document", "search"],
        (
            (row.pk, language, version.titles[language], version.json_of(language, row), f"{vector} {traits}")
            for row, version in new
            for language, vector, traits in version.searched(row)
            if vector is not None
        ),
    )
    _write_long_texts(new)
    copy_rows(
        PublicationCountry,
        ["publication_id", "code", "ways", "event_id", "start_min", "end_max", "significance", "current"],
        (
            (row.pk, code, array_text(ways), row.event_id, row.start_min, row.end_max, row.significance, True)
            for row, version in new
            for code, ways in version.countries
        ),
    )
    copy_rows(
        PublicationRelation,
        ["publication_id", "kind", "target_id"],
        ((row.pk, kind, target) for row, version in new for kind, target in version.relations),
    )


def _write_long_texts(new: Sequence[tuple[Publication, Prepared]]) -> None:
    """Documents whose search vectors the database has to make: one statement for all."""
    rows = [
        {
            "publication_id": row.pk,
            "language": language,
            "title": version.titles[language],
            "document": version.json_of(language, row),
            "configuration": search.configuration(language),
            **{weight.lower(): " ".join(words) for weight, words in version.words[language].items()},
        }
        for row, version in new
        for language in version.documents
        if version.vectors[language] is None
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
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


@lru_cache(maxsize=1_000)  # all versions of an edition have the same one
def timestamp(moment: datetime.datetime) -> str:
    """A moment as documents have it: RFC 3339, UTC, to the microsecond."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
