"""A dataset version while it is being written: one transaction, one number, no gaps."""

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
            "published_by": self.by,
        }


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
        first = {"updated_at": timezone.now()}
        dataset, _ = Dataset.objects.select_for_update().get_or_create(pk=1, defaults=first)
        # A clock set back must not date a version before the one it follows.
        edition = Edition(dataset.version + 1, max(timezone.now(), dataset.updated_at), by, _block())
        sort_in_after_commit()
        yield edition
        if not edition.empty:
            Dataset.objects.update(version=edition.number, updated_at=edition.at)
            DatasetVersion.objects.create(number=edition.number, at=edition.at)


def _block() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')), 0)",
            [Publication._meta.db_table],
        )
        written: int = cursor.fetchone()[0]
        return written // traits.WRITTEN_TOGETHER
