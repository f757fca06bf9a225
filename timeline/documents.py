"""The JSON documents that readers get, rendered once, when something is published.

Key order and meaning are those of the README. Keys that do not apply are left out; no value is null. `URL_MARK` stands
where the API's base URL belongs, so that one stored document serves behind any host name: JSON escapes control
characters, so a raw U+0001 can only be ours. `with_base_url` puts the URL in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

import orjson
from django.conf import settings

from events.claims import disputed
from events.date_display import display
from events.dates import EdtfDate, parse
from events.fields import parse_or_none, translated
from events.involvement import Affiliations, Involvement, involvement
from events.models import Actor, Event, EventType, Figure, Topic
from timeline.drafts import Draft, Link, Part, Reference, Text
from timeline.text import words_to_find
from timeline.traits import traits_of

URL_MARK = "\x01"
LANGUAGES = [code for code, _ in settings.LANGUAGES]

FIELDS = (
    "id", "url", "version", "type", "title", "summary", "language", "fallback_from", "summary_language", "date",
    "effective", "place", "participants", "countries", "topics", "sources", "relations", "figures", "external_id",
    "disputed", "first_id", "published_at", "updated_at",
)  # fmt: skip
"""The keys that a document of an event can have, in order; `fields=` chooses among them."""

ADDED = {"version", "first_id", "published_at", "updated_at"}
"""Of these keys, those that say which version it is, and nothing of the event."""

Document = dict[str, Any]


def dump(document: Document) -> str:
    """Compact JSON, with `URL_MARK` raw at the start of every URL of ours."""
    return orjson.dumps(document).decode().replace('url":"\\u0001', f'url":"{URL_MARK}')


def load(document: str) -> Document:
    """A stored document back as a dictionary, URLs still marked."""
    loaded: Document = orjson.loads(document.replace(URL_MARK, "\\u0001"))
    return loaded


def with_base_url(document: str, base_url: str) -> str:
    """A stored document as readers get it; `base_url` ends without a slash."""
    return document.replace(URL_MARK, base_url)


def complete(document: str, base_url: str) -> Document:
    """A stored document as a dictionary, with the URLs that readers get."""
    loaded: Document = orjson.loads(with_base_url(document, base_url))
    return loaded


@dataclass(slots=True)
class Rendered:
    """What a publication of an event says: columns for the filters, and a document for each language.

    The documents have neither `relations` nor `ADDED`; publishing adds them.
    """

    event: Event
    columns: dict[str, Any]
    countries: list[Involvement]
    relations: list[Link]
    titles: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    """Every name, in every language, of the participants and of the countries involved: what a search finds it by."""


class Renderer:
    """Renders events and vocabulary entries. Holds what many of them share: the two trees and the memberships."""

    def __init__(
        self,
        types: Mapping[int, Sequence[EventType]],
        topics: Mapping[int, Sequence[Topic]],
        affiliations: Affiliations,
    ) -> None:
        self.types = types
        self.topics = topics
        self.affiliations = affiliations
        self._branches: dict[tuple[type[EventType | Topic], int, str], Document] = {}
        self._names: dict[int, dict[str, None]] = {}

    @classmethod
    def of(cls, drafts: Iterable[Draft]) -> Renderer:
        """For these drafts, with the vocabulary as editors have it now."""
        actors = {part.actor.id: part.actor for draft in drafts for part in draft.participations}
        return cls(EventType.paths(), Topic.paths(), Affiliations.of(actors.values()))

    def render(self, draft: Draft) -> Rendered:
        """The event as drafted now. It must be publishable (`timeline.checks`)."""
        event = draft.event
        when = parse(event.date)
        effective = parse(event.effective) if event.effective else None
        countries = involvement(
            [(participation.actor, participation.role) for participation in draft.participations],
            event.place_country,
            when,
            self.affiliations,
        )
        rendered = Rendered(
            event=event,
            columns=self._columns(draft, when, effective, countries),
            countries=countries,
            relations=draft.relations,
            names=self._names_of(draft.participations, countries),
        )
        same = self._in_any_language(draft, when, rendered)
        for language in LANGUAGES:
            document = self._document(event, when, effective, same, rendered, language)
            rendered.titles[language] = document["title"]
            rendered.documents[language] = document
        return rendered

    def _columns(
        self, draft: Draft, when: EdtfDate, effective: EdtfDate | None, countries: list[Involvement]
    ) -> dict[str, Any]:
        event, participations, sources = draft.event, draft.participations, draft.sources
        topics = {node.slug for topic in draft.topics for node in self.topics[topic.id]}
        roles = {part.role for part in participations} | {f"{part.actor.slug}:{part.role}" for part in participations}
        contradicted = disputed(_claims(source.claims for source in sources)) or disputed(
            _claims(source.claims_effective for source in sources)
        )
        return {
            "slug": event.slug,
            **_days(when, ""),
            "qualified": when.qualified,
            **(_days(effective, "effective_") if effective else {}),
            "effective_qualified": effective.qualified if effective else False,
            "type_path": [node.slug for node in self.types[event.type_id]],
            "topics": sorted(topics),
            "countries_involved": sorted(country.actor.code or "" for country in countries),
            "actors": sorted({part.actor.slug for part in participations}),
            "roles": sorted(roles),
            "place_country": (event.place_country and event.place_country.code) or "",
            "place_words": words_to_find(event.place_name),
            "dataset": (event.external_id or "").partition(":")[0],
            "disputed": contradicted,
            "significance": significance(len(participations), len(countries), len(sources)),
            "traits": traits_of(event.pk, when, effective, disputed=contradicted),
        }

    def _in_any_language(self, draft: Draft, when: EdtfDate, rendered: Rendered) -> _Same:
        event = draft.event
        return _Same(
            texts={text.language: text for text in draft.texts},
            topics=draft.topics,
            figures=draft.figures,
            participants=[(part.actor, self._participant(part, when)) for part in draft.participations],
            countries=[(entry.actor, [str(way) for way in entry.ways]) for entry in rendered.countries],
            document={
                "id": event.slug,
                "url": f"{URL_MARK}/events/{event.slug}/",
                "place": _place(event),
                "sources": [_source(source) for source in draft.sources],
                "external_id": event.external_id,
                "disputed": rendered.columns["disputed"],
            },
        )

    def _document(
        self,
        event: Event,
        when: EdtfDate,
        effective: EdtfDate | None,
        same: _Same,
        rendered: Rendered,
        language: str,
    ) -> Document:
        texts = [same.texts[code] for code in (language, *LANGUAGES) if code in same.texts]
        text, summary = texts[0], next((text for text in texts if text.summary), texts[0])
        return _without_blanks(
            {
                **same.document,
                "type": self._branch(self.types[event.type_id], language),
                "title": text.title,
                "summary": summary.summary,
                "language": text.language,
                "fallback_from": language if text.language != language or summary.language != language else "",
                "summary_language": summary.language if summary.language != text.language else "",
                "date": date(when, language),
                "effective": date(effective, language) if effective else None,
                "participants": [
                    {**part, "name": translated(actor.names, language)} for actor, part in same.participants
                ],
                "countries": [
                    {"code": actor.code, "name": translated(actor.names, language), "via": via}
                    for actor, via in same.countries
                ],
                "topics": sorted(
                    (self._branch(self.topics[topic.id], language) for topic in same.topics),
                    key=lambda topic: topic["path"],
                ),
                "figures": [_figure(figure, language) for figure in same.figures],
            }
        )

    def _branch(self, path: Sequence[EventType | Topic], language: str) -> Document:
        asked = type(path[-1]), path[-1].id, language
        if asked not in self._branches:
            self._branches[asked] = branch(path, language)
        return self._branches[asked]

    def _names_of(self, participations: Iterable[Part], countries: Iterable[Involvement]) -> list[str]:
        found: dict[str, None] = {}
        for actor in [*(part.actor for part in participations), *(country.actor for country in countries)]:
            if actor.id not in self._names:  # `pk` takes several times as long, which counts here
                self._names[actor.id] = dict.fromkeys(names_of(actor))
            found.update(self._names[actor.id])
        found.update((part.name_as_printed, None) for part in participations if part.name_as_printed)
        return list(found)

    def _participant(self, participation: Part, when: EdtfDate) -> Document:
        """All but the name, whose place in the order of the keys is kept."""
        actor = participation.actor
        represents = self.affiliations.represented(actor, when).values()
        return _without_blanks(
            {
                "actor": actor.slug,
                "name": "…",
                "kind": actor.kind,
                "role": participation.role,
                "code": actor.code,
                "name_as_printed": participation.name_as_printed,
                "represents": sorted(state.code or "" for state in represents),
            }
        )


@dataclass(slots=True)
class _Same:
    """What of an event is the same in each language, or is read once for all of them."""

    texts: dict[str, Text]
    topics: list[Topic]
    figures: list[Figure]
    participants: list[tuple[Actor, Document]]
    countries: list[tuple[Actor, list[str]]]
    document: Document


def significance(participants: int, countries: int, sources: int) -> int:
    """How much there is to an event: its participants, the countries it involves and its sources, up to ten of each.

    It decides which few events stand for many; a bloc's dozens of members shall not outweigh everything else.
    """
    return min(participants, 10) + min(countries, 10) + min(sources, 10)


def date(when: EdtfDate, language: str) -> Document:
    """A date as documents give it: the EDTF, the four days, what is known of it, and words."""
    return {
        "edtf": when.text,
        "start": when.start_min.isoformat(),
        "end": when.end_max.isoformat(),
        "start_latest": when.start_max.isoformat(),
        "end_earliest": when.end_min.isoformat(),
        "precision": when.precision,
        "approximate": when.approximate,
        "uncertain": when.uncertain,
        "open": when.open,
        "display": display(when, language),
    }


def branch(path: Sequence[EventType | Topic], language: str) -> Document:
    """A type or topic: its slug, its name, and the slugs from the root down to it."""
    return {
        "id": path[-1].slug,
        "name": translated(path[-1].names, language),
        "path": [node.slug for node in path],
    }


def _days(when: EdtfDate, prefix: str) -> Document:
    return {f"{prefix}{name}": getattr(when, name) for name in ("start_min", "start_max", "end_min", "end_max")}


def _claims(texts: Iterable[str]) -> list[EdtfDate]:
    return [claim for claim in map(parse_or_none, texts) if claim]


def _place(event: Event) -> Document:
    return _without_blanks(
        {
            "name": event.place_name,
            "country": event.place_country and event.place_country.code,
            "latitude": None if event.latitude is None else float(event.latitude),
            "longitude": None if event.longitude is None else float(event.longitude),
        }
    )


def _source(source: Reference) -> Document:
    return _without_blanks(
        {
            "url": source.url,
            "title": source.title,
            "publisher": source.publisher,
            "language": source.language,
            "published": source.published,
            "accessed": source.accessed and source.accessed.isoformat(),
            "official": source.official,
            "claims": source.claims,
            "claims_effective": source.claims_effective,
        }
    )


def _figure(figure: Figure, language: str) -> Document:
    return _without_blanks(
        {
            "label": translated(figure.labels, language),
            "value": number(figure.value),
            "unit": figure.unit,
            "period": figure.period,
            "reporter": figure.reporter and (figure.reporter.code or figure.reporter.slug),
            "partner": figure.partner and (figure.partner.code or figure.partner.slug),
            "source": figure.source and figure.source.url,
        }
    )


def number(value: Decimal) -> int | float:
    """A JSON number: whole where it is whole, and the same when it was read from JSON."""
    if value == value.to_integral_value():
        return int(value)
    nearest = float(value)  # which has no decimals left if there are sixteen digits before them
    return int(nearest) if nearest.is_integer() else nearest


BLANK = (str, list, dict)
"""What says nothing where it is empty."""


def _without_blanks(document: Document) -> Document:
    """Without what does not apply: None, blank texts and empty lists. Zero and False say something and stay."""
    return {
        key: value for key, value in document.items() if value or (value is not None and not isinstance(value, BLANK))
    }


class Named(Protocol):
    """An actor, as far as names go."""

    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def aliases(self) -> Sequence[str]: ...
    @property
    def code(self) -> str | None: ...
    @property
    def alpha3(self) -> str: ...


def names_of(actor: Named) -> list[str]:
    """Every name by which a reader may look an actor up."""
    return list(dict.fromkeys(filter(None, [*actor.names.values(), *actor.aliases, actor.code, actor.alpha3])))
