"""Everything that editors have, exported as JSON Lines, and imported into an empty database."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench import database
from tests.bench.commands import Done, run
from tests.bench.rounds import say


@dataclass(frozen=True, slots=True)
class Import:
    """How many records there were, and what they took."""

    records: int
    done: Done

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.done.seconds


def measure_import() -> Import:
    """Imports what is in the present database; publishes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "everything.jsonl"
        run("export_events", str(file))
        with file.open("rb") as lines:
            records = sum(1 for _ in lines)
        with database.empty():
            done = run("import_events", str(file))
    say(f"import: {records / done.seconds:,.0f} records a second")
    return Import(records, done)
