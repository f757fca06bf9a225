"""Asks all peers the same questions: first whether they say the same, then how fast, in interleaved rounds."""

from __future__ import annotations

import http.client
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import psutil
from django.db import connection

from tests.bench import http_measure
from tests.bench.http_measure import Round
from tests.bench.peers import floor, servers, work
from tests.bench.peers.servers import Running

ROUNDS = 3
SECONDS = 5


@dataclass(slots=True)
class Costs:
    """What the rounds of a peer gave, and the milliseconds of CPU for each request."""

    rounds: list[Round] = field(default_factory=list)
    app: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Comparison:
    """Of all peers by name; those that were left out have a reason."""

    events: int
    costs: dict[str, Costs]
    left_out: dict[str, str]
    page_bytes: dict[str, float]
    rows_a_page: float


def compare(events: int) -> Comparison:
    """Raises RuntimeError if a peer answers otherwise than this API."""
    reasons = {peer.name: servers.reason_against(peer) for peer in servers.PEERS}
    left_out = {name: reason for name, reason in reasons.items() if reason}
    pgbench = floor.program()
    if pgbench is None:
        left_out[floor.NAME] = "there is no pgbench here (Debian: postgresql-contrib)"
    asked = work.questions()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # PostgreSQL's programs may run as another account than this one.
        folder.chmod(0o755)
        floor.prepare(asked, folder)
        postmaster = _postmaster()
        with servers.running([peer for peer in servers.PEERS if not reasons[peer.name]], folder) as running:
            connection.close()  # the servers are to have the machine for themselves
            rows, sizes = _check(running, asked)
            found: dict[str, Costs] = {each.peer.name: Costs() for each in running}
            for number in range(ROUNDS):
                for each in running:
                    lines = [each.peer.path(question) for question in asked]
                    _round(found[each.peer.name], each.process.pid, postmaster, _http(each.port, lines))
                    _say(f"round {number + 1}: {each.peer.name}: {found[each.peer.name].rounds[-1]}")
                if pgbench is not None:
                    ask = _pgbench(pgbench, folder)
                    _round(found.setdefault(floor.NAME, Costs()), None, postmaster, ask)
                    _say(f"round {number + 1}: {floor.NAME}: {found[floor.NAME].rounds[-1]}")
    return Comparison(events, found, left_out, sizes, rows)


def _http(port: int, lines: list[str]) -> Callable[[], Round]:
    return lambda: http_measure.load(port, lines, SECONDS)


def _pgbench(program: str, folder: Path) -> Callable[[], Round]:
    return lambda: floor.load(program, folder, SECONDS)


def _check(running: list[Running], asked: list[work.Question]) -> tuple[float, dict[str, float]]:
    """That all say the same to every question. Returns rows on a page, and bytes of a page by peer, on average."""
    wanted: list[list[work.Said]] = []
    sizes = {}
    for each in running:
        bodies = [_get(each.port, each.peer.path(question)) for question in asked]
        sizes[each.peer.name] = mean(map(len, bodies))
        if each.peer.said is None:
            continue
        said = list(map(each.peer.said, bodies))
        wanted = wanted or said
        for question, mine, other in zip(asked, wanted, said, strict=True):
            if mine != other:
                raise RuntimeError(
                    f"{each.peer.name} answers {question} with {len(other)} events, which begin with {other[:2]}; "
                    f"{servers.OURS} with {len(mine)}, which begin with {mine[:2]}."
                )
        _say(f"{each.peer.name}: {len(said)} answers are the same")
    return mean(map(len, wanted)), sizes


def _get(port: int, path: str) -> bytes:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("GET", path)
    response = client.getresponse()
    body = response.read()
    client.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answers {response.status}: {body[:500].decode(errors='replace')}")
    return body


def _round(costs: Costs, app: int | None, postmaster: int | None, ask: Callable[[], Round]) -> None:
    with cpu_times(app) as of_app, cpu_times(postmaster) as of_database:
        done = ask()
    requests = done.requests_a_second * SECONDS
    costs.rounds.append(done)
    for times, into in ((of_app, costs.app), (of_database, costs.database)):
        if times:
            into.append(1000 * times[0] / requests)


@contextmanager
def cpu_times(pid: int | None) -> Iterator[list[float]]:
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


def _postmaster() -> int | None:
    """The first process of the database's server, above the one that answers us; None if it runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    try:
        process = psutil.Process(backend)
    except psutil.NoSuchProcess:
        return None
    return process.ppid() if process.name().startswith("postgres") else None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
