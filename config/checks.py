"""Checks that `manage.py migrate` and `manage.py check --database default` make, before anything is written."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

OLDEST_POSTGRESQL = 15


@register(Tags.database)
def postgresql_is_new_enough(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each database whose server is too old."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        major = connections[alias].pg_version // 10000  # type: ignore[attr-defined]
        if major < OLDEST_POSTGRESQL:
            problems.append(
                Error(
                    f"The database server is PostgreSQL {major}; {OLDEST_POSTGRESQL} or newer is needed.",
                    hint="Point DATABASE_URL to a newer one, or leave it out to use the embedded PostgreSQL.",
                    id="config.E001",
                )
            )
    return problems


@register(Tags.database)
def database_is_in_utf8(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each database that cannot hold every letter, as LATIN1, or does not know letters, as SQL_ASCII."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database()::text, current_setting('server_encoding')")
            name, encoding = cursor.fetchone()
        if encoding != "UTF8":
            problems.append(
                Error(
                    f"The encoding of the database {name} is {encoding}; UTF8 is needed.",
                    hint=f"Make another one, and point DATABASE_URL to it: createdb -T template0 -E UTF8 {name}_utf8",
                    id="config.E002",
                )
            )
    return problems
