"""All that one run measures."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field

from django.db import connection

from tests.bench.growth_measure import Growth
from tests.bench.http_measure import Work
from tests.bench.import_measure import Import
from tests.bench.measure import Measured
from tests.bench.oracle.check import Checked
from tests.bench.pairs import Pair
from tests.bench.peers.measure import Comparison

TUNING = ["shared_buffers", "max_wal_size"]


@dataclass(frozen=True, slots=True)
class Machine:
    """What it ran on."""

    cores: int
    architecture: str
    postgres: str
    tuning: dict[str, str]
    """Those of PostgreSQL's settings that matter most."""
    load: float
    """Processes that wanted to run when it began, on average of a minute."""


def machine(load: float) -> Machine:
    """This one, with the load average when the run began."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [["server_version", *TUNING]]
        )
        said = dict(cursor.fetchall())
    return Machine(os.cpu_count() or 0, platform.machine(), said.pop("server_version"), said, load)


@dataclass(slots=True)
class Size:
    """What was measured at a size; None is a part that was left out, or failed."""

    events: int
    figures: dict[str, float]
    work: Work | None = None
    comparison: Comparison | None = None
    imported: Import | None = None


@dataclass(slots=True)
class Found:
    """Everything. SQL is measured at the largest size only; the oracle checks all sizes and the real events."""

    machine: Machine | None = None
    sizes: list[Size] = field(default_factory=list)
    growth: Growth | None = None
    """From the smallest size to the largest; None where there is one size only."""
    sql: list[Measured] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
