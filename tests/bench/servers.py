"""Servers to be measured: each in a process of its own on a free port of 127.0.0.1."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

Command = Callable[[int, Path], list[str]]
"""What starts a server on a port, with a folder for its files."""


@dataclass(slots=True)
class Running:
    """A server that answers on a port."""

    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> bytes:
        """The body of an answer. Raises RuntimeError if its status is not 200."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        client.request("GET", path)
        response = client.getresponse()
        body = response.read()
        client.close()
        if response.status != 200:
            raise RuntimeError(f"{path} answers {response.status}: {body[:500].decode(errors='replace')}")
        return body


def this_api(port: int, folder: Path) -> list[str]:
    """Starts this project, with the constant view beside it."""
    return [sys.executable, "-m", "tests.bench.django_server", "tests.bench.floor_urls", str(port)]


@contextmanager
def running(name: str, command: Command, folder: Path) -> Iterator[Running]:
    """A server over the present database, with `folder`, which is made, for its files and its log."""
    folder.mkdir()
    port = _free_port()
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(port, folder),
            cwd=settings.BASE_DIR,
            env={**os.environ, **of_database()},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(name, port, process, log)
        yield Running(port, process)
    finally:
        _end(process)


def of_database() -> dict[str, str]:
    """The present database, for environments: name and host, and what libpq and asyncpg connect to it by."""
    database = connection.settings_dict
    said = {"PGUSER": database["USER"], "PGPASSWORD": database["PASSWORD"], "PGPORT": str(database["PORT"] or "")}
    given = {name: value for name, value in said.items() if value}
    return {"BENCH_NAME": database["NAME"], "BENCH_HOST": database["HOST"], **given}


def _end(process: subprocess.Popen[bytes]) -> None:
    """With all below it, which may not end with it."""
    if process.poll() is not None:
        return
    below = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _, left = psutil.wait_procs(below, timeout=5)
    for each in left:
        each.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(name: str, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{name} does not listen on port {port}: {log.read_text()[-2000:]}")
