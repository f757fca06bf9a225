"""oEmbed (oembed.com): how other sites turn the address of a page of ours into a frame that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html

from timeline.caching import cached, dataset_version, etag, unchanged
from timeline.documents import load
from timeline.errors import (
    InvalidParameters,
    ParameterError,
    Withdrawn,
    exception_problem,
    expected,
    problem,
)
from timeline.formats.texts import clean, closed
from timeline.links import address_of, origin_of
from timeline.pages.base import ReadOnly
from timeline.pages.trackers import without_trackers
from timeline.pages.words import SITE
from timeline.parameters import ChoiceField, NumberField, ParameterField, language_field, read, shown
from timeline.views.events import present_slug, stored_event
from timeline.views.vocabulary import stored_timeline

DAY = 24 * 3600
"""Seconds for which a site may keep the answer. What the frame shows is always of the moment."""

HEIGHTS = {"event": 320, "timeline": 480}
WIDTH = 600

FIELDS: dict[str, ParameterField] = {
    "url": ParameterField(help_text="Address of the page of an event or a timeline, or of the same in the API."),
    "maxwidth": NumberField(least=1, most=100_000, help_text="Pixels that the frame may be wide."),
    "maxheight": NumberField(least=1, most=100_000, help_text="Pixels that the frame may be high."),
    "format": ParameterField(default="json", help_text="`json`, also if left out, or `xml`."),
    # Sent by WordPress with every request: do not track. Nobody is tracked here either way.
    "dnt": ChoiceField(["0", "1", "true", "false"], help_text="No effect: nobody is tracked."),
}

SUBJECTS = {
    "event-page": "event",
    "event-detail": "event",
    "timeline-page": "timeline",
    "timeline-detail": "timeline",
}
"""Name of an address → what it is about."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an address is about: an event or a timeline, with its slug and the language of the page."""

    kind: str
    slug: str
    language: str


class OEmbed(ReadOnly):
    """A frame for the address in `url`. Every error is a problem document."""

    def dispatch(self, request: HttpRequest, *args: Any, **path: str) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **path)
        except (InvalidParameters, Withdrawn, Http404) as exception:
            return exception_problem(request, exception)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        values = read(request.GET, FIELDS)
        if values["url"] is None:
            message = "'url' is missing: give the address of the page of an event or a timeline."
            raise InvalidParameters([ParameterError("url", "incomplete", message)])
        if values["format"] not in ("json", "xml"):
            detail = f"There is no format {shown(values['format'])} here. Possible: json, xml."
            return expected(problem(request, "not-implemented", detail), request)
        tag = etag(dataset_version(), origin_of(request))
        if unchanged(request, tag):
            return cached(HttpResponseNotModified(), tag)
        answer = describe(request, subject_of(request, values["url"]), values["maxwidth"], values["maxheight"])
        if values["format"] == "xml":
            return cached(HttpResponse(as_xml(answer), content_type="text/xml; charset=utf-8"), tag)
        return cached(HttpResponse(orjson.dumps(answer), content_type="application/json"), tag)


def subject_of(request: HttpRequest, url: str) -> Subject:
    """What `url` is about. Raises `Http404` for what is not an address of an event or a timeline here."""
    no_page = Http404(
        f"{shown(url)} is not the address of an event or a timeline here: those begin with "
        f"{request.build_absolute_uri('/events/')} or {request.build_absolute_uri('/timelines/')}."
    )
    try:
        parts = urlsplit(url)
        found = resolve(unquote(parts.path).rstrip("/") + "/")
    except (ValueError, Resolver404) as error:
        raise no_page from error
    ours = parts.scheme in ("http", "https") and parts.netloc.lower() == request.get_host().lower()
    if not ours or found.url_name not in SUBJECTS:
        raise no_page
    try:
        language = read(QueryDict(without_trackers(parts.query)), {"lang": language_field()})["lang"]
    except InvalidParameters as error:
        raise Http404(f"Of {shown(url)} there is no frame: {error}") from error
    return Subject(SUBJECTS[found.url_name], next(iter(found.kwargs.values())), language)


def describe(request: HttpRequest, subject: Subject, most_width: int | None, most_height: int | None) -> dict[str, Any]:
    """The answer of type `rich`. Raises `Http404` and `Withdrawn`."""
    slug, title = _titled(subject)
    width = min(WIDTH, most_width or WIDTH)
    height = min(HEIGHTS[subject.kind], most_height or HEIGHTS[subject.kind])
    address = address_of(request, f"{subject.kind}-embed", slug, subject.language)
    # It has neither scripts nor forms, so the sandbox takes nothing away; its links open pages of their own.
    html = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>',
        *(address, title, width, height),
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": SITE,
        "provider_url": request.build_absolute_uri(reverse("index")),
        "cache_age": DAY,
        "html": html,
        "width": width,
        "height": height,
    }


def as_xml(answer: dict[str, Any]) -> str:
    """The answer as the specification writes it in XML."""
    lines = [f"<{name}>{escape(str(value))}</{name}>" for name, value in answer.items()]
    return "\n".join(['<?xml version="1.0" encoding="utf-8" standalone="yes"?>', "<oembed>", *lines, "</oembed>", ""])


def _titled(subject: Subject) -> tuple[str, str]:
    """The present slug and the title."""
    if subject.kind == "timeline":
        stored, _, _ = stored_timeline(subject.slug, subject.language)
        return subject.slug, closed(clean(load(stored)["title"]))
    found = stored_event(subject.slug, subject.language)
    if found is None:
        return _titled(Subject("event", present_slug(subject.slug, dataset_version()), subject.language))
    return subject.slug, closed(clean(load(found[0])["title"]))
