"""Pages by the last change of what the index by keys has: the same as everything sorted, however they are found."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event
from tests.assertions import slugs
from tests.builders import published
from tests.copies import filled_once
from tests.timeline import oracle
from tests.timeline.scans.test_by_date import KEYED, WINDOW
from tests.timeline.test_filters_oracle import expected, made_valid, publish_world, queries
from tests.timeline.test_pagination import assert_pages, joined, walk
from timeline import traits
from timeline.models import Publication
from timeline.publishing import publish
from timeline.scans import by_change

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["few", "near", "blocks", "small blocks"])
def way(request, monkeypatch):
    """Each way to find a page; what is near ends in the midst of the events, or at the first one."""
    monkeypatch.setattr(by_change, "MANY", float("inf") if request.param == "few" else -1)
    monkeypatch.setattr(by_change, "NEAR", 15 if request.param == "near" else 1)
    monkeypatch.setattr(by_change, "LONGEST", 2 if request.param == "small blocks" else 6)
    monkeypatch.setattr(traits, "WRITTEN_TOGETHER", 2 if request.param == "small blocks" else 10)
    return request.param


def enter_and_edit(world):
    publish_world(world)
    for event in Event.objects.order_by("-slug")[:30]:
        event.texts.update(title="Edited")
        publish([event])


@pytest.mark.usefixtures("way")
def test_pages_agree_with_the_oracle(client):
    world = oracle.a_world(5, 50)
    filled_once(("edited", traits.WRITTEN_TOGETHER), lambda: enter_and_edit(world))
    changes = {row.slug: (row.published_in, row.event_id) for row in Publication.objects.current()}
    assert len({change for change, _ in changes.values()}) > 20

    @given(queries, st.sampled_from(["updated", "-updated"]), st.sampled_from([7, 20]))
    @settings(max_examples=25)
    def every_query(drawn, ordering, size):
        query = made_valid(drawn, KEYED | WINDOW | {"in_force_on"})
        wanted = sorted(expected(world, query), key=lambda slug: changes[slug], reverse=ordering == "-updated")
        start = f"/api/v1/events/?{urlencode({**query, 'ordering': ordering, 'page_size': size}, doseq=True)}&fields=id"

        assert_pages(client, start, wanted, size)

    every_query()


@pytest.mark.usefixtures("way")
def test_pages_of_a_past_state(client):
    events = [published(f"event-{number:02}", topics=("trade",)) for number in range(20)]
    for event in events[::2]:
        event.texts.update(title="Edited")
        publish([event])

    found = joined(walk(client, "/api/v1/events/?topic=trade&ordering=-updated&as_of=22&page_size=3&fields=id"))

    edited, others = ["event-02", "event-00"], [number for number in range(19, 0, -1) if number != 2]
    assert found == [*edited, *(f"event-{number:02}" for number in others)]


def test_a_page_takes_the_version_a_plan_and_a_query(client, django_assert_num_queries):
    published("one", topics=("trade",))
    with django_assert_num_queries(3):
        assert slugs(client, "topic=trade&ordering=updated") == ["one"]
    published("two", topics=("trade",)), published("three", topics=("trade",))
    with django_assert_num_queries(3):
        assert slugs(client, "topic=trade&ordering=updated") == ["one", "two", "three"]
