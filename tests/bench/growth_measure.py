"""How many requests a second are left when there are many more events: few and many asked by turns.

Both numbers come from the same minutes. Measured one after the other, an hour apart, they tell as much about the
machine's other guests as about the number of events.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.bench import contents, database
from tests.bench.http_measure import CONSTANT, CONSTANT_LINE, LISTS, line
from tests.bench.queries import cases
from tests.bench.rounds import Costs, Way, interleaved, over_http, postmaster
from tests.bench.servers import running, this_api

ROUNDS = 5
SECONDS = 2.0


@dataclass(slots=True)
class Growth:
    """Costs by the name of the question, over a database with few events and over one with many."""

    few: int
    many: int
    with_few: dict[str, Costs]
    with_many: dict[str, Costs]

    def ratio(self, name: str) -> float:
        """How much is left of the requests a second that few events allow."""
        return self.with_many[name].rate / self.with_few[name].rate


def measure_growth(few: int, many: int, *, keep: bool) -> Growth:
    """Asks the present database, which has `many` events, and one with `few`, which is made if none was kept."""
    above = postmaster()
    with _ways(many) as over_many, database.filled(contents.synthetic(few), keep=keep), _ways(few) as over_few:
        by_turns: dict[str, Way] = {}
        for name in over_many:
            by_turns |= {_label(few, name): over_few[name], _label(many, name): over_many[name]}
        found = interleaved(by_turns, rounds=ROUNDS, seconds=SECONDS, postmaster=above)
    with_few, with_many = ({name: found[_label(events, name)] for name in over_many} for events in (few, many))
    return Growth(few, many, with_few, with_many)


def _label(events: int, name: str) -> str:
    return f"{events:,} events: {name}"


@contextmanager
def _ways(events: int) -> Iterator[dict[str, Way]]:
    """A server over the present database, and the ways to ask it each question."""
    lines = {case.name: [line(request) for request in case.requests] for case in cases(events) if case.name in LISTS}
    lines[CONSTANT] = [CONSTANT_LINE]
    connection.close()  # the server is to have the machine for itself
    with tempfile.TemporaryDirectory() as folder, running("this API", this_api, Path(folder) / "api") as server:
        yield {name: over_http(server, asked) for name, asked in lines.items()}
