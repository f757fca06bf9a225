"""Rounds of load, interleaved so that what disturbs the machine disturbs all, and the CPU that they cost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

import psutil
from django.conf import settings
from django.db import connection

from tests.bench.http_load import Load
from tests.bench.servers import Running

CONNECTIONS = 8
SLOW = 2_000
"""Milliseconds: what takes so long in the middle gets one round."""


@dataclass(slots=True)
class Pace:
    """How many rounds there are at most, and how many seconds one of them lasts at most."""

    rounds: int = 100
    seconds: float = 100.0


PACE = Pace()
"""A run that only tries whether everything works has few and short ones."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to get answers: `load` measures it for some seconds, from the question with a number on; `pid` is its
    server's, if it has one of its own."""

    load: Callable[[float, int], Load]
    pid: int | None


@dataclass(slots=True)
class Costs:
    """What the rounds gave; `app` and `database` are milliseconds of CPU for each request, one value a round."""

    rounds: list[Load] = field(default_factory=list)
    app: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return median(each.rate for each in self.rounds)

    @property
    def noise(self) -> float | None:
        """How far the rounds lie apart, as a share of the middle one; None of a single one."""
        rates = [each.rate for each in self.rounds]
        return (max(rates) - min(rates)) / self.rate if len(rates) > 1 else None

    @property
    def requests(self) -> int:
        """In all rounds; where they are fewer than the questions, the others were never asked."""
        return sum(each.requests for each in self.rounds)

    @property
    def p50(self) -> float:
        return median(each.p50 for each in self.rounds)

    @property
    def p99(self) -> float:
        return median(each.p99 for each in self.rounds)

    @property
    def cpu(self) -> float:
        """Milliseconds of the load generator for each request."""
        return median(each.cpu for each in self.rounds)


def over_http(server: Running, lines: list[str], connections: int = CONNECTIONS) -> Way:
    """The way through a server: `lines` are as `http_load` reads them."""

    def load(seconds: float, start: int) -> Load:
        numbers = map(str, (server.port, seconds, connections, start))
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.http_load", *numbers],
            cwd=settings.BASE_DIR,
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return Load(**json.loads(done.stdout))

    return Way(load, server.process.pid)


def interleaved(ways: Mapping[str, Way], *, rounds: int, seconds: float, postmaster: int | None) -> dict[str, Costs]:
    """Each way in turn, first for a moment to warm up, then round after round."""
    rounds, seconds = min(rounds, PACE.rounds), min(seconds, PACE.seconds)
    found = {name: Costs() for name in ways}
    for way in ways.values():
        way.load(0.3, 0)
    for number in range(rounds):
        for name, way in ways.items():
            costs = found[name]
            if costs.rounds and costs.rounds[0].p50 > SLOW:
                continue
            with _cpu_times(way.pid) as app, _cpu_times(postmaster) as database:
                done = way.load(seconds, costs.requests)
            costs.rounds.append(done)
            costs.app += [1000 * taken / done.requests for taken in app]
            costs.database += [1000 * taken / done.requests for taken in database]
            say(f"round {number + 1}: {name}: {done.rate:,.1f} a second, p50 {done.p50:.1f} ms, p99 {done.p99:.1f} ms")
    return found


def postmaster() -> int | None:
    """The first process of the database's server, above the one that answers us; None if it runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    try:
        process = psutil.Process(backend)
    except psutil.NoSuchProcess:
        return None
    return process.ppid() if process.name().startswith("postgres") else None


@contextmanager
def _cpu_times(pid: int | None) -> Iterator[list[float]]:
    """The seconds of CPU that a process and all below it take meanwhile; nothing if there is none."""
    taken: list[float] = []
    before = _cpu(pid) if pid is not None else 0.0
    yield taken
    if pid is not None:
        taken.append(_cpu(pid) - before)


def _cpu(pid: int) -> float:
    """So far. What has ended is in the count of its parent."""
    root = psutil.Process(pid)
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def say(text: str) -> None:
    """Tells whoever waits what is going on."""
    print(text, file=sys.stderr, flush=True)
