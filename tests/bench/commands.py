"""This project's commands, each in a process of its own, as an operator runs them: their time and their memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import psutil
from django.conf import settings


@dataclass(frozen=True, slots=True)
class Done:
    """The seconds that a command took, and the most MB of memory that its processes had together."""

    seconds: float
    memory: float


def run(*arguments: str) -> Done:
    """Runs `manage.py` over the present database. Raises `CalledProcessError` if it fails."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", *arguments],
        env={**os.environ, "DATABASE_URL": _url()},
        stdout=sys.stderr,
    )
    with memory_peak(process.pid) as peak:
        code = process.wait()
    if code:
        raise subprocess.CalledProcessError(code, process.args)
    return Done(time.monotonic() - began, peak[0])


def _url() -> str:
    database = settings.DATABASES["default"]
    if given := os.environ.get("DATABASE_URL"):
        return urlsplit(given)._replace(path=f"/{database['NAME']}").geturl()
    return f"postgres://{database['USER']}@{quote(database['HOST'], safe='')}/{database['NAME']}"


@contextmanager
def memory_peak(pid: int) -> Iterator[list[float]]:
    """The most MB of memory that a process and all below it have meanwhile; looked at every half second.

    What several of them share counts once, which to find out takes some milliseconds. Not counted is PostgreSQL.
    """
    root = psutil.Process(pid)
    peak = [0.0]
    done = threading.Event()

    def watch() -> None:
        peak[0] = _memory(root)
        while not done.wait(0.5):
            peak[0] = max(peak[0], _memory(root))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _memory(root: psutil.Process) -> float:
    total = 0
    try:
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in processes:
        try:
            if not process.name().startswith("postgres"):
                info = process.memory_full_info()
                total += getattr(info, "pss", info.rss)  # only Linux tells how much of it is shared
        except psutil.NoSuchProcess:  # it has just ended; the others count
            continue
    return total / 1e6
