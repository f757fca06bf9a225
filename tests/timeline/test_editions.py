"""A dataset version while it is written, and who waits for those who publish."""

import datetime
import threading
import time

import pytest
import time_machine
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
    # By the clock, as the same backup may be restored twice.
    assert numbers[2:6] == sorted({*numbers[2:6]})
    assert (begun <= numbers[2], numbers[5] <= time.time() * 1000, numbers[6:]) == (True, True, [numbers[5] + 1])
    # Whoever had a lost version hears of all that came instead of it; it says what it said when it was the last one.
    changes = client.get("/api/v1/changes/?since=3").json()
    assert [change["dataset_version"] for change in changes["results"]] == numbers[2:]
    lost = client.get("/api/v1/events/?as_of=9000")
    assert (lost.json()["dataset_version"], lost["ETag"]) == (2, etag_of(2))
    assert sorted(slugs(client, "as_of=9000")) == ["first", "second"]
    assert client.get(f"/api/v1/events/?as_of={numbers[2]}").json()["dataset_version"] == numbers[2]


MOMENT = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
IN_MILLISECONDS = 1_796_040_000_000


def restored(slug, version, updated_at, now):
    """The number that is given first when this state is restored, and the clock says `now`."""
    Dataset.objects.update(version=version, updated_at=updated_at, written_to="1-1-1-1")
    with time_machine.travel(now, tick=False):
        published(slug)
    return Dataset.objects.get().version


def test_a_backup_that_is_restored_twice_soon_after_another_one_gives_other_numbers():
    published("first")
    minutes = [MOMENT + datetime.timedelta(minutes=minutes) for minutes in (0, 1, 5, 10)]

    first = restored("after", 1, MOMENT - datetime.timedelta(days=1), minutes[0])
    others = [restored(f"after-{now.minute}", first + 2, minutes[1], now) for now in minutes[2:]]

    assert [first, *others] == [IN_MILLISECONDS, IN_MILLISECONDS + 300_000, IN_MILLISECONDS + 600_000]


@pytest.mark.parametrize(
    ("version", "now", "wanted"),
    [
        (IN_MILLISECONDS - 60_000, MOMENT - datetime.timedelta(seconds=30), IN_MILLISECONDS + 940_001),
        (IN_MILLISECONDS + 60_000, MOMENT + datetime.timedelta(seconds=30), IN_MILLISECONDS + 1_060_001),
        (7, MOMENT - datetime.timedelta(seconds=30), IN_MILLISECONDS),
    ],
)
def test_where_the_clock_was_set_back_numbers_are_left_out(version, now, wanted):
    published("first")

    assert restored("second", version, MOMENT, now) == wanted


def test_where_a_database_was_written_to_may_not_be_known():
    published("first")
    Dataset.objects.update(written_to="")
    published("second")

    assert Dataset.objects.get().version == 2
