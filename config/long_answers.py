"""Answers that may take long, given by threads of their own: nobody who asks for a page waits for them.

These are exports, which Granian sends in the thread that answers, for as long as the client reads; the admin, where
an import or publishing takes seconds; and the change feed, where mirrors wait for what is new.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, connections
from django.middleware.security import SecurityMiddleware

from config.bodies import LARGEST as LARGEST_FORM
from config.cors import CorsMiddleware
from config.request_ids import current, request_ids
from config.security import content_security_policy
from timeline.errors import ADMIN, SERVER_ERROR, UNAVAILABLE, problem_or_page

logger = logging.getLogger(__name__)

EXPORTS = 4
"""Threads for exports in each worker. Further ones wait for these, and for them alone."""

THREADS = {ADMIN: 4, "/api/v1/changes/": 2}
"""The same for all that is asked below these paths. Of those that ask for changes, one may wait for what is new
(`timeline.views.history.MOST_WAITING`)."""

MOST_WAITING = 20
"""For each of them. All that waits is in memory, also when who asked has gone; so further requests are refused."""

SMALL_FORM, MOST_LARGE = 100_000, 4
"""Bytes of a form of which as many may wait as of other requests; and how many larger ones, which are files."""

BUSY = "Too much is asked for here at once. Try again in some seconds."

MIDDLEWARE = (CorsMiddleware, content_security_policy, SecurityMiddleware, request_ids)
"""Of the application's, what errors need that are given in its stead; from within."""

LARGEST = 4_000_000
"""Bytes of an export that are gathered before anything is sent: one of some thousand events, compressed, is smaller.
So its thread does not wait for the client at all, and one that breaks off is an error, not a part."""

Runner = Callable[[Any, dict[str, Any]], Any]
"""Answers a request: gets Granian's protocol, by which it answers, and the request's environ."""


def apart(wrap: Callable[..., Runner]) -> Callable[..., Runner]:
    """Granian's wrapper of an application, with long answers given by other threads than those that call it."""

    def wrapped(*arguments: Any) -> Runner:
        run = wrap(*arguments)
        exports = _Threads("export", EXPORTS)
        threads = {path: _Threads(f"long {path}", number) for path, number in THREADS.items()}
        large = BoundedSemaphore(MOST_LARGE)

        def answer(protocol: Any, environ: dict[str, Any]) -> None:
            own = _Protocol(protocol, environ, exports)
            path = next(filter(environ["PATH_INFO"].startswith, threads), None)
            if path is None:
                run(own, environ)
                return
            current.set("-")  # not that of the request before, until this one has its own
            size = _length_of_form(environ)
            if _take_in(environ, size):
                room = [large] if size > SMALL_FORM else []
                threads[path].give(own, environ, partial(run, own, environ), room)

        return answer

    return wrapped


class _Threads:
    """Some threads, and room for those that wait for them."""

    def __init__(self, name: str, number: int) -> None:
        self.pool = ThreadPoolExecutor(number, name)
        self.room = BoundedSemaphore(number + MOST_WAITING)

    def give(
        self,
        protocol: Any,
        environ: dict[str, Any],
        answer: Callable[[], object],
        room: Sequence[BoundedSemaphore] = (),
    ) -> bool:
        """Has one of them give an answer, if there is room here, and in the other places; else says so (503)."""
        taken: list[BoundedSemaphore] = []
        for place in (self.room, *room):
            if not place.acquire(blocking=False):
                _give_back(taken)
                _give_error(protocol, environ, "unavailable", BUSY)
                return False
            taken.append(place)
        # With its context, which knows the request's id for the log.
        given = self.pool.submit(copy_context().run, _given, protocol, environ, answer)
        given.add_done_callback(lambda _: _give_back(taken))
        return True


def _give_back(taken: Iterable[BoundedSemaphore]) -> None:
    for place in taken:
        place.release()


def _length_of_form(environ: dict[str, Any]) -> int:
    """Bytes of what is sent to the admin; none of a body that nobody reads, as one that is refused for its size."""
    if environ["REQUEST_METHOD"].upper() != "POST" or not environ["PATH_INFO"].startswith(ADMIN):
        return 0
    try:
        size = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:  # which Django takes for none, too
        return 0
    return size if 0 < size <= LARGEST_FORM else 0


def _take_in(environ: dict[str, Any], size: int) -> bool:
    """Reads the body, and says whether it came as a whole: of a form whose sender has gone the rest would be empty.

    Granian lets its own threads read, as many as there are: while another one waits for a body, nobody else can read.
    """
    body = bytes(environ["wsgi.input"].read(size)) if size else b""
    environ["wsgi.input"] = BytesIO(body)
    if len(body) < size:
        logger.warning("%s: what was sent was cut off, and nothing of it is used", ascii(environ["PATH_INFO"]))
    return len(body) == size


class _Protocol:
    """Granian's protocol: what is whole it sends at once, an export in one of their threads."""

    __slots__ = ("environ", "exports", "protocol", "response_bytes")

    def __init__(self, protocol: Any, environ: dict[str, Any], exports: _Threads) -> None:
        self.protocol, self.environ, self.exports = protocol, environ, exports
        self.response_bytes = protocol.response_bytes

    def response_iter(self, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
        send = partial(_send, self.protocol, status, headers, pieces)
        if not self.exports.give(self.protocol, self.environ, send):
            pieces.close()


def _given(protocol: Any, environ: dict[str, Any], answer: Callable[[], object]) -> None:
    """Gives an answer: an error if that fails (503 where the database gives none, else 500). These threads stay for
    ever; so their connections to the database are closed, which would stay, too."""
    try:
        answer()
    except Exception as error:
        logger.exception("There is no answer")
        fault = ("unavailable", UNAVAILABLE) if isinstance(error, OperationalError) else ("server-error", SERVER_ERROR)
        _give_error(protocol, environ, *fault)
    finally:
        connections.close_all()


def _give_error(protocol: Any, environ: dict[str, Any], kind: str, detail: str) -> None:
    """Gives an error in the application's stead, as it would: in the form that is asked for, under the request's id,
    and legible to pages of other sites."""
    answer: Any = partial(problem_or_page, kind=kind, detail=detail)
    for middleware in MIDDLEWARE:
        answer = convert_exception_to_response(middleware(answer))
    # Nothing is read of a body, whose type may be anything.
    response = answer(WSGIRequest({**environ, "CONTENT_TYPE": "", "CONTENT_LENGTH": ""}))
    protocol.response_bytes(response.status_code, list(response.items()), response.content)


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
