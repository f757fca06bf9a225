"""The database of the measurements: beside the real one, made, filled and dropped here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from config import embedded
from config.embedded.place import home_folder, server_account
from tests.bench import seed

NAME = "bench_timeline"


@contextmanager
def server(name: str = NAME) -> Iterator[None]:
    """Point the settings to the database `name`, on the server of DATABASE_URL or an embedded one, started here."""
    database = settings.DATABASES["default"]
    database["NAME"] = name
    if settings.EMBEDDED_POSTGRES is None:
        yield
        return
    folder = embedded.choose_folder(settings.BASE_DIR, ".postgres-bench", home=home_folder(), account=server_account())
    process = embedded.Server(folder, database="postgres", tuning=embedded.FAST | memory())
    database["HOST"] = str(folder)
    process.acquire()
    (folder / ".gitignore").write_text("*\n")
    try:
        yield
    finally:
        connections.close_all()
        process.release()


def memory() -> dict[str, str]:
    """What the manual of PostgreSQL recommends for a server: a quarter of the memory; here at most 4 GB."""
    megabytes = min(4096, psutil.virtual_memory().total // 4 // 2**20)
    return {"shared_buffers": f"{megabytes}MB", "effective_cache_size": f"{2 * megabytes}MB"}


@contextmanager
def filled(events: int, *, keep: bool, fill: Callable[[int], None] = seed.fill) -> Iterator[None]:
    """The database with this many events by `fill`; `keep` leaves it there, and takes one that was left."""
    wanted = f"{events} events, made by {_fingerprint()}"
    if _comment() != wanted:
        _drop()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {_name()}")
        call_command("migrate", verbosity=0, interactive=False)
        fill(events)
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON DATABASE {_name()} IS '{wanted}'")
    try:
        yield
    finally:
        connection.close()
        if not keep:
            _drop()


def _name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _fingerprint() -> str:
    """Of everything that decides what is in the database."""
    project = settings.BASE_DIR
    files = [*seed.SQL.glob("*.sql"), *project.glob("*/migrations/*.py"), project / "events" / "synthetic.py"]
    return sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:12]


def _comment() -> str | None:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [_name()])
        row = cursor.fetchone()
    return row[0] if row else None


def _drop() -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {_name()}")
