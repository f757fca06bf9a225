"""Density, window and facets, to the letter. That their numbers are right is up to `test_summaries`."""

from __future__ import annotations

import pytest

from tests.assertions import assert_invalid
from tests.builders import published, state
from timeline import summaries
from timeline.publishing import publish_vocabulary, withdraw

pytestmark = pytest.mark.django_db

API = "http://testserver/api/v1"
DENSITY, WINDOW, FACETS = (f"/api/v1/events/{name}/" for name in ("density", "window", "facets"))


@pytest.fixture
def events():
    """Three events of November 2025, of which one is far more significant than the others."""
    published("talks", "2025-11-06", "US", "UZ", type="meeting", topics=("trade",))
    published("tariffs", "2025-11-07/2025-11-08", "US", type="measure")
    return published("visit", "2025-11", "CN", type="meeting")


def date(event):
    return {"date": event["date"]["edtf"], "id": event["id"]}


@pytest.mark.usefixtures("events")
def test_a_density(client):
    body = client.get(f"{DENSITY}?from=2025-11-05&to=2025-11-08&highlights=1").json()

    highlights = [bucket["highlights"] for bucket in body["buckets"]]
    assert body == {
        "dataset_version": 3,
        "count": 3,
        "unit": "day",
        "from": "2025-11-05",
        "to": "2025-11-08",
        "buckets": [
            {"start": "2025-11-05", "end": "2025-11-05", "count": 1, "highlights": highlights[0]},
            {"start": "2025-11-06", "end": "2025-11-06", "count": 2, "highlights": highlights[1]},
            {"start": "2025-11-07", "end": "2025-11-07", "count": 2, "highlights": highlights[2]},
            {"start": "2025-11-08", "end": "2025-11-08", "count": 2, "highlights": []},
        ],
    }
    assert [[date(event) for event in bucket] for bucket in highlights] == [
        [{"date": "2025-11", "id": "visit"}],  # began before the window
        [{"date": "2025-11-06", "id": "talks"}],
        [{"date": "2025-11-07/2025-11-08", "id": "tariffs"}],
        [],
    ]
    assert highlights[1][0] == {
        key: client.get("/api/v1/events/talks/").json()[key] for key in ("id", "url", "title", "date")
    }


@pytest.mark.usefixtures("events")
def test_highlights_are_the_most_significant_events(client):
    def highlights(query):
        [bucket] = client.get(f"{DENSITY}?on=2025-11&buckets=10&{query}").json()["buckets"][:1]
        return [event["id"] for event in bucket["highlights"]] if "highlights" in bucket else None

    published("summit", "2025-11-01", "US", "UZ", "CN", "KZ")
    published("call", "2025-11-02", "US")
    assert highlights("highlights=10") == ["summit", "call", "visit"]
    assert highlights("highlights=1") == ["summit"]
    assert highlights("highlights=0") is None


@pytest.mark.usefixtures("events")
def test_a_window_without_bounds_is_that_of_the_events(client):
    published("long-ago", "1991-12-26", "US")

    body = client.get(f"{DENSITY}?highlights=0&buckets=10").json()
    assert (body["unit"], body["from"], body["to"], body["count"]) == ("decade", "1991-12-01", "2025-11-30", 4)
    assert [bucket["count"] for bucket in body["buckets"]] == [1, 0, 0, 3]
    body = client.get(f"{DENSITY}?highlights=0&country=CN").json()
    assert (body["unit"], body["from"], body["to"], len(body["buckets"])) == ("day", "2025-11-01", "2025-11-30", 30)


def test_nothing_has_no_density(client):
    assert client.get(DENSITY).json() == {"dataset_version": 0, "count": 0, "buckets": []}
    assert client.get(f"{DENSITY}?on=2025-11-06").json() == {
        "dataset_version": 0,
        "count": 0,
        "unit": "day",
        "from": "2025-11-06",
        "to": "2025-11-06",
        "buckets": [{"start": "2025-11-06", "end": "2025-11-06", "count": 0, "highlights": []}],
    }


@pytest.mark.usefixtures("events")
def test_few_events_are_shown_and_many_counted(client):
    few = client.get(f"{WINDOW}?on=2025-11&limit=3").json()
    listed = client.get("/api/v1/events/?on=2025-11&ordering=date").json()["results"]
    assert few == {"dataset_version": 3, "count": 3, "kind": "events", "results": listed}

    many = client.get(f"{WINDOW}?on=2025-11&limit=2&buckets=10").json()
    density = client.get(f"{DENSITY}?on=2025-11&buckets=10").json()
    assert many == {**density, "kind": "density"}


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("name", ["vis", "fullcalendar"])
def test_few_events_in_the_format_of_a_front_end(client, name):
    window = client.get(f"{WINDOW}?format={name}&on=2025-11")
    listed = client.get(f"/api/v1/events/?format={name}&on=2025-11&ordering=date")

    assert window.json() == listed.json()
    assert window["Content-Disposition"] == 'inline; filename="events.json"'


