"""HEAD, as the application server gets it: the test client would take bodies away by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import include, path

from tests.builders import published

begun: list[bool] = []
ended: list[bool] = []


def pieces() -> Iterator[str]:
    begun.append(True)
    yield "a piece "
    ended.append(True)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8", headers={"ETag": 'W/"7"'})


urlpatterns = [path("stream/", stream), path("", include("config.urls"))]


def answer(method: str, address: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    said: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        said.append((status, dict(headers)))

    environ = RequestFactory().generic(method, address, headers={"x-request-id": "x", **headers}).environ
    response = WSGIHandler()(environ, start_response)
    body = b"".join(response)
    response.close()
    ((status, sent),) = said
    return status, sent, body


@pytest.fixture(autouse=True)
def _keep_the_connection(db):
    """As Django's test client does: the test's transaction goes on behind the answer."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def _events(db):
    for number in range(3):
        published(f"event-{number}", topics=("trade",))


ADDRESSES = {
    "/": "200 OK",
    "/events/event-1/": "200 OK",
    "/events/nothing/": "404 Not Found",
    "/embed/events/event-1/": "200 OK",
    "/oembed/?url=http://testserver/events/event-1/": "200 OK",
    "/api/v1/": "200 OK",
    "/api/v1/events/": "200 OK",
    "/api/v1/events/event-1/": "200 OK",
    "/api/v1/events/count/": "200 OK",
    "/api/v1/events/?format=ics": "200 OK",
    "/api/v1/changes/": "200 OK",
    "/api/v1/topics/": "200 OK",
    "/api/v1/nothing/": "404 Not Found",
    "/api/v1/events/?x=1": "400 Bad Request",
    "/api/schema/": "200 OK",
    "/static/timeline/page.css": "200 OK",
}


@pytest.mark.usefixtures("_events")
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items())
def test_head_has_the_headers_of_get_and_no_body(address, expected, encoding):
    status, headers, body = answer("GET", address, **{"accept-encoding": encoding})

    assert (status, bool(body)) == (expected, True)
    assert answer("HEAD", address, **{"accept-encoding": encoding}) == (status, headers, b"")
    if "Content-Length" in headers:
        assert headers["Content-Length"] == str(len(body))


@pytest.mark.usefixtures("_events")
def test_a_match_is_one_for_head_too():
    etag = answer("GET", "/api/v1/events/")[1]["ETag"]
    for _ in range(2):  # where it is known already, too
        status, headers, body = answer("HEAD", "/api/v1/events/", **{"if-none-match": etag})

        assert (status, headers["ETag"], body) == ("304 Not Modified", etag, b"")
        assert "Content-Length" not in headers  # which would be that of the answer that the client has
        assert answer("GET", "/api/v1/events/", **{"if-none-match": etag}) == (status, headers, b"")


@pytest.mark.urls("tests.config.test_head")
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_stream_is_not_begun(encoding):
    begun.clear()
    ended.clear()

    head = answer("HEAD", "/stream/", **{"accept-encoding": encoding})
    assert (begun, ended) == ([], [])

    status, headers, body = answer("GET", "/stream/", **{"accept-encoding": encoding})
    assert (begun, ended) == ([True], [True])
    assert head == (status, headers, b"")
    assert "Content-Length" not in headers
    assert body
