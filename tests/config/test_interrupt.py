"""A server that is stopped while it is about to wait must end, whatever it was doing just then."""

import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from config.interrupt import Interrupt


def waiting(interrupt: Any, before: Callable[[FrameType], None]) -> threading.Thread:
    """A thread that waits, and calls `before` at each line it comes to: so does Python the handlers of signals."""

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        before(frame)
        return trace

    def wait() -> None:
        sys.settrace(trace)
        interrupt.wait()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def lines_of_waiting(interrupt: Any) -> int:
    """How many lines it runs until it sleeps."""
    passed: list[int] = []
    waiting(interrupt, lambda frame: passed.append(frame.f_lineno))
    time.sleep(0.2)
    return len(passed)


def ends(interrupt: Any, line: int, within: float) -> bool:
    """Whether waiting ends, `within` so many seconds, if a signal comes before that line of it."""
    passed: list[int] = []

    def before(frame: FrameType) -> None:
        passed.append(frame.f_lineno)
        if len(passed) == line:
            interrupt.set()

    thread = waiting(interrupt, before)
    thread.join(timeout=within)
    return not thread.is_alive()


def assert_waits_until_it_is_set(interrupt: Interrupt) -> None:
    thread = waiting(interrupt, lambda frame: None)
    thread.join(timeout=0.1)
    assert thread.is_alive()
    interrupt.set()
    thread.join(timeout=5)
    assert not thread.is_alive()


def test_a_signal_at_any_line_of_waiting_ends_it():
    lines = lines_of_waiting(Interrupt())
    assert lines > 1
    assert [ends(Interrupt(), line, 10) for line in range(1, lines + 1)] == [True] * lines


def test_the_event_of_threading_would_wait_for_ever():
    lines = lines_of_waiting(threading.Event())
    assert not all(ends(threading.Event(), line, 0.5) for line in range(1, lines + 1))


def test_another_thread_wakes_it_up():
    interrupt = Interrupt()
    assert_waits_until_it_is_set(interrupt)


def test_what_was_cleared_is_waited_for_again():
    interrupt = Interrupt()
    interrupt.set()
    assert interrupt.is_set()
    interrupt.wait()
    interrupt.clear()
    assert not interrupt.is_set()
    assert_waits_until_it_is_set(interrupt)
