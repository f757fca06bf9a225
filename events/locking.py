"""Who waits for whom, in one order for all, so that nobody waits in a circle.

A transaction locks the actors that it changes, in the order of their ids, then the events, in that of theirs, then what
it makes public. An import that is one transaction as a whole (a dry run, or one in the admin) has them in the order of
its file: it locks all of them before. Memberships come after their members.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.db import DatabaseError, connection, transaction
from psycopg import errors

from events.temporary_tables import empty_table

IMPORTING = 6_872_013_554
"""The advisory lock of the import that writes, until its transaction ends: two have the same in another order."""

PATIENCE = 10
"""Seconds that a request waits for what somebody else is changing."""
TRY = 1
"""Seconds that several rows are waited for at a time."""

Locked = TypeVar("Locked")
Named = Iterable[tuple[str, str]]
"""The model that a record is of (actor or event), and what it is known by: an external id, a slug or a code."""


class Conflict(Exception):
    """A transaction in another process was given up because of what somebody else is changing."""


def import_next() -> None:
    """Waits for the other import."""
    _execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])


def lock_all(batches: Iterable[Named]) -> None:
    """Locks the actors and events that are named, those that are there, however many there are."""
    empty_table("named_to_lock", "model text, name text")
    for named in batches:
        models, names = zip(*named, strict=True)
        _execute("INSERT INTO named_to_lock SELECT unnest(%s::text[]), unnest(%s::text[])", [list(models), list(names)])
    _execute("ANALYZE named_to_lock", [])
    lock_in_tries(_lock_named)


def lock_in_tries(lock: Callable[[], Locked]) -> Locked:
    """What `lock` returns, which locks several rows: all of them, or none while it has to wait.

    Processes that publish hold rows until their turn comes (`timeline.processes`), which PostgreSQL knows nothing of:
    whoever waits for the rows of one must not hold those that another one needs before. In a request, until its
    `PATIENCE` ends.
    """
    began = time.monotonic()
    while True:
        try:
            with transaction.atomic():
                before = _set_timeout(f"{TRY}s")
                locked = lock()
                _set_timeout(before)
            return locked
        except DatabaseError as error:
            if not is_conflict(error) or (before != "0" and time.monotonic() - began >= PATIENCE):
                raise
            time.sleep(TRY / 10)


def _set_timeout(timeout: str) -> str:
    """Sets the lock timeout of this transaction; returns what it was."""
    with connection.cursor() as cursor:
        # Read first: the order within one row is that of the columns.
        cursor.execute("SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [timeout])
        return str(cursor.fetchone()[0])


def _lock_named() -> None:
    # Not their keys: others may link to them.
    _execute(
        """
        SELECT count(*) FROM (
            SELECT FROM events_actor WHERE id IN (
                SELECT id FROM events_actor JOIN named_to_lock ON model = 'actor' AND name = slug
                UNION SELECT id FROM events_actor JOIN named_to_lock ON model = 'actor' AND name = code
            )
            ORDER BY id FOR NO KEY UPDATE
        ) AS actors
        """,
        [],
    )
    _execute(
        """
        SELECT count(*) FROM (
            SELECT FROM events_event WHERE id IN (
                SELECT id FROM events_event JOIN named_to_lock ON model = 'event' AND name = external_id
                UNION SELECT id FROM events_event JOIN named_to_lock ON model = 'event' AND name = slug
            )
            ORDER BY id FOR NO KEY UPDATE
        ) AS events
        """,
        [],
    )


def wait_briefly() -> None:
    """What this transaction waits for longer than `PATIENCE` ends it with an error for which `is_conflict` is true:
    somebody waits for the answer, and so do others for the thread that gives it."""
    _set_timeout(f"{PATIENCE}s")


def is_conflict(error: BaseException | None) -> bool:
    """Whether a transaction was given up because of what another one is changing: the same may succeed later."""
    if isinstance(error, Conflict):
        return True
    return isinstance(error, DatabaseError) and isinstance(
        error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected
    )


def _execute(sql: str, arguments: Sequence[int | str | list[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
