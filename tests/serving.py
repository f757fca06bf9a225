"""The application server in a process of its own, with all that is patched in this one."""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from config.server import ApplicationServer


@contextmanager
def serving(listener: socket.socket, workers: int) -> Iterator[int]:
    """The id of a process whose workers answer there; it is ended, and waited for."""
    server = os.fork()
    if server == 0:
        try:
            ApplicationServer(listener, workers).run()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(0)
    try:
        yield server
    finally:
        os.kill(server, signal.SIGTERM)
        os.waitpid(server, 0)
