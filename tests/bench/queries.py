"""The questions that are measured, each with 200 different values where there are that many."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from timeline.pagination import Cursor

VALUES = 200
BIG, MEDIUM, RARE = range(1, 4), range(20, 40), range(180, 201)
"""Ranks of countries; the first takes part in about 30 % of the events, the last in 0.2 %."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader sends: a path below /api/v1/ with its query, and whether it knows the present version."""

    path: str
    up_to_date: bool = False


@dataclass(slots=True)
class Case:
    """A question under a name, asked with several values."""

    name: str
    requests: list[Request] = field(default_factory=list)


class Values:
    """Draws the values; the same ones in every run."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def country(self, ranks: range = range(1, 201)) -> str:
        rank = self.random.choice(ranks) - 1
        return chr(65 + rank // 26) + chr(65 + rank % 26)

    def countries(self, ranks: range, count: int) -> list[str]:
        return [
            chr(65 + rank // 26) + chr(65 + rank % 26) for rank in self.random.sample([r - 1 for r in ranks], count)
        ]

    def year(self, first: int = 1950, last: int = 2026) -> str:
        return str(self.random.randint(first, last))

    def month(self, first: int = 1950, last: int = 2026) -> str:
        return f"{self.year(first, last)}-{self.random.randint(1, 12):02}"

    def day(self, first: int = 1950, last: int = 2026) -> str:
        return f"{self.month(first, last)}-{self.random.randint(1, 28):02}"

    def window(self, days: int) -> dict[str, str | list[str]]:
        first = datetime.date.fromisoformat(self.day(1950, 2020))
        return {"from": first.isoformat(), "to": (first + datetime.timedelta(days=days - 1)).isoformat()}

    def number(self, first: int, last: int) -> int:
        return self.random.randint(first, last)

    def cursor(self, events: int, ordering: str = "-date") -> str:
        day = datetime.date.fromisoformat(self.day(1970, 2000))
        return str(Cursor(ordering, (day, self.number(1, events)), False))


Make = Callable[[Values], dict[str, str | list[str]]]
"""Makes the parameters of a request out of drawn values."""


def cases(events: int) -> list[Case]:
    """All of them, for a database with this many events."""
    lists: dict[str, Make] = {
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
        "no filter": lambda v: {"page_size": str(v.number(40, 60))},
        "deep page": lambda v: {"cursor": v.cursor(events)},
        "deep page of a country (big)": lambda v: {"country": v.country(BIG), "cursor": v.cursor(events)},
        "type + topic + country": lambda v: {
            "type": f"type-{v.number(1, 8)}",
            "topic": f"topic-{v.number(1, 20)}",
            "country": v.country(range(1, 60)),
        },
        "type + topic + country + year": lambda v: {
            "type": f"type-{v.number(1, 8)}",
            "topic": f"topic-{v.number(1, 20)}",
            "country": v.country(range(1, 60)),
            "on": v.year(),
        },
        "topic (common)": lambda v: {"topic": f"topic-{v.number(1, 4)}"},
        "topic (rare)": lambda v: {"topic": f"topic-{v.number(15, 20)}-{v.number(6, 10)}"},
        "actor (common)": lambda v: {"actor": f"actor-{v.number(1, 5)}"},
        "actor (middling)": lambda v: {"actor": f"actor-{v.number(50, 500)}"},
        "actor (rare)": lambda v: {"actor": f"actor-{v.number(15000, 20000)}"},
        "actor (common) in a role": lambda v: {"actor": f"actor-{v.number(1, 5)}", "role": "host"},
        "actor (middling) + month": lambda v: {"actor": f"actor-{v.number(50, 500)}", "on": v.month()},
        "role (half of all)": lambda v: {"role": "host", "page_size": str(v.number(40, 60))},
        "any of two countries": lambda v: {"country": v.countries(range(1, 200), 2)},
        "any of two countries (rare)": lambda v: {"country": v.countries(RARE, 2)},
        "any of two countries + month": lambda v: {"country": v.countries(range(1, 200), 2), "on": v.month()},
        "all of two countries": lambda v: {"country_all": v.countries(range(1, 200), 2)},
        "all of two countries (big)": lambda v: {"country_all": v.countries(BIG, 2)},
        "all of two countries (big, rare)": lambda v: {"country_all": [v.country(BIG), v.country(RARE)]},
        "all of two countries + month": lambda v: {"country_all": v.countries(range(1, 200), 2), "on": v.month()},
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
            "as_of": str(1 + events // 2000),
        },
        "past state (as_of) + country (rare)": lambda v: {"country": v.country(RARE), "as_of": str(1 + events // 2000)},
        "place (country)": lambda v: {"place": v.country()},
        "place (country) + month": lambda v: {"place": v.country(), "on": v.month()},
        "place by name (common)": lambda v: {"place": f"city{v.number(1, 20)}"},
        "place by name (rare)": lambda v: {"place": f"city{v.number(2000, 3000)}"},
        "place by two words": lambda v: {"place": f"city{v.number(1, 3000)} palace"},
        "dataset (large)": lambda v: {"dataset": "large", "page_size": str(v.number(40, 60))},
        "dataset (small) + year": lambda v: {"dataset": "small", "on": v.year()},
        "two datasets": lambda v: {"dataset": ["large", "small"], "page_size": str(v.number(40, 60))},
        "disputed": lambda v: {"disputed": "true", "page_size": str(v.number(40, 60))},
        "disputed + country (medium)": lambda v: {"disputed": "true", "country": v.country(MEDIUM)},
        "search (common word)": lambda v: {"q": f"word{v.number(1, 3)}", "page_size": str(v.number(40, 60))},
        "search (middling word)": lambda v: {"q": f"word{v.number(50, 300)}"},
        "search (rare word)": lambda v: {"q": f"word{v.number(5000, 20000)}"},
        "search (two words)": lambda v: {"q": f"word{v.number(1, 5)} word{v.number(1, 50)}"},
        "search (middling word), by relevance": lambda v: {"q": f"word{v.number(50, 300)}", "ordering": "relevance"},
        "search (common word) + country (medium)": lambda v: {
            "q": f"word{v.number(1, 3)}",
            "country": v.country(MEDIUM),
        },
        "newest change first": lambda v: {"ordering": "-updated", "page_size": str(v.number(40, 60))},
        "newest change first, country (medium)": lambda v: {"ordering": "-updated", "country": v.country(MEDIUM)},
    }
    counts: dict[str, Make] = {
        "count: country (big) + month": lambda v: {"country": v.country(BIG), "on": v.month()},
        "count: country (any) from a year on": lambda v: {"country": v.country(), "from": v.year()},
        "count: country (big)": lambda v: {"country": v.country(BIG)},
        "count: month": lambda v: {"on": v.month()},
        "count: topic (common)": lambda v: {"topic": f"topic-{v.number(1, 4)}"},
    }
    summaries: dict[str, Make] = {
        "density, all": lambda v: {"buckets": str(v.number(40, 60))},
        "density, decades": lambda v: {"buckets": "10", "highlights": str(v.number(1, 5))},
        "density, 50 months": lambda v: {**v.window(1500), "buckets": "60"},
        "density, 150 weeks": lambda v: {**v.window(1050), "buckets": "155"},
        "density, 90 days": lambda v: {**v.window(90), "buckets": "100"},
        "density, country (big)": lambda v: {"country": v.country(BIG)},
        "density, country (big), 150 weeks": lambda v: {"country": v.country(BIG), **v.window(1050), "buckets": "155"},
        "density, topic (common)": lambda v: {"topic": f"topic-{v.number(1, 4)}"},
        "density, topic (common), 150 weeks": lambda v: {
            "topic": f"topic-{v.number(1, 4)}",
            **v.window(1050),
            "buckets": "155",
        },
        "density, country (big) + topic (common)": lambda v: {
            "country": v.country(BIG),
            "topic": f"topic-{v.number(1, 4)}",
        },
        "density, type + role": lambda v: {"type": f"type-{v.number(1, 8)}", "role": "host"},
        "density, search (common word)": lambda v: {"q": f"word{v.number(1, 3)}"},
        "density, certain": lambda v: {"certainty": "certain", **v.window(1500)},
        "density, past state": lambda v: {"as_of": str(1 + events // 2000 + v.number(0, 9))},
    }
    facets: dict[str, Make] = {
        "facets, all": lambda v: {"size": str(v.number(10, 50))},
        "facets, country (big)": lambda v: {"country": v.country(BIG)},
        "facets, country (rare)": lambda v: {"country": v.country(RARE)},
        "facets, month": lambda v: {"on": v.month()},
        "facets, topic + country": lambda v: {"topic": f"topic-{v.number(1, 20)}", "country": v.country(range(1, 60))},
        "facets, search (middling word)": lambda v: {"q": f"word{v.number(50, 300)}"},
    }
    counts |= {
        "count: country (big) + topic (common)": lambda v: {
            "country": v.country(BIG),
            "topic": f"topic-{v.number(1, 4)}",
        },
        "count: search (common word)": lambda v: {"q": f"word{v.number(1, 3)}"},
    }
    found = [Case(name, _requests("events/", name, make)) for name, make in lists.items()]
    found += [Case(name, _requests("events/density/", name, make)) for name, make in summaries.items()]
    found += [Case(name, _requests("events/facets/", name, make)) for name, make in facets.items()]
    windows = {"window, a day": lambda v: v.window(1), "window, five years": lambda v: v.window(1800)}
    found += [Case(name, _requests("events/window/", name, make)) for name, make in windows.items()]
    found += [Case(name, _requests("events/count/", name, make)) for name, make in counts.items()]
    slugs = Values("slugs")
    found.append(Case("detail by slug", [Request(f"events/event-{slugs.number(1, events)}/") for _ in range(VALUES)]))
    same = _requests("events/", "304", lists["country (big) + month"])
    found.append(Case("nothing new (304)", [Request(request.path, up_to_date=True) for request in same]))
    return found


def _requests(path: str, name: str, make: Make) -> list[Request]:
    values = Values(name)
    return [Request(f"{path}?{urlencode(make(values), doseq=True)}") for _ in range(VALUES)]
