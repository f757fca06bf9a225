"""The page about a curated timeline, and the small one for frames."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, QueryDict

from timeline.documents import load, with_base_url
from timeline.filters import EventFilters, filtered
from timeline.formats.places import place_in_words
from timeline.formats.texts import closed, paragraphs
from timeline.links import address_of
from timeline.models import Publication, Term
from timeline.pages.base import Page, data_address
from timeline.pagination import EVENT_ORDERINGS, page, paging_fields, wanted_page
from timeline.pagination import Page as Rows
from timeline.parameters import ParameterField, read
from timeline.views.base import Reading, neighbours, with_version
from timeline.views.vocabulary import stored_timeline

NEWEST_FIRST = {"-date": EVENT_ORDERINGS["-date"]}
FRONT_ENDS = {
    "timelinejs": ("TimelineJS", "timelinejs"),
    "vis": ("vis-timeline", "vis-timeline"),
    "fullcalendar": ("FullCalendar", "fullcalendar"),
}
"""Format → the front end that draws it, and the name of its guide."""
IN_FRAME = 20
"""Events that a frame shows; a link leads to the others."""


class TimelinePage(Page):
    """One curated timeline: its events, newest first, a page at a time."""

    route = page_route = "timeline-page"
    template = "timeline/timeline.html"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**super().parameters(), **({} if cls.framed else paging_fields(NEWEST_FIRST))}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        slug, language = path["slug"], reading.values["lang"]

        def defined() -> tuple[str, dict[str, Any]]:
            stored, definition, reading.version = stored_timeline(slug, language, reading.at)
            return stored, definition

        return reading.by(defined, lambda timeline: self.shown(reading, slug, *timeline))

    def shown(self, reading: Reading, slug: str, stored: str, definition: dict[str, Any]) -> HttpResponseBase:
        """The page, of the dataset version that its events are from."""
        language, document = reading.values["lang"], load(with_base_url(stored, reading.base_url))
        rows = reading.settled_once(lambda: self.rows(reading, slug, definition))
        if rows:
            reading.version = rows.rows[0][1]
        older, newer = neighbours(reading, rows)
        return self.page(
            reading,
            reading.version,
            slug,
            closed(document["title"]),
            {
                "timeline": document,
                "summary": paragraphs(document.get("summary", "")),
                "summary_language": document.get("summary_language", document["language"]),
                "json": data_address(reading, "event-list", timeline=slug, lang=language),
                "events": [_entry(stored, reading) for stored, _ in rows.rows],
                "newer": newer,
                "older": older,
                "calendar": _feed(reading, slug, "ics"),
                "atom": _feed(reading, slug, "atom"),
                "front_ends": [
                    {"name": name, "guide": guide, "address": _feed(reading, slug, format)}
                    for format, (name, guide) in FRONT_ENDS.items()
                ],
            },
        )

    def in_language(self, reading: Reading, slug: str, language: str) -> str:
        """That of the same events, where this page shows some of them. A cursor means the same in each language."""
        if reading.request.GET.keys() & paging_fields(NEWEST_FIRST).keys():
            return reading.with_other(lang=language)
        return super().in_language(reading, slug, language)

    def rows(self, reading: Reading, slug: str, definition: dict[str, Any]) -> Rows:
        """The events that this page shows."""
        values = read(QueryDict(), EventFilters.fields_by_name())
        values |= {"timeline": slug, "lang": reading.values["lang"]}
        events = filtered(Publication.objects.as_of(reading.at), values, {(Term.Kind.TIMELINE, slug): definition})
        asked = {"cursor": None, "page_size": IN_FRAME, **reading.values}
        found = with_version(events.in_language(values["lang"]), reading.at)
        return page(found, wanted_page(asked, NEWEST_FIRST), ["document", "dataset_version"])


class TimelineEmbed(TimelinePage):
    """The newest events of one curated timeline, small; any site may frame it."""

    route, template, framed = "timeline-embed", "timeline/timeline_embed.html", True


def _feed(reading: Reading, slug: str, format: str) -> str:
    """The address of all events of the timeline in another format."""
    return data_address(reading, "event-list", timeline=slug, lang=reading.values["lang"], format=format)


def _entry(stored: str, reading: Reading) -> dict[str, Any]:
    """An event as a line of the list."""
    document = load(stored)
    return {
        **document,
        "place": place_in_words(document),
        "address": address_of(reading.request, "event-page", document["id"], reading.values["lang"], reading.at),
    }
