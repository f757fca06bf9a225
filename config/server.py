"""The application server: Granian, configured here and not by files or arguments.

It answers a page with a quarter less CPU than gunicorn does: it parses and sends outside of Python, whose threads have
nothing else to do than what only they can.
"""

import functools
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server import mp
from granian.server.mp import MPServer, WorkerProcess

from config.background import end_without
from config.interrupt import Interrupt
from config.long_answers import apart
from config.whole_answers import whole_answers

WORKERS = 2
THREADS = 2
"""In each worker. Python runs one of them at a time: a second one works while the first waits for the database. More
would only wait for each other, and every answer with them. What takes long has threads of its own."""

THREADS_FAR = 4
"""The same where the database may be on another machine, and each question to it takes a way there and back."""

BACKLOG = 1024
"""Connections that may wait for a worker."""

CONNECTIONS = 1000
"""Those that a worker has at once, idle ones too."""

ENOUGH = 10
"""Seconds that a worker gets to finish what it answers when the server is to stop."""

TO_HEAR = 0.5
"""Seconds in which a worker has heard that it is to end, however busy it is. One that still accepts connections when
there is nothing to accept from any more does not end by itself."""

LOGGING = {"formatters": {}, "handlers": {}, "loggers": {"_granian": {"propagate": True}}}
"""It would log to stdout, in lines of its own form."""


class ApplicationServer(MPServer):
    """Granian on a port that is open already."""

    def __init__(self, listener: socket.socket, workers: int = WORKERS) -> None:
        super().__init__(
            "config.wsgi:application",
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads(),
            backpressure=CONNECTIONS,
            http=HTTPModes.http1,
            websockets=False,
            log_level=LogLevels.error,
            log_dictconfig=LOGGING,
            respawn_failed_workers=True,
            workers_kill_timeout=ENOUGH,
        )
        self.main_loop_interrupt = Interrupt()  # type: ignore[assignment]  # all of an event that Granian needs
        self.listeners = one_for_each_worker(listener, workers)
        hangup = signal.getsignal(signal.SIGHUP)
        self.on_startup(lambda: take_hangup(hangup))

    def run(self) -> None:
        """Answers requests until a signal. Raises `SystemExit` if a worker dies again and again."""
        multiprocessing.set_start_method("fork", force=True)  # not the default everywhere
        self.serve(target_loader=functools.partial(load, os.getpid()), wrap_loader=False)

    def _init_shared_socket(self) -> None:
        """Opens nothing: there are sockets already."""

    def _drop_shared_socket(self) -> None:
        """Closes nothing: the workers are asked to end first."""

    def _stop_workers(self) -> None:
        """Ends the workers, which finish what they answer; new connections are refused meanwhile."""
        for worker in self.wrks:
            worker.terminate()
        time.sleep(TO_HEAR)
        for listener in self.listeners:
            if sys.platform == "linux":
                # Workers, and what works beside them, have it too: for as long as one of these is busy, it would take
                # connections that nobody answers.
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        super()._stop_workers()

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> WorkerProcess:  # type: ignore[override]
        """A worker with a socket of its own: after a death that of the one it replaces, whose connections wait."""
        listener = self.listeners[idx]
        self._sso = listener
        self._shd = SocketHolder(listener.fileno(), False, BACKLOG)  # type: ignore[assignment, call-arg]
        return super()._spawn_worker(idx, target, callback_loader)


def threads() -> int:
    """Threads that answer readers in each worker."""
    return THREADS if settings.EMBEDDED_POSTGRES else THREADS_FAR


def load(parent: int) -> Callable[..., Any]:
    """The application; called in each worker of `parent`."""
    # Ctrl-C and the end of a terminal go to all processes: the parent then asks its workers to end, and must not find
    # them dead by then. Until Granian listens to that, they would only note it, as the parent does.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_without(parent)
    from config.wsgi import application

    mp._wsgi_call_wrap = apart(mp._wsgi_call_wrap)
    return whole_answers(application)


def serve_forever(listener: socket.socket) -> None:
    """Answer requests until a signal."""
    ApplicationServer(listener).run()


def one_for_each_worker(listener: socket.socket, workers: int) -> list[socket.socket]:
    """The socket and others on the same port, to which Linux gives new connections in equal shares.

    Of workers that wait at one socket, the first to wake up takes all the connections that a client opens at once, and
    the other ones idle for as long as these are kept alive: half of the answers in a second, and all of them slower.
    """
    if sys.platform != "linux":  # elsewhere, the last one to be opened gets all connections
        return [listener] * workers
    # Only now: a port opened with this option could be opened once more, by another server of the same user.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return [listener, *(_beside(listener) for _ in range(workers - 1))]


def _beside(listener: socket.socket) -> socket.socket:
    family = listener.family
    both = family == socket.AF_INET6 and not listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    return socket.create_server(
        listener.getsockname(), family=family, backlog=BACKLOG, reuse_port=True, dualstack_ipv6=both
    )


def take_hangup(before: Any) -> None:
    """Stops when the terminal closes, instead of going on with nobody there to stop it. Under nohup it goes on.

    `before` is what took the signal before Granian did, which makes new workers at it.
    """
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    elif os.isatty(0):
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
