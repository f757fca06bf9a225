"""A `threading.Event` that a signal handler may set in the thread that waits for it."""

import queue


class Interrupt:
    """Set by handlers of signals and by other threads, waited for by one.

    A handler runs between any two instructions of the main thread: where that thread is about to wait for a
    `threading.Event` it holds the lock that setting one takes, and would wait for itself for ever. `SimpleQueue.put` is
    the one way to wake up a thread that is documented to be reentrant.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._wakings: queue.SimpleQueue[None] = queue.SimpleQueue()

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True
        self._wakings.put(None)

    def clear(self) -> None:
        self._is_set = False

    def wait(self) -> None:
        """Returns as soon as it is set, at once if it is already."""
        while not self._is_set:
            self._wakings.get()
