"""Which format and language an answer has where the request's parameters do not say: what its headers prefer.

`format` and `lang` win over `Accept` and `Accept-Language` (RFC 9110), so an address that names both is the same for
everybody. Where a header decided, the answer says so in `Vary`, and its ETag is another one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.http.request import MediaType
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from timeline.documents import LANGUAGES
from timeline.formats import NEGOTIABLE

JSON = "application/json"
OFFERED = (JSON, *NEGOTIABLE)

LONGEST = 1_000
"""Characters of an `Accept` header that is kept: what anybody may send must not fill the memory."""


@dataclass(slots=True)
class Negotiated:
    """What the headers decided: their names, and what to tell answers apart by in the ETag."""

    headers: list[str] = field(default_factory=list)
    variant: str = ""


def negotiate(request: HttpRequest, values: dict[str, Any]) -> Negotiated:
    """Puts `format` and `lang` into `values`, where the address takes them and the request does not give them.

    Raises `NotAcceptable` if `Accept` rules out everything that there is.
    """
    found = Negotiated()
    if "format" not in values:
        media_type(request, (JSON,))
    elif values["format"] is None:
        found.headers.append("Accept")
        chosen = media_type(request, OFFERED)
        values["format"] = "json" if chosen == JSON else NEGOTIABLE[chosen].name
        found.variant += "" if chosen == JSON else f"-{values['format']}"
    if "lang" in values and "lang" not in request.GET:
        found.headers.append("Accept-Language")
        values["lang"] = language(request)
        found.variant += "" if values["lang"] == LANGUAGES[0] else f"-{values['lang']}"
    return found


def as_it_is(request: HttpRequest, values: dict[str, Any]) -> Negotiated:
    """Nothing depends on headers: what pages for people do, whose address is to show everybody the same."""
    return Negotiated()


def media_type(request: HttpRequest, offered: tuple[str, ...]) -> str:
    """The one that `Accept` prefers; of those it likes as much, the first. Raises `NotAcceptable` for none."""
    accept = request.META.get("HTTP_ACCEPT", "").strip()
    if accept in ("", "*/*"):
        return offered[0]
    find = _preferred if len(accept) <= LONGEST else _preferred.__wrapped__
    preferred = find(accept, offered)
    if preferred is None:
        raise NotAcceptable(
            f"This address answers with {', '.join(offered)}, which the request's Accept header rules out."
        )
    return preferred


@functools.lru_cache(maxsize=1000)
def _preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """The one that it likes most. Kept, as clients send the same ones again and again."""
    ranges = list(_ranges(accept))
    qualities = {name: _quality(ranges, name) for name in offered}
    preferred = max(offered, key=qualities.__getitem__)
    return preferred if qualities[preferred] else None


def _ranges(accept: str) -> Iterator[MediaType]:
    for text in filter(str.strip, accept.split(",")):
        with suppress(ValueError):  # a parameter that cannot be decoded
            yield MediaType(text)


def _quality(ranges: Iterable[MediaType], offered: str) -> float:
    """How much they like a type: as much as the most specific one that it is in says (RFC 9110, 12.5.1). Parameters,
    such as `charset=utf-8`, tell nothing apart here; to Django they make other types."""
    main, _, sub = offered.partition("/")
    found = [
        (each.main_type != "*", each.sub_type != "*", each.quality)
        for each in ranges
        if each.main_type in ("*", main) and each.sub_type in ("*", sub)
    ]
    return max(found)[-1] if found else 0


def language(request: HttpRequest) -> str:
    """The language of ours that `Accept-Language` prefers, `de` for `de-AT`; the first of ours for none."""
    for tag, quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        for wanted in (tag, tag.partition("-")[0]):
            if quality and wanted in LANGUAGES:
                return wanted
    return LANGUAGES[0]


class ByView(BaseContentNegotiation):
    """Leaves the choice to the view, which knows its parameters."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type
