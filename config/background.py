"""Work in a process beside the server, begun again when it dies, ended with the server.

Plain forks: a child of `multiprocessing` would be ended by each of the server's own processes when that one ends.
"""

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

BEGUN_AGAIN = 1.0
"""Seconds after its death."""


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[int]:
    """Meanwhile, `work` is done in a process that is none of ours to wait for; gives the id of who looks after it.

    There must be no open database connection: it would be shared.
    """
    server = os.getpid()
    sys.stdout.flush()
    keeper = os.fork() or _keep(work, server)
    try:
        yield keeper
    finally:
        if os.getpid() == server:  # and not a process of the server that ends
            _end(keeper)


def _keep(work: Callable[[], None], server: int) -> NoReturn:
    """Has a child work, and another one when that one died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # so is the end of a terminal, which need not end that
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_without(server)
    keeper = os.getpid()
    while True:
        child = os.fork() or _work(work, keeper)

        def end(number: int, frame: FrameType | None, child: int = child) -> NoReturn:
            _end(child)
            os._exit(0)

        signal.signal(signal.SIGTERM, end)
        os.waitpid(child, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        time.sleep(BEGUN_AGAIN)


def _work(work: Callable[[], None], keeper: int) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_without(keeper)
    try:
        work()
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def end_without(parent: int) -> None:
    """Has this process end soon after `parent`, however that ends."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _end(process: int) -> None:
    try:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
    except (ChildProcessError, ProcessLookupError):
        pass  # it has ended, and somebody has seen to it
