"""What was published since a moment: `updated_since`."""

from __future__ import annotations

import datetime
import random
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from tests.assertions import slugs
from tests.builders import published, state
from timeline import querysets
from timeline.models import Publication, Timeline
from timeline.publishing import publish, publish_vocabulary, withdraw
from timeline.refreshing import refresh_all

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)


@pytest.fixture
def three(time_machine):
    """`early`, published at noon; `edited`, too, but anew at two; `late`, at one; `gone` was withdrawn."""
    time_machine.move_to(NOON, tick=False)
    published("early"), published("edited"), published("gone")
    time_machine.move_to(NOON + datetime.timedelta(hours=1), tick=False)
    published("late")
    time_machine.move_to(NOON + datetime.timedelta(hours=2), tick=False)
    edited = Event.objects.get(slug="edited")
    edited.texts.update(title="Another")
    publish([edited])
    withdraw([Event.objects.get(slug="gone")])


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026", {"early", "edited", "late"}),
        ("2026-11", {"early", "edited", "late"}),
        ("2026-11-30", {"early", "edited", "late"}),
        ("2026-11-30T12:00:00Z", {"early", "edited", "late"}),
        ("2026-11-30T12:00:00.000001Z", {"edited", "late"}),
        ("2026-11-30T15:00:00%2B02:00", {"edited", "late"}),
        ("2026-11-30T09:01-04:00", {"edited"}),
        ("2026-11-30T14:00Z", {"edited"}),
        ("2026-11-30T14:00:00.000001Z", set()),
        ("2026-12", set()),
        ("9999-12-31T23:59:59Z", set()),
    ],
)
def test_events_whose_version_is_as_new_as_that(client, moment, found):
    assert set(slugs(client, f"updated_since={moment}")) == found
    assert client.get(f"/api/v1/events/count/?updated_since={moment}").json()["count"] == len(found)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("ordering", ["date", "-date", "updated", "-updated", "relevance"])
def test_in_the_future_there_is_nothing_in_any_order(client, ordering):
    assert slugs(client, f"q=title&updated_since=2027&ordering={ordering}") == []
    assert set(slugs(client, f"q=title&updated_since=2026&ordering={ordering}")) == {"early", "late"}


@pytest.mark.usefixtures("three")
def test_what_a_document_says_of_its_version_finds_it(client):
    for event in client.get("/api/v1/events/").json()["results"]:
        assert event["id"] in slugs(client, f"updated_since={event['updated_at']}")


@pytest.mark.usefixtures("three")
def test_a_past_state_has_the_versions_of_then(client):
    edited_in = Publication.objects.filter(event__slug="edited").latest("version").published_in

    assert slugs(client, f"updated_since=2026-11-30T13:00Z&as_of={edited_in - 1}") == ["late"]
    assert set(slugs(client, f"updated_since=2026-11-30T13:00Z&as_of={edited_in}")) == {"edited", "late"}


@pytest.mark.usefixtures("three")
def test_a_timeline_can_be_of_what_is_new(client):
    line = Timeline.objects.create(slug="new", titles={"en": "New"}, query="updated_since=2026-11-30T13:00Z")
    publish_vocabulary(timelines=[line])

    assert set(slugs(client, "timeline=new")) == {"edited", "late"}


@pytest.mark.parametrize("number", [1, 3])
def test_it_takes_four_queries(client, number):
    for n in range(number):
        published(f"event-{n}")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(slugs(client, "updated_since=2000")) == number
    assert len(queries) == 4


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("at", [None, 4])
def test_few_are_read_one_by_one_and_many_are_not(monkeypatch, at):
    """By what else they are found, and along which dates, then decides nothing."""
    some = Publication.objects.as_of(at)
    few = some.updated_since(NOON)
    monkeypatch.setattr(querysets, "RECENT", 0)
    many = some.updated_since(NOON)

    assert (few.chosen.recent, many.chosen.recent) == (True, False)
    found = set(many.values_list("slug", flat=True))
    assert found == set(few.values_list("slug", flat=True)) == {"early", "edited", "late"} | ({"gone"} if at else set())


def some_are_published(choose, time_machine):
    """Publishes events, and anew, over some days; their names change, and some are withdrawn."""
    for step in range(40):
        time_machine.move_to(NOON + step * datetime.timedelta(hours=7), tick=False)
        events = list(Event.objects.all())
        kind = choose.choice(["new", "new", "new", "edit", "rename", "withdraw"]) if step > 5 else "new"
        if kind == "new":
            who = choose.sample(["US", "CN", "UZ"], 2)
            when = f"20{choose.randint(10, 30)}-{choose.randint(1, 12):02}"
            published(f"event-{step}", when, *who, topics=choose.choice([(), ("trade",)]))
        elif kind == "edit":
            event = choose.choice(events)
            event.texts.update(title=f"Title {step}")
            publish([event])
        elif kind == "withdraw":
            withdraw([choose.choice(events)])
        else:
            renamed = state("US")
            renamed.names = {"en": f"Name {step}"}
            renamed.save()
            publish_vocabulary(actors=[renamed])
            refresh_all()


@pytest.mark.parametrize(("seed", "recent"), [(0, 0), (1, 20), (2, querysets.RECENT)])
def test_with_all_else_it_finds_what_the_documents_say(client, time_machine, monkeypatch, seed, recent):
    monkeypatch.setattr(querysets, "RECENT", recent)
    choose = random.Random(seed)
    some_are_published(choose, time_machine)
    moments = [NOON + datetime.timedelta(hours=choose.randrange(-1, 290)) for _ in range(12)]
    queries: list[dict[str, str | list[str]]] = [
        {}, {"country": "US"}, {"country_all": ["US", "CN"]}, {"topic": "trade"}, {"q": "title"}, {"from": "2020"},
        {"from": "2012", "certainty": "certain"}, {"on": "2025"}, {"disputed": "false"},
    ]  # fmt: skip
    for moment in moments:
        since = moment.isoformat().replace("+00:00", "Z")
        for query in queries:
            ordering = choose.choice(["date", "-date", "updated", "-updated"])
            asked = urlencode({**query, "ordering": ordering, "page_size": 500}, doseq=True)
            every = client.get(f"/api/v1/events/?{asked}&fields=id,updated_at").json()["results"]
            wanted = [event["id"] for event in every if event["updated_at"][:19] >= since[:19]]
            assert slugs(client, f"{asked}&updated_since={since}") == wanted
