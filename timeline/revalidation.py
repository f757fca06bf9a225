"""Clients that are up to date, answered at once.

Browsers and caches ask again and again whether their copy still holds (`timeline.caching`). That it does says the
dataset version alone. So what was answered 304 once need not be understood again: the same request gets the same answer
as long as it names the present version, and goes its whole way else.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.cache import has_vary_header

from timeline.build import build
from timeline.caching import dataset_version, has_any, renewed, unchanged

KEPT, LONGEST = 5_000, 500
"""Requests that each process knows, and how many characters tell one from another: some megabytes at most."""

Name = tuple[str, ...]
Headers = dict[str, str]


def revalidation(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that answers 304 where a request is known, and its client up to date. One tiny query."""
    build()  # now: later, other code may lie in its place
    known: dict[Name, Headers] = {}
    writing = Lock()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "HTTP_IF_NONE_MATCH" not in request.META or request.method not in ("GET", "HEAD"):
            return get_response(request)
        name = _name(request)
        if name in known and (up_to_date := _up_to_date(request, known[name])):
            return up_to_date
        response = get_response(request)
        if response.status_code == 200 and "ETag" in response and has_any(request):
            return _not_modified(response)
        if name not in known and (headers := _noted(name, request, response)):
            with writing:
                if len(known) >= KEPT:
                    known.clear()
                known[name] = headers
        return response

    return middleware


def _not_modified(response: Any) -> Any:
    """The same without what it says."""
    kept = {key: value for key, value in response.items() if not key.startswith("Content-")}
    found: Any = HttpResponseNotModified(headers=kept)
    found._resource_closers += response._resource_closers  # closed with this one: to close it now would end the request
    return found


def _name(request: HttpRequest) -> Name:
    """All that an answer depends on besides what is public."""
    said = [request.META.get(name, "") for name in ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "QUERY_STRING")]
    return (request.scheme or "", request.META.get("HTTP_HOST", ""), request.path, *said)


def _up_to_date(request: HttpRequest, headers: Headers) -> HttpResponse | None:
    try:
        tag = renewed(headers["ETag"], dataset_version())
    except Error:  # whoever else would answer knows what to say
        return None
    return HttpResponseNotModified(headers={**headers, "ETag": tag}) if tag and unchanged(request, tag) else None


def _noted(name: Name, request: HttpRequest, response: HttpResponseBase) -> Headers | None:
    """The headers of a 304; None if the request is answered in another way, or may be next time.

    An answer about the past (`as_of`) has another version in its ETag.
    """
    if response.status_code != 304 or sum(map(len, name)) > LONGEST or "as_of" in request.GET:
        return None
    ours = renewed(response.get("ETag", ""), 0) and not response.cookies and not has_vary_header(response, "Cookie")
    return dict(response.items()) if ours else None
