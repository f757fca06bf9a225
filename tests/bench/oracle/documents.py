"""All public documents of a dataset version, and which of them fit a query: the definitions of the README in Python.

It knows no more than the documents say, and asks the database one thing: the stem of a word.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
from django.db import connection

Query = Mapping[str, Any]
"""Parameters with their values: a text, or a list of texts where the parameter may be repeated."""

MANY = ("country", "country_all", "involvement", "actor", "role", "type", "topic", "dataset")
SAMPLED = 2_000
"""Documents that are kept as they are, to make queries of."""


@dataclass(frozen=True, slots=True)
class Days:
    """The four days of a date, as ordinals, and whether it is approximate or uncertain."""

    start: int
    start_latest: int
    end_earliest: int
    end: int
    qualified: bool

    @classmethod
    def of(cls, date: Mapping[str, Any]) -> Days:
        start, start_latest = day(date["start"]), day(date["start_latest"])
        end_earliest, end = day(date["end_earliest"]), day(date["end"])
        return cls(start, start_latest, end_earliest, end, date["approximate"] or date["uncertain"])

    def overlaps(self, first: int, last: int, certain: bool) -> bool:
        if certain:
            return not self.qualified and self.start_latest <= last and self.end_earliest >= first
        return self.start <= last and self.end >= first


@dataclass(slots=True)
class Documents:
    """The documents in the order of the export, newest first; a document is known by its place there."""

    ids: list[str] = field(default_factory=list)
    sums: array[int] = field(default_factory=lambda: array("L"))
    """Checksums of the documents."""
    updated: list[str] = field(default_factory=list)
    days: list[Days] = field(default_factory=list)
    effective: dict[int, Days] = field(default_factory=dict)
    ends: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    """Id of a measure → what suspends or withdraws it: the kind, and the document."""
    having: dict[tuple[str, ...], array[int]] = field(default_factory=lambda: defaultdict(lambda: array("L")))
    """A value, such as ("type", "summit") or ("country", "UZ", "bloc", "host") → the documents that have it."""
    timelines: dict[str, set[int]] = field(default_factory=dict)
    sample: list[dict[str, Any]] = field(default_factory=list)
    stems: dict[str, str] = field(default_factory=dict)

    # Reading

    def read(self, lines: Iterable[bytes], names: Mapping[str, Sequence[str]]) -> None:
        """Takes in documents, one a line; `names` are all names of actors, by id, and of countries, by code."""
        random = Random("sample")
        words: dict[str, array[int]] = defaultdict(lambda: array("L"))
        known_days: dict[Days, Days] = {}
        for number, line in enumerate(lines):
            document = orjson.loads(line)
            self.ids.append(document["id"])
            self.sums.append(zlib.crc32(orjson.dumps(document)))
            self.updated.append(document["updated_at"])
            days = Days.of(document["date"])
            self.days.append(known_days.setdefault(days, days))
            for value in set(values_of(document)):
                self.having[value].append(number)
            for word in set(words_of(document, names)):
                words[word].append(number)
            if "effective" in document:
                self.effective[number] = Days.of(document["effective"])
            for relation in document.get("relations", []):
                if relation["kind"] in ("suspends", "withdraws"):
                    self.ends[relation["event"]].append((relation["kind"], number))
            place = number if number < SAMPLED else random.randrange(number + 1)
            if place < SAMPLED:
                self.sample[place : place + 1] = [document]
        self._stem(words)
        for word, found in words.items():
            if self.stems[word]:
                self.having["stem", self.stems[word]].extend(found)

    def _stem(self, words: Iterable[str]) -> None:
        """Learns the English stems of words; of a stop word there is none."""
        new = [word for word in words if word not in self.stems]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, coalesce((tsvector_to_array(to_tsvector('english', word)))[1], '') "
                "FROM unnest(%s::text[]) word",
                [new],
            )
            self.stems |= dict(cursor.fetchall())

    # Answering

    def fitting(self, query: Query) -> list[int]:
        """The documents that fit the filters, in the order of the export."""
        certain = query.get("certainty") == "certain"
        found: set[int] | None = None
        for wanted in self._wanted(query):
            found = wanted if found is None else found & wanted
        numbers: Iterable[int] = range(len(self.ids)) if found is None else sorted(found)
        window = window_of(query)
        if window:
            numbers = [number for number in numbers if self.days[number].overlaps(*window, certain)]
        if "in_force_on" in query:
            asked = day(query["in_force_on"])
            numbers = [number for number in numbers if self._in_force(number, asked, certain)]
        return list(numbers)

    def _wanted(self, query: Query) -> Iterator[set[int]]:
        """For each filter that is no date, the documents that fit it."""
        roles = query.get("role", [])
        country_roles = [] if "actor" in query else roles
        ways = query.get("involvement", [])
        if "country" in query:
            yield set().union(*(self._involving(code, ways, country_roles) for code in query["country"]))
        for code in query.get("country_all", []):
            yield self._involving(code, ways, country_roles)
        if "actor" in query and roles:
            yield self._any(("actor", actor, role) for actor in query["actor"] for role in roles)
        elif "actor" in query:
            yield self._any(("actor", actor) for actor in query["actor"])
        elif roles and not {"country", "country_all"} & query.keys():
            yield self._any(("role", role) for role in roles)
        for name in ("type", "topic", "dataset"):
            if name in query:
                yield self._any((name, value) for value in query[name])
        if "place" in query:
            if query["place"].isupper():
                yield self._any([("place", query["place"])])
            for word in [] if query["place"].isupper() else words_in(query["place"]):
                yield self._any([("place word", word)])
        if "disputed" in query:
            disputed = self._any([("disputed",)])
            yield disputed if query["disputed"] == "true" else set(range(len(self.ids))) - disputed
        if "timeline" in query:
            yield self.timelines[query["timeline"]]
        if "updated_since" in query:
            yield {number for number, at in enumerate(self.updated) if at >= query["updated_since"]}
        for word in query.get("q", "").split():
            plain = word.strip("-*")
            self._stem([plain])
            if word.endswith("*"):
                found = self._with_word_like(plain)
            elif self.stems[plain]:
                found = self._any([("stem", self.stems[plain])])
            else:  # a stop word says nothing
                continue
            yield set(range(len(self.ids))) - found if word.startswith("-") else found

    def _any(self, values: Iterable[tuple[str, ...]]) -> set[int]:
        return set().union(*(self.having[value] for value in values if value in self.having))

    def _involving(self, code: str, ways: Sequence[str], roles: Sequence[str]) -> set[int]:
        if not ways and not roles:
            return self._any([("country", code)])
        return self._any(
            value for value in (("country", code, way, role) for way in ways or WAYS for role in roles or (*ROLES, ""))
        )

    def _with_word_like(self, beginning: str) -> set[int]:
        """What any word that begins so finds, of all words there are: "worki" what "working" finds, "works" too."""
        stems = {stem for word, stem in self.stems.items() if word.startswith(beginning)}
        stems |= {value[1] for value in self.having if value[0] == "stem" and value[1].startswith(beginning)}
        return self._any(("stem", stem) for stem in stems)

    def _in_force(self, number: int, asked: int, certain: bool) -> bool:
        """As the design says it; every date is taken at whichever of its days speaks most for it, or most against."""
        effective = self.effective.get(number)
        if effective is None or not effective.overlaps(asked, asked, certain):
            return False
        for kind, other in self.ends.get(self.ids[number], ()):
            days = self.effective.get(other)
            if kind == "suspends" and days and days.overlaps(asked, asked, not certain):
                return False
            began = days or self.days[other]
            if kind == "withdraws" and (
                began.start <= asked if certain else began.start_latest <= asked and not began.qualified
            ):
                return False
        return True


WAYS = ("participant", "representative", "bloc", "location")
ROLES = ("host", "visitor", "participant", "imposer", "target", "signatory", "mediator", "observer", "speaker")


def values_of(document: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """All values by which filters and facets know a document."""
    parts = document.get("participants", [])
    for slug in document["type"]["path"]:
        yield "type", slug
    for topic in document.get("topics", []):
        for slug in topic["path"]:
            yield "topic", slug
    for part in parts:
        yield "actor", part["actor"]
        yield "actor", part["actor"], part["role"]
        yield "role", part["role"]
    for country in document.get("countries", []):
        code = country["code"]
        yield "country", code
        for way in country["via"]:
            for role in roles_by_way(code, way, parts):
                yield "country", code, way, role
    place = document.get("place", {})
    if "country" in place:
        yield "place", place["country"]
    for word in words_in(place.get("name", "")):
        yield "place word", word
    yield "dataset", document.get("external_id", "").partition(":")[0]
    if document["disputed"]:
        yield ("disputed",)


def roles_by_way(code: str, way: str, parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """The roles of those through whom a country is involved in a way.

    Documents do not say of which bloc it is a member: all blocs that take part are taken.
    """
    if way == "location":
        return [""]
    if way == "participant":
        return [part["role"] for part in parts if part.get("code") == code]
    if way == "representative":
        return [part["role"] for part in parts if code in part.get("represents", [])]
    return [part["role"] for part in parts if part["kind"] == "bloc" and part.get("code") != code]


ABBREVIATION = (
    r"(?<!\w)(?:(?:[A-Z]\. ?)+[A-Z]|(?<!-)[A-Z]{1,5}[-\u2010-\u2013]\d{1,3}|[A-Z]{1,3}(?:&[A-Z]{1,3})+)(?!\w)"
)


def words_of(document: Mapping[str, Any], names: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """All words that a search finds a document by, but numbers."""
    texts = [document["title"], document.get("summary", ""), document.get("place", {}).get("name", "")]
    texts += [branch["name"] for branch in (document["type"], *document.get("topics", []))]
    texts += [figure["label"] for figure in document.get("figures", [])]
    for part in document.get("participants", []):
        texts += [part.get("name_as_printed", ""), *names[part["actor"]]]
    for country in document.get("countries", []):
        texts += names[country["code"]]
    for text in texts:
        abbreviations = re.findall(ABBREVIATION, text)
        words = [*words_in(text), *(re.sub(r"[^A-Z0-9]", "", abbreviation).lower() for abbreviation in abbreviations)]
        yield from (word for word in words if not word.isdecimal())


def words_in(text: str) -> list[str]:
    """The words of a text, without accents and case."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(letter for letter in folded if not unicodedata.combining(letter)))


def window_of(query: Query) -> tuple[int, int] | None:
    """The first and last day asked for, as ordinals."""
    if not {"from", "to", "on"} & query.keys():
        return None
    first, last = query.get("on") or query.get("from"), query.get("on") or query.get("to")
    return bounds(first)[0] if first else 0, bounds(last)[1] if last else datetime.date.max.toordinal()


def bounds(period: str) -> tuple[int, int]:
    """The first and last day of a year, a month or a day."""
    if len(period) == 10:
        return day(period), day(period)
    year, month = int(period[:4]), int(period[5:] or 0)
    following = datetime.date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    return datetime.date(year, month or 1, 1).toordinal(), following.toordinal() - 1


def day(text: str) -> int:
    """The ordinal of a day."""
    return datetime.date.fromisoformat(text).toordinal()
