"""Answers that take several queries, all of one state of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_state() -> Iterator[None]:
    """All queries within see the same state of the data, so that what they find belongs together."""
    outermost = not connection.in_atomic_block  # tests run in a transaction that has begun already
    with transaction.atomic(savepoint=False):
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
