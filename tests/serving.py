"""Servers for tests: the application server in a process of its own, and a folder for a PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.server import ApplicationServer


@contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that the unprivileged user can reach that PostgreSQL runs as when root tests; not so pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="timeline-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def serving(listener: socket.socket, workers: int) -> Iterator[int]:
    """The id of a process whose workers answer there, with all that is patched here; it is ended, and waited for."""
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
