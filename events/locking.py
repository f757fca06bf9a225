"""Who waits for whom, in one order for all, so that nobody waits in a circle.

A transaction locks the events that it changes in the order of their ids, and several people may do so at once. An
import that is one transaction as a whole (a preview, or one in the admin) cannot: it has them in the order of its file,
so while it lasts nobody else may change several. Changing one is always possible, unless it is one that the file has.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DatabaseError, connection
from psycopg import errors

IMPORTING = 6_872_013_554
SEVERAL = 6_872_013_555
"""Advisory locks, held until the end of the transaction."""

PATIENCE = 10
"""Seconds that a request waits for what somebody else is changing."""


def import_next() -> None:
    """Waits for the other import: two have the same types, actors and events in another order."""
    _execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])


def keep_others_from_changing_several() -> None:
    """Waits for those who change several events, and keeps them waiting until this transaction ends."""
    _execute("SELECT pg_advisory_xact_lock(%s)", [SEVERAL])


def change_several() -> None:
    """To be called before several events are locked."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s)", [SEVERAL])


def wait_briefly() -> None:
    """What this transaction waits for longer than `PATIENCE` ends it with an error for which `is_conflict` is true:
    somebody waits for the answer, and so do others for the thread that gives it."""
    _execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE}s"])


def is_conflict(error: BaseException | None) -> bool:
    """Whether a transaction was given up because of what another one is changing: the same may succeed later."""
    return isinstance(error, DatabaseError) and isinstance(
        error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected
    )


def _execute(sql: str, arguments: Sequence[int | str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
