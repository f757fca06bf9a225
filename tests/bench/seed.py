"""Fills the database with synthetic events by plain SQL; the same number gives the same events everywhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from timeline import search, tallies
from timeline.models import Publication

SQL = Path(__file__).with_name("sql")
STEPS = ("events", "publications", "countries", "texts", "relations", "versions", "tallies")
"""Files of `sql/`, each run for one batch of event numbers after another; `tallies` are counted as publishing does."""
BATCH = 20_000

TABLES = [
    "events_event",
    *(f"timeline_publication{part}" for part in ("", "text", "country", "relation")),
]

# What costs time for each row. Unique constraints stay: their rows come in order.
INDEXES = """
SELECT format('%%I', indexrelid::regclass), pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique ORDER BY 1
"""
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, format('%%I', conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE (conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[])) AND contype = 'f' ORDER BY 1, 2
"""


def fill(events: int) -> None:
    """Insert `events` published events and all that belongs to them, with progress on stderr."""
    _run("functions")
    _run("vocabulary")
    with without_indexes():
        for step in STEPS:
            began = time.monotonic()
            for first in range(1, events + 1, BATCH):
                last = min(first + BATCH - 1, events)
                if step == "tallies":
                    tallies.count(added=Publication.objects.filter(pk__range=(first, last)))
                else:
                    _run(step, first=first, last=last)
                rate = last / (time.monotonic() - began)
                _say(f"{step}: {last:,} of {events:,} events, {rate:,.0f} a second", end="\r")
            _say("")
            if step == "publications":  # the next steps insert without ids
                _execute("SELECT setval(pg_get_serial_sequence('timeline_publication', 'id'), %s)", [events])
                _execute("SELECT setval(pg_get_serial_sequence('events_event', 'id'), %s)", [events])
                _execute("ANALYZE timeline_publication")
    _execute("INSERT INTO timeline_dataset (id, version, updated_at) VALUES (1, 1 + %s / 1000, now())", [events])
    for table in (*TABLES, "timeline_term", "timeline_tally"):
        _say(f"VACUUM ANALYZE {table}")
        _execute(f"VACUUM (ANALYZE) {table}")


@contextmanager
def without_indexes() -> Iterator[None]:
    """Drop the indexes and foreign keys of the big tables, and make them again behind."""
    foreign_keys = _execute(FOREIGN_KEYS, [TABLES, TABLES])
    indexes = _execute(INDEXES, [TABLES])
    for table, name, _ in foreign_keys:
        _execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        _execute(f"DROP INDEX {name}")
    yield
    _execute("SET maintenance_work_mem = '512MB'")
    for name, definition in indexes:
        _say(f"index {name}")
        _execute(definition)
    for table, name, definition in foreign_keys:
        _execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _run(name: str, **values: int) -> None:
    _execute((SQL / f"{name}.sql").read_text().replace("{TRAIT_WORDS}", search.TRAIT_WORDS), values or None)


def _execute(statement: str, values: object = None) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def _say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)
