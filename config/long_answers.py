"""Answers that may take long, given by threads of their own: nobody who asks for a page waits for them.

These are exports, which Granian sends in the thread that answers, for as long as the client reads; the admin, where
an import or publishing takes seconds; and the change feed, where mirrors wait for what is new.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from django.db import connections

from config.bodies import LARGEST as LARGEST_FORM

logger = logging.getLogger(__name__)

EXPORTS = 4
"""Threads for exports in each worker. Further ones wait for these, and for them alone."""

ADMIN = "/admin/"
THREADS = {ADMIN: 4, "/api/v1/changes/": 2}
"""The same for all that is asked below these paths. Of those that ask for changes, one may wait for what is new
(`timeline.views.history.MOST_WAITING`)."""

MOST_FORMS = 4
"""Forms and files that these threads have in memory at once. Further ones are for the threads that answer readers."""

LARGEST = 4_000_000
"""Bytes of an export that are gathered before anything is sent: one of some thousand events, compressed, is smaller.
So its thread does not wait for the client at all, and one that breaks off is an error, not a part."""

Runner = Callable[[Any, dict[str, Any]], Any]
"""Answers a request: gets Granian's protocol, by which it answers, and the request's environ."""


def apart(wrap: Callable[..., Runner]) -> Callable[..., Runner]:
    """Granian's wrapper of an application, with long answers given by other threads than those that call it."""

    def wrapped(*arguments: Any) -> Runner:
        run = wrap(*arguments)
        exports = ThreadPoolExecutor(EXPORTS, "export")
        threads = {path: ThreadPoolExecutor(number, f"long {path}") for path, number in THREADS.items()}
        forms = BoundedSemaphore(MOST_FORMS)

        def answer(protocol: Any, environ: dict[str, Any]) -> None:
            own = _Protocol(protocol, exports)
            path = next(filter(environ["PATH_INFO"].startswith, threads), None)
            if path is None:
                run(own, environ)
            elif not _is_form(environ):
                environ["wsgi.input"] = BytesIO()
                threads[path].submit(_given, own, run, own, environ)
            elif _take_in(environ):
                if forms.acquire(blocking=False):
                    threads[path].submit(_given, own, run, own, environ).add_done_callback(lambda _: forms.release())
                else:
                    run(own, environ)

        return answer

    return wrapped


def _is_form(environ: dict[str, Any]) -> bool:
    """Whether there is a body that anybody reads."""
    return (
        environ["REQUEST_METHOD"].upper() == "POST" and environ["PATH_INFO"].startswith(ADMIN) and _length(environ) > 0
    )


def _length(environ: dict[str, Any]) -> int:
    """Bytes of the body; none of what is refused for its size."""
    try:
        size = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:  # which Django takes for none, too
        return 0
    return size if size <= LARGEST_FORM else 0


def _take_in(environ: dict[str, Any]) -> bool:
    """Reads the body, and says whether it came as a whole: of a form whose sender has gone the rest would be empty.

    Granian lets its own threads read, as many as there are: while another one waits for a body, nobody else can read.
    """
    body = bytes(environ["wsgi.input"].read(_length(environ)))
    environ["wsgi.input"] = BytesIO(body)
    if len(body) < _length(environ):
        logger.warning("%s: what was sent was cut off, and nothing of it is used", environ["PATH_INFO"])
        return False
    return True


class _Protocol:
    """Granian's protocol: what is whole it sends at once, an export in one of their threads."""

    __slots__ = ("exports", "protocol", "response_bytes")

    def __init__(self, protocol: Any, exports: ThreadPoolExecutor) -> None:
        self.protocol, self.exports = protocol, exports
        self.response_bytes = protocol.response_bytes

    def response_iter(self, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
        # With its context, which knows the request's id for the log.
        send = copy_context().run
        self.exports.submit(send, _given, self.protocol, _send, self.protocol, status, headers, pieces)


def _given(protocol: Any, answer: Callable[..., None], *arguments: Any) -> None:
    """Gives an answer: an error (500) if that fails, as Granian does in its own threads. These stay for ever; so their
    connections to the database are closed, which would stay, too."""
    try:
        answer(*arguments)
    except Exception:
        logger.exception("There is no answer")
        protocol.response_bytes(500, [], b"")
    finally:
        connections.close_all()


def _send(protocol: Any, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
    """Sends the `pieces`, and closes them; as a whole unless they are large."""
    begun, size = [], 0
    try:
        for piece in iter(pieces.__next__, None):
            begun.append(piece)
            size += len(piece)
            if size > LARGEST:
                break
    except BaseException:
        pieces.close()
        raise
    if size > LARGEST:
        protocol.response_iter(status, headers, _Rest(begun, pieces))
    else:
        pieces.close()
        protocol.response_bytes(status, headers, b"".join(begun))


class _Rest:
    """A stream that has begun, as Granian takes it; which closes it, too."""

    def __init__(self, begun: list[bytes], pieces: Any) -> None:
        self.begun, self.pieces = deque(begun), pieces

    def __next__(self) -> bytes:
        return self.begun.popleft() if self.begun else self.pieces.__next__()

    def close(self) -> None:
        self.pieces.close()
