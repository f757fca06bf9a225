"""A `Content-Type` is that of a body, and says nothing where there is none.

Django takes its `charset` for that of the query string, too: a `GET` with another one would ask for something else
under the same address, and caches would keep the answer for everybody. One that is malformed it raises on before
anything of ours could answer. Forms come in UTF-8; Python knows charsets that take minutes to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

from config.whole_answers import Application

LONGEST = 1_000
"""Characters of one that is read. To take it apart takes a time that grows with their square."""


def of_bodies_alone(application: Application) -> Application:
    """The WSGI application, which gets no `Content-Type` but one that it can read, of a request with a body."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said = environ.get("CONTENT_TYPE")
        if said and (environ["REQUEST_METHOD"].upper() in ("GET", "HEAD") or not _is_readable(said)):
            del environ["CONTENT_TYPE"]
        return application(environ, start_response)

    return answer


def _is_readable(content_type: str) -> bool:
    if len(content_type) > LONGEST:
        return False
    try:
        _, parameters = parse_header_parameters(content_type)
    except (ValueError, TypeError, LookupError):
        return False
    return parameters.get("charset", "utf-8").lower() in ("utf-8", "utf8")
