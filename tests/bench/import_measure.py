"""Everything that editors have, exported as JSON Lines, and imported into an empty database."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from tests.bench import database
from tests.bench.contents import memory_peak
from tests.bench.rounds import say


@dataclass(frozen=True, slots=True)
class Import:
    """How many records there were, the seconds they took, and the MB of memory meanwhile."""

    records: int
    seconds: float
    memory: float

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds


def measure_import() -> Import:
    """Imports what is in the present database; publishes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "everything.jsonl"
        call_command("export_events", str(file), stdout=sys.stderr)
        with file.open("rb") as lines:
            records = sum(1 for _ in lines)
        with database.empty(), memory_peak() as peak:
            began = time.monotonic()
            call_command("import_events", str(file), stdout=sys.stderr)
            done = Import(records, time.monotonic() - began, peak[0])
    say(f"import: {done.rate:,.0f} records a second")
    return done
