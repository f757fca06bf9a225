"""How large what is sent may be."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from timeline.errors import for_people, too_large

LARGEST = 8_000_000
"""Bytes; a file to be imported may have 5 MB. All is read before it is known who sends it, as a token is looked for:
into memory, a few at a time (`config.long_answers`), or, by servers of another kind, to the disk."""


def of_bearable_size(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that refuses (413) what is larger than `LARGEST`. What only can be read elsewhere reads no body."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:  # which Django takes for none, too
            size = 0
        return too_large(request) if size > LARGEST and for_people(request) else get_response(request)

    return middleware
