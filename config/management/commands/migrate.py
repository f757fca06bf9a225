"""`manage.py migrate`: Django's, which keeps no reader waiting while it waits for one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from events.locking import is_conflict

PATIENCE = 3
"""Seconds that a migration waits for a table, and whoever asks for that table meanwhile behind it.

More than PostgreSQL's `deadlock_timeout`, a second by default, after which an autovacuum gives way.
"""
PAUSE = 7.0
"""Seconds until it asks again, in which readers are answered."""

WAITING = "A table is in use, by an export, a backup, or a migration that was cut off just now; waiting to migrate."


class Command(migrate.Command):
    """Django's, which tries a migration anew while somebody reads a table that it changes.

    A download that its client reads slowly holds its tables for as long as it takes. A migration that waits for one
    of them would hold up all requests that come after it, since PostgreSQL serves locks in the order in which they are
    asked for. A migration that is not atomic waits as it always did: what it has done would not be undone.
    """

    database: BaseDatabaseWrapper
    timeout: str
    """The connection's own lock timeout."""
    told: int
    """The verbosity that was asked for."""
    trying: Migration | None
    waiting: bool
    """Whether `trying` was given up before."""

    def handle(self, *args: Any, **options: Any) -> None:
        self.database, self.told = connections[options["database"]], options["verbosity"]
        self.trying, self.waiting = None, False
        with self.own_timeout_afterwards():
            while True:
                try:
                    super().handle(*args, **options)
                    return
                except DatabaseError as error:
                    if not self.may_succeed_later(error):
                        raise
                self.say_once()
                options["verbosity"] = 0  # the heading was printed
                time.sleep(PAUSE)

    def migration_progress_callback(self, action: str, migration: Any | None = None, fake: bool = False) -> None:
        """Called before and after each migration, outside of its transaction; prints what Django would."""
        self.verbosity = self.told
        if action in ("apply_start", "unapply_start"):
            self.waiting = self.waiting and self.trying == migration
            self.trying = migration
            self.set_timeout(f"{PATIENCE}s" if migration and migration.atomic else self.timeout)
        elif action in ("apply_success", "unapply_success"):
            self.trying, self.waiting = None, False
        if not self.waiting:  # else the beginning of this line was printed
            super().migration_progress_callback(action, migration, fake)

    def may_succeed_later(self, error: DatabaseError) -> bool:
        return is_conflict(error) and self.trying is not None and self.trying.atomic

    def say_once(self) -> None:
        if not self.waiting and self.told:
            self.stdout.write(f" {WAITING}", ending="")
            self.stdout.flush()
        self.waiting = True

    @contextmanager
    def own_timeout_afterwards(self) -> Iterator[None]:
        with self.database.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            self.timeout = cursor.fetchone()[0]
        try:
            yield
        finally:
            if self.database.is_usable():  # it may have been lost
                self.set_timeout(self.timeout)

    def set_timeout(self, timeout: str) -> None:
        with self.database.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [timeout])
