"""What a reader is told was there, while somebody publishes."""

from __future__ import annotations

import pytest

from tests.builders import published
from timeline.caching import dataset_version
from timeline.models import Publication, Timeline
from timeline.negotiation import Negotiated
from timeline.pages import timelines
from timeline.publishing import publish_vocabulary
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
