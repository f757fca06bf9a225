"""Links to pages to which others have added what tells them who follows it."""

from __future__ import annotations

import pytest

from tests.builders import published
from tests.timeline.pages.test_events import assert_refusal
from timeline.models import Timeline
from timeline.pages.trackers import without_trackers
from timeline.publishing import publish, publish_vocabulary

NAMES = ["fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "twclid", "yclid", "gbraid", "wbraid"]
NAMES += [
    "gad_source",
    "gad_campaignid",
    "srsltid",
    "ttclid",
    "ref",
    "_hsenc",
    "_hsmi",
    "_ga",
    "_gl",
    "igsh",
    "li_fat_id",
]
NAMES += ["mkt_tok"]


@pytest.fixture
def event(db):
    event = published("one", "2025-11-06", topics=("trade",), titles={"en": "One", "de": "Eins"})
    published("two", "2025-11-07", topics=("trade",))
    talks = Timeline.objects.create(slug="talks", titles={"en": "Talks"}, query="topic=trade")
    publish_vocabulary(timelines=[talks])
    return event


@pytest.mark.parametrize("name", [*NAMES, "utm_source", "utm_medium", "utm_campaign", "utm_", "%75tm_source"])
@pytest.mark.parametrize("value", ["", "=", "=IwAR0_x-y", "=%FF"])
def test_trackers_are_taken_out_of_a_query(name, value):
    assert without_trackers(f"{name}{value}") == ""
    assert without_trackers(f"{name}{value}&lang=de&as_of=2&{name}{value}") == "lang=de&as_of=2"


@pytest.mark.parametrize(
    "query", ["", "lang=de", "lang=de&lang=en", "q=a+%C3%A4&&x", "utm=x", "Xfbclid=1", "lang=fbclid"]
)
def test_everything_else_stays_as_it_is(query):
    assert without_trackers(query) == query


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/guides/",
        "/events/one/",
        "/events/one/?lang=de",
        "/events/one/?as_of=2",
        "/timelines/talks/?page_size=1&lang=de",
        "/embed/events/one/?lang=de",
        "/embed/timelines/talks/",
    ],
)
def test_the_page_is_the_one_without_them(client, address):
    path, _, query = address.partition("?")
    plain, tracked = client.get(address), client.get(f"{path}?utm_source=letter&{query}&fbclid=IwAR0&gclid")

    assert (plain.status_code, tracked.status_code) == (200, 200)
    assert tracked.text == plain.text
    assert tracked.get("ETag") == plain.get("ETag")


@pytest.mark.parametrize("address", ["/events", "/embed/events"])
def test_an_old_address_leads_on_without_them(client, event, address):
    event.slug = "new"
    event.save()
    publish([event])

    for query, expected in (("utm_source=letter", ""), ("fbclid=IwAR0&lang=de&gclid=x", "?lang=de")):
        response = client.get(f"{address}/one/?{query}")
        assert (response.status_code, response["Location"]) == (308, f"{address}/new/{expected}")


@pytest.mark.usefixtures("event")
def test_other_parameters_are_read_as_strictly_beside_them(client):
    assert_refusal(
        client.get("/events/one/?utm_source=letter&utmsource=x&lang=fr"),
        400,
        "Invalid request",
        "There is no parameter 'utmsource' here.",
        "'fr' is not possible here. Possible: en, de.",
    )


@pytest.mark.usefixtures("event")
def test_the_api_refuses_them(client):
    for address in ("/api/v1/events/", "/api/v1/events/one/"):
        response = client.get(f"{address}?fbclid=IwAR0")
        assert response.status_code == 400
        assert [(error["parameter"], error["code"]) for error in response.json()["errors"]] == [("fbclid", "unknown")]
