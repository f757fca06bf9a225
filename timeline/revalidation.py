"""Clients that are up to date, answered at once.

Browsers and caches ask again and again whether their copy still holds (`timeline.caching`). That it does says the
dataset version alone. So what was answered 304 once need not be understood again: the same request gets the same answer
as long as it names the present version, and goes its whole way else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import has_vary_header

from timeline.caching import dataset_version, unchanged

KEPT, LONGEST = 5_000, 500
"""Requests that each process knows, and how long the address of one may be, in characters: some megabytes at most."""

TAG = re.compile(r'W/"[0-9]+(-[^"]+)"')
"""ETags of `timeline.caching`. What follows the dataset version stays the same."""


class Known(NamedTuple):
    """A request that was answered 304: how its ETag ends, and the headers of the answer."""

    ending: str
    headers: dict[str, str]


def revalidation(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that answers 304 where a request is known, and its client up to date. One tiny query."""
    known: dict[tuple[str, ...], Known] = {}
    writing = Lock()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "HTTP_IF_NONE_MATCH" not in request.META or request.method not in ("GET", "HEAD"):
            return get_response(request)
        name = _name(request)
        if name in known and (up_to_date := _up_to_date(request, known[name])):
            return up_to_date
        response = get_response(request)
        if name not in known and (noted := _noted(request, response)):
            with writing:
                if len(known) >= KEPT:
                    known.clear()
                known[name] = noted
        return response

    return middleware


def _name(request: HttpRequest) -> tuple[str, ...]:
    """All that an answer depends on besides what is public."""
    said = [request.META.get(name, "") for name in ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "QUERY_STRING")]
    return (request.scheme or "", request.META.get("HTTP_HOST", ""), request.path, *said)


def _up_to_date(request: HttpRequest, known: Known) -> HttpResponse | None:
    try:
        tag = f'W/"{dataset_version()}{known.ending}"'
    except Error:  # whoever else would answer knows what to say
        return None
    return HttpResponse(status=304, headers={**known.headers, "ETag": tag}) if unchanged(request, tag) else None


def _noted(request: HttpRequest, response: HttpResponseBase) -> Known | None:
    """What there is to know of a request that was answered so; None if it may be answered in another way next time.

    An answer about the past (`as_of`) has another version in its ETag.
    """
    tag = TAG.fullmatch(response.get("ETag", ""))
    if response.status_code != 304 or not tag or response.cookies or has_vary_header(response, "Cookie"):
        return None
    if "as_of" in request.GET or len(request.get_full_path()) > LONGEST:
        return None
    return Known(tag[1], dict(response.items()))
