"""A guide for each client: how it reads the API, with examples to paste. Tests run every example."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from markdown_it import MarkdownIt

from timeline.pages.base import StrictPage

FOLDER = Path(__file__).resolve().parent / "guides"
NAMES = ("timelinejs", "vis-timeline", "fullcalendar", "calendar", "pandas", "r", "curl")
ADDRESS = "http://127.0.0.1:8000"
"""The server in the guides; pages name the one that they come from, so that examples can be pasted as they are."""

MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Guide:
    """A guide as a page: `title` and `lead` are its first heading and paragraph, `html` is all of it."""

    name: str
    title: str
    lead: str
    html: str


def text_of(name: str, address: str = ADDRESS) -> str:
    """The Markdown of a guide, for the server at `address`."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").replace(ADDRESS, address)


def read(name: str, address: str) -> Guide:
    """A guide, for the server at `address`."""
    text = text_of(name, address)
    title, lead, *_ = (token.content for token in MARKDOWN.parse(text) if token.type == "inline")
    # What is wider than the page scrolls, by keyboard too.
    html = MARKDOWN.render(text).replace("<pre>", '<pre tabindex="0">')
    return Guide(name, title, MARKDOWN.renderInline(lead), html)


class GuideList(StrictPage):
    """All guides, each with its first paragraph."""

    def show(self, request: HttpRequest, **path: str) -> HttpResponse:
        return render(request, "timeline/guides.html", {"guides": [read(name, _address(request)) for name in NAMES]})


class GuidePage(StrictPage):
    """One guide."""

    def show(self, request: HttpRequest, **path: str) -> HttpResponse:
        name = path["name"]
        if name not in NAMES:
            raise Http404(f"There is no guide '{name}'. The guides are at {reverse('guide-list')}: {', '.join(NAMES)}.")
        return render(request, "timeline/guide.html", {"guide": read(name, _address(request))})


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").removesuffix("/")
