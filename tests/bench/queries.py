"""The questions that are measured, each with 200 different values where there are that many."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from events.models import Actor, Topic
from events.synthetic import BIGGEST, MEETINGS, OFFICES, OTHERS, invented, person
from timeline.caching import dataset_version
from timeline.filters import ROLES, WAYS
from timeline.models import DatasetVersion, Term
from timeline.pagination import Cursor
from timeline.versions import timestamp

VALUES = 200
BIG, MEDIUM, RARE, ANY = range(1, 4), range(20, 40), range(150, 190), range(1, 190)
"""Ranks of countries; the first takes part in a third of the events, the last in 0.2 %."""
COMMON = ("united", "states", "china", "russia", "visit", "meeting", "minister", "president", "kingdom", "minerals")
"""Words that a tenth to two thirds of the events have; so have the three most frequent invented ones."""
RARE_TYPES = ("founding", "appointment", "deployment", "military-operation", "diplomatic-relations")
"""Types that only curated events have."""
TIMELINES = ("c5-1", "chip-export-controls", "rare-earth-export-controls", "trump-xi")
"""Curated timelines: each a saved filter, which invented events fit too, and hand-picked events."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader sends: a path below /api/v1/ with its query, and whether it knows the present version."""

    path: str
    up_to_date: bool = False
    compressed: bool = False


