"""The change feed and the versions of an event."""

from __future__ import annotations

import random
import threading
import time

import pytest
from django.db import connection
from django.test import Client

from events.models import Event, Source
from tests.assertions import assert_invalid, assert_problem
from tests.builders import actor, draft, published
from timeline.differences import differences
from timeline.publishing import publish, withdraw

pytestmark = pytest.mark.django_db

FEED = "/api/v1/changes/"


def follow(client, url=FEED):
    """All changes from `url` on until the feed is caught up, and where it goes on."""
    changes = []
    while True:
        body = client.get(url).json()
        changes += body["results"]
        url = body["next"]
        if body["caught_up"]:
            return changes, url


def short(change):
    return change["dataset_version"], change["kind"], change["id"], change["version"]


def test_everything_that_happened_in_order(client):
    one = published("one")
    other = published("other", relations=(("follows", one),))
    one.texts.update(title="Edited")
    publish([one])
    withdraw([other])
    publish([other])

    changes, following = follow(client)

    assert [short(change) for change in changes] == [
        (1, "published", "one", 1),
        (2, "published", "other", 1),
        (3, "updated", "one", 2),
        (3, "updated", "other", 2),
        (4, "withdrawn", "other", 3),
        (5, "published", "other", 4),
    ]
    assert changes[2]["event"]["title"] == "Edited"
    assert changes[3]["event"]["relations"][0]["title"] == "Edited"
    assert "event" not in changes[4]
    assert following == "http://testserver/api/v1/changes/?since=5"
    assert client.get(following).json() == {
        "dataset_version": 5,
        "next": following,
        "caught_up": True,
        "results": [],
    }


def test_a_change_of_address_names_the_old_one(client):
    event = published("old-name")
    Event.objects.filter(pk=event.pk).update(slug="new-name")
    publish([event])

    changes, _ = follow(client)

    assert [(change["id"], change.get("previous_id")) for change in changes] == [
        ("old-name", None),
        ("new-name", "old-name"),
    ]


def test_one_dataset_version_may_span_pages(client):
    publish([draft(f"event-{number}") for number in range(5)])
    published("later")

    changes, _ = follow(client, f"{FEED}?page_size=2&lang=de")

    assert [change["id"] for change in changes] == [*(f"event-{number}" for number in range(5)), "later"]
    assert client.get(f"{FEED}?page_size=2").json()["next"].startswith("http://testserver/api/v1/changes/?page_size=2")


def test_the_feed_takes_two_queries(client, django_assert_num_queries):
    published("one")
    with django_assert_num_queries(2):
        client.get(FEED)
    published("two"), published("three")
    with django_assert_num_queries(2):
        client.get(FEED)


@pytest.mark.parametrize("since", ["-1", "1-", "1-2-3", "x", "٣"])
def test_malformed_place_gives_error(client, since):
    assert_invalid(
        client.get(FEED, {"since": since}),
        (
            "since",
            "malformed",
            f"'{since}' is not a place in the feed: begin with a dataset version or 0, then take 'next'.",
        ),
    )


def test_a_place_that_is_not_yet_gives_error(client):
    assert_invalid(
        client.get(f"{FEED}?since=7"),
        ("since", "unknown_value", "There is no dataset version 7 yet: the present one is 0."),
    )


def test_a_place_that_is_not_yet_at_a_replica_is_to_be_asked_for_again(client, monkeypatch):
    monkeypatch.setattr("timeline.caching.is_in_recovery", lambda: True)

    for query in ("since=7", "since=7-1", "since=7&wait=30"):
        response = client.get(f"{FEED}?{query}")
        assert_problem(
            response,
            503,
            "unavailable",
            "Unavailable",
            "This replica has not replayed dataset version 7 yet: its present one is 0. If the primary has it, ask "
            "again in some seconds.",
        )
        assert (response["Retry-After"], response["Cache-Control"]) == ("5", "no-store")


def test_too_long_a_wait_gives_error(client):
    assert_invalid(
        client.get(f"{FEED}?wait=31"),
        ("wait", "malformed", "'31' is not possible here: write a whole number from 0 to 30."),
    )


