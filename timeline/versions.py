"""New versions of events: what can be made of them before the dataset is locked, and the rows that they become.

Publishers wait for each other at the dataset's row, so whatever takes time is done before: the rows, with their search
vectors, and the JSON, all but for the number and the times of the version.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db.models import DEFERRED

from events.copying import array_text, copy_objects, copy_rows, new_ids
from events.digest import digest
from timeline.documents import FIELDS, Document, Rendered, dump
from timeline.editions import Edition
from timeline.models import Publication, PublicationCountry, PublicationRelation, PublicationText
from timeline.models.publications import NAMES_DIGEST
from timeline.vectors import Found, vectors

UNNUMBERED = '"version":0'

COLUMNS = {
    column.attname: DEFERRED if column.generated else column.get_default()
    for column in Publication._meta.concrete_fields
}
"""Those of a version, in their order, with what a new one has in them."""


class Prepared:
    """A rendered event, ready to become a version once its relations are known."""

    def __init__(self, rendered: Rendered) -> None:
        self.event = rendered.event
        self.titles = rendered.titles
        self.documents = rendered.documents
        self.countries = [(entry.actor.code or "", _ways(entry.roles)) for entry in rendered.countries]
        involvements = sorted(f"{code}:{way}" for code, ways in self.countries for way in ways)
        self.row = _row(
            {
                "event_id": self.event.id,
                **rendered.columns,
                "involvements": involvements,
                "names_digest": digest(sorted(rendered.names))[:NAMES_DIGEST],
            }
        )
        self.relations = [(relation.kind, relation.target_id) for relation in rendered.relations]
        self.found_by = [
            found
            for language, document in rendered.documents.items()
            for found in _found_by(document, language, rendered.names)
        ]
        self.first_slug = self.event.slug
        self.json: dict[str, str] = {}
        if not self.relations:
            self.relate({language: [] for language in self.documents})

    def relate(self, entries: Mapping[str, list[Document]]) -> None:
        """Puts the relations into the documents, by language."""
        for language, document in self.documents.items():
            document["relations"] = entries[language]
            whole = {**document, "version": 0}
            self.json[language] = dump({key: whole[key] for key in FIELDS if key in whole and whole[key] != []})
        self.row.digest = event_digest(self.documents, self.countries, self.relations)

    def is_said_by(self, last: Publication) -> bool:
        """Whether that version says the same, and is found by the same names as far as it knows."""
        same_names = last.names_digest in ("", self.row.names_digest)
        return same_names and last.digest == self.row.digest and not last.withdrawn

    def become(self, edition: Edition, last: Publication | None, first_slug: str) -> None:
        """Makes `row` the version of the edition that follows `last`; the first one of the event had `first_slug`."""
        self.first_slug = first_slug
        self.row.first_published_at = last.first_published_at if last else edition.at
        if self.event.updated_at:
            self.row.drafted_at = self.event.updated_at
        elif last:  # rendered from what is public, with no look at the draft
            self.row.drafted_at = last.draft_edited_at
        self.row.traits = edition.with_block(self.row)
        for column, value in edition.stamp(last).items():
            setattr(self.row, column, value)

    def json_of(self, language: str) -> str:
        """The document as it is stored, once it is known which version it is of."""
        row = self.row
        numbered = self.json[language].replace(UNNUMBERED, f'"version":{row.version}', 1)
        first = f'"first_id":"{self.first_slug}",' if self.first_slug != row.slug else ""
        times = f'"published_at":"{timestamp(row.first_published_at)}","updated_at":"{timestamp(row.published_at)}"'
        return f"{numbered[:-1]},{first}{times}}}"


SEARCHED = 50_000
"""Characters of a summary that a search finds: as many words as a search vector has room for, in each language."""


def prepare(rendered: Iterable[Rendered]) -> list[Prepared]:
    """Events ready to become versions, with their search vectors."""
    prepared = [Prepared(one) for one in rendered]
    made = iter(vectors([found for version in prepared for found in version.found_by]))
    for version in prepared:
        version.row.search = " ".join([next(made) for _ in version.found_by])
    return prepared


def event_digest(
    documents: Mapping[str, Document], countries: Iterable[tuple[str, list[str]]], relations: Iterable[tuple[str, int]]
) -> str:
    """Of all that a version of an event says. The other columns say nothing that is not in the documents."""
    return digest([documents, sorted(countries), sorted(relations)])


def write_versions(new: Sequence[Prepared]) -> None:
    """Writes new versions: the publications, and their documents, countries and relations. Gives each row its id."""
    rows = [version.row for version in new]
    for row, pk in zip(rows, new_ids(Publication, len(rows)), strict=True):
        row.pk = pk
    copy_objects(rows)
    copy_rows(
        PublicationText,
        ["publication_id", "language", "title", "document"],
        (
            (version.row.pk, language, version.titles[language], version.json_of(language))
            for version in new
            for language in version.documents
        ),
    )
    copy_rows(
        PublicationCountry,
        ["publication_id", "code", "ways", "event_id", "start_min", "end_max", "significance", "current"],
        chain.from_iterable(map(_country_rows, new)),
    )
    copy_rows(
        PublicationRelation,
        ["publication_id", "kind", "target_id"],
        ((version.row.pk, kind, target) for version in new for kind, target in version.relations),
    )


def _country_rows(version: Prepared) -> Iterator[tuple[Any, ...]]:
    row = version.row
    days = row.start_min.isoformat(), row.end_max.isoformat()  # once for all; the driver takes more time
    for code, ways in version.countries:
        yield row.pk, code, array_text(ways), row.event_id, *days, row.significance, True


def _row(columns: dict[str, Any]) -> Publication:
    """A version with these columns, in a third of the time that it takes to make one by their names."""
    values: Any = (COLUMNS | columns).values()
    return Publication(*values)


def _ways(roles: Mapping[Any, set[str]]) -> list[str]:
    """The entries of `PublicationCountry.ways`: each `way:`, each `:role`, and each `way:role`."""
    entries = {f"{way}:" for way in roles}
    for way, names in roles.items():
        entries |= {f":{role}" for role in names} | {f"{way}:{role}" for role in names}
    return sorted(entries)


def _found_by(document: Document, language: str, names: list[str]) -> list[Found]:
    """What a search finds a document by. If its summary is in another language than its title, it is as if both were in
    the one, and in the other: so words of either are found, and words of one with words of the other."""
    texts = _texts(document, names)
    of_texts = (document["language"], document.get("summary_language"))
    return [(language, one, texts) for one in of_texts if one]


def _texts(document: Document, names: list[str]) -> dict[str, list[str]]:
    """The texts that a search finds a document by, by weight."""
    branches = [document["type"], *document.get("topics", [])]
    figures = [figure["label"] for figure in document.get("figures", [])]
    return {
        "A": [document["title"]],
        "B": names,
        "C": [document.get("place", {}).get("name", ""), *(branch["name"] for branch in branches), *figures],
        "D": [document.get("summary", "")[:SEARCHED]],
    }


@lru_cache(maxsize=1_000)  # all versions of an edition have the same one
def timestamp(moment: datetime.datetime) -> str:
    """A moment as documents have it: RFC 3339, UTC, to the microsecond."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
