"""Somebody else at the database, for tests whose transactions really end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def elsewhere() -> Iterator[Any]:
    """A cursor of a connection of somebody else, in a transaction that ends with this."""
    other: Any = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()
