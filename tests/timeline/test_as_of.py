"""Past states: what was answered once is answered again, whatever was published since."""

from __future__ import annotations

import datetime
import random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from events.models import Event, Participation
from tests.assertions import assert_invalid, assert_problem, etag_of
from tests.builders import actor, draft, published, state, topic
from tests.timeline.pages.test_events import assert_refusal
from timeline.models import Publication, Timeline
from timeline.publishing import publish, publish_vocabulary, withdraw

pytestmark = pytest.mark.django_db

QUERIES = [
    "events/?page_size=500",
    "events/?country=US&from=2025-03&ordering=date",
    "events/?country=US&country=CN",
    "events/?country_all=US&country_all=CN&role=host",
    "events/?in_force_on=2025-06-15",
    "events/?in_force_on=2025-06-15&certainty=certain&topic=trade",
    "events/?timeline=trade&lang=de",
    "events/count/?actor=united-states",
    "events/event-3/",
    "actors/?fields=id,name",
    "timelines/trade/",
]


LEADING_ON = {"count_url", "events_url", "next"}
"""Addresses of the same state, which name it where the request does."""


def everything(client, as_of=None):
    """The answers to all queries, without what names the request itself."""
    answers = {}
    for query in QUERIES:
        asked = query if as_of is None else f"{query}{'&' if '?' in query else '?'}as_of={as_of}"
        response = client.get(f"/api/v1/{asked}")
        body = response.json()
        if "detail" in body:
            body["detail"] = body["detail"].replace(f" in dataset version {as_of}", "")
        answers[query] = response.status_code, {key: body[key] for key in body.keys() - LEADING_ON}
    return answers


def something_happens(choose):
    """An editor's step: a new event, an edit, a publication, a withdrawal, a rename."""
    events = list(Event.objects.order_by("pk"))
    event = choose.choice(events)
    step = choose.choice(["new", "new", "edit", "edit", "date", "withdraw", "again", "rename", "timeline"])
    if step == "new":
        return published(
            f"event-{len(events)}",
            f"2025-{choose.randint(1, 12):02}",
            (choose.choice(["US", "CN"]), "host"),
            choose.choice(["CN", "UZ"]),
            topics=choose.choice([(), ("trade",)]),
            effective=choose.choice(["", "2025-06/..", "2025-06-01/2025-07-01"]),
            relations=((choose.choice(["suspends", "withdraws"]), event),),
        )
    if step == "edit":
        event.texts.update(title=f"Title {choose.random()}")
        Participation.objects.filter(event=event).delete()
        Participation.objects.create(event=event, actor=state(choose.choice(["US", "CN"])), role="host")
        return publish([event])
    if step == "date":
        event.date = f"2025-{choose.randint(1, 12):02}-15"
        event.save()
        return publish([event])
    if step == "withdraw":
        return withdraw([event])
    if step == "rename":
        person = actor("united-states")
        person.names = {"en": f"Name {choose.random()}"}
        person.save()
        return publish_vocabulary(actors=[person])
    if step == "timeline":
        timeline = Timeline.objects.get()
        timeline.events.set([event])
        return publish_vocabulary(timelines=[timeline])
    return publish([event])


@pytest.mark.parametrize("seed", range(3))
def test_a_past_state_is_answered_as_it_was(client, seed):
    choose = random.Random(seed)
    for slug, code in (("united-states", "US"), ("china", "CN"), ("uzbekistan", "UZ")):
        assert state(code).slug in (slug, "state-uz")
    timeline = Timeline.objects.create(slug="trade", titles={"en": "Trade"}, query="topic=trade")
    topic("trade")
    published("event-0", "2025", "US", "CN", topics=("trade",), effective="2025/..")
    publish_vocabulary(timelines=[timeline], actors=[state("US"), state("CN")])

    then = {}
    for _ in range(14):
        something_happens(choose)
        version = client.get("/api/v1/").json()["dataset_version"]
        then[version] = everything(client)

    assert len(then) > 8
    assert {version: everything(client, version) for version in then} == then


def test_a_moment_means_the_version_of_then(client, time_machine):
    for year in (2031, 2032, 2033):
        time_machine.move_to(f"{year}-05-01T12:00:00Z", tick=False)
        published(f"event-{year}")

    def shown(as_of):
        body = client.get("/api/v1/events/", {"as_of": as_of, "fields": "id"}).json()
        return body["dataset_version"], len(body["results"])

    assert shown("2031-04-30") == (0, 0)
    assert shown("2031-05-01") == (1, 1)
    assert shown("2031-05-01T11:59:59Z") == (0, 0)
    assert shown("2031-05-01T12:00:00Z") == (1, 1)
    assert shown("2031-05-01T14:00+02:00") == (1, 1)
    assert shown("2032-12-31") == (2, 2)
    assert shown("2033-05-01T12:00:00Z") == (3, 3)
    assert shown("2") == (2, 2)
    assert shown("0") == (0, 0)


def test_pages_keep_to_the_version(client):
    published("one"), published("two"), published("three")
    first = client.get("/api/v1/events/?as_of=2&page_size=1").json()
    withdraw(Event.objects.all())

    second = client.get(first["next"]).json()
    assert [event["id"] for event in first["results"] + second["results"]] == ["two", "one"]
    assert (second["dataset_version"], second["next"]) == (2, None)
    assert client.get(first["count_url"]).json() == {"dataset_version": 2, "count": 2}


