"""URLs in answers, of pages too, and the `Link` header (RFC 8288): where an answer's neighbours are."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from urllib.parse import quote_plus

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from timeline.documents import LANGUAGES

LONGEST_KEPT = 200
"""Characters of a text that is remembered: what anybody may send must not fill the memory."""

_quoted = functools.lru_cache(maxsize=10_000)(quote_plus)


def quoted(text: str) -> str:
    """A text as a query string has it. The same few codes, days and names are asked for again and again."""
    return _quoted(text) if len(text) <= LONGEST_KEPT else quote_plus(text)


def query_string(asked: Iterable[tuple[str, str]]) -> str:
    """The query string of names with values."""
    return "&".join([f"{quoted(name)}={quoted(value)}" for name, value in asked])


def origin_of(request: HttpRequest) -> str:
    """Scheme and host of the URL under which the request reached us."""
    return f"{request.scheme}://{request.get_host()}"


def address_of(request: HttpRequest, route: str, slug: str, language: str, as_of: int | None = None) -> str:
    """The whole URL of the page about what has this slug."""
    return request.build_absolute_uri(reverse(route, args=[slug])) + query_of(language, as_of)


def query_of(language: str, as_of: int | None = None) -> str:
    """The part of a page's URL from the question mark on; nothing where all is as if left out.

    A page is in the first language unasked. What the API gives unasked is what the reader's browser prefers.
    """
    given = {} if language == LANGUAGES[0] else {"lang": language}
    if as_of is not None:
        given["as_of"] = str(as_of)
    return f"?{urlencode(given)}" if given else ""


def link(response: HttpResponseBase, url: str | None, rel: str, **attributes: str) -> None:
    """Adds a link to `response`, if there is a URL. URLs of ours have no character that would need care."""
    if url is None:
        return
    more = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    entry = f'<{url}>; rel="{rel}"{more}'
    response["Link"] = f"{response['Link']}, {entry}" if "Link" in response else entry
