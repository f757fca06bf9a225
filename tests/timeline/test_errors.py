"""What is at no address: a page for whoever asks for one, a problem document for every program."""

from __future__ import annotations

import pytest

from tests.assertions import assert_invalid, assert_problem
from tests.timeline.pages.test_events import assert_refusal
from timeline.cache_control import PRESENT

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def detail(address):
    return f"There is nothing at {address}. The API begins at /api/v1/, its documentation at /api/docs/."


@pytest.mark.parametrize("address", ["/nope", "/events/a/b/", "/embed/", "/robots.txt", "/apis/"])
def test_who_asks_for_a_page_gets_one(client, address):
    response = client.get(address, headers={"accept": BROWSER})

    assert_refusal(response, 404, "Not found", detail(address))
    assert (response["Cache-Control"], response["Content-Language"]) == (PRESENT, "en")
    assert "Accept" in response["Vary"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_what_a_page_says_of_its_parts_is_said_on_a_page(client):
    response = client.get("/guides/nope/", headers={"accept": BROWSER})

    assert response.status_code == 404
    assert response["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/html", "image/png", "x"])
def test_others_get_a_problem_document(client, accept):
    response = client.get("/nope", headers={"accept": accept} if accept else {})

    assert_problem(response, 404, "not-found", "Not found", detail("/nope"))
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize("accept", ["text/html; a*=x'y'%ff", "text/html; a*=x; a*0=y"])
@pytest.mark.parametrize(("address", "status"), [("/nope", 404), ("/events/nope/", 404), ("/api/v1/events/nope/", 406)])
def test_an_accept_header_that_cannot_be_read_is_no_error_of_ours(client, address, status, accept):
    assert client.get(address, headers={"accept": accept}).status_code == status


@pytest.mark.parametrize("address", ["/api/", "/api/v2/events/", "/static/nope.css"])
def test_programs_get_a_problem_document_whatever_they_ask_for(client, address):
    response = client.get(address, headers={"accept": BROWSER})

    assert_problem(response, 404, "not-found", "Not found", detail(address))


def test_an_unknown_event_of_the_api_or_of_oembed_is_a_problem_document(client):
    for address in ("/api/v1/events/nope/", "/oembed/?url=http://testserver/events/nope/"):
        response = client.get(address, headers={"accept": BROWSER})
        assert_problem(
            response,
            404,
            "not-found",
            "Not found",
            "There is no event 'nope'. The list of events is at /api/v1/events/.",
        )


def test_too_many_parameters_give_error(client):
    for address in ("/api/v1/events/", "/events/one/"):
        response = client.get(f"{address}?{'&'.join(['country=UZ'] * 10_001)}")
        assert_problem(
            response, 400, "invalid-request", "Invalid request", "A request may have 10,000 parameters at most."
        )


def test_what_is_at_no_address_is_not_there_with_too_many_parameters_either(client):
    response = client.get(f"/nope?{10_001 * '&'}", headers={"accept": BROWSER})

    assert_refusal(response, 404, "Not found", detail("/nope"))


@pytest.mark.parametrize("accept", [None, "*/*", BROWSER, "text/html;q=0.5, application/json;q=0.4", "image/png"])
def test_a_page_says_on_a_page_what_is_wrong(client, accept):
    for address, status in (("/events/nope/", 404), ("/events/nope/?foo=1", 400), ("/guides/nope/", 404)):
        response = client.get(address, headers={"accept": accept} if accept else {})
        assert (response.status_code, response["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert "Accept" in response["Vary"]


@pytest.mark.parametrize(
    "accept", ["application/json", "application/problem+json", "application/json, text/html;q=0.9"]
)
def test_a_page_says_to_programs_what_is_wrong_in_a_problem_document(client, accept):
    headers = {"accept": accept}

    unknown = client.get("/events/nope/", headers=headers)
    detail = "There is no event 'nope'. The list of events is at /api/v1/events/."
    assert_problem(unknown, 404, "not-found", "Not found", detail)
    assert "Accept" in unknown["Vary"]
    for address in ("/", "/guides/", "/guides/r/", "/events/nope/", "/timelines/nope/", "/embed/events/nope/"):
        refused = client.get(f"{address}?foo=1", headers=headers)
        assert_invalid(refused, ("foo", "unknown", "There is no parameter 'foo' here."))


@pytest.mark.parametrize("address", ["/", "/guides/", "/guides/r/"])
def test_a_parameter_that_a_page_does_not_have_gives_error(client, address):
    assert_refusal(client.get(f"{address}?foo=1"), 400, "Invalid request", "There is no parameter 'foo' here.")


def test_what_accept_rules_out_depends_on_it(client):
    for address in ("/api/v1/events/", "/api/v1/events/count/", "/api/v1/events/window/"):
        response = client.get(address, headers={"accept": "image/png"})
        assert (response.status_code, "Accept" in response["Vary"].split(", ")) == (406, True)


@pytest.mark.parametrize("address", ["/", "/guides/", "/guides/curl/", "/api/schema/interchange.json"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_can_only_be_read_says_so(client, address, method):
    response = client.generic(method, address)

    possible = "GET, HEAD" if address.startswith("/api/") else "GET, HEAD, OPTIONS"
    detail = f"{method} is not possible here. Possible: {possible}."
    assert_problem(response, 405, "method-not-allowed", "Method not allowed", detail)
    assert response["Allow"] == possible