def test_a_past_state_has_the_etag_of_its_version(client):
    published("one"), published("two")

    response = client.get("/api/v1/events/?as_of=1")

    assert response["ETag"] == etag_of(1)
    assert client.get("/api/v1/events/?as_of=1", headers={"if-none-match": etag_of(1)}).status_code == 304


def test_an_event_before_between_and_behind_its_versions(client):
    event = published("old-name")
    Event.objects.filter(pk=event.pk).update(slug="new-name")
    publish([event])
    withdraw([event])

    assert client.get("/api/v1/events/old-name/?as_of=1").json()["version"] == 1
    assert client.get("/api/v1/events/new-name/?as_of=1").status_code == 404
    assert client.get("/api/v1/events/old-name/?as_of=2")["Location"] == "/api/v1/events/new-name/?as_of=2"
    assert client.get("/api/v1/events/new-name/?as_of=2").json()["version"] == 2
    assert client.get("/api/v1/events/new-name/?as_of=3").status_code == 410
    assert_problem(
        client.get("/api/v1/events/old-name/?as_of=0"),
        404,
        "not-found",
        "Not found",
        "There is no event 'old-name' in dataset version 0. The list of events is at /api/v1/events/.",
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/v1/events/later/versions/", "event 'later' in {}. The list of events is at /api/v1/events/."),
        ("/events/later/", "event 'later' in {}. The list of events is at /api/v1/events/."),
        ("/api/v1/countries/CN/", "country 'CN' in {}."),
        ("/api/v1/timelines/all/", "timeline 'all' in {}."),
        ("/timelines/all/", "timeline 'all' in {}. The list of timelines is at /api/v1/timelines/."),
    ],
)
def test_what_was_not_public_then_is_said_of_that_version(client, address, said):
    published("first")
    published("later", "2025", "CN")
    publish_vocabulary(timelines=[Timeline.objects.create(slug="all", titles={"en": "All"})])

    found = client.get(address, {"as_of": 1}, headers={"accept": "application/json"})
    assert (found.status_code, found.json()["detail"]) == (404, "There is no " + said.format("dataset version 1"))
    assert client.get(address, {"as_of": 3}).status_code == 200


def test_a_code_that_was_not_known_then_gives_error(client):
    published("one", "2025", "US")
    draft("two"), published("three", "2025", "CN")

    assert_invalid(
        client.get("/api/v1/events/?country=CN&as_of=1"),
        ("country", "unknown_value", "'CN' is not the code of any country in dataset version 1."),
    )


NOT_REPLAYED = (
    "This replica has not replayed dataset version 2 yet: its present one is 1. If the primary has it, ask again in "
    "some seconds."
)

NOT_A_STATE = (
    "is neither a dataset version such as 4711, nor a day 2025-11-06, nor a moment 2025-11-06T12:00:00Z "
    "(write + as %2B)."
)


@pytest.mark.parametrize(
    "value", ["yesterday", "-1", "2025-11", "2025-02-30", "2025-11-06T12:00:00", "2025-11-06T25:00Z"]
)
def test_malformed_state_gives_error(client, value):
    assert_invalid(client.get(f"/api/v1/events/?as_of={value}"), ("as_of", "malformed", f"'{value}' {NOT_A_STATE}"))


def test_a_state_that_is_not_yet_gives_error(client):
    published("one")

    assert_invalid(
        client.get("/api/v1/events/?as_of=2"),
        ("as_of", "unknown_value", "There is no dataset version 2 yet: the present one is 1."),
    )
    assert_invalid(
        client.get("/api/v1/events/?as_of=9000-01-01"),
        ("as_of", "unknown_value", "'as_of' lies in the future: a day counts from its end on, in UTC."),
    )


def test_a_state_that_is_not_yet_at_a_replica_is_to_be_asked_for_again(client, monkeypatch, caplog):
    monkeypatch.setattr("timeline.caching.is_in_recovery", lambda: True)
    published("one")
    caplog.set_level("INFO", "django.request")

    response = client.get("/api/v1/events/?as_of=2")
    assert_problem(response, 503, "unavailable", "Unavailable", NOT_REPLAYED)
    assert (response["Retry-After"], response["Cache-Control"]) == ("5", "no-store")
    page = client.get("/events/one/?as_of=2")
    assert_refusal(page, 503, "Unavailable", NOT_REPLAYED)
    assert (page["Retry-After"], page["Cache-Control"]) == ("5", "no-store")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "Service Unavailable: /api/v1/events/"),
        ("INFO", "Service Unavailable: /events/one/"),
    ]
    assert client.get("/api/v1/events/?as_of=1").status_code == 200
    assert client.get("/api/v1/events/?as_of=9000-01-01").status_code == 400


def test_whether_it_is_a_replica_is_asked_for_a_refusal_only(client, django_assert_num_queries):
    published("one")

    for address in ("/api/v1/events/?as_of={}", "/events/one/?as_of={}"):
        with django_assert_num_queries(2):  # the dataset version, and that
            assert client.get(address.format(2)).status_code == 400
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address.format(1)).status_code == 200
        assert "pg_is_in_recovery" not in str(captured.captured_queries)


def test_what_was_not_public_yet_is_passed_over_in_the_index():
    published("one", "2025-11-06")
    wanted = Publication.objects.as_of(1).overlapping(datetime.date(2025, 1, 1), None)
    in_order = wanted.order_by("-start_min", "-event_id").values_list("start_min", "event_id", "id")[:3]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")  # it would not take long here
        assert "Index Only Scan using publication_by_date_ever" in in_order.explain()
