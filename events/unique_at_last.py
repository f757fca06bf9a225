"""Rows that exchange what only one of them can have, such as the two texts of an event their languages.

They are written one after the other, so there are two of a kind meanwhile. The constraints that are to allow that are
`Deferrable.IMMEDIATE`: wherever nobody asks for more, they refuse a row as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction


@contextmanager
def unique_at_last(models_written: Iterable[type[models.Model]]) -> Iterator[None]:
    """Within it rows of these models may repeat each other. Raises IntegrityError if they still do so at its end."""
    names = sorted(
        {
            connection.ops.quote_name(constraint.name)
            for model in models_written
            for constraint in model._meta.total_unique_constraints
            if constraint.deferrable
        }
    )
    with transaction.atomic():  # if it fails, they are as they were
        _set(names, "DEFERRED")
        yield
        _set(names, "IMMEDIATE")


def _set(names: list[str], when: str) -> None:
    if names:
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {', '.join(names)} {when}")
