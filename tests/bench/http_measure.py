"""What readers do, over HTTP: requests a second of this API through Granian, and the export of everything."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.bench.commands import memory_peak
from tests.bench.http_load import Load
from tests.bench.queries import COMPRESSED, NOTHING_NEW, PAGE, Request, cases
from tests.bench.rounds import CONNECTIONS, Costs, interleaved, over_http, postmaster, say
from tests.bench.servers import Running, running, this_api
from timeline.caching import dataset_version, etag
from timeline.revalidation import LONGEST

ROUNDS = 3
SECONDS = 2.0
MANY = 32
"""Connections at once, besides `CONNECTIONS`."""

CONSTANT = "a constant of 100 kB"
CONSTANT_LINE = "/api/v1/constant/"
LISTS = (
    PAGE, "any of two countries + 20 years", "all of two countries + 20 years", "no filter", "deep page",
    "type + topic + country", "search (common word)", "search (middling word)", "search (rare word)",
    "search (two words)",
)  # fmt: skip
SUMMARIES = (
    "density, all", "density, 50 months", "density, 150 weeks", "density, 90 days", "density, country (big)",
    "density, country (big), 150 weeks",
    "density, country, 50 months, no highlights", "density, topic, 150 weeks", "density, search (common word)",
    "facets, all", "facets, country (big)", "facets, month", "facets, topic + country",
)  # fmt: skip
REMEMBERED = f"{NOTHING_NEW}, remembered"
"""The same where `timeline.revalidation` has answered each of them before."""
OTHERS = ("count: country (any) from a year on", "detail by slug", NOTHING_NEW, COMPRESSED)


@dataclass(slots=True)
class Export:
    """The export of everything as JSON Lines. Memory is that of all processes of the server together, in MB."""

    records: int
    load: Load
    memory_before: float
    memory_peak: float


@dataclass(slots=True)
class Work:
    """Costs by the name of the question, with one connection, `CONNECTIONS` and `MANY`; and how many differ."""

    events: int
    different: dict[str, int]
    alone: dict[str, Costs]
    some: dict[str, Costs]
    many: dict[str, Costs]
    export: Export


def measure_http(events: int) -> Work:
    """Measures them over the present database."""
    wanted = {case.name: case.requests for case in cases(events) if case.name in (*LISTS, *SUMMARIES, *OTHERS)}
    version = dataset_version()
    above = postmaster()
    connection.close()  # the server is to have the machine for itself
    with tempfile.TemporaryDirectory() as folder, running("this API", this_api, Path(folder) / "api") as server:
        tag = etag(version, f"http://127.0.0.1:{server.port}")
        lines = {name: [line(request, tag) for request in requests] for name, requests in wanted.items()}
        lines[REMEMBERED] = [line.removesuffix(NOT_REMEMBERED) for line in lines[NOTHING_NEW]]
        lines[CONSTANT] = [CONSTANT_LINE]
        some = {name: over_http(server, asked, CONNECTIONS) for name, asked in lines.items()}
        alone = {name: over_http(server, asked, 1) for name, asked in lines.items()}
        many = {name: over_http(server, lines[name], MANY) for name in (PAGE, CONSTANT)}
        # First those at once: one alone would be the first to ask anything of each thread and its database connection.
        with_some = interleaved(some, rounds=ROUNDS, seconds=SECONDS, postmaster=above)
        return Work(
            events,
            {name: len(set(asked)) for name, asked in lines.items()},
            interleaved(alone, rounds=1, seconds=SECONDS, postmaster=above),
            with_some,
            interleaved(many, rounds=ROUNDS, seconds=2 * SECONDS, postmaster=above),
            _export(server),
        )


NOT_REMEMBERED = f"\tAccept: application/json, text/{'x' * LONGEST}"
"""A header with which a request is too long to be remembered."""


def line(request: Request, tag: str = "") -> str:
    """What `http_load` reads; `tag` is that of the present version, for whoever knows it."""
    headers = [f"If-None-Match: {tag}{NOT_REMEMBERED}"] if request.up_to_date else []
    headers += ["Accept-Encoding: gzip"] if request.compressed else []
    return "\t".join([f"/api/v1/{request.path}", *headers])


def _export(server: Running) -> Export:
    records = json.loads(server.get("/api/v1/events/count/"))["count"]
    with memory_peak(server.process.pid) as before:
        over_http(server, ["/api/v1/events/?page_size=1"], 1).load(0.3, 0)
    with memory_peak(server.process.pid) as peak:
        load = over_http(server, ["/api/v1/events/?format=jsonl"], 1).load(0.0, 0)
    say(f"export: {records / load.seconds:,.0f} records a second")
    return Export(records, load, before[0], peak[0])
