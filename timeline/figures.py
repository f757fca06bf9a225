"""Whom the figures of public events name: that stands nowhere but in the documents, all of which are read."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from timeline.documents import LANGUAGES, load
from timeline.models import Publication, PublicationText

PARTIES = ("reporter", "partner")
"""Keys of a figure that name actors, by code or slug."""


def named_in_figures(publications: QuerySet[Publication]) -> Iterator[tuple[int, str, str]]:
    """For each reporter and partner of a figure: the id and the slug of the event, and the code or slug that stands
    there. Those of one event may repeat each other."""
    texts = PublicationText.objects.filter(
        publication__in=publications, language=LANGUAGES[0], document__contains='"figures":[{'
    )
    for event_id, text in texts.values_list("publication__event_id", "document").iterator():
        document = load(text)
        for figure in document["figures"]:
            for party in PARTIES:
                if party in figure:
                    yield event_id, document["id"], figure[party]
