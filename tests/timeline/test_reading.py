"""What a reader is told was there, while somebody publishes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.models import Event
from tests.builders import published
from timeline.caching import dataset_version
from timeline.models import Publication, Timeline
from timeline.negotiation import Negotiated
from timeline.pages import events as event_pages
from timeline.pages import timelines
from timeline.publishing import publish, publish_vocabulary, withdraw
from timeline.views import events, vocabulary
from timeline.views.base import Reading
from timeline.views.events import EventList
from timeline.views.summaries import SummaryView

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


UNKNOWN = {"If-None-Match": 'W/"0-unknown"'}
"""Has the API ask for the dataset version before it reads."""


@pytest.fixture
def first(monkeypatch) -> Callable[[Any, str, Callable[[], object]], None]:
    """Has a function of a module do something else before it does what it does; once."""

    def first(module, name, act):
        left, real = [act], getattr(module, name)

        def read(*arguments):
            if left:
                left.pop()()
            return real(*arguments)

        monkeypatch.setattr(module, name, read)

    return first


def renamed(event: Event) -> None:
    event.slug = "new"
    event.save()
    publish([event])


def test_a_list_whose_last_event_is_withdrawn_meanwhile_is_of_the_version_without_it(client, first):
    event = published("event", "2025", "US")
    first(events, "joined_page", lambda: withdraw([event]))

    response = client.get("/api/v1/events/?country=US", headers=UNKNOWN)

    assert (response.json()["dataset_version"], response.json()["results"]) == (2, [])
    assert response["ETag"].startswith('W/"2-')


@pytest.mark.parametrize(
    ("module", "address"),
    [(events, "/api/v1/events/"), (event_pages, "/events/"), (event_pages, "/embed/events/")],
)
def test_an_event_that_is_withdrawn_or_renamed_meanwhile_leads_nobody_to_where_it_was(client, first, module, address):
    gone, other = published("gone"), published("old")

    first(module, "stored_event", lambda: withdraw([gone]))
    assert client.get(f"{address}gone/", headers=UNKNOWN).status_code == 410

    first(module, "stored_event", lambda: renamed(other))
    response = client.get(f"{address}old/", headers=UNKNOWN)
    assert (response.status_code, response["Location"]) == (308, f"{address}new/")


@pytest.mark.parametrize("address", ["/timelines/line/", "/embed/timelines/line/"])
def test_the_page_of_a_timeline_whose_last_event_is_withdrawn_meanwhile_is_of_the_version_without_it(
    client, monkeypatch, address
):
    event = published("event", "2025", "US")
    publish_vocabulary(timelines=[Timeline.objects.create(slug="line", titles={"en": "Line"}, query="country=US")])
    real = timelines.stored_timeline

    def then_withdrawn(*arguments):
        found = real(*arguments)
        withdraw([event])
        return found

    monkeypatch.setattr(timelines, "stored_timeline", then_withdrawn)

    response = client.get(address)

    assert "Title of event" not in response.text
    assert "dataset version 3" in response.text
    assert response["ETag"].startswith('W/"3-')


@pytest.fixture
def _redefined(monkeypatch):
    """A timeline of events with the United States, that becomes one of events with China when it has been read."""
    published("american", "2025", "US")
    published("chinese", "2025", "CN")
    timeline = Timeline.objects.create(slug="line", titles={"en": "Line"}, query="country=US")
    publish_vocabulary(timelines=[timeline])

    def redefine():
        if timeline.query != "country=CN":
            timeline.query, timeline.titles = "country=CN", {"en": "New line"}
            timeline.save()
            publish_vocabulary(timelines=[timeline])

    def then_redefined(real):
        def read(*arguments):
            found = real(*arguments)
            redefine()
            return found

        return read

    for view in (EventList, SummaryView):
        monkeypatch.setattr(view, "named", then_redefined(view.named))
    for module in (vocabulary, timelines):
        monkeypatch.setattr(module, "stored_timeline", then_redefined(module.stored_timeline))


@pytest.mark.usefixtures("_redefined")
@pytest.mark.parametrize(
    ("address", "shows"),
    [
        ("/api/v1/events/?timeline=line", "chinese"),
        ("/api/v1/events/?timeline=line&format=csv&page_size=5", "chinese"),
        ("/api/v1/events/?timeline=line&format=atom", "New line"),
        ("/api/v1/events/window/?timeline=line", "chinese"),
        ("/api/v1/timelines/line/?format=atom", "chinese"),
        ("/api/v1/timelines/line/?format=ics", "New line"),
        ("/timelines/line/", "New line"),
        ("/timelines/line/", "chinese"),
    ],
)
def test_a_timeline_that_is_defined_anew_meanwhile_is_read_by_one_definition(client, address, shows):
    response = client.get(address)

    assert shows in response.text
    assert "american" not in response.text
    assert response["ETag"].startswith(f'W/"{dataset_version()}-')


@pytest.mark.parametrize("format", ["atom", "ics&page_size=5", "timelinejs"])
def test_a_feed_of_a_timeline_that_is_renamed_meanwhile_has_the_name_of_its_version(client, monkeypatch, format):
    published("american", "2025", "US")
    timeline = Timeline.objects.create(slug="line", titles={"en": "Line"}, query="country=US")
    publish_vocabulary(timelines=[timeline])
    real = events.list_title

    def then_renamed(*arguments):
        title = real(*arguments)
        timeline.titles = {"en": "New line"}
        timeline.save()
        publish_vocabulary(timelines=[timeline])  # once: it says nothing new the second time
        return title

    monkeypatch.setattr(events, "list_title", then_renamed)

    response = client.get(f"/api/v1/events/?timeline=line&format={format}")

    assert "New line" in response.text
    assert response["ETag"].startswith(f'W/"{dataset_version()}-')


@pytest.mark.usefixtures("_redefined")
@pytest.mark.parametrize("address", ["/api/v1/events/?timeline=line&format=csv", "/api/v1/timelines/line/?format=csv"])
def test_an_export_of_a_timeline_is_of_the_version_that_it_names(client, address):
    response = client.get(address)
    rows = b"".join(response.streaming_content).decode()

    version = int(response["ETag"].removeprefix('W/"').partition("-")[0])
    assert ("chinese" in rows, "american" in rows) == (version == dataset_version(), version < dataset_version())


def test_an_export_of_a_timeline_that_is_defined_anew_before_its_definition_is_read_is_of_that_version(
    client, monkeypatch
):
    published("american", "2025", "US")
    published("chinese", "2025", "CN")
    timeline = Timeline.objects.create(slug="line", titles={"en": "Line"}, query="country=US")
    publish_vocabulary(timelines=[timeline])
    real = EventList.named

    def redefined(*arguments):
        publish_vocabulary(timelines=[timeline])  # once: it says nothing new the second time
        return real(*arguments)

    timeline.query = "country=CN"
    timeline.save()
    monkeypatch.setattr(EventList, "named", redefined)

    response = client.get("/api/v1/events/?timeline=line&format=csv")

    rows = b"".join(response.streaming_content).decode()
    assert ("chinese" in rows, "american" in rows) == (True, False)
    assert response["ETag"].startswith(f'W/"{dataset_version()}-')


def test_a_definition_that_another_version_left_as_it_was_is_read_by_once(rf):
    reading = Reading(rf.get("/"), {}, Negotiated())
    reads: list[str] = []

    def read(defined):
        reads.append(defined)
        published(f"event-{len(reads)}")
        reading.version = dataset_version()
        return defined

    assert reading.by(lambda: "same", read) == "same"
    definitions = iter(["first", "second", "third", "third"])
    assert reading.by(lambda: next(definitions), read) == "third"
    assert reads == ["same", "first", "second", "third"]


def test_what_was_read_does_not_get_the_number_of_a_version_that_came_later(rf):
    reading = Reading(rf.get("/"), {}, Negotiated())

    def define():
        reading.version = dataset_version()
        return "same"

    def read(defined):
        published("seen")
        reading.version = dataset_version()
        published("later")
        return ["seen"]

    assert reading.by(define, read) == ["seen"]
    assert (reading.version, dataset_version()) == (1, 2)
