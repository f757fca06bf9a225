"""The index page: what is here, for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import render

from timeline.caching import cached, dataset_version, etag, unchanged
from timeline.documents import load
from timeline.errors import PROBLEMS, read_only
from timeline.links import origin_of
from timeline.models import Publication, Term

EXAMPLES = {
    "/api/v1/events/?country=UZ&from=2025-10&to=2025-11": "What involved Uzbekistan in October and November 2025",
    "/api/v1/events/?country_all=US&country_all=CN&type=meeting": "Meetings of the United States and China",
    "/api/v1/events/?topic=rare-earths&in_force_on=2025-11-15": "Rare-earth measures in force on 15 November 2025",
    "/api/v1/events/?timeline=trump-xi&lang=de": "A curated timeline, in German",
    "/api/v1/events/c5-1-leaders-summit-2025/": "One event with its participants, sources and figures",
    "/api/v1/countries/": "The countries and their codes",
}


@read_only
def index(request: HttpRequest) -> HttpResponseBase:
    """Links to the API, requests to try, the curated timelines, and what the types of errors mean."""
    version = dataset_version()
    tag = etag(version, origin_of(request))
    if unchanged(request, tag):
        return cached(HttpResponseNotModified(), tag)
    timelines = Term.objects.current().filter(kind=Term.Kind.TIMELINE).in_language("en").order_by("key")
    page = render(
        request,
        "timeline/index.html",
        {
            "version": version,
            "count": Publication.objects.current().count(),
            "examples": [{"url": url, "what": what} for url, what in EXAMPLES.items()],
            "timelines": [load(document) for document in timelines.values_list("document", flat=True)],
            "problems": PROBLEMS.values(),
        },
    )
    return cached(page, tag)
