"""Which format and language an answer has where the request's parameters do not say: what its headers prefer.

`format` and `lang` win over `Accept` and `Accept-Language` (RFC 9110), so an address that names both is the same for
everybody. Where a header decided, the answer says so in `Vary`, and its ETag is another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from timeline.accepting import preferred
from timeline.documents import LANGUAGES
from timeline.formats import NEGOTIABLE

JSON = "application/json"
OFFERED = (JSON, *NEGOTIABLE)


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
    if "format" in values and values["format"] is None:
        found.headers.append("Accept")
        chosen = media_type(request, OFFERED)
        values["format"] = "json" if chosen == JSON else NEGOTIABLE[chosen].name
        found.variant += "" if chosen == JSON else f"-{values['format']}"
    elif "format" not in request.GET:
        media_type(request, (JSON,))
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
    chosen = preferred(request.META.get("HTTP_ACCEPT", ""), offered)
    if chosen is None:
        raise NotAcceptable(
            f"This address answers with {', '.join(offered)}, which the request's Accept header rules out."
        )
    return chosen


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
