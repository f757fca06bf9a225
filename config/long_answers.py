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
from typing import Any

from config.bodies import LARGEST as LARGEST_BODY

logger = logging.getLogger(__name__)

EXPORTS = 4
"""Threads for exports in each worker. Further ones wait for these, and for them alone."""

THREADS = {"/admin/": 4, "/api/v1/changes/": 2}
"""The same for all that is asked below these paths. Of those that ask for changes, one may wait for what is new
(`timeline.views.history.MOST_WAITING`)."""

LARGEST = 4_000_000
"""Bytes of an export that are gathered before anything is sent: one of some thousand events, compressed, is smaller.
So its thread does not wait for the client at all, and one that breaks off is an error, not a part."""

Runner = Callable[[Any, dict[str, Any]], Any]
"""Answers a request: gets Granian's protocol, by which it answers, and the request's environ."""


def apart(wrap: Callable[..., Runner]) -> Callable[..., Runner]:
    """Granian's wrapper of an application, with long answers given by other threads than those that call it."""

    def wrapped(*arguments: Any) -> Runner:
        run = wrap(*arguments)
        threads = {path: ThreadPoolExecutor(number, f"long {path}") for path, number in THREADS.items()}
        exports = ThreadPoolExecutor(EXPORTS, "export")

        def answer(protocol: Any, environ: dict[str, Any]) -> None:
            own = _Protocol(protocol, exports)
            for path, those in threads.items():
                if environ["PATH_INFO"].startswith(path):
                    environ["wsgi.input"] = BytesIO(_body(environ))
                    those.submit(_whole_or_error, protocol, run, own, environ)
                    return
            run(own, environ)

        return answer

    return wrapped


def _body(environ: dict[str, Any]) -> bytes:
    """What was sent with the request; nothing of what is refused for its size.

    Granian lets its own threads read, as many as there are: while another one waits for a body, nobody else can read.
    """
    try:
        size = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:  # which Django takes for none, too
        return b""
    return bytes(environ["wsgi.input"].read(size)) if 0 < size <= LARGEST_BODY else b""


class _Protocol:
    """Granian's protocol: what is whole it sends at once, an export in one of their threads."""

    __slots__ = ("exports", "protocol", "response_bytes")

    def __init__(self, protocol: Any, exports: ThreadPoolExecutor) -> None:
        self.protocol, self.exports = protocol, exports
        self.response_bytes = protocol.response_bytes

    def response_iter(self, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
        # With its context, which knows the request's id for the log.
        send = copy_context().run
        self.exports.submit(send, _whole_or_error, self.protocol, _send, self.protocol, status, headers, pieces)


def _whole_or_error(protocol: Any, answer: Callable[..., None], *arguments: Any) -> None:
    """Has a request answered; with an error (500) if that fails, as Granian does in its own threads."""
    try:
        answer(*arguments)
    except Exception:
        logger.exception("There is no answer")
        protocol.response_bytes(500, [], b"")


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
