"""What the measured databases hold: invented events, or those of HistoryAtState; entered, then published."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from events.models import Event
from timeline.publishing import publish

CORRECTED_EVERY = 100
"""One event in so many was published, then corrected and published again: so there are past states to ask for."""

HISTORYATSTATE = Path(settings.BASE_DIR).parent / "shared" / "data" / "historyatstate"


@dataclass(frozen=True, slots=True)
class Contents:
    """A database's name, how many events it has (0: as many as the source), and what fills it."""

    name: str
    events: int
    fill: Callable[[], dict[str, float]]
    """Returns figures of the filling, by name."""


def synthetic(events: int) -> Contents:
    """So many invented events, some of them corrected later, and the curated ones."""
    return Contents(f"bench_{events}", events, lambda: _fill_with_synthetic(events))


def historyatstate(folder: Path = HISTORYATSTATE) -> Contents:
    """The trips and visits that the Department of State has published."""
    return Contents("bench_historyatstate", 0, lambda: _fill_with_historyatstate(folder))


def _fill_with_synthetic(events: int) -> dict[str, float]:
    call_command("load_reference", stdout=sys.stderr)
    figures = {}
    # What is there is passed over: the second run only publishes.
    for done, option in (("entered", ["--no-publish"]), ("published", [])):
        with memory_peak() as peak:
            began = time.monotonic()
            call_command("seed_synthetic", str(events), *option, stdout=sys.stderr)
            figures[f"{done} a second"] = events / (time.monotonic() - began)
        figures[f"{done}, MB"] = peak[0]
    call_command("load_curated", stdout=sys.stderr)
    Event.objects.filter(publications=None).delete()  # peers read the tables of editors, and would show drafts
    _correct(events)
    _vacuum()
    return figures


def _correct(events: int) -> None:
    """Another year for some events, which come to lie elsewhere in every order."""
    numbers = range(CORRECTED_EVERY, events + 1, CORRECTED_EVERY)
    for first in range(0, len(numbers), 500):
        names = [f"synthetic:{number}" for number in numbers[first : first + 500]]
        corrected = list(Event.objects.filter(external_id__in=names, effective="").order_by("id"))
        for number, event in enumerate(corrected):
            event.date = str(1950 + number % 70)
            event.save()
        publish(corrected)


def _fill_with_historyatstate(folder: Path) -> dict[str, float]:
    call_command("load_reference", stdout=sys.stderr)
    call_command("import_historyatstate", str(folder), "--publish", "--group-summits", stdout=sys.stderr)
    _vacuum()
    return {}


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def memory_peak(pid: int | None = None) -> Iterator[list[float]]:
    """The most MB of memory that a process, this one if None, and all below it have meanwhile; looked at every 0.1 s.

    Not counted is PostgreSQL, whose processes share most of theirs.
    """
    root = psutil.Process(pid)
    peak = [0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
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
    for process in [root, *root.children(recursive=True)]:
        try:
            if not process.name().startswith("postgres"):
                total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6
