"""The databases of the measurements: beside the real one, made, filled and dropped here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from config import embedded
from config.embedded.place import home_folder, server_account
from tests.bench.contents import Contents
from tests.bench.warming import warm

DECIDING = (
    "requirements.txt", "config/settings.py", "config/embedded/*.py", "config/postgresql/*.py", "events/**/*.py",
    "events/data/**/*.json", "timeline/*.py", "timeline/management/**/*.py", "timeline/migrations/*.py",
    "timeline/models/*.py", "timeline/data/*.json", "tests/bench/contents.py", "tests/bench/database.py",
)  # fmt: skip
"""The files that decide what is in a database, or how long it takes to fill it: all but what only answers readers."""


@contextmanager
def server() -> Iterator[None]:
    """The server of DATABASE_URL, or an embedded one, started here, which the settings point to meanwhile."""
    if settings.EMBEDDED_POSTGRES is None:
        yield
        return
    folder = embedded.choose_folder(settings.BASE_DIR, ".postgres-bench", home=home_folder(), account=server_account())
    process = embedded.Server(folder, database="postgres", tuning=embedded.FAST | memory())
    settings.DATABASES["default"]["HOST"] = str(folder)
    process.acquire()
    (folder / ".gitignore").write_text("*\n")
    try:
        yield
    finally:
        connections.close_all()
        process.release()


def memory() -> dict[str, str]:
    """What the manual of PostgreSQL recommends for a server: a quarter of the memory; here at most 4 GB.

    And for bulk loading (14.4.6) fewer checkpoints: at every gigabyte of WAL, the default, one would come every 20
    seconds, and writing down the same pages of the indexes again would take a tenth of the processors.
    """
    megabytes = min(4096, psutil.virtual_memory().total // 4 // 2**20)
    return {
        "shared_buffers": f"{megabytes}MB",
        "effective_cache_size": f"{2 * megabytes}MB",
        "max_wal_size": f"{2 * megabytes}MB",
    }


@contextmanager
def filled(contents: Contents, *, keep: bool) -> Iterator[dict[str, float]]:
    """Points the settings to a database with these contents, and then back; gives the figures of its filling.

    `keep` leaves it there, and takes one that was left.
    """
    before = _name()
    connection.close()
    settings.DATABASES["default"]["NAME"] = contents.name
    try:
        made_by = _fingerprint()
        said = _comment()
        if said is None or said["made by"] != made_by:
            _make()
            said = {"made by": made_by, "figures": contents.fill()}
            with connection.cursor() as cursor:
                cursor.execute(f"COMMENT ON DATABASE {contents.name} IS '{json.dumps(said)}'")
        warm()
        yield said["figures"]
    finally:
        connection.close()
        if not keep:
            _drop()
        settings.DATABASES["default"]["NAME"] = before


@contextmanager
def empty() -> Iterator[None]:
    """Points the settings to a database with nothing in it, which is dropped in the end, and then back."""
    before = _name()
    connection.close()
    settings.DATABASES["default"]["NAME"] = f"{before}_empty"
    try:
        _make()
        yield
    finally:
        connection.close()
        _drop()
        settings.DATABASES["default"]["NAME"] = before


def _make() -> None:
    _drop()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {_name()}")
    call_command("migrate", verbosity=0, interactive=False)


def _name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _fingerprint() -> str:
    """Of everything that decides what is in a database, or how long it takes to fill it."""
    files = sorted(file for pattern in DECIDING for file in settings.BASE_DIR.glob(pattern))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _comment() -> dict[str, Any] | None:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [_name()])
        row = cursor.fetchone()
    return json.loads(row[0]) if row and row[0] else None


def _drop() -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {_name()} WITH (FORCE)")
