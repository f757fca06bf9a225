"""Requests as they reach Django behind a WSGI application that stands before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

from config.whole_answers import Application


def read_by_django(before: Callable[[Application], Application], environ: dict[str, Any]) -> WSGIRequest:
    """The request that Django makes of this environ, once it has gone through `before`."""
    requests: list[WSGIRequest] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        requests.append(WSGIRequest(environ))
        return []

    before(application)(environ, lambda *said: None)
    [request] = requests
    return request
