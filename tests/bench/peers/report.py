"""The comparison as Markdown."""

from __future__ import annotations

import datetime
import os
import platform
from statistics import median

from django.db import connection

from config.server import THREADS, WORKERS
from tests.bench.http_load import CONNECTIONS
from tests.bench.peers import servers
from tests.bench.peers.measure import ROUNDS, SECONDS, Comparison, Costs
from tests.bench.peers.work import QUESTIONS
from tests.bench.report import noise


def peers(found: Comparison) -> str:
    """The table of the peers, fastest first."""
    ours = _rate(found.costs[servers.OURS])
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('shared_buffers')")
        version, buffers = cursor.fetchone()
    lines = [
        f"## Peers, {found.events:,} events",
        "",
        f"{datetime.date.today()}, `python -m tests.bench --only peers --peers {found.events}`. {os.cpu_count()} cores "
        f"({platform.machine()}), shared by servers, load generator, PostgreSQL {version} (shared_buffers={buffers}) "
        f"and whatever else ran: see the noise. Python {platform.python_version()}.",
        "",
        "A page of 50 events of a country that takes part itself, in ten years, newest first, with participants, "
        f"topics, sources and texts; {QUESTIONS} different questions of {found.rows_a_page:.0f} events on average, "
        f"whose answers were compared first and are the same. {CONNECTIONS} connections. Django: {WORKERS} processes "
        f"of {THREADS} threads; FastAPI: {WORKERS} processes; PostgREST and Datasette: one process of several threads. "
        f"Medians of {ROUNDS} interleaved rounds of {SECONDS} s; noise = (highest - lowest) / median; to this API = "
        "req/s / req/s of this API.",
        "",
        "| way | req/s | to this API | noise | p50 ms | p99 ms | CPU ms app | CPU ms database | page kB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, costs in sorted(found.costs.items(), key=lambda entry: -_rate(entry[1])):
        size = f"{found.page_bytes[name] / 1000:.0f}" if name in found.page_bytes else "–"
        lines.append(
            f"| {name} | {_rate(costs):,.1f} | {_rate(costs) / ours:.2f} "
            f"| {noise([each.requests_a_second for each in costs.rounds]):.0%} "
            f"| {median(each.p50 for each in costs.rounds):.1f} | {median(each.p99 for each in costs.rounds):.1f} "
            f"| {_middle(costs.app)} | {_middle(costs.database)} | {size} |"
        )
    lines += ["", *(f"Not measured: {name}: {reason}." for name, reason in found.left_out.items())]
    return "\n".join(lines).rstrip()


def _rate(costs: Costs) -> float:
    return median(each.requests_a_second for each in costs.rounds)


def _middle(values: list[float]) -> str:
    return f"{median(values):.2f}" if values else "–"
