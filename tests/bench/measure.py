"""Asks the views the questions, in this process, and looks at what the database does."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponseBase
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.bench.queries import Case, Request
from timeline.caching import dataset_version, etag

LONGEST = 30
"""Seconds that one case may take; a slow one gets fewer values."""


@dataclass(slots=True)
class Measured:
    """Times are milliseconds: of the request's main query, of all its queries, and of the whole request."""

    name: str
    example: str
    main: list[float]
    queries: int
    database: list[float]
    whole: list[float]
    plan: str

    @property
    def scans(self) -> list[tuple[str, str]]:
        """How the tables are read, from the outside in: kind of scan and name of the index or table, each once."""
        pattern = r"((?:Bitmap |Parallel )?(?:Index Only|Index|Seq|Heap) Scan)(?: Backward)? (?:using|on) (\w+)"
        return list(dict.fromkeys(re.findall(pattern, self.plan)))

    def condition(self, index: str) -> str:
        """The Index Cond of the scan of `index`, or nothing if the plan has no such scan or condition."""
        found = re.search(rf"Scan .*\b{index}\b.*\n(?:\s+Index Cond: (.*))?", self.plan)
        return (found and found[1]) or ""


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
    main, database, whole = [], [], []
    for ask in warm:
        with database_times() as times:
            before = time.perf_counter()
            ask()
            whole.append(1000 * (time.perf_counter() - before))
        main.append(1000 * times[-1])
        database.append(1000 * sum(times))
        if time.monotonic() - began > LONGEST:
            break
    with CaptureQueriesContext(connection) as captured:
        asks[0]()
    plan = explain(captured[-1]["sql"])
    return Measured(case.name, case.requests[0].path, main, len(captured), database, whole, plan)


def asking(request: Request) -> Callable[[], HttpResponseBase]:
    """What calls the request's view, and makes sure that its answer is a good one."""
    headers = {"if-none-match": etag(dataset_version())} if request.up_to_date else {}
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


def explain(query: str) -> str:
    """The plan, as it was executed."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query}")
        return "\n".join(row[0] for row in cursor.fetchall())
