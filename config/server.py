"""The application server: gunicorn, configured here and not by files or arguments.

Granian 2.8 takes about a fifth less CPU for a page, but ends a stream that broke as if it were whole: a client could
not tell that it has only a part of an export.
"""

import os
import signal
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

WORKERS = 2
THREADS = 4


class ApplicationServer(BaseApplication):
    """Gunicorn on a socket that is open already."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        super().__init__()

    def load_config(self) -> None:
        choices = {
            "bind": f"fd://{self.listener.fileno()}",
            "worker_class": "gthread",
            "workers": WORKERS,
            "threads": THREADS,
            "loglevel": "warning",
            "graceful_timeout": 10,
            "control_socket_disable": True,  # it would be a file in the home folder, one for all servers
            "when_ready": stop_when_terminal_closes,
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


def stop_when_terminal_closes(_: object) -> None:
    """Gunicorn would read its configuration again and go on, with nobody there to stop it. Under nohup it goes on."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and os.isatty(0):
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def leave_interrupts_to_parent(_: object) -> None:
    """Ctrl-C goes to all processes, and the parent then asks its workers to quit: two signals, of which the second can
    reach a worker while it holds a lock for the first, and it hangs until it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
