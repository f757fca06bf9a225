"""What was measured, as Markdown."""

from __future__ import annotations

import datetime
import platform
import sys
from collections.abc import Iterator, Sequence
from statistics import median

from config.server import WORKERS, threads
from tests.bench import growth_measure, http_measure
from tests.bench.demands import demands
from tests.bench.growth_measure import Growth
from tests.bench.http_measure import MANY, Work
from tests.bench.measure import Measured
from tests.bench.pairs import FILTERS, SOME, Pair
from tests.bench.peers import measure as peers_measure
from tests.bench.peers import questions, servers
from tests.bench.peers.measure import Comparison
from tests.bench.percentiles import percentile
from tests.bench.results import Found, Size
from tests.bench.rounds import CONNECTIONS, PACE, Costs

SLOWEST = 30
"""Pairs that are listed."""


def report(found: Found) -> str:
    """All of it; what was not measured is left out."""
    sections = [
        _heading(found),
        _demands(found),
        *(_peers(size.comparison) for size in found.sizes if size.comparison),
        *_work([size.work for size in found.sizes if size.work]),
        _growth(found.growth) if found.growth else "",
        _sql(found.sql, found.sizes[-1].events) if found.sql else "",
        _pairs(found.pairs) if found.pairs else "",
        _exports(found.sizes),
        _checked(found),
        "\n".join(["## Failures", "", *(f"- {failure}" for failure in found.failures)]) if found.failures else "",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _heading(found: Found) -> str:
    there = found.machine
    assert there
    quick = f" A quick run, only to try: {PACE.rounds} round of {PACE.seconds:g} s." if PACE.rounds == 1 else ""
    sizes = ", ".join(f"{size.events:,}" for size in found.sizes)
    tuning = ", ".join(f"{name}={value}" for name, value in there.tuning.items())
    return (
        "# Measurements\n\n"
        f"{datetime.date.today()}, `make bench`, {sizes} synthetic events. {there.cores} cores ({there.architecture}), "
        "shared by the server, the load generator, PostgreSQL and whatever else ran: when it began the load average "
        f"was {there.load:.1f}. PostgreSQL {there.postgres} ({tuning}), Python {platform.python_version()} of "
        f"{sys.base_prefix}. "
        f"No answer is cached, but for one row that says so.{quick}\n\n"
        f"{CONNECTIONS} kept-alive connections over loopback, if nothing else is said. Django: Granian, {WORKERS} "
        f"processes of {threads()} threads; FastAPI and Directus: {WORKERS} processes; PostgREST and Datasette: one "
        "process of several threads. Numbers are medians of interleaved rounds; noise = (highest - lowest) / median; "
        "CPU is of each request, in ms; what takes more than two seconds in the middle has one round, and no noise. "
        "Remarks by hand are in NOTES.md."
    )


def _demands(found: Found) -> str:
    answers = {True: "yes", False: "**no**", None: "?"}
    every = demands(found)
    rows = [f"| {each.what} | {each.asked} | {each.measured} | {answers[each.reached]} |" for each in every]
    told = f"Yes: {sum(each.reached is True for each in every)} of {len(every)}."
    return "\n".join(["## Asked and reached", "", told, "", *_head("what", "asked", "measured", "reached"), *rows])


def _peers(found: Comparison) -> str:
    """The table of the peers for a page by country and date, fastest first, and one of their other answers."""
    main = found.kinds[questions.COUNTRY_AND_DATE]
    ours, least = main.costs[servers.OURS].rate, main.costs[peers_measure.CONSTANT].rate
    lines = [
        f"## Peers, {found.events:,} events",
        "",
        f"A page of 50 events ({main.rows:.1f} on average) of a country that takes part itself, in {questions.LONG} "
        "years, newest first, with participants, topics, sources and texts: "
        f"{main.different} different questions; asked = how many of them there was time for. Compared = answers that "
        "were compared with this API's, and are the "
        f"same; there are fewer where {peers_measure.CHECKED:.0f} s were not enough. "
        f"{len(main.costs[servers.OURS].rounds)} rounds of {peers_measure.SECONDS:g} s.",
        "",
        *_head("way", "req/s", "this API is", "to constant", "asked", "noise", "p50 ms", "p99 ms", "CPU app",
               "CPU database", "CPU load", "kB", "compared"),
    ]  # fmt: skip
    for name, costs in sorted(main.costs.items(), key=lambda entry: -entry[1].rate):
        size = f"{main.page_bytes[name] / 1000:.0f}" if name in main.page_bytes else "–"
        lines.append(
            f"| {name} | {costs.rate:,.1f} | {ours / costs.rate:,.2f} × | {costs.rate / least:.2f} "
            f"| {_asked(name, costs, main.different)} | {_noise(costs)} "
            f"| {costs.p50:.1f} | {costs.p99:.1f} | {_middle(costs.app)} | {_middle(costs.database)} "
            f"| {f'{costs.cpu:.2f}' if costs.cpu else '–'} | {size} | {main.same.get(name, '–')} |"
        )
    others = [kind for kind in found.kinds.values() if kind is not main]
    names = [f"{kind.kind} ({kind.different} different)" for kind in others]
    lines += [
        "",
        "Other questions: requests/s, and how many times as many this API answers. "
        f"{peers_measure.OTHER_ROUNDS} rounds of {peers_measure.OTHER_SECONDS:g} s.",
        "",
    ]
    lines += _head("way", *names)
    for name in (servers.OURS, *main.same):
        cells = [
            f"{kind.costs[name].rate:,.1f} ({kind.costs[servers.OURS].rate / kind.costs[name].rate:,.2f} ×"
            f"{_few(kind.costs[name], kind.different)})"
            for kind in others
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", *(f"Not measured: {name}: {reason}." for name, reason in found.left_out.items())]
    return "\n".join(lines).rstrip()


def _asked(name: str, costs: Costs, different: int) -> str:
    """How many different questions; a constant is none."""
    return "–" if name == peers_measure.CONSTANT else f"{min(costs.requests, different):,}"


def _few(costs: Costs, different: int) -> str:
    """How many of the questions there was time for, if not for all."""
    return f", {costs.requests} asked" if costs.requests < different else ""


def _noise(costs: Costs) -> str:
    return "–" if costs.noise is None else f"{costs.noise:.0%}"


def _work(found: Sequence[Work]) -> Iterator[str]:
    """The tables of this API's work: at all sizes, and the largest one closely."""
    if not found:
        return
    large = found[-1]
    sizes = [f"req/s, {work.events:,}" for work in found]
    lines = [
        f"## This API, over HTTP\n\nUp to {http_measure.ROUNDS} rounds of {http_measure.SECONDS:g} s.\n",
        *_head("question", "different", *sizes, "noise", "p50 ms", "p99 ms", "CPU app", "CPU database",
               "alone p50", "alone p99"),
    ]  # fmt: skip
    for name, costs in large.some.items():
        rates = [work.some[name].rate for work in found]
        lines.append(
            f"| {name} | {min(large.different[name], costs.requests)} | {' | '.join(f'{rate:,.0f}' for rate in rates)} "
            f"| {_noise(costs)} | {costs.p50:.1f} | {costs.p99:.1f} "
            f"| {_middle(costs.app)} | {_middle(costs.database)} "
            f"| {large.alone[name].p50:.1f} | {large.alone[name].p99:.1f} |"
        )
    lines.append(
        f"\nAlone = one connection, one round. All but the first columns: {large.events:,} events. Remembered: the "
        "server keeps what it has answered 304 once, as a cache does; all else is answered anew each time."
    )
    yield "\n".join(lines)
    yield "\n".join(
        [
            f"{MANY} connections, {large.events:,} events, rounds of {2 * http_measure.SECONDS:g} s:\n",
            *_head("question", "req/s", "noise", "p50 ms", "p99 ms"),
            *(f"| {name} | {_round_row(costs)} |" for name, costs in large.many.items()),
        ]
    )


def _growth(found: Growth) -> str:
    """The table of few events and many, asked by turns."""
    few, many = f"{found.few:,}", f"{found.many:,}"
    lines = [
        f"## From {few} to {many} events\n\nBoth asked by turns, in the same minutes: "
        f"{growth_measure.ROUNDS} rounds of {growth_measure.SECONDS:g} s for each.\n",
        *_head("question", f"req/s, {few}", "noise", f"req/s, {many}", "noise", "large / small",
               f"CPU app, {few}", many, f"CPU database, {few}", many),
    ]  # fmt: skip
    for name, small in found.with_few.items():
        large = found.with_many[name]
        lines.append(
            f"| {name} | {small.rate:,.0f} | {_noise(small)} | {large.rate:,.0f} | {_noise(large)} "
            f"| {found.ratio(name):.2f} | {_middle(small.app)} | {_middle(large.app)} "
            f"| {_middle(small.database)} | {_middle(large.database)} |"
        )
    return "\n".join(lines)


def _round_row(costs: Costs) -> str:
    return f"{costs.rate:,.0f} | {_noise(costs)} | {costs.p50:.1f} | {costs.p99:.1f}"


def _sql(found: Sequence[Measured], events: int) -> str:
    """The table of times, and what the main query reads."""
    lines = [
        f"## In SQL, {events:,} events",
        "",
        "Milliseconds in one process over different values: of a request's slowest query as the application sees it "
        "(planned, executed, fetched), of all its queries, and of the whole view. Found: which events are on a page by "
        "country and date, without their documents, as `PERFORMANCE.md` measured it. The scans are those of most of 20 "
        "values; `+date` is a bound of the date in the index condition.",
        "",
        *_head("question", "values", "found p50", "slowest p50", "slowest p99", "queries", "all p50", "view p50",
               "it reads"),
    ]  # fmt: skip
    for case in found:
        scans, often = case.plans.most_common(1)[0]
        reads = f"{often}/{case.plans.total()}: {'; '.join(map(str, scans))}"
        lines.append(
            f"| {case.name} | {len(case.main)} | {_middle(case.found)} | {median(case.main):.2f} "
            f"| {percentile(case.main, 99):.2f} | {case.queries} | {median(case.database):.2f} "
            f"| {median(case.whole):.2f} | {reads} |"
        )
    return "\n".join(lines)


def _pairs(found: Sequence[Pair]) -> str:
    """How many pairs of filters take how long, and the slowest ones."""
    limits = (1, 2, 5, 10, 20, 50, 100)
    below = [sum(pair.slowest < limit for pair in found) for limit in limits]
    return "\n".join(
        [
            "## Every pair of filters",
            "",
            f"{len(found)} pairs of {len(FILTERS)} filters and orders, each with up to {SOME} values. Milliseconds of "
            "all queries of a request in SQL, at the 99th percentile: "
            f"{', '.join(f'{count} below {limit}' for count, limit in zip(below, limits, strict=True))}. The slowest:",
            "",
            *_head("pair", "p50", "p99", "slowest example"),
            *(
                f"| {pair.name} | {median(pair.times):.1f} | {pair.slowest:.1f} | `{pair.example}` |"
                for pair in found[:SLOWEST]
            ),
        ]
    )


def plans(found: Found) -> str:
    """A plan for each question in SQL, with what it read."""
    return "\n\n".join(f"### {case.name}\n\n`{case.example}`\n\n```\n{case.plan}\n```" for case in found.sql)


def _exports(sizes: Sequence[Size]) -> str:
    """The filling of the databases, the import, and the export of everything."""
    lines = [
        "## Everything, in and out",
        "",
        "Events or records a second, and MB of memory meanwhile, without PostgreSQL's. Entered: drafts by "
        "`seed_synthetic`; published: by its second run; imported: the records of `export_events`, by `import_events`, "
        "as drafts; exported: over HTTP, by the server.",
        "",
    ]
    lines += _head(
        "events", "entered", "MB", "published", "MB", "imported", "MB", "exported", "MB/s", "MB of the server"
    )
    for size in sizes:
        cells = [f"{size.events:,}"]
        for done in ("entered", "published"):
            cells += [f"{size.figures[f'{done} a second']:,.0f}", f"{size.figures[f'{done}, MB']:,.0f}"]
        into = size.imported
        cells += [f"{into.rate:,.0f}", f"{into.done.memory:,.0f}"] if into else ["–", "–"]
        if size.work:
            out = size.work.export
            rate, megabytes = out.records / out.load.seconds, out.load.bytes / 1e6 / out.load.seconds
            cells += [f"{rate:,.0f}", f"{megabytes:,.1f}", f"{out.memory_before:,.0f} → {out.memory_peak:,.0f}"]
        else:
            cells += ["–", "–", "–"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _checked(found: Found) -> str:
    """What the oracle was asked."""
    lines = ["## Right answers", "", "Random queries, whose answers a slow oracle finds in the export, too.", ""]
    lines += _head("data", "events", "queries", "of them without events", "estimates", "differences")
    for each in found.checked:
        numbers = (each.events, each.queries, each.empty, each.estimates, len(each.differences))
        lines.append(f"| {each.name} | {' | '.join(f'{number:,}' for number in numbers)} |")
    return "\n".join(lines) if found.checked else ""


def _head(*columns: str) -> list[str]:
    return [f"| {' | '.join(columns)} |", "| --- |" + " ---: |" * (len(columns) - 1)]


def _middle(values: list[float]) -> str:
    return f"{median(values):.2f}" if values else "–"
