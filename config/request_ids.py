"""X-Request-ID: one name for a request, the same in the client's notes, a proxy's log, ours, and the answer."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,128}")
"""What is taken over from a request: nothing that could break a line of a log or a header."""

current: ContextVar[str] = ContextVar("current", default="-")
"""The id of the request that this thread answers; a hyphen outside of requests."""


def request_ids(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that takes the request's id if it is well formed, else makes one, and says it in the answer.

    All later code finds it as the request's own X-Request-ID.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        asked = request.META.get("HTTP_X_REQUEST_ID", "")
        name = asked if WELL_FORMED.fullmatch(asked) else uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = name
        # Never taken back: Django logs what went wrong, and sends a stream, after the middleware has returned.
        current.set(name)
        response = get_response(request)
        response["X-Request-ID"] = name
        return response

    return middleware


class RequestIdFilter(logging.Filter):
    """Gives each log record `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current.get()
        return True
