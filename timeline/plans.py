"""What the database expects of a query, by its statistics, before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection


class Expected(NamedTuple):
    """How many rows there seem to be, and what finding them should cost."""

    rows: float
    cost: float


def expected(sql: str, params: Sequence[Any]) -> Expected:
    """What the database plans for a query. One query, which takes a fraction of a millisecond."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0][0]["Plan"]
        return Expected(plan["Plan Rows"], plan["Total Cost"])
