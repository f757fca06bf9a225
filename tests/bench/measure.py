"""Asks the views the questions, in this process, and looks at what the database does."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, reset_queries
from django.http import HttpResponseBase
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.bench.finding import finding
from tests.bench.queries import Case, Request
from timeline.caching import dataset_version, etag

LONGEST = 12
"""Seconds that one case may take; a slow one gets fewer values."""


PLANNED = 20


@dataclass(frozen=True, slots=True)
class Scan:
    """How a plan reads a table: the kind of scan, the index (or table), and how many dates bound the range."""

    kind: str
    relation: str
    dates: int

    def __str__(self) -> str:
        return f"{self.kind} {self.relation}{' +date' * self.dates}"


@dataclass(slots=True)
class Measured:
    """Times are milliseconds: of the request's slowest query, of all its queries, and of the whole request; `found` of
    finding the events of a page by country and date without their documents, and nothing for any other."""

    name: str
    example: str
    main: list[float]
    found: list[float]
    queries: int
    database: list[float]
    whole: list[float]
    plan: str
    plans: Counter[tuple[Scan, ...]]
    """How often each way to read the tables was planned, among the first `PLANNED` values."""


def measure_queries(cases: list[Case]) -> list[Measured]:
    """Every case, first once to warm up, then timed."""
    found = []
    for case in cases:
        found.append(_measure(case))
        print(f"{case.name}: {sorted(found[-1].main)[len(found[-1].main) // 2]:.2f} ms", file=sys.stderr, flush=True)
    return found


def _measure(case: Case) -> Measured:
    asks = [asking(request) for request in case.requests]
    began = time.monotonic()
    warm = []
    for ask in asks:
        ask()
        warm.append(ask)
        if time.monotonic() - began > LONGEST / 2:
            break
    main, found, database, whole = [], [], [], []
    for ask in warm:
        with database_times() as times:
            before = time.perf_counter()
            ask()
            whole.append(1000 * (time.perf_counter() - before))
        main.append(1000 * max(times))
        database.append(1000 * sum(times))
        if find := finding(ask):
            find()  # it is prepared
            with database_times() as alone:
                find()
            found += [1000 * taken for taken in alone]
        if time.monotonic() - began > LONGEST:
            break
    plans = Counter(scans(explain(main_query(ask), "")) for ask in warm[:PLANNED])
    plan = explain(main_query(asks[0]), "(ANALYZE, BUFFERS)")
    return Measured(case.name, case.requests[0].path, main, found, len(times), database, whole, plan, plans)


def asking(request: Request) -> Callable[[], HttpResponseBase]:
    """What calls the request's view, and makes sure that its answer is a good one."""
    headers = {"if-none-match": etag(dataset_version(), "http://localhost")} if request.up_to_date else {}
    path = f"/api/v1/{request.path}"
    made = RequestFactory(headers={"host": "localhost"}).get(path, headers=headers)
    view, args, kwargs = resolve(made.path)

    def ask() -> HttpResponseBase:
        response: HttpResponseBase = view(made, *args, **kwargs)
        if response.status_code != (304 if request.up_to_date else 200):
            raise RuntimeError(f"{path} answers {response.status_code}")
        return response

    return ask


@contextmanager
def database_times() -> Iterator[list[float]]:
    """The seconds that each query takes, with its rows being fetched."""
    times: list[float] = []

    def timed(execute: Any, *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            times.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield times


def main_query(ask: Callable[[], HttpResponseBase]) -> str:
    """The slowest query of a request, with its values in it."""
    reset_queries()  # no more than some thousand are remembered
    with CaptureQueriesContext(connection) as captured:
        ask()
    reading = [query for query in captured if query["sql"].lstrip().startswith(("SELECT", "WITH"))]
    return str(max(reading, key=lambda query: float(query["time"]))["sql"])


def explain(query: str, options: str) -> str:
    """The plan of a query."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {options} {query}")
        return "\n".join(row[0] for row in cursor.fetchall())


SCAN = re.compile(
    r"((?:Bitmap |Parallel )?(?:Index Only|Index|Seq) Scan)(?: Backward)? (?:using|on) (\w+).*"
    r"(?:\n\s+Index Cond: (.*))?"
)


def scans(plan: str) -> tuple[Scan, ...]:
    """How a plan reads the tables, from the outside in, each way once."""
    found = [Scan(kind, name, condition.count("start_min")) for kind, name, condition in SCAN.findall(plan)]
    return tuple(dict.fromkeys(scan for scan in found if scan.relation != "timeline_dataset"))
