"""A check that `manage.py migrate` and `manage.py check --database default` make."""

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
