"""A query string that its client has not encoded, as curl sends `?q=Türkei`.

WSGI gives its bytes as letters of Latin-1. Django reads the parameters right, but encodes the letters where an address
goes on from them: redirects and the own addresses of feeds would ask for `TÃ¼rkei`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from config.whole_answers import Application

NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def encoded(application: Application) -> Application:
    """The WSGI application, which gets each query string as an address has it."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = NOT_ASCII.sub(lambda found: f"%{ord(found[0]):02X}", query)
        return application(environ, start_response)

    return answer
