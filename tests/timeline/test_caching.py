"""What caches and browsers are told."""

from __future__ import annotations

import itertools

import pytest

from tests.assertions import etag_of
from tests.builders import published
from timeline.cache_control import PRESENT
from timeline.caching import etag, renewed
from timeline.publishing import publish, withdraw

pytestmark = pytest.mark.django_db

ADDRESSES = [
    *("/api/v1/", "/api/v1/events/", "/api/v1/events/event/", "/api/v1/events/count/", "/api/v1/actors/"),
    *("/api/v1/events/density/", "/api/v1/events/window/", "/api/v1/events/facets/", "/api/v1/changes/"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_dataset_version_is_the_etag(client, address):
    event = published("event")
    first = client.get(address)

    assert first["ETag"] == etag_of(1)
    assert first["Cache-Control"] == PRESENT
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])

    event.texts.update(title="Edited")
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    publish([event])
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ('W/"1-{}"', 304),
        ('"1-{}"', 304),
        ('"x", W/"1-{}"', 304),
        ("*", 304),
        ('W/"0-{}"', 200),
        ("1-{}", 200),
        ("", 200),
    ],
)
def test_if_none_match(client, known, status):
    published("event")
    mark = etag_of(1).removeprefix('W/"1-').removesuffix('"')

    assert client.get("/api/v1/events/", headers={"if-none-match": known.format(mark)}).status_code == status


@pytest.mark.parametrize("address", ["/api/v1/events/nope/", "/events/nope/", "/api/v1/events/?page_size=0"])
def test_what_is_not_there_is_not_there_for_who_has_anything_either(client, address):
    published("event")
    status = client.get(address).status_code

    for _ in range(2):
        assert client.get(address, headers={"if-none-match": "*"}).status_code == status


def test_who_has_anything_is_told_what_is_the_present_version(client):
    published("event")
    whole = client.get("/api/v1/events/event/")

    response = client.get("/api/v1/events/event/", headers={"if-none-match": "*"})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", whole["ETag"])
    assert "Content-Type" not in response
    assert client.get("/api/v1/events/event/").status_code == 200


def test_a_wrong_request_is_wrong_even_if_its_etag_is_right(client):
    published("event")

    response = client.get("/api/v1/events/?page_size=0", headers={"if-none-match": etag_of(1)})

    assert response.status_code == 400


@pytest.mark.parametrize("address", [*ADDRESSES, "/api/v1/events/?format=timelinejs", "/api/v1/events/event/versions/"])
def test_head_is_get_without_a_body(client, address):
    published("event")
    full, head = (ask(address, headers={"x-request-id": "same"}) for ask in (client.get, client.head))

    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(full.headers)
    assert head["Content-Length"] == str(len(full.content))


@pytest.mark.parametrize(
    ("query", "cached"),
    [
        ("as_of=1", "public, max-age=86400"),
        ("as_of=2031-01-01T00:00:00Z", PRESENT),  # a moment of the last seconds may still get another version
        ("lang=de", PRESENT),
    ],
)
def test_a_past_version_may_be_kept(client, time_machine, query, cached):
    time_machine.move_to("2031-01-01T00:00:00Z", tick=False)
    published("event")

    assert client.get(f"/api/v1/events/?{query}")["Cache-Control"] == cached
    assert client.get(f"/api/v1/events/count/?{query}")["Cache-Control"] == cached


def test_an_answer_that_was_waited_for_is_nobody_elses(client):
    published("event")

    assert client.get("/api/v1/changes/?since=0&wait=0")["Cache-Control"] == "no-store"


def test_errors_in_requests_are_not_kept_by_shared_caches(client):
    assert client.get("/api/v1/events/?x=1")["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("of", ["/api/v1/events/", "/events/"])
def test_that_an_event_is_withdrawn_takes_the_place_of_what_a_shared_cache_has(client, of):
    event = published("event")
    withdraw([event])

    answers = [client.get(f"{of}{slug}/") for slug in ("event", "never")]

    assert [(answer.status_code, answer["Cache-Control"]) for answer in answers] == [(410, PRESENT), (404, PRESENT)]


def test_any_page_may_read_without_credentials(client):
    published("event")

    response = client.get("/api/v1/events/", headers={"origin": "https://elsewhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "etag" in response["Access-Control-Expose-Headers"].lower()

    preflight = client.options(
        "/api/v1/events/",
        headers={
            "origin": "https://elsewhere.example",
            "access-control-request-method": "GET",
            "access-control-request-headers": "if-none-match,x-request-id",
        },
    )
    assert preflight.status_code == 200
    assert {"cache-control", "if-none-match", "x-request-id"} <= set(
        preflight["Access-Control-Allow-Headers"].split(", ")
    )
    assert preflight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_errors_may_be_read_from_any_page_too(client):
    response = client.get("/api/v1/events/?x=1", headers={"origin": "https://elsewhere.example"})

    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (400, "*")


def test_documents_name_the_host_they_were_asked_of(client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    published("event")

    for host in settings.ALLOWED_HOSTS:
        body = client.get("/api/v1/events/", headers={"host": host}).json()
        assert body["results"][0]["url"] == f"http://{host}/api/v1/events/event/"


ORIGINS = ["http://one.example", "https://one.example", "http://one.example:8000", "http://two.example"]


@pytest.mark.parametrize("address", ["/api/v1/events/", "/events/event/", "/"])
def test_a_copy_is_of_one_scheme_and_host(client, settings, address):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    published("event")

    for asked, known in itertools.product(ORIGINS, repeat=2):
        scheme, _, host = asked.partition("://")
        headers = {"host": host, "if-none-match": etag_of(1, origin=known)}
        response = client.get(address, headers=headers, secure=scheme == "https")
        assert response["ETag"] == etag_of(1, origin=asked)
        assert response.status_code == (304 if known == asked else 200)


def test_a_copy_is_of_one_code(client, monkeypatch):
    published("event")
    tag = client.get("/api/v1/events/")["ETag"]
    monkeypatch.setattr("timeline.caching.build", lambda: "another one")

    response = client.get("/api/v1/events/", headers={"if-none-match": tag})
    assert response.status_code == 200
    assert response["ETag"] != tag
    again = client.get("/api/v1/events/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_what_shared_caches_are_told():
    assert PRESENT == "public, max-age=0, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"


@pytest.mark.parametrize("variant", ["", "-de", "-ics-de"])
def test_an_etag_is_renewed(variant):
    assert renewed(etag(7, "http://testserver", variant), 12) == etag(12, "http://testserver", variant)


@pytest.mark.parametrize("tag", ["", "*", '"7"', '"7-x"', 'W/"x-x"', 'W/"7-x", W/"8-x"'])
def test_what_is_no_etag_of_ours_is_not_renewed(tag):
    assert renewed(tag, 12) is None
