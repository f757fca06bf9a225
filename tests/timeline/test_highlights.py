"""Highlights: each way to find them against sorting in Python."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from tests.timeline import oracle
from tests.timeline.test_filters_oracle import enter
from timeline import summaries
from timeline.filters import known_entries
from timeline.models import Publication
from timeline.parameters import read
from timeline.summaries import Question
from timeline.views.summaries import EventDensity

pytestmark = pytest.mark.django_db

LOOKED_UP, MET, WALKED = (10**9, 10**9, 10**9), (-1, 10**9, -1), (-1, -1, -1)
"""FEW_OF_COUNTRY, MANY_OF_COUNTRY and MOST_RANKED that have any number of events found in this way."""


@pytest.mark.parametrize("way", [LOOKED_UP, MET, WALKED])
@pytest.mark.parametrize("query", [{}, {"country": "US"}, {"topic": "minerals"}])
@pytest.mark.parametrize("window", [{}, {"from": "2025-10-05"}, {"from": "2025-10-05", "to": "2025-11-20"}])
def test_each_way_finds_the_most_significant_ones_in_order(way, query, window, monkeypatch):
    enter(oracle.a_world(11, 60))
    for name, bound in zip(("FEW_OF_COUNTRY", "MANY_OF_COUNTRY", "MOST_RANKED"), way, strict=True):
        monkeypatch.setattr(summaries, name, bound)
    values = read(QueryDict(urlencode({**query, **window})), EventDensity.parameters())
    asked = Question(values, known_entries(values), None)
    wanted = sorted(asked.overlapping(), key=lambda one: (one.significance, one.start_min, one.event_id), reverse=True)

    found = asked.density(10, 3)

    assert found.buckets
    assert found.highlights == [
        [one.pk for one in wanted if _bucket(found.buckets, one) == at][:3] for at in range(len(found.buckets.starts))
    ]
    assert sum(map(len, found.highlights)) > 5


def _bucket(buckets, publication: Publication):
    """The number of the bucket in which it begins, the first one if before all."""
    return max((at for at, start in enumerate(buckets.starts) if start <= publication.start_min), default=0)
