"""What was asked of the speed, and whether it is reached: computed from what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.growth_measure import Growth
from tests.bench.http_measure import CONSTANT, LISTS, MANY, SUMMARIES
from tests.bench.measure import Measured
from tests.bench.pairs import Pair
from tests.bench.peers import floor, questions, servers
from tests.bench.percentiles import percentile
from tests.bench.queries import COMPRESSED, NOTHING_NEW, PAGE
from tests.bench.results import Found, Size

TIMES = {
    servers.IN_POSTGREST: 8, servers.NINJA_KEYSET: 27, servers.DRF_KEYSET: 27, servers.SQLALCHEMY: 18,
    servers.BY_HAND: 3.5, servers.DRF_BY_THE_BOOK: 1000, servers.IN_DIRECTUS: 20, floor.NAME: 0.6,
}  # fmt: skip
"""How many times as many requests a second as this peer, for a page by country and date."""

IN_SQL = {
    PAGE: 0.5, "any of two countries + 20 years": 0.5, "all of two countries + 20 years": 0.5,
    "count: country (any) from a year on": 1.0, "density, country, 50 months, no highlights": 1.0,
    "search (rare word)": 10.0, "search (middling word)": 10.0, "search (common word)": 10.0,
    "search (two words)": 10.0,
}  # fmt: skip
"""Milliseconds in the middle, for the slowest query of a request."""

OTHER_FILTERS = 20.0
"""Milliseconds at the 99th percentile, for any other filter or pair of filters."""

NO_FILTERS = ("density", "facets", "window", "count:", "detail", "nothing new", "past state", "type + topic + country")
"""Beginnings of the names of questions that are no list with one or two filters."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What was asked and what was measured, in words; `reached` is None where it could not be told."""

    what: str
    asked: str
    measured: str
    reached: bool | None


def demands(found: Found) -> list[Demand]:
    """All that can be told from what was measured; the largest size counts."""
    return [
        *_of_peers(found.sizes[-1]),
        *_of_growth(found.growth),
        *_of_many(found.sizes[-1]),
        *_of_sql(found.sql),
        *_of_pairs(found.pairs),
        *_of_work(found.sizes[-1]),
        *_of_writing(found.sizes),
        *_of_checks(found),
    ]


def _of_peers(size: Size) -> Iterator[Demand]:
    if size.comparison is None:
        return
    costs = size.comparison.kinds[questions.COUNTRY_AND_DATE].costs
    ours = costs[servers.OURS].rate
    for name, least in TIMES.items():
        asked = f"≥ {least:,g} ×"
        if name in costs:
            ratio = ours / costs[name].rate
            yield Demand(f"page by country + date, beside {name}", asked, f"{ratio:,.2f} ×", ratio >= least)
        else:
            yield Demand(f"page by country + date, beside {name}", asked, "not measured", None)


def _of_growth(found: Growth | None) -> Iterator[Demand]:
    if found is None:
        return
    for name in LISTS:
        what = f"{name}: requests/s at {found.many:,} events / at {found.few:,}"
        yield Demand(what, "≥ 0.8", f"{found.ratio(name):.2f}", found.ratio(name) >= 0.8)


def _of_many(size: Size) -> Iterator[Demand]:
    if size.work is None:
        return
    ours, constant = size.work.many[PAGE].p99, size.work.many[CONSTANT].p99
    quiet = constant < 15
    yield Demand(
        f"p99 of a page by country + date, {MANY} connections",
        "< 40 ms where the constant view has < 15",
        f"{ours:.0f} ms; constant view {constant:.0f} ms",
        ours < 40 if quiet else None,
    )


def _of_sql(found: Sequence[Measured]) -> Iterator[Demand]:
    for case in found:
        p50, p99 = median(case.main), percentile(case.main, 99)
        if case.name in IN_SQL:
            most = IN_SQL[case.name]
            if case.found:
                finding = median(case.found)
                words = f"{finding:.2f} ms in the middle, p99 {percentile(case.found, 99):.2f}"
                yield Demand(f"SQL: {case.name}: which events", f"≤ {most:g} ms", words, finding <= most)
            name = f"{case.name}: with their documents" if case.found else case.name
            words = f"{p50:.2f} ms in the middle, p99 {p99:.2f}"
            yield Demand(f"SQL: {name}", f"≤ {most:g} ms", words, p50 <= most)
        elif not case.name.startswith(NO_FILTERS):
            yield Demand(f"SQL: {case.name}", f"p99 < {OTHER_FILTERS:g} ms", f"p99 {p99:.2f} ms", p99 < OTHER_FILTERS)


def _of_pairs(found: Sequence[Pair]) -> Iterator[Demand]:
    if not found:
        return
    slow = [pair for pair in found if pair.slowest >= OTHER_FILTERS]
    words = f"{len(found) - len(slow)} of {len(found)}; slowest: {found[0].name}, {found[0].slowest:.0f} ms"
    yield Demand("SQL: every pair of filters", f"p99 < {OTHER_FILTERS:g} ms", words, not slow)


def _of_work(size: Size) -> Iterator[Demand]:
    if size.work is None:
        return
    some = size.work.some
    ratio = some[NOTHING_NEW].rate / some[PAGE].rate
    yield Demand("304 beside the page itself", "≥ 2.5 ×", f"{ratio:.2f} ×", ratio >= 2.5)
    for name in SUMMARIES:
        alone = size.work.alone[name]
        words = f"p50 {alone.p50:.0f} ms, p99 {alone.p99:.0f} ms"
        yield Demand(f"HTTP, one connection: {name}", "p99 < 50 ms", words, alone.p99 < 50)
    page, more = median(some[PAGE].app), median(some[COMPRESSED].app) - median(some[PAGE].app)
    yield Demand("compressing a page", "less CPU than the page", f"{more:.2f} ms of {page:.2f} ms", more < page)


def _of_writing(sizes: Sequence[Size]) -> Iterator[Demand]:
    published = [(size.figures["published a second"], size.figures["published, MB"]) for size in sizes]
    imported = [(size.imported.rate, size.imported.done.memory) for size in sizes if size.imported]
    for what, measured in (("events published in bulk", published), ("records imported", imported)):
        if not measured:
            continue
        rate, peaks = measured[-1][0], [peak for _, peak in measured]
        yield Demand(what, "≥ 2,000 a second", f"{rate:,.0f} a second", rate >= 2000)
        if len(peaks) > 1:
            words = ", ".join(f"{peak:,.0f} MB" for peak in peaks)
            yield Demand(f"{what}: memory from small to large", "≤ 1.25 ×", words, peaks[-1] <= 1.25 * peaks[0])


def _of_checks(found: Found) -> Iterator[Demand]:
    for checked in found.checked:
        same = checked.queries - len(checked.differences)
        words = f"{same:,} of {checked.queries:,}"
        yield Demand(f"the oracle's answers, {checked.name}", "all", words, not checked.differences)
