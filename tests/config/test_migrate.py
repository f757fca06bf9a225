"""Migrations of a table that somebody reads: real ones, of the table of sessions."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections

from config.management.commands import migrate
from config.management.commands.migrate import WAITING

pytestmark = pytest.mark.usefixtures("committed")

HEADING = ["Operations to perform:", "  Target specific migration: {}, from sessions", "Running migrations:"]


@pytest.fixture(autouse=True)
def _migrations(settings, monkeypatch, committed) -> Iterator[None]:
    settings.MIGRATION_MODULES = {"sessions": "tests.config.waiting.migrations"}
    monkeypatch.setattr(migrate, "PATIENCE", 0.2)
    monkeypatch.setattr(migrate, "PAUSE", 0.2)
    yield
    call_command("migrate", "sessions", "0001", verbosity=0)


@contextmanager
def read_elsewhere() -> Iterator[Callable[[], None]]:
    """As an export does it, through a connection of its own, until what this gives is called."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM django_session")
            yield other.connection.rollback  # in whichever thread
    finally:
        other.close()


def in_the_background(function: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            function()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def lines(target: str, *printed: str) -> list[str]:
    return [*(line.format(target) for line in HEADING), *printed]


def test_readers_are_answered_while_a_migration_waits_for_one_of_them():
    printed, waits = io.StringIO(), []

    def read() -> None:
        for _ in range(20):
            began = time.monotonic()
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM django_session")
            waits.append(time.monotonic() - began)
            time.sleep(0.05)

    with read_elsewhere() as end:
        migrating = in_the_background(lambda: call_command("migrate", "sessions", "0002", stdout=printed))
        until(lambda: WAITING in printed.getvalue())
        read()
        assert migrating.is_alive()
        end()
        migrating.join(20)

    assert max(waits) < 2  # a slow machine; without a timeout the first of them would never have ended
    assert printed.getvalue().splitlines() == lines("0002_atomic", f"  Applying sessions.0002_atomic... {WAITING} OK")


def test_backwards_too_and_the_connection_keeps_its_own_timeout():
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '7s'")
    try:
        call_command("migrate", "sessions", "0002", verbosity=0)
        assert setting() == "7s"
        printed = io.StringIO()
        with read_elsewhere() as end:

            def end_when_waited_for() -> None:
                try:
                    until(lambda: WAITING in printed.getvalue())
                finally:
                    end()

            ending = in_the_background(end_when_waited_for)
            call_command("migrate", "sessions", "0001", stdout=printed)
            ending.join(20)
        assert setting() == "7s"
    finally:
        connection.close()
    rendered = "  Rendering model states... DONE"
    unapplied = f"  Unapplying sessions.0002_atomic... {WAITING} OK"
    assert printed.getvalue().splitlines() == lines("0001_initial", rendered, unapplied)


def test_one_that_is_not_atomic_waits_and_is_not_tried_again():
    printed = io.StringIO()
    call_command("migrate", "sessions", "0002", verbosity=0)
    with read_elsewhere() as end:
        threading.Timer(1, end).start()
        call_command("migrate", "sessions", "0003", stdout=printed)
    assert printed.getvalue().splitlines() == lines("0003_not_atomic", "  Applying sessions.0003_not_atomic... OK")


def test_what_a_connection_of_its_own_timeout_says_of_one_that_is_not_atomic_is_an_error():
    call_command("migrate", "sessions", "0002", verbosity=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with read_elsewhere(), pytest.raises(OperationalError, match="lock timeout"):
            call_command("migrate", "sessions", "0003", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE waiting_too")
    finally:
        connection.close()


def test_other_errors_are_errors_at_once():
    call_command("migrate", "sessions", "0002", verbosity=0)
    call_command("migrate", "sessions", "0001", fake=True, verbosity=0)
    with pytest.raises(Exception, match='relation "waiting" already exists'):
        call_command("migrate", "sessions", "0002", verbosity=0)
    call_command("migrate", "sessions", "0002", fake=True, verbosity=0)
    assert setting() == "0"
