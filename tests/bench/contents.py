"""What the measured databases hold: invented events, or those of HistoryAtState; entered, then published."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from events.models import Event
from tests.bench.commands import run
from timeline.publishing import publish

FIRST_CORRECTED, CORRECTED_EVERY = 51, 100
"""One event in so many was published, then corrected and published again: so there are past states to ask for. None of
them is a measure (`events.synthetic.MEASURE_EVERY`), whose date and effective date belong together."""

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
    figures: dict[str, float] = {}
    # What is there is passed over: the second run only publishes.
    for name, option in (("entered", ["--no-publish"]), ("published", [])):
        done = run("seed_synthetic", str(events), *option)
        figures |= {f"{name} a second": events / done.seconds, f"{name}, MB": done.memory}
    call_command("load_curated", stdout=sys.stderr)
    Event.objects.filter(publications=None).delete()  # peers read the tables of editors, and would show drafts
    correct(events)
    _vacuum()
    return figures


def correct(events: int) -> None:
    """Another year for some events, which come to lie elsewhere in every order."""
    numbers = range(FIRST_CORRECTED, events + 1, CORRECTED_EVERY)
    for first in range(0, len(numbers), 500):
        names = [f"synthetic:{number}" for number in numbers[first : first + 500]]
        corrected = list(Event.objects.filter(external_id__in=names).order_by("id"))
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
