"""A dataset version while it is written, and who waits for those who publish."""

import threading

import pytest
from django.db import connection, transaction

from timeline import editions
from timeline.editions import PUBLISHING, begin_publishing, wait_for_publishers

pytestmark = pytest.mark.django_db(transaction=True)


def publisher():
    """A connection of somebody who publishes, until it is closed."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PUBLISHING])
    return other


def test_those_are_waited_for_who_have_begun_and_nobody_waits_behind(monkeypatch):
    monkeypatch.setattr(editions, "POLLING", 0.01)
    first, done = publisher(), threading.Event()

    def wait():
        wait_for_publishers()
        done.set()
        connection.close()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not done.wait(0.3)
    second = publisher()
    first.close()
    assert done.wait(5)
    second.close()
    thread.join()


def test_nobody_is_waited_for_if_nobody_else_publishes():
    wait_for_publishers()
    with transaction.atomic():
        begin_publishing()
        wait_for_publishers()