@pytest.mark.usefixtures("events")
def test_many_events_in_the_format_of_a_front_end(client):
    window = f"{WINDOW}?limit=1&buckets=10&country=US&lang=de&format="
    first = f"{API}/events/?country=US&lang=de&from=2025-11-03&to=2025-11-09"

    assert client.get(f"{window}fullcalendar&start=2025-11-01&end=2025-12-01&timeZone=UTC").json() == [
        {
            "id": "density-2025-11-03",
            "title": "2 Ereignisse",
            "start": "2025-11-03",
            "end": "2025-11-10",
            "allDay": True,
            "url": first,
            "className": "density",
        }
    ]
    assert client.get(f"{window}vis&on=2025-11").json() == {
        "items": [
            {
                "id": "density-2025-11-03",
                "group": "density",
                "type": "range",
                "content": f'<a href="{first.replace("&", "&amp;")}">2 Ereignisse</a>',
                "start": "2025-11-03",
                "end": "2025-11-10",
                "className": "density",
                "title": "2 Ereignisse",
            }
        ],
        "groups": [{"id": "density", "content": "", "order": 1}],
    }
    assert [event["id"] for event in client.get(first).json()["results"]] == ["tariffs", "talks"]


@pytest.mark.usefixtures("events")
def test_facets(client):
    united_states = state("US")
    united_states.names["de"] = "Vereinigte Staaten"
    united_states.save()
    publish_vocabulary(actors=[united_states])

    assert client.get(f"{FACETS}?country=US&lang=de&size=2").json() == {
        "dataset_version": 4,
        "count": 2,
        "countries": [
            {"code": "US", "name": "Vereinigte Staaten", "count": 2},
            {"code": "UZ", "name": "Uzbekistan", "count": 1},
        ],
        "actors": [
            {"id": "united-states", "name": "Vereinigte Staaten", "count": 2},
            {"id": "uzbekistan", "name": "Uzbekistan", "count": 1},
        ],
        "types": [
            {"id": "measure", "name": "Measure", "path": ["measure"], "count": 1},
            {"id": "meeting", "name": "Meeting", "path": ["meeting"], "count": 1},
        ],
        "topics": [{"id": "trade", "name": "Trade", "path": ["trade"], "count": 1}],
        "years": [{"year": 2025, "count": 2}],
    }
    assert client.get(f"{FACETS}?size=1").json()["truncated"] == ["countries", "actors", "types"]
    empty: dict[str, list[str]] = {"countries": [], "actors": [], "types": [], "topics": [], "years": []}
    assert client.get(f"{FACETS}?on=2020").json() == {"dataset_version": 4, "count": 0, **empty}


@pytest.mark.parametrize("address", [DENSITY, WINDOW, FACETS, "/api/v1/events/count/"])
def test_a_past_state(client, events, address):
    before = client.get(f"{address}?on=2025-11").json()
    withdraw([events])

    assert client.get(f"{address}?on=2025-11&as_of=3").json() == before
    assert client.get(f"{address}?on=2025-11").json()["count"] == 2
    assert client.get(f"{address}?as_of=3").json()["count"] == 3


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("address", [DENSITY, WINDOW, FACETS, "/api/v1/events/count/"])
def test_estimates_say_so(client, address, monkeypatch):
    monkeypatch.setattr(summaries, "MOST_COUNTED", 1)
    query = "country=US&from=2025-11-01&to=2025-11-30&disputed=false&limit=1" if address == WINDOW else "disputed=false"

    assert client.get(f"{address}?{query}").json()["approximate"] is True
    assert "approximate" not in client.get(f"{address}?country=CN").json()


@pytest.mark.parametrize(
    ("address", "parameter", "value", "message"),
    [
        (DENSITY, "buckets", "9", "'9' is not possible here: write a whole number from 10 to 200."),
        (DENSITY, "buckets", "201", "'201' is not possible here: write a whole number from 10 to 200."),
        (DENSITY, "highlights", "11", "'11' is not possible here: write a whole number from 0 to 10."),
        (WINDOW, "limit", "0", "'0' is not possible here: write a whole number from 1 to 500."),
        (WINDOW, "limit", "501", "'501' is not possible here: write a whole number from 1 to 500."),
        (WINDOW, "buckets", "x", "'x' is not possible here: write a whole number from 10 to 200."),
        (WINDOW, "format", "csv", "'csv' is not possible here. Possible: json, vis, fullcalendar."),
        (FACETS, "size", "501", "'501' is not possible here: write a whole number from 1 to 500."),
    ],
)
def test_malformed_parameter_gives_error(client, address, parameter, value, message):
    assert_invalid(client.get(f"{address}?{parameter}={value}"), (parameter, "malformed", message))


@pytest.mark.parametrize("address", [DENSITY, WINDOW, FACETS])
def test_the_filters_are_strict_here_too(client, address):
    assert_invalid(
        client.get(f"{address}?coutnry=UZ"),
        ("coutnry", "unknown", "There is no parameter 'coutnry' here. Did you mean 'country'?"),
    )
    assert_invalid(client.get(f"{address}?cursor=5"), ("cursor", "unknown", "There is no parameter 'cursor' here."))
    assert_invalid(
        client.get(f"{address}?from=2026&to=2025"),
        ("from", "conflict", "'from' (2026) is after 'to' (2025): swap them."),
    )
    assert_invalid(
        client.get(f"{address}?country=ZZ"), ("country", "unknown_value", "'ZZ' is not the code of any country here.")
    )
