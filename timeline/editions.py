"""A dataset version while it is being written: one transaction, one number, no gaps.

But for one: no number is given twice, and a database that was restored from a backup, or a replica that took over, may
lack the last ones. Caches, mirrors and citations would take what is published then for what had the same number. So the
first publication in a database other than the one before leaves out some.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from timeline import traits
from timeline.index_entries import sort_in_after_commit
from timeline.models import Dataset, DatasetVersion, Publication, Term


@dataclass(slots=True)
class Edition:
    """A dataset version while it is being written."""

    number: int
    at: datetime.datetime
    by: AbstractBaseUser | None
    block: int
    """How much was written before: so many times `traits.WRITTEN_TOGETHER` versions of events. An edition is in one
    block, and the next one in the same or a later one."""
    empty: bool = True

    def with_block(self, row: Publication) -> list[int]:
        """The traits of a version that is written in this edition."""
        return traits.with_block(row.traits, self.block)

    def stamp(self, previous: Publication | Term | None) -> dict[str, Any]:
        """The columns of a `Version` that follows `previous`."""
        self.empty = False
        return {
            "version": previous.version + 1 if previous else 1,
            "published_in": self.number,
            "published_at": self.at,
            "published_by_id": self.by and self.by.pk,
        }


LEFT_OUT = 1_000_000
"""Dataset versions: more than are published between a backup and the next one, in bulk too. After a restore all up to
the milliseconds since 1970 are left out: the same backup may be restored twice. What was lost has numbers below these,
as less than one is given in a millisecond. Where the clock was set back, it does not tell: so many are left out."""

WRITTEN = """
SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')), 0),
    concat_ws('-', system_identifier, oid, %s::regclass::oid, left(pg_walfile_name(pg_current_wal_lsn()), 8))
FROM pg_control_system(), pg_database WHERE datname = current_database()
"""
"""SQL: how many versions of events were written, and where: the cluster, the database, the table, which a restore makes
anew, and the timeline of the cluster, another one once a replica takes over or it is recovered to a moment."""

PUBLISHING = 7_314_159_266
"""The advisory lock of those who publish, shared by them until their transactions end."""


HOLDERS = """
SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32) + objid::bigint = %s AND pid <> pg_backend_pid()
"""
POLLING = 0.1
"""Seconds between two looks at who has not finished."""


def begin_publishing() -> None:
    """To be called in a transaction before drafts are read: `wait_for_publishers` waits for its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PUBLISHING])


def hold_publishing() -> Dataset:
    """Waits for whoever publishes, and lets nobody publish until this transaction ends. To be called when all else is
    locked that is to be: publishers lock what they publish before the dataset."""
    first = {"updated_at": timezone.now()}
    dataset, _ = Dataset.objects.select_for_update().get_or_create(pk=1, defaults=first)
    return dataset


def wait_for_publishers() -> None:
    """Returns when everything is public, or given up, that was rendered before this was called.

    It does not queue up for the lock: whoever publishes next would queue behind it, and processes that share the work
    and take turns (`timeline.processes`) would wait in a circle.
    """
    with connection.cursor() as cursor:
        before = _publishers(cursor)
        while before:
            time.sleep(POLLING)
            before &= _publishers(cursor)


def _publishers(cursor: Any) -> set[str]:
    cursor.execute(HOLDERS, [PUBLISHING])
    return {holder for (holder,) in cursor.fetchall()}


@contextmanager
def new_edition(by: AbstractBaseUser | None) -> Iterator[Edition]:
    """The next dataset version, in a transaction. Waits for other publishers. Not counted if nothing is stamped."""
    with transaction.atomic():
        dataset = hold_publishing()
        written, here = _written()
        # A clock set back must not date a version before the one it follows.
        at = max(timezone.now(), dataset.updated_at)
        number = dataset.version + 1
        if dataset.written_to not in ("", here):
            moment = int(at.timestamp() * 1000)
            was_set_back = at == dataset.updated_at or moment < number
            number = max(number + LEFT_OUT, moment) if was_set_back else moment
        edition = Edition(number, at, by, written // traits.WRITTEN_TOGETHER)
        sort_in_after_commit()
        yield edition
        if not edition.empty:
            Dataset.objects.update(version=edition.number, updated_at=edition.at, written_to=here)
            DatasetVersion.objects.create(number=edition.number, at=edition.at)


def _written() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [Publication._meta.db_table, Dataset._meta.db_table])
        written, here = cursor.fetchone()
        return written, here
