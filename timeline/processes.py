"""Work shared out among processes, each with a database connection of its own, whose turn comes in order.

Rendering keeps a core busy, and so does writing. A process can render its share while another one writes; that they
write in the order of the work is what `Turn` is for.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing.connection import wait
from typing import Any, TypeVar

from django.db import DatabaseError, connection, connections

from events.locking import Conflict, is_conflict

MOST_PROCESSES = 4
"""More than so many would only wait for each other: all of them write to one dataset."""
AHEAD = 2
"""Shares for each process that wait or are worked on, so that none is without work."""


Share = TypeVar("Share")
Done = TypeVar("Done")


def processes_here() -> int:
    """As many as there are processors for this program, up to `MOST_PROCESSES`."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MOST_PROCESSES)


def share_out(
    work: Callable[[Share, AbstractContextManager[Any]], Done], shares: Iterable[Share], processes: int
) -> Iterator[Done]:
    """What `work(share, turn)` returns for each of the shares, in their order; what it raises is raised here.

    Within `turn` it is alone, and after the shares before. Shares are taken one by one when there is somebody to work
    on them. With one process, or within a transaction, which others could not see into, all of it happens here.
    """
    if processes == 1 or connection.in_atomic_block:
        for share in shares:
            yield work(share, nullcontext())
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, context, _begin, (Due(context),)) as executor:
        connections.close_all()  # a connection must not be shared with the processes that are forked now
        executor.submit(_begun).result()
        running: deque[Future[Done]] = deque()
        try:
            for number, share in enumerate(shares):
                running.append(executor.submit(_work, work, share, number))
                while len(running) >= AHEAD * processes or (running and running[0].done()):
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            executor.shutdown(cancel_futures=True)


class Due:
    """The number of the share whose turn it is, known to all the processes."""

    def __init__(self, context: multiprocessing.context.ForkContext) -> None:
        self.condition = context.Condition()
        self.number = context.Value("q", 0, lock=False)


class Turn:
    """Waits until the shares before are done, or have failed."""

    def __init__(self, due: Due, number: int) -> None:
        self.due, self.number = due, number

    def __enter__(self) -> None:
        with self.due.condition:
            self.due.condition.wait_for(lambda: self.due.number.value >= self.number)

    def __exit__(self, *_: object) -> None:
        with self.due.condition:
            self.due.number.value = max(self.due.number.value, self.number + 1)
            self.due.condition.notify_all()


# In the processes

_due: Due


def _begin(due: Due) -> None:
    global _due
    _due = due
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started them, who ends them in order
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # A share is many objects that all die at its end: to look for waste among them all the time takes a third.
    gc.freeze()
    gc.disable()


@contextmanager
def waste_kept() -> Iterator[None]:
    """A batch is many objects that all die at its end: to look for waste among them all the time takes a third of it.

    So nobody looks within, but at the end of a batch, who calls `clear_waste`.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def clear_waste() -> None:
    """At the end of a batch: looks through what was made in it, and not again through what has outlived others."""
    gc.collect(1)


def _begun() -> None:
    """The first thing to do, which makes the pool fork all its processes."""


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _work(work: Callable[[Any, AbstractContextManager[Any]], Any], share: Any, number: int) -> Any:
    turn = Turn(_due, number)
    try:
        return work(share, turn)
    except DatabaseError as error:
        if is_conflict(error):  # of which the other process would see the words alone
            raise Conflict(str(error)) from None
        raise
    finally:
        with turn:  # also when it failed before its turn: others wait for theirs
            pass
        clear_waste()
