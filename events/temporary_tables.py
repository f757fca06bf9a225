"""Tables of this connection alone, for what may be too much for the memory."""

from __future__ import annotations

from django.db import connection


def empty_table(name: str, columns: str) -> None:
    """Makes the temporary table, or empties the one that this connection has already. `columns` is SQL, as in CREATE
    TABLE."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns}); TRUNCATE {name}")
