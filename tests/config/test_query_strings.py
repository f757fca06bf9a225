"""Query strings as curl sends them: with letters that are not encoded."""

from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from config import wsgi
from config.query_strings import encoded
from tests.config.wsgi_requests import read_by_django

ENCODED = "q=T%C3%BCrkei&a=b+c%20d:%zz"


def answered(query: str) -> WSGIRequest:
    """The request as Django gets it; WSGI has bytes as letters of Latin-1."""
    return read_by_django(encoded, {**RequestFactory().get("/api/v1/events/").environ, "QUERY_STRING": query})


@pytest.mark.parametrize("query", ["q=Türkei&a=b+c%20d:%zz".encode().decode("latin-1"), ENCODED])
def test_addresses_that_go_on_from_one_ask_for_the_same(query):
    request = answered(query)

    assert request.GET["q"] == "Türkei"
    assert request.build_absolute_uri() == f"http://testserver/api/v1/events/?{ENCODED}"


@pytest.mark.parametrize("query", ["", "q=%E4"])
def test_what_is_encoded_stays_as_it_is(query):
    assert answered(query).META["QUERY_STRING"] == query


@pytest.mark.django_db  # a request looks at the connection that another test may have left open
def test_the_server_has_it():
    said: dict[str, str] = {}
    environ = {**RequestFactory().get("/api/v1/events").environ, "QUERY_STRING": "q=T\xc3\xbcrkei"}
    wsgi.application(environ, lambda status, headers: said.update(status=status, **dict(headers)))

    assert (said["status"], said["Location"]) == ("301 Moved Permanently", "/api/v1/events/?q=T%C3%BCrkei")
