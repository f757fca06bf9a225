"""The index page: what is here, for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from timeline.caching import dataset_version
from timeline.documents import load
from timeline.models import Publication, Term, TermText


def index(request: HttpRequest) -> HttpResponse:
    """Links to the API, the curated timelines, requests to try, and what error types mean."""
    timelines = TermText.objects.filter(
        term__in=Term.objects.current().filter(kind=Term.Kind.TIMELINE), language="en"
    ).order_by("term__key")
    return render(
        request,
        "timeline/index.html",
        {
            "version": dataset_version(),
            "count": Publication.objects.current().count(),
            "timelines": [load(text.document) for text in timelines],
        },
    )