@dataclass(slots=True)
class Case:
    """A question under a name, asked with several values."""

    name: str
    requests: list[Request] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Codes of countries and slugs to draw from, and the dataset version: what the database at hand has."""

    countries: list[str]
    """In the order of their frequency."""
    slugs: dict[str, str]
    """By code."""
    people: set[str]
    """Slugs of those that take part in public events."""
    types: list[str]
    topics: list[str]
    version: int


def vocabulary() -> Vocabulary:
    """That of the present database."""
    states = Actor.objects.filter(kind=Actor.Kind.STATE, code__regex="^..$").order_by("code")
    slugs = {code or "": slug for code, slug in states.values_list("code", "slug")}
    return Vocabulary(
        [*BIGGEST, *(code for code in slugs if code not in BIGGEST)],
        slugs,
        set(Term.objects.current().filter(kind=Term.Kind.ACTOR, group=Actor.Kind.PERSON).values_list("key", flat=True)),
        [*MEETINGS, *OTHERS, "visit", "trade-measure"],
        list(Topic.objects.order_by("slug").values_list("slug", flat=True)),
        dataset_version(),
    )


class Values:
    """Draws the values; the same ones in every run."""

    def __init__(self, seed: str, known: Vocabulary) -> None:
        self.random = random.Random(seed)
        self.known = known

    def country(self, ranks: range = ANY) -> str:
        return self.known.countries[self.random.choice(ranks) - 1]

    def countries(self, ranks: range, count: int) -> list[str]:
        return [self.known.countries[rank - 1] for rank in self.random.sample(ranks, count)]

    def type(self) -> str:
        return self.random.choice(self.known.types)

    def role(self) -> str:
        return self.random.choice(ROLES)

    def way(self) -> str:
        return self.random.choice(WAYS)

    def topic(self) -> str:
        return self.random.choice(self.known.topics)

    def timeline(self) -> str:
        return self.random.choice(TIMELINES)

    def state(self, ranks: range = ANY) -> str:
        """A state as an actor."""
        return self.known.slugs[self.country(ranks)]

    def person(self, ranks: range = ANY) -> str:
        """Somebody who takes part; of one of these countries, unless chance does not find one soon."""
        drawn = (person(self.random.choice(list(OFFICES)), self.country(ranks), self.number(0, 10)) for _ in range(100))
        return next((slug for slug in drawn if slug in self.known.people), "") or min(self.known.people)

    def word(self, first: int, last: int) -> str:
        """An invented word, of these ranks."""
        return invented(self.number(first, last))

    def common_word(self) -> str:
        return self.random.choice([*COMMON, *map(invented, (1, 2, 3))])

    def year(self, first: int = 1950, last: int = 2026) -> str:
        return str(self.random.randint(first, last))

    def years(self, long: int) -> dict[str, str | list[str]]:
        first = self.number(1970, 2026 - long)
        return {"from": str(first), "to": str(first + long - 1)}

    def month(self, first: int = 1950, last: int = 2026) -> str:
        return f"{self.year(first, last)}-{self.random.randint(1, 12):02}"

    def day(self, first: int = 1950, last: int = 2026) -> str:
        return f"{self.month(first, last)}-{self.random.randint(1, 28):02}"

    def window(self, days: int) -> dict[str, str | list[str]]:
        first = datetime.date.fromisoformat(self.day(1950, 2020))
        return {"from": first.isoformat(), "to": (first + datetime.timedelta(days=days - 1)).isoformat()}

    def number(self, first: int, last: int) -> int:
        return self.random.randint(first, last)

    def past(self) -> str:
        """A dataset version in the middle of all."""
        return str(max(1, self.known.version // 2 - self.number(0, 9)))

    def moment(self) -> str:
        """When a dataset version came to be."""
        at = DatasetVersion.objects.values_list("at", flat=True).get(number=self.number(1, self.known.version))
        return timestamp(at)

    def size(self) -> str:
        """A number of rows, where there is nothing else that could differ."""
        return str(self.number(40, 60))

    def cursor(self, events: int, ordering: str = "-date") -> str:
        day = datetime.date.fromisoformat(self.day(1970, 2000))
        return str(Cursor(ordering, (day, self.number(1, events)), False))


PAGE, NOTHING_NEW, COMPRESSED = "country (big) + 20 years", "nothing new (304)", "country (big) + 20 years, gzip"

Make = Callable[[Values], dict[str, str | list[str]]]
"""Makes the parameters of a request out of drawn values."""


def cases(events: int) -> list[Case]:
    """All of them, for the present database, which has this many events."""
    known = vocabulary()
    lists: dict[str, Make] = {
        PAGE: lambda v: {"country": v.country(range(1, 11)), **v.years(20)},
        "country (big) + month": lambda v: {"country": v.country(BIG), "on": v.month()},
        "country (medium) + month": lambda v: {"country": v.country(MEDIUM), "on": v.month()},
        "country (rare) + month": lambda v: {"country": v.country(RARE), "on": v.month()},
        "country (big) + month, oldest first": lambda v: {
            "country": v.country(BIG),
            "on": v.month(),
            "ordering": "date",
        },
        "country (big) + recent day": lambda v: {"country": v.country(BIG), "on": v.day(2015)},
        "country (medium) + recent day": lambda v: {"country": v.country(MEDIUM), "on": v.day(2015)},
        "country (big) + day long ago": lambda v: {"country": v.country(BIG), "on": v.day(1946, 1960)},
        "country (big) + year": lambda v: {"country": v.country(BIG), "on": v.year()},
        "country (rare) + year": lambda v: {"country": v.country(RARE), "on": v.year()},
        "country (big) from a year on": lambda v: {"country": v.country(BIG), "from": v.year()},
        "country (rare) from a year on": lambda v: {"country": v.country(RARE), "from": v.year()},
        "country (any)": lambda v: {"country": v.country()},
        "country (big), by a way": lambda v: {"country": v.country(BIG), "involvement": "bloc", "on": v.year()},
        "month, no country": lambda v: {"on": v.month()},
        "day, no country": lambda v: {"on": v.day()},
        "month, no country, oldest first": lambda v: {"on": v.month(), "ordering": "date"},
        "no filter": lambda v: {"page_size": v.size()},
        "deep page": lambda v: {"cursor": v.cursor(events)},
        "deep page of a country (big)": lambda v: {"country": v.country(BIG), "cursor": v.cursor(events)},
        "type + topic + country": lambda v: {
            "type": v.type(),
            "topic": v.topic(),
            "country": v.country(range(1, 60)),
        },
        "type + topic + country + year": lambda v: {
            "type": v.type(),
            "topic": v.topic(),
            "country": v.country(range(1, 60)),
            "on": v.year(),
        },
        "type": lambda v: {"type": v.type(), "page_size": v.size()},
        "type (rare)": lambda v: {"type": v.random.choice(RARE_TYPES), "page_size": v.size()},
        "topic": lambda v: {"topic": v.topic(), "page_size": v.size()},
        "topic + month": lambda v: {"topic": v.topic(), "on": v.month()},
        "type + topic": lambda v: {"type": v.type(), "topic": v.topic(), "page_size": v.size()},
        "actor (common)": lambda v: {"actor": v.state(BIG), "page_size": v.size()},
        "actor (middling)": lambda v: {"actor": v.person(BIG), "page_size": v.size()},
        "actor (rare)": lambda v: {"actor": v.person(RARE)},
        "actor (common) in a role": lambda v: {"actor": v.state(BIG), "role": "host", "page_size": v.size()},
        "actor (middling) + month": lambda v: {"actor": v.person(BIG), "on": v.month()},
        "actor (middling) + type": lambda v: {"actor": v.person(BIG), "type": v.type()},
        "actor (rare) + topic": lambda v: {"actor": v.person(RARE), "topic": v.topic()},
        "role (half of all)": lambda v: {"role": "host", "page_size": v.size()},
        "any of two countries + 20 years": lambda v: {"country": v.countries(range(1, 11), 2), **v.years(20)},
        "all of two countries + 20 years": lambda v: {"country_all": v.countries(range(1, 11), 2), **v.years(20)},
        "any of two countries": lambda v: {"country": v.countries(ANY, 2)},
        "any of two countries (rare)": lambda v: {"country": v.countries(RARE, 2)},
        "any of two countries + month": lambda v: {"country": v.countries(ANY, 2), "on": v.month()},
        "all of two countries": lambda v: {"country_all": v.countries(ANY, 2)},
        "all of two countries (big)": lambda v: {"country_all": v.countries(BIG, 2)},
        "all of two countries (big, rare)": lambda v: {"country_all": [v.country(BIG), v.country(RARE)]},
        "all of two countries + month": lambda v: {"country_all": v.countries(ANY, 2), "on": v.month()},
        "country (big) in a role": lambda v: {"country": v.country(BIG), "role": v.role()},
        "country (any) in a role": lambda v: {"country": v.country(), "role": v.role()},
        "country (any), one way": lambda v: {"country": v.country(), "involvement": v.way()},
        "any of two countries in a role": lambda v: {"country": v.countries(ANY, 2), "role": v.role()},
        "all of two countries (big) in a role": lambda v: {"country_all": v.countries(BIG, 2), "role": v.role()},
        "all of two countries in a role": lambda v: {"country_all": v.countries(ANY, 2), "role": v.role()},
        "all of two countries, one way": lambda v: {"country_all": v.countries(ANY, 2), "involvement": v.way()},
        "in_force_on": lambda v: {"in_force_on": v.day()},
        "in_force_on, certain": lambda v: {"in_force_on": v.day(), "certainty": "certain"},
        "in_force_on + country (medium)": lambda v: {"in_force_on": v.day(), "country": v.country(MEDIUM)},
        "certain + country (big) + month": lambda v: {
            "country": v.country(BIG),
            "on": v.month(),
            "certainty": "certain",
        },
        "past state (as_of) + country (big) + month": lambda v: {
            "country": v.country(BIG),
            "on": v.month(),
            "as_of": v.past(),
        },
        "past state (as_of) + country (rare)": lambda v: {"country": v.country(RARE), "as_of": v.past()},
        "place (country)": lambda v: {"place": v.country()},
        "place (country) + month": lambda v: {"place": v.country(), "on": v.month()},
        "place by name (common)": lambda v: {"place": v.word(1, 5)},
        "place by name (rare)": lambda v: {"place": v.word(2000, 3000)},
        "place by two words": lambda v: {"place": f"{v.word(1, 200)} united"},
        "dataset (large)": lambda v: {"dataset": "synthetic", "page_size": v.size()},
        "dataset (small) + year": lambda v: {"dataset": "curated", "on": v.year()},
        "two datasets": lambda v: {"dataset": ["synthetic", "curated"], "page_size": v.size()},
        "disputed": lambda v: {"disputed": "true", "page_size": v.size()},
        "timeline": lambda v: {"timeline": v.timeline(), "page_size": v.size()},
        "timeline + 20 years": lambda v: {"timeline": v.timeline(), **v.years(20)},
        "timeline + country (medium)": lambda v: {"timeline": v.timeline(), "country": v.country(MEDIUM)},
        "disputed + country (medium)": lambda v: {"disputed": "true", "country": v.country(MEDIUM)},
        "search (common word)": lambda v: {"q": v.common_word(), "page_size": v.size()},
        "search (middling word)": lambda v: {"q": v.word(50, 300)},
        "search (rare word)": lambda v: {"q": v.word(5000, 20000)},
        "search (two words)": lambda v: {"q": f"{v.common_word()} {v.word(1, 50)}"},
        "search (middling word), by relevance": lambda v: {"q": v.word(50, 300), "ordering": "relevance"},
        "search (common word) + country (medium)": lambda v: {
            "q": v.common_word(),
            "country": v.country(MEDIUM),
        },
        "search (common word) + 20 years": lambda v: {"q": v.common_word(), **v.years(20)},
        "search (two words) + 20 years": lambda v: {"q": f"{v.common_word()} {v.word(1, 50)}", **v.years(20)},
        "search (middling word), oldest first": lambda v: {"q": v.word(50, 300), "ordering": "date"},
        "search (common word) + role": lambda v: {"q": v.common_word(), "role": v.role()},
        "search (common word) + in_force_on": lambda v: {"q": v.common_word(), "in_force_on": v.day()},
        "type + 20 years": lambda v: {"type": v.type(), **v.years(20)},
        "topic, oldest first": lambda v: {"topic": v.topic(), "ordering": "date"},
        "certain, from a year on": lambda v: {"certainty": "certain", "from": v.year()},
        "country (big) + place": lambda v: {"country": v.country(BIG), "place": v.country()},
        "country (big) + in_force_on": lambda v: {"country": v.country(BIG), "in_force_on": v.day()},
        "newest change first": lambda v: {"ordering": "-updated", "page_size": v.size()},
        "newest change first, country (medium)": lambda v: {"ordering": "-updated", "country": v.country(MEDIUM)},
    }
    counts: dict[str, Make] = {
        "count: country (big) + month": lambda v: {"country": v.country(BIG), "on": v.month()},
        "count: country (any) from a year on": lambda v: {"country": v.country(), "from": v.year()},
        "count: country (big)": lambda v: {"country": v.country(BIG)},
        "count: month": lambda v: {"on": v.month()},
        "count: topic": lambda v: {"topic": v.topic()},
    }
    summaries: dict[str, Make] = {
        "density, all": lambda v: {"buckets": v.size()},
        "density, decades": lambda v: {"buckets": "10", "highlights": str(v.number(1, 5))},
        "density, 50 months": lambda v: {**v.window(1500), "buckets": "60"},
        "density, 150 weeks": lambda v: {**v.window(1050), "buckets": "155"},
        "density, 90 days": lambda v: {**v.window(90), "buckets": "100"},
        "density, country (big)": lambda v: {"country": v.country(BIG), "buckets": v.size()},
        "density, country, 50 months, no highlights": lambda v: {
            "country": v.country(),
            **v.window(1500),
            "buckets": "60",
            "highlights": "0",
        },
        "density, country (big), 150 weeks": lambda v: {"country": v.country(BIG), **v.window(1050), "buckets": "155"},
        "density, topic": lambda v: {"topic": v.topic()},
        "density, topic, 150 weeks": lambda v: {
            "topic": v.topic(),
            **v.window(1050),
            "buckets": "155",
        },
        "density, country (big) + topic": lambda v: {
            "country": v.country(BIG),
            "topic": v.topic(),
        },
        "density, type + role": lambda v: {"type": v.type(), "role": "host"},
        "density, search (common word)": lambda v: {"q": v.common_word()},
        "density, certain": lambda v: {"certainty": "certain", **v.window(1500)},
        "density, past state": lambda v: {"as_of": v.past()},
    }
    facets: dict[str, Make] = {
        "facets, all": lambda v: {"size": str(v.number(10, 50))},
        "facets, country (big)": lambda v: {"country": v.country(BIG), "size": str(v.number(10, 50))},
        "facets, country (rare)": lambda v: {"country": v.country(RARE)},
        "facets, month": lambda v: {"on": v.month()},
        "facets, topic + country": lambda v: {"topic": v.topic(), "country": v.country(range(1, 60))},
        "facets, search (middling word)": lambda v: {"q": v.word(50, 300)},
    }
    counts |= {
        "count: country (big) + topic": lambda v: {
            "country": v.country(BIG),
            "topic": v.topic(),
        },
        "count: search (common word)": lambda v: {"q": v.common_word()},
    }
    windows: dict[str, Make] = {
        "window, a day": lambda v: v.window(1),
        "window, five years": lambda v: v.window(1800),
        "window, search (common word) + country (medium), five years": lambda v: {
            "q": v.common_word(),
            "country": v.country(MEDIUM),
            **v.window(1800),
        },
    }
    found = []
    for path, makes in (
        ("", lists), ("density/", summaries), ("facets/", facets), ("window/", windows), ("count/", counts)
    ):  # fmt: skip
        found += [Case(name, _requests(f"events/{path}", name, make, known)) for name, make in makes.items()]
    slugs = Values("slugs", known)
    details = [Request(f"events/synthetic-{slugs.number(1, events)}/") for _ in range(VALUES)]
    same = _requests("events/", "304", lists[PAGE], known)
    return [
        *found,
        Case("detail by slug", details),
        Case(NOTHING_NEW, [replace(request, up_to_date=True) for request in same]),
        Case(COMPRESSED, [replace(request, compressed=True) for request in same]),
    ]


def _requests(path: str, name: str, make: Make, known: Vocabulary) -> list[Request]:
    """`VALUES` different ones, or as many as chance finds soon."""
    values = Values(name, known)
    drawn = (Request(f"{path}?{urlencode(make(values), doseq=True)}") for _ in range(10 * VALUES))
    return list(dict.fromkeys(drawn))[:VALUES]
