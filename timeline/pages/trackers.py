"""What others add to links, to see who follows them. On a page it means nothing, and it is led no further."""

from __future__ import annotations

from urllib.parse import unquote_plus

from django.http import HttpRequest, QueryDict

BEGINNINGS = ("_hs", "gad_", "utm_")
NAMES = {
    "_ga",
    "_gl",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "igsh",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ref",
    "srsltid",
    "ttclid",
    "twclid",
    "wbraid",
    "yclid",
}


def forget_trackers(request: HttpRequest) -> None:
    """Makes the request one without them."""
    query = without_trackers(request.META.get("QUERY_STRING", ""))
    request.META["QUERY_STRING"] = query
    request.GET = QueryDict(query.encode("latin-1"))  # what WSGI made a text of


def without_trackers(query: str) -> str:
    """A query string without them."""
    return "&".join(part for part in query.split("&") if not _is_tracker(unquote_plus(part.partition("=")[0])))


def _is_tracker(name: str) -> bool:
    return name in NAMES or name.startswith(BEGINNINGS)
