"""One run: every part of the measurements, at every size. A part that fails is named, and the others go on."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from tests.bench import contents, database
from tests.bench.contents import Contents
from tests.bench.growth_measure import measure_growth
from tests.bench.http_measure import measure_http
from tests.bench.import_measure import measure_import
from tests.bench.measure import Measured, measure_queries
from tests.bench.oracle.check import check
from tests.bench.pairs import measure_pairs, pairs
from tests.bench.peers.measure import compare
from tests.bench.queries import COMPRESSED, cases
from tests.bench.results import Found, Size, machine
from tests.bench.rounds import say

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Sizes, from small to large; parts; of the questions in SQL those with `cases` in their name; oracle queries."""

    sizes: list[int]
    parts: Sequence[str]
    cases: str
    queries: int


def run(wanted: Wanted, *, keep: bool) -> Found:
    """Measures what is wanted."""
    found, load = Found(), os.getloadavg()[0]
    with database.server():
        for events in wanted.sizes:
            measure = partial(_fill_and_measure, found, events, wanted, load, keep=keep)
            _tried(found, f"{events:,} events", measure)
        if "oracle" in wanted.parts:
            check_real = partial(_check_real, found, contents.historyatstate(), wanted.queries, keep=keep)
            _tried(found, "trips and visits of HistoryAtState", check_real)
    return found


def _fill_and_measure(found: Found, events: int, wanted: Wanted, load: float, *, keep: bool) -> None:
    """`load` is the load average when the run began."""
    with database.filled(contents.synthetic(events), keep=keep) as figures:
        found.machine = found.machine or machine(load)
        found.sizes.append(Size(events, figures))
        _measure(found, found.sizes[-1], wanted, keep=keep)


def _measure(found: Found, size: Size, wanted: Wanted, *, keep: bool) -> None:
    """The parts that are wanted, over the present database."""
    events, smallest, largest = size.events, wanted.sizes[0], wanted.sizes[-1]
    if "http" in wanted.parts:
        size.work = _tried(found, f"HTTP, {events:,} events", lambda: measure_http(events))
    if "http" in wanted.parts and events == largest > smallest:
        found.growth = _tried(found, "growth", lambda: measure_growth(smallest, largest, keep=keep))
    if "peers" in wanted.parts:
        size.comparison = _tried(found, f"peers, {events:,} events", lambda: compare(events))
    if "import" in wanted.parts:
        size.imported = _tried(found, f"import, {events:,} events", measure_import)
    if "sql" in wanted.parts and events == largest:
        found.sql = _tried(found, "SQL", lambda: _sql(events, wanted.cases)) or []
    if "pairs" in wanted.parts and events == largest:
        found.pairs = _tried(found, "pairs", lambda: measure_pairs(pairs())) or []
    if "oracle" in wanted.parts:
        _check(found, f"{events:,} synthetic events", wanted.queries)


def _sql(events: int, text: str) -> list[Measured]:
    return measure_queries([case for case in cases(events) if text in case.name and case.name != COMPRESSED])


def _check(found: Found, name: str, queries: int) -> None:
    checked = _tried(found, f"oracle, {name}", lambda: check(name, queries))
    if checked:
        found.checked.append(checked)
        found.failures += [f"oracle, {name}: {difference}" for difference in checked.differences]


def _check_real(found: Found, real: Contents, queries: int, *, keep: bool) -> None:
    if not contents.HISTORYATSTATE.is_dir():
        say(f"There is no {contents.HISTORYATSTATE}: the oracle is not asked about real events.")
        return
    with database.filled(real, keep=keep):
        _check(found, "trips and visits of HistoryAtState", queries)


def _tried(found: Found, part: str, measure: Callable[[], T]) -> T | None:
    """What `measure` gives; if it fails, why goes to the failures."""
    try:
        return measure()
    except Exception as error:
        traceback.print_exc()
        found.failures.append(f"{part}: {error}")
        return None
