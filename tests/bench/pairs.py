"""Every pair of filters, with some values: nobody thinks of all that readers ask together.

So a list of questions, however long, has holes; here, what is slow shows by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlencode

from tests.bench.measure import asking, database_times
from tests.bench.percentiles import percentile
from tests.bench.queries import BIG, MEDIUM, RARE, RARE_TYPES, Case, Make, Request, Values, vocabulary

SOME = 12
"""Values of each pair."""

FILTERS: dict[str, Make] = {
    "country (big)": lambda v: {"country": v.country(BIG)},
    "country (medium)": lambda v: {"country": v.country(MEDIUM)},
    "country (rare)": lambda v: {"country": v.country(RARE)},
    "any of two countries": lambda v: {"country": v.countries(range(1, 190), 2)},
    "all of two countries (big)": lambda v: {"country_all": v.countries(range(1, 11), 2)},
    "all of two countries": lambda v: {"country_all": v.countries(range(1, 190), 2)},
    "actor (common)": lambda v: {"actor": v.state(BIG)},
    "actor (middling)": lambda v: {"actor": v.person(BIG)},
    "role": lambda v: {"role": v.role()},
    "type": lambda v: {"type": v.type()},
    "type (rare)": lambda v: {"type": v.random.choice(RARE_TYPES)},
    "topic": lambda v: {"topic": v.topic()},
    "place (country)": lambda v: {"place": v.country()},
    "place by name": lambda v: {"place": v.word(1, 200)},
    "dataset (large)": lambda v: {"dataset": "synthetic"},
    "dataset (small)": lambda v: {"dataset": "curated"},
    "disputed": lambda v: {"disputed": "true"},
    "not disputed": lambda v: {"disputed": "false"},
    "timeline": lambda v: {"timeline": v.timeline()},
    "updated since": lambda v: {"updated_since": v.moment()},
    "common word": lambda v: {"q": v.common_word()},
    "middling word": lambda v: {"q": v.word(50, 300)},
    "rare word": lambda v: {"q": v.word(5000, 20000)},
    "two words": lambda v: {"q": f"{v.common_word()} {v.word(1, 50)}"},
    "in_force_on": lambda v: {"in_force_on": v.day()},
    "in_force_on, certain": lambda v: {"in_force_on": v.day(), "certainty": "certain"},
    "day": lambda v: {"on": v.day()},
    "month": lambda v: {"on": v.month()},
    "20 years": lambda v: v.years(20),
    "20 years, certain": lambda v: {**v.years(20), "certainty": "certain"},
    "from a year on": lambda v: {"from": v.year()},
    "to a year": lambda v: {"to": v.year()},
    # Late enough for all that the other filters name, timelines too: ten thousand events have eight versions, a million
    # have hundreds.
    "past state (as_of)": lambda v: {
        "as_of": str(max(1, v.known.version - v.number(1, 5 if v.known.version > 100 else 1)))
    },
    "oldest first": lambda v: {"ordering": "date"},
    "by relevance": lambda v: {"ordering": "relevance"},
    "newest change first": lambda v: {"ordering": "-updated"},
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two filters; an example; and milliseconds of all queries of a request, with each of some values."""

    name: str
    example: str
    times: list[float]

    @property
    def slowest(self) -> float:
        """The 99th percentile."""
        return percentile(self.times, 99)


def pairs() -> list[Case]:
    """All that can be asked together."""
    known = vocabulary()
    found = []
    for (one, first), (other, second) in combinations(FILTERS.items(), 2):
        values = Values(f"{one} + {other}", known)
        drawn = [(first(values), second(values)) for _ in range(SOME)]
        if not _go_together(*drawn[0]):
            continue
        paths = dict.fromkeys(f"events/?{urlencode({**a, **b}, doseq=True)}" for a, b in drawn)
        found.append(Case(f"{one} + {other}", [Request(path) for path in paths]))
    return found


def _go_together(one: dict[str, str | list[str]], other: dict[str, str | list[str]]) -> bool:
    if set(_meanings(one)) & set(_meanings(other)):
        return False
    both = {**one, **other}
    return both.get("ordering") != "relevance" or "q" in both


def _meanings(parameters: dict[str, str | list[str]]) -> Iterator[str]:
    """The names of parameters, but of those for a window only that it is one."""
    for name in parameters:
        yield "window" if name in ("on", "from", "to") else name


def measure_pairs(cases: list[Case]) -> list[Pair]:
    """Every pair, each request first once to warm up, then timed; the slowest ones first."""
    found = []
    for number, case in enumerate(cases, 1):
        times = []
        for request in case.requests:
            ask = asking(request)
            ask()
            with database_times() as taken:
                ask()
            times.append(1000 * sum(taken))
        slowest = case.requests[times.index(max(times))]
        found.append(Pair(case.name, slowest.path, times))
        print(f"{number}/{len(cases)} {case.name}: {max(times):.2f} ms", file=sys.stderr, flush=True)
    return sorted(found, key=lambda pair: -pair.slowest)