def test_waiting_ends_with_nothing_when_nothing_comes(client, monkeypatch):
    monkeypatch.setattr("timeline.views.history.LOOK_EVERY", 0.01)
    published("one")

    body = client.get(f"{FEED}?since=1&wait=1", headers={"if-none-match": "*"}).json()

    assert (body["results"], body["caught_up"], body["next"]) == (
        [],
        True,
        "http://testserver/api/v1/changes/?since=1&wait=1",
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_versions_take_four_queries(client, django_assert_num_queries, rows):
    event = published("event")
    for number in range(1, rows):
        event.texts.update(title=f"Title {number}")
        publish([event])

    with django_assert_num_queries(4):  # the dataset version, the event, its versions, the one before them
        assert len(client.get("/api/v1/events/event/versions/").json()["results"]) == rows


@pytest.mark.usefixtures("committed")
def test_waiting_ends_when_something_comes(client):
    published("one")
    late = draft("late")

    def later():
        time.sleep(0.8)
        publish([late])
        connection.close()

    thread = threading.Thread(target=later)
    thread.start()
    body = client.get(f"{FEED}?since=1&wait=30").json()
    thread.join()

    assert [change["id"] for change in body["results"]] == ["late"]


@pytest.mark.usefixtures("committed")
def test_a_mirror_that_polls_beside_eight_writers_ends_up_the_same(client):
    events = [draft(f"event-{number}", "2025", "US") for number in range(16)]
    writing = threading.Event()
    writing.set()
    failed = []

    def write(seed):
        choose = random.Random(seed)
        try:
            for step in range(12):
                some = choose.sample(events, choose.randint(1, 3))
                if choose.random() < 0.3:
                    withdraw(some)
                else:
                    some[0].texts.update(title=f"Title {seed} {step}")
                    publish(some)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    mirror: dict[str, dict] = {}
    seen: list[tuple[int, str]] = []

    def poll(url):
        body = Client().get(url).json()
        for change in body["results"]:
            seen.append((change["dataset_version"], change["id"]))
            mirror.pop(change["id"], None)
            if change["kind"] != "withdrawn":
                mirror[change["id"]] = change["event"]
        return body["next"], body["caught_up"]

    def keep_polling():
        url, complete = f"{FEED}?page_size=3", False
        while not complete:
            ended = not writing.is_set()  # asked before polling: else the last writes may come after the last poll
            url, caught_up = poll(url)
            complete = ended and caught_up
        connection.close()

    writers = [threading.Thread(target=write, args=[seed]) for seed in range(8)]
    reader = threading.Thread(target=keep_polling)
    for thread in [reader, *writers]:
        thread.start()
    for thread in writers:
        thread.join(120)
    writing.clear()
    reader.join(60)

    assert failed == []
    source = client.get("/api/v1/events/?page_size=500").json()["results"]
    assert mirror == {event["id"]: event for event in source}
    assert seen == sorted(set(seen), key=lambda change: (change[0], int(change[1].removeprefix("event-"))))
    assert {version for version, _ in seen} == set(range(1, client.get("/api/v1/").json()["dataset_version"] + 1))


def test_the_versions_of_an_event_say_what_changed(client):
    event = published("event", "2025-11", "US", titles={"en": "Title", "de": "Titel"})
    event.texts.filter(language="en").update(title="New title", summary="Summary")
    event.date = "2025-11-06"
    event.save()
    event.participations.all().delete()
    event.participations.create(actor=actor("xi-jinping"), role="host")
    Source.objects.create(event=event, url="https://example.org/new", title="New")
    publish([event])
    withdraw([event])
    publish([event])

    body = client.get("/api/v1/events/event/versions/").json()
    versions = {entry.pop("version"): entry for entry in body["results"]}

    assert list(versions) == [4, 3, 2, 1]
    assert [entry["withdrawn"] for entry in versions.values()] == [False, True, False, False]
    assert [entry["dataset_version"] for entry in versions.values()] == [4, 3, 2, 1]
    assert [sorted(entry.keys() & {"url", "changes"}) for entry in versions.values()] == [
        ["url"],
        [],
        ["changes", "url"],
        ["url"],
    ]
    changes = {change.pop("field"): change for change in versions[2]["changes"]}
    assert changes.pop("date")["after"]["edtf"] == "2025-11-06"
    assert changes == {
        "title": {"before": "Title", "after": "New title"},
        "summary": {"after": "Summary"},
        "participants": {
            "removed": [
                {
                    "actor": "united-states",
                    "name": "United States",
                    "kind": "state",
                    "role": "participant",
                    "code": "US",
                }
            ],
            "added": [{"actor": "xi-jinping", "name": "Xi Jinping", "kind": "person", "role": "host"}],
        },
        "countries": {"removed": [{"code": "US", "name": "United States", "via": ["participant"]}], "added": []},
        "sources": {
            "removed": [],
            "added": [{"url": "https://example.org/new", "title": "New", "official": False}],
        },
    }
    german = client.get("/api/v1/events/event/versions/?lang=de").json()["results"][2]["changes"]
    assert "title" not in [change["field"] for change in german]
    assert client.get(versions[1]["url"]).json()["title"] == "Title"


def test_the_versions_have_pages(client):
    event = published("event")
    for number in range(4):
        event.texts.update(title=f"Title {number}")
        publish([event])

    first = client.get("/api/v1/events/event/versions/?page_size=2").json()
    second = client.get(first["next"]).json()

    assert [entry["version"] for entry in first["results"] + second["results"]] == [5, 4, 3, 2]
    assert second["results"][1]["changes"] == [{"field": "title", "before": "Title of event", "after": "Title 0"}]
    assert [entry["version"] for entry in client.get(second["previous"]).json()["results"]] == [5, 4]
    assert [entry["version"] for entry in client.get("/api/v1/events/event/versions/?as_of=2").json()["results"]] == [
        2,
        1,
    ]


def test_versions_of_an_unknown_event_give_error(client):
    draft("secret")

    assert_problem(
        client.get("/api/v1/events/secret/versions/"),
        404,
        "not-found",
        "Not found",
        "There is no event 'secret'. The list of events is at /api/v1/events/.",
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [{"field": "a", "before": 1, "after": 2}]),
        ({"a": 1}, {}, [{"field": "a", "before": 1}]),
        ({}, {"a": False}, [{"field": "a", "after": False}]),
        ({"a": [1, 1, 2]}, {"a": [1, 3]}, [{"field": "a", "removed": [1, 2], "added": [3]}]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [{"field": "a", "removed": [], "added": []}]),
        ({}, {"a": [1]}, [{"field": "a", "removed": [], "added": [1]}]),
        ({"version": 1, "updated_at": "x"}, {"version": 2, "updated_at": "y"}, []),
        ({"id": "a"}, {"id": "b", "first_id": "a"}, [{"field": "id", "before": "a", "after": "b"}]),
    ],
)
def test_differences(before, after, expected):
    assert differences(before, after) == expected
