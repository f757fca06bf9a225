"""The application server: gunicorn, configured here and not by files or arguments.

Granian 2.8 takes about a fifth less CPU for a page, but ends a stream that broke as if it were whole: a client could
not tell that it has only a part of an export.
"""

import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

WORKERS = 2
THREADS = 4
BACKLOG = 1024
"""Connections that may wait for a worker."""


class ApplicationServer(BaseApplication):
    """Gunicorn on a port that is open already."""

    def __init__(self, listener: socket.socket, workers: int = WORKERS) -> None:
        self.listeners = one_for_each_worker(listener, workers)
        self.workers = workers
        super().__init__()

    def load_config(self) -> None:
        choices = {
            "bind": [f"fd://{listener.fileno()}" for listener in self.listeners],
            "pre_fork": give_a_socket,
            "worker_class": "gthread",
            "workers": self.workers,
            "threads": THREADS,
            "loglevel": "warning",
            "graceful_timeout": 10,
            "control_socket_disable": True,  # it would be a file in the home folder, one for all servers
            "when_ready": take_signals,
            "post_worker_init": leave_interrupts_to_parent,
        }
        for name, value in choices.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """The application; called in each worker."""
        from config.wsgi import application

        return application


def serve_forever(listener: socket.socket) -> None:
    """Answer requests until a signal; ends with `SystemExit`, in this process as in the workers it forks."""
    ApplicationServer(listener).run()


def one_for_each_worker(listener: socket.socket, workers: int) -> list[socket.socket]:
    """The socket and others on the same port, to which Linux gives new connections in equal shares.

    Of workers that wait at one socket, the first to wake up takes all the connections that a client opens at once, and
    the other ones idle for as long as these are kept alive: half of the answers in a second, and all of them slower.
    """
    if sys.platform != "linux":  # elsewhere, the last one to be opened gets all connections
        return [listener]
    # Only now: a port opened with this option could be opened once more, by another server of the same user.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return [listener, *(_beside(listener) for _ in range(workers - 1))]


def _beside(listener: socket.socket) -> socket.socket:
    return socket.create_server(listener.getsockname(), family=listener.family, backlog=BACKLOG, reuse_port=True)


def give_a_socket(server: Any, worker: Any) -> None:
    """Gives a new worker the socket with the fewest others: that of the one it replaces, whose connections wait."""
    taken = Counter(other.sockets[0] for other in server.WORKERS.values())
    worker.sockets = [min(server.LISTENERS, key=lambda listener: taken[listener])]


def take_signals(_: object) -> None:
    """Those of which gunicorn would make something else."""
    keep_every_worker()
    stop_when_terminal_closes()


def keep_every_worker() -> None:
    """Gunicorn would end one, and its socket would go on getting connections, which nobody answers."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)


def stop_when_terminal_closes() -> None:
    """Gunicorn would read its configuration again and go on, with nobody there to stop it. Under nohup it goes on."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and os.isatty(0):
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def leave_interrupts_to_parent(_: object) -> None:
    """Ctrl-C goes to all processes, and the parent then asks its workers to quit: two signals, of which the second can
    reach a worker while it holds a lock for the first, and it hangs until it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
