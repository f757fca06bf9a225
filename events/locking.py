"""Who waits for whom, in one order for all, so that nobody waits in a circle.

A transaction locks the actors that it changes, in the order of their ids, then the events, in that of theirs, then what
it makes public. An import that is one transaction as a whole (a dry run, or one in the admin) has them in the order of
its file: it locks all of them before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import DatabaseError, connection
from psycopg import errors

IMPORTING = 6_872_013_554
"""The advisory lock of the import that writes, until its transaction ends: two have the same in another order."""

PATIENCE = 10
"""Seconds that a request waits for what somebody else is changing."""

Named = Iterable[tuple[str, str]]
"""The model that a record is of (actor or event), and what it is known by: an external id or a slug."""


class Conflict(Exception):
    """A transaction in another process was given up because of what somebody else is changing."""


def import_next() -> None:
    """Waits for the other import."""
    _execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])


def lock_all(batches: Iterable[Named]) -> None:
    """Locks the actors and events that are named, those that are there, in one order, however many there are."""
    _execute("CREATE TEMPORARY TABLE IF NOT EXISTS named_to_lock (model text, name text); TRUNCATE named_to_lock", [])
    for named in batches:
        models, names = zip(*named, strict=True)
        _execute("INSERT INTO named_to_lock SELECT unnest(%s::text[]), unnest(%s::text[])", [list(models), list(names)])
    _execute("ANALYZE named_to_lock", [])
    # Not their keys: others may link to them.
    _execute(
        """
        SELECT count(*) FROM (
            SELECT FROM events_actor WHERE slug IN (SELECT name FROM named_to_lock WHERE model = 'actor')
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
    _execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE}s"])


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
