"""`format=`: the same events in the forms that clients read. What each form looks like is tested in `formats/`."""

from __future__ import annotations

import json

import pytest

from tests.assertions import assert_invalid, assert_problem
from tests.builders import published
from timeline.formats import FORMATS

pytestmark = pytest.mark.django_db

FEED = "/api/v1/events/"


@pytest.mark.parametrize("name", FORMATS)
def test_a_list_and_an_event_in_each_format(client, name):
    published("one", "2025-11-06", "US"), published("two", "2025-10", "CN")

    listed, single = client.get(f"{FEED}?format={name}"), client.get(f"{FEED}one/?format={name}")

    for response in (listed, single):
        assert response.status_code == 200
        assert response["Content-Type"].split(";")[0] == FORMATS[name].media_type
        assert response["ETag"] == 'W/"2-1.0.0"'
        assert "Link" not in response
    assert b"Title of one" in listed.content
    assert b"Title of two" in listed.content
    assert b"Title of one" in single.content
    assert b"Title of two" not in single.content
    assert client.get(f"{FEED}?format={name}", headers={"if-none-match": listed["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_without_events_is_a_feed(client, name):
    assert client.get(f"{FEED}?format={name}").status_code == 200


def test_the_link_header_leads_through_the_pages(client):
    for number in range(3):
        published(f"event-{number}", f"2025-11-0{number + 1}")

    def lines(url):
        response = client.get(url)
        links = dict(reversed(link.split("; ")) for link in response.get("Link", "").split(", ") if link)
        return [json.loads(line)["id"] for line in response.content.splitlines()], links

    first, links = lines(f"{FEED}?format=jsonl&page_size=2")
    assert (first, list(links)) == (["event-2", "event-1"], ['rel="next"'])
    second, links = lines(links['rel="next"'].strip("<>"))
    assert (second, list(links)) == (["event-0"], ['rel="prev"'])
    assert lines(links['rel="prev"'].strip("<>"))[0] == first


def test_json_is_the_answer_without_a_format(client):
    published("one")

    assert (
        client.get(f"{FEED}?format=json&lang=de").json()["results"] == client.get(f"{FEED}?lang=de").json()["results"]
    )


def test_a_feed_takes_no_more_queries_than_a_list(client, django_assert_num_queries):
    published("one")
    with django_assert_num_queries(2):
        client.get(f"{FEED}?format=csv")
    published("two"), published("three")
    with django_assert_num_queries(2):
        client.get(f"{FEED}?format=csv")


def test_unknown_format_gives_error(client):
    assert_invalid(
        client.get(f"{FEED}?format=ical"),
        (
            "format",
            "malformed",
            f"'ical' is not possible here. Possible: json, {', '.join(FORMATS)}.",
        ),
    )
    assert_invalid(
        client.get("/api/v1/countries/?format=csv"),
        ("format", "unknown", "There is no parameter 'format' here."),
    )


def test_fields_with_a_format_gives_error(client):
    assert_invalid(
        client.get(f"{FEED}?format=csv&fields=id"),
        ("fields", "conflict", "'fields' chooses keys of JSON, which format=csv does not have: leave one out."),
    )


def test_a_withdrawn_event_is_no_feed(client):
    assert_problem(
        client.get(f"{FEED}nope/?format=ics"),
        404,
        "not-found",
        "Not found",
        "There is no event 'nope'. The list of events is at /api/v1/events/.",
    )
