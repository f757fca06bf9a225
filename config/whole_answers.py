"""Answers that are handed to the server in one piece.

So no thread of Python waits until the client has them; and the server sends head and body together. A body that comes
in pieces it sends apart from the head, and what is small would wait until the client has acknowledged that: for 40 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import FileResponse, StreamingHttpResponse

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def whole_answers(application: Application) -> Application:
    """The WSGI application, with all answers but exports as a list of one piece.

    Exports, which have no known end and ask the database while they are sent, are left for `config.long_answers`.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = application(environ, start_response)
        is_export = isinstance(found, StreamingHttpResponse) and not isinstance(found, FileResponse)
        if is_export and environ["REQUEST_METHOD"].upper() != "HEAD":
            return found
        try:
            return [b"".join(found)]
        finally:
            if hasattr(found, "close"):
                found.close()

    return answer
