"""Requests a second through gunicorn: pages, details, nothing new, and beside them a view that does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from tests.bench.queries import Request, cases
from timeline.caching import dataset_version, etag

ROUNDS = 3
SECONDS = 8.0
NAMES = ("country (big) + month", "detail by slug", "nothing new (304)")
FLOOR = "a constant of 90 kB (the floor)"


@dataclass(slots=True)
class Round:
    """What one round gave."""

    requests_a_second: float
    p50: float
    p99: float


def measure_http(events: int) -> dict[str, list[Round]]:
    """Rounds of every kind of request, one kind after another, so that what disturbs the machine disturbs all."""
    kinds = {case.name: case.requests for case in cases(events) if case.name in NAMES}
    kinds[FLOOR] = [Request("constant/")]
    tag = etag(dataset_version())
    connection.close()  # the server is to have the machine for itself
    found: dict[str, list[Round]] = {name: [] for name in kinds}
    with serving() as port:
        for requests in kinds.values():
            _load(port, requests, tag, 1)
        for number in range(ROUNDS):
            for name, requests in kinds.items():
                found[name].append(_load(port, requests, tag, SECONDS))
                print(f"round {number + 1}: {name}: {found[name][-1]}", file=sys.stderr, flush=True)
    return found


@contextmanager
def serving() -> Iterator[int]:
    """The port of a server, which runs meanwhile."""
    environment = {"BENCH_NAME": connection.settings_dict["NAME"], "BENCH_HOST": connection.settings_dict["HOST"]}
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.http_server"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait(timeout=30)


def _load(port: int, requests: list[Request], tag: str, seconds: float) -> Round:
    return load(
        port, [f"/api/v1/{request.path}{f' {tag}' if request.up_to_date else ''}" for request in requests], seconds
    )


def load(port: int, lines: list[str], seconds: float) -> Round:
    """One round of requests, each a path and after a space its If-None-Match."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.http_load", str(port), str(seconds)],
        cwd=settings.BASE_DIR,
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    taken = sorted(json.loads(done.stdout))
    return Round(len(taken) / seconds, taken[len(taken) // 2], taken[int(0.99 * len(taken))])
