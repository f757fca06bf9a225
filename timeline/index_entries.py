"""The entries of the indexes by keys, which PostgreSQL writes in two goes.

An event has more than a hundred of them. What is new is put on a list first (the pending list of a GIN index), and
sorted into the index when the list is long: that takes a fraction of the time. But until then, everybody who asks the
index reads the list, too, event by event: after a thousand events, some milliseconds each time, for weeks perhaps. And
it is done by whoever makes the list too long, while other publishers wait.

So whoever publishes lets the list grow, and has it sorted in when all is public, and others may publish.
"""

from __future__ import annotations

from django.db import connection, transaction

MOST_PENDING = "64MB"
"""Some ten thousand events, more than one dataset version has. What is longer is sorted in at once."""

INDEXES = """
pg_class WHERE oid IN ('publication_keys'::regclass, 'publication_keys_past'::regclass)
    AND pg_has_role(relowner, 'USAGE')
"""
"""SQL: those that this user owns. To others PostgreSQL does not allow it; for them all is as it would be without us."""


def sort_in_after_commit() -> None:
    """To be called in a transaction, before it writes publications. If it is killed, the next one sorts them in."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('gin_pending_list_limit', %s, true) FROM {INDEXES}", [MOST_PENDING])
    transaction.on_commit(_sort_in, robust=True)  # what is public stays so, whatever becomes of this


def _sort_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT gin_clean_pending_list(oid) FROM {INDEXES}")
