"""Highlights: each way to find them against sorting in Python."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from events.models import Event
from tests.builders import published
from tests.timeline import oracle
from tests.timeline.test_filters_oracle import enter
from timeline import summaries
from timeline.documents import complete
from timeline.filters import known_entries
from timeline.highlights import entry_of
from timeline.models import Publication, PublicationText
from timeline.parameters import read
from timeline.publishing import publish
from timeline.summaries import Question
from timeline.views.summaries import EventDensity

pytestmark = pytest.mark.django_db

RANKED, WALKED = 10**9, -1
"""MOST_RANKED and MOST_RANKED_OF_COUNTRY that have any number of events found in this way."""


@pytest.mark.parametrize("way", [RANKED, WALKED])
@pytest.mark.parametrize("query", [{}, {"country": "US"}, {"topic": "minerals"}])
@pytest.mark.parametrize("window", [{}, {"from": "2025-10-05"}, {"from": "2025-10-05", "to": "2025-11-20"}])
def test_each_way_finds_the_most_significant_ones_in_order(way, query, window, monkeypatch):
    enter(oracle.a_world(11, 60))
    for name in ("MOST_RANKED", "MOST_RANKED_OF_COUNTRY"):
        monkeypatch.setattr(summaries, name, way)
    values = read(QueryDict(urlencode({**query, **window})), EventDensity.parameters())
    asked = Question(values, known_entries(values), None)
    wanted = sorted(asked.overlapping(), key=lambda one: (one.significance, one.start_min, one.event_id), reverse=True)

    found = asked.density(10, 3)

    assert found.buckets
    assert found.highlights == [
        [one.pk for one in wanted if _bucket(found.buckets, one) == at][:3] for at in range(len(found.buckets.starts))
    ]
    assert sum(map(len, found.highlights)) > 5


def test_what_began_before_the_window_is_a_highlight_of_its_first_bucket(client):
    published("running", "2024-05/2025-12"), published("first", "2025-01-05"), published("second", "2025-02-01")
    query = "from=2025-01-01&to=2025-12-31&buckets=12"

    buckets = client.get(f"/api/v1/events/density/?{query}").json()["buckets"]

    assert [[highlight["id"] for highlight in bucket["highlights"]] for bucket in buckets] == [
        ["first", "running"],
        ["second"],
        *([] for _ in range(10)),
    ]


def test_what_a_highlight_says_is_part_of_its_document(curated):
    said = '"date":{"edtf":"}"}, \\"date\\": {'
    titled = "c5-1-leaders-summit-2025"
    event = Event.objects.get(slug=titled)
    event.texts.update(title=said)
    publish([event])
    documents = list(PublicationText.objects.filter(publication__superseded_in=None).values_list("document", flat=True))
    assert len(documents) > 100

    entries = [entry_of(document, "https://example.org") for document in documents]

    assert entries == [
        {key: complete(document, "https://example.org")[key] for key in ("id", "url", "title", "date")}
        for document in documents
    ]
    assert {entry["title"] for entry in entries if entry["id"] == titled} == {said}


def _bucket(buckets, publication: Publication):
    """The number of the bucket in which it begins, the first one if before all."""
    return max((at for at, start in enumerate(buckets.starts) if start <= publication.start_min), default=0)
