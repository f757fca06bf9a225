"""How many requests a client may make in a minute.

The count lies in the cache, which each server process has for itself: it costs microseconds and needs no other server.
With several processes a client gets up to so many times the limit, depending on who answers.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from timeline.errors import for_people, problem_or_page, problem_page

LOGINS = 20
"""Attempts to log in a minute: each takes a processor for a third of a second."""

WINDOW = 60
"""Seconds. It begins with each full minute, for everybody."""

WITH_PORT = re.compile(r"\[([^\]]+)\](?::[0-9]+)?|([0-9.]+):[0-9]+")
"""An address as some proxies write it."""


def throttling(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that refuses (429) what a client asks beyond `settings.RATE_LIMIT` requests a minute; 0 is no limit.

    Every request for something public counts, also one that is answered by a 304 or an error. Of the admin, attempts to
    log in do, of which there are `LOGINS`, whatever the limit of requests is.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        what, limit = _counted(request)
        if not limit:
            return get_response(request)
        client, now = client_of(request), time.time()
        if _count(f"{what}:{client}:{int(now // WINDOW)}".replace(" ", "-")) <= limit:
            return get_response(request)
        wait = WINDOW - int(now % WINDOW)
        seconds = "a second" if wait == 1 else f"{wait} seconds"
        detail = (
            f"A client may make {limit} {what} a minute, and {client} has made more. "
            f"Come again in {seconds}, when the next minute begins."
        )
        if for_people(request):
            response = problem_page(request, "too-many-requests", [detail])
        else:
            response = problem_or_page(request, "too-many-requests", detail)
        response["Retry-After"] = str(wait)
        return response

    return middleware


def _counted(request: HttpRequest) -> tuple[str, int]:
    """As what it counts, and how many of these there may be in a minute; 0 is no limit."""
    if not for_people(request):
        return "requests", settings.RATE_LIMIT
    logs_in = request.method == "POST" and request.path == reverse("admin:login")
    return "attempts to log in", LOGINS if logs_in else 0


def client_of(request: HttpRequest) -> str:
    """Whose request it is: the address that it comes from, or behind our own proxy the one that the proxy saw.

    Only the last entry of X-Forwarded-For is the proxy's; the others are what the client says of itself.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    return _network(address)


@functools.lru_cache(maxsize=10_000)
def _network(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 address the network of 64 bits, all of which belongs to one customer."""
    with_port = WITH_PORT.fullmatch(address)
    try:
        parsed = ipaddress.ip_address(with_port[1] or with_port[2] if with_port else address)
    except ValueError:
        return "somebody"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _count(key: str) -> int:
    """Counts one more; how many there are now."""
    try:
        return cache.incr(key)
    except ValueError:  # the first one in this minute
        return 1 if cache.add(key, 1, WINDOW) else cache.incr(key)
