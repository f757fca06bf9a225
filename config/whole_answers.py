"""Answers that are handed to the server in one piece.

So no thread of Python waits until the client has them; and the server sends head and body together. A body that comes
in pieces it sends apart from the head, and what is small would wait until the client has acknowledged that: for 40 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

LARGEST = 4_000_000
"""Bytes. An export of some thousand events, compressed, is smaller. What is larger is streamed: a client that reads it
slowly keeps a thread busy, but no memory."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def whole_answers(application: Application) -> Application:
    """The WSGI application, with all but its largest answers as a list of one piece.

    One that breaks off before it is that large is an error of its own (500), not the beginning of an answer.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = application(environ, start_response)
        rest, begun, size = iter(found), [], 0
        try:
            for piece in rest:
                begun.append(piece)
                size += len(piece)
                if size > LARGEST:
                    return _Stream(chain(begun, rest), found)
        except BaseException:
            _close(found)
            raise
        _close(found)
        return [b"".join(begun)]

    return answer


class _Stream:
    """An answer that has begun; the server closes it as it would have closed `found`."""

    def __init__(self, pieces: Iterator[bytes], found: Iterable[bytes]) -> None:
        self.pieces, self.found = pieces, found

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        _close(self.found)


def _close(found: Iterable[bytes]) -> None:
    if hasattr(found, "close"):
        found.close()
