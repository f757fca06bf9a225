"""A dataset version while it is written, and who waits for those who publish."""

import threading
import time
from itertools import pairwise

import pytest
from django.db import connection, transaction

from tests.assertions import etag_of, slugs
from tests.builders import published
from timeline import editions
from timeline.editions import PUBLISHING, begin_publishing, wait_for_publishers
from timeline.models import Dataset, DatasetVersion

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


def test_a_database_that_took_over_gives_no_number_twice(client):
    for slug in ("first", "second"):
        published(slug)
    here = Dataset.objects.get().written_to
    parts = here.split("-")
    assert ([part.isdecimal() for part in parts], parts[3]) == ([True] * 4, "00000001")

    begun = int(time.time() * 1000)
    for changed in range(4):
        elsewhere = "-".join([*parts[:changed], "1", *parts[changed + 1 :]])
        Dataset.objects.update(written_to=elsewhere)
        published(f"restored-{elsewhere}")
        assert Dataset.objects.get().written_to == here
    published("last")

    numbers = list(DatasetVersion.objects.order_by("number").values_list("number", flat=True))
    assert numbers[:2] == [1, 2]
    # By the clock, as the same backup may be restored twice; and further than the clock, if that goes back.
    assert begun <= numbers[2] <= time.time() * 1000
    assert [after - before for before, after in pairwise(numbers[2:])] == [1_000_001, 1_000_001, 1_000_001, 1]
    # Whoever had a lost version hears of all that came instead of it; it says what it said when it was the last one.
    changes = client.get("/api/v1/changes/?since=3").json()
    assert [change["dataset_version"] for change in changes["results"]] == numbers[2:]
    lost = client.get("/api/v1/events/?as_of=9000")
    assert (lost.json()["dataset_version"], lost["ETag"]) == (2, etag_of(2))
    assert sorted(slugs(client, "as_of=9000")) == ["first", "second"]
    assert client.get(f"/api/v1/events/?as_of={numbers[2]}").json()["dataset_version"] == numbers[2]


def test_where_a_database_was_written_to_may_not_be_known():
    published("first")
    Dataset.objects.update(written_to="")
    published("second")

    assert Dataset.objects.get().version == 2
