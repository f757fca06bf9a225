"""What happens when several do something at the same time."""

import threading
from collections.abc import Callable

from django.db import connection


def in_threads(*functions: Callable[[], object]) -> list[Exception]:
    """Runs each function in a thread with a connection of its own; returns what they raised, and an error for each that
    does not end in half a minute."""
    raised: list[Exception] = []
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], object]) -> None:
        try:
            barrier.wait()
            function()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[function], daemon=True) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [*raised, *(TimeoutError(f"{thread.name} goes on") for thread in threads if thread.is_alive())]
