"""The index page: what is here, for people."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from timeline.documents import load
from timeline.errors import PROBLEMS
from timeline.links import query_of
from timeline.models import Term
from timeline.pages.base import Page
from timeline.parameters import ParameterField, language_field
from timeline.tallies import Tallied
from timeline.views.base import Reading

EXAMPLES = {
    "/api/v1/events/?country=UZ&from=2025-10&to=2025-11": {
        "en": "What involved Uzbekistan in October and November 2025",
        "de": "Woran Usbekistan im Oktober und November 2025 beteiligt war",
    },
    "/api/v1/events/?country_all=US&country_all=CN&type=meeting": {
        "en": "Meetings of the United States and China",
        "de": "Treffen der Vereinigten Staaten und Chinas",
    },
    "/api/v1/events/?topic=rare-earths&in_force_on=2025-11-15": {
        "en": "Rare-earth measures in force on 15 November 2025",
        "de": "Maßnahmen zu Seltenen Erden, die am 15. November 2025 in Kraft waren",
    },
    "/api/v1/events/?timeline=trump-xi&lang=de": {
        "en": "A curated timeline, in German",
        "de": "Eine kuratierte Zeitleiste, auf Deutsch",
    },
    "/api/v1/events/c5-1-leaders-summit-2025/": {
        "en": "One event with its participants, sources and figures",
        "de": "Ein Ereignis mit Teilnehmern, Quellen und Zahlen",
    },
    "/api/v1/countries/": {"en": "The countries and their codes", "de": "Die Länder und ihre Codes"},
}


class Index(Page):
    """Links to the API, requests to try, the curated timelines, and what the types of errors mean."""

    route = page_route = "index"
    template = "timeline/index.html"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {"lang": language_field()}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        language = reading.values["lang"]
        timelines = Term.objects.current().filter(kind=Term.Kind.TIMELINE).in_language(language).order_by("key")
        home = reading.absolute("index")
        shown = {
            **self.frame(language),
            "address": home + query_of(language),
            "languages": [
                {"code": code, "name": name, "address": home + query_of(code)} for code, name in settings.LANGUAGES
            ],
            "query": query_of(language),
            "version": reading.version,
            "count": Tallied().number(None, None),
            "examples": [
                {"url": _in_language(url, language), "what": what.get(language, what["en"])}
                for url, what in EXAMPLES.items()
            ],
            "timelines": [load(document) for document in timelines.values_list("document", flat=True)],
            "problems": PROBLEMS.values(),
        }
        return HttpResponse(render_to_string(self.template, shown))


def _in_language(url: str, language: str) -> str:
    """The URL of an example, for readers of this language: if left out, it is what their browsers prefer."""
    if "lang=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}lang={language}"
