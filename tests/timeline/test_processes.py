"""Work shared out among processes."""

import os
import time
from concurrent.futures.process import BrokenProcessPool

import pytest
from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected

from events.locking import Conflict, is_conflict
from events.models import Topic
from timeline import processes
from timeline.processes import processes_here, share_out

# Others see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def write(share, turn):
    """Makes a topic; the first ones take longer to get ready."""
    time.sleep(0.05 * (3 - share % 4))
    with turn:
        Topic.objects.create(slug=f"topic-{share}", names={"en": "T"})
    return os.getpid(), share


def fail(share, turn):
    if share == 1:
        raise ValueError("one is wrong")
    with turn:
        Topic.objects.create(slug=f"topic-{share}", names={"en": "T"})
    return share


def die(share, turn):
    if share == 1:
        os._exit(9)
    with turn:
        return share


def topics():
    return list(Topic.objects.order_by("pk").values_list("slug", flat=True))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_results_and_turns_come_in_order(number):
    done = list(share_out(write, range(8), number))

    assert [share for _, share in done] == list(range(8))
    assert topics() == [f"topic-{share}" for share in range(8)]
    pids = {pid for pid, _ in done}
    assert pids == {os.getpid()} if number == 1 else (os.getpid() not in pids and len(pids) <= number)


def test_a_share_may_be_written_here_before_it_is_taken_there():
    def shares():
        for number in range(5):
            Topic.objects.create(slug=f"here-{number}", names={"en": "T"})
            yield f"here-{number}"

    assert list(share_out(rename, shares(), 2)) == [1] * 5
    assert topics() == [f"here-{number}-there" for number in range(5)]


def rename(slug, turn):
    with turn:
        return Topic.objects.filter(slug=slug).update(slug=f"{slug}-there")


def test_what_fails_there_is_raised_here_and_holds_nobody_up():
    done: list[int] = []

    with pytest.raises(ValueError, match="one is wrong"):
        done.extend(share_out(fail, range(4), 2))

    # Those that had been handed out already came to their turn.
    assert topics()[0] == "topic-0"
    assert "topic-1" not in topics()


def meet_in_a_deadlock(share, turn):
    try:
        raise DeadlockDetected("deadlock detected")
    except DeadlockDetected as error:
        raise OperationalError("deadlock detected") from error


@pytest.mark.parametrize("number", [1, 2])
def test_a_conflict_there_is_one_here(number):
    with pytest.raises((OperationalError, Conflict), match="deadlock detected") as raised:
        list(share_out(meet_in_a_deadlock, [1, 2], number))
    assert is_conflict(raised.value)


def test_a_process_that_dies_gives_an_error():
    with pytest.raises(BrokenProcessPool):
        list(share_out(die, range(4), 2))


def test_within_a_transaction_it_happens_here():
    with transaction.atomic():
        done = list(share_out(write, range(2), 2))

    assert done == [(os.getpid(), 0), (os.getpid(), 1)]


def test_nothing_is_nothing():
    assert list(share_out(write, [], 2)) == []


def test_as_many_as_there_are_processors(monkeypatch):
    monkeypatch.setattr(processes.os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    assert processes_here() == 4
    monkeypatch.setattr(processes.os, "sched_getaffinity", lambda _: {0, 1})
    assert processes_here() == 2
    monkeypatch.delattr(processes.os, "sched_getaffinity")
    monkeypatch.setattr(processes.os, "cpu_count", lambda: None)
    assert processes_here() == 1
