"""What a reader is told was there, while somebody publishes."""

from __future__ import annotations

import pytest

from tests.builders import published
from timeline.caching import dataset_version
from timeline.models import Publication
from timeline.negotiation import Negotiated
from timeline.views.base import Reading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("settled", [Reading.settled, Reading.settled_once])
def test_nothing_is_not_taken_for_a_version_that_has_something(rf, settled):
    reads: list[list[str]] = []
    reading = Reading(rf.get("/"), {}, Negotiated())

    def read():
        found = list(Publication.objects.current().values_list("slug", flat=True))
        if not reads:
            published("late")
        reads.append(found)
        return found

    assert settled(reading, read) == ["late"]
    assert reads == [[], ["late"]]


@pytest.mark.parametrize(("settled", "times"), [(Reading.settled, 2), (Reading.settled_once, 1)])
def test_nothing_is_said_of_the_version_that_has_nothing(rf, settled, times):
    published("event")
    reads: list[str] = []
    reading = Reading(rf.get("/"), {}, Negotiated())

    def read():
        reads.append("read")
        return []

    assert settled(reading, read) == []
    assert reads == ["read"] * times
    assert reading.version == dataset_version() == 1
