from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.request_ids import RequestIdFilter, current

MADE = re.compile(r"[0-9a-f]{32}")


def broken(request: HttpRequest) -> HttpResponse:
    logging.getLogger("timeline.test").warning("about to fail")
    raise RuntimeError("for the test")


urlpatterns = [path("broken/", broken)]
handler500 = "timeline.errors.server_error"


@pytest.mark.parametrize("asked", ["a", "0af7651916cd43dd8448eb211c80319c", "Job.7_of-9", "x" * 128])
def test_a_well_formed_id_is_taken_over(client, asked):
    assert client.get("/nothing/", headers={"x-request-id": asked})["X-Request-ID"] == asked


@pytest.mark.parametrize("asked", ["", "two words", "a\nINFO forged", "ü", "x" * 129, "a;b", "a\r\nSet-Cookie: x=y"])
def test_another_one_is_replaced(client, asked):
    assert MADE.fullmatch(client.get("/nothing/", headers={"x-request-id": asked})["X-Request-ID"])


def test_each_request_without_one_gets_its_own(client):
    names = {client.get("/nothing/")["X-Request-ID"] for _ in range(3)}

    assert len(names) == 3
    assert all(MADE.fullmatch(name) for name in names)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/api/v1/", "/api/v1/events/?x=1", "/admin/login/", "/static/timeline/page.css"]
)
def test_every_answer_has_it(client, address):
    response = client.get(address, headers={"x-request-id": "mine"})
    response.close()

    assert response["X-Request-ID"] == "mine"


@pytest.mark.urls("tests.config.test_request_ids")
def test_the_log_and_the_problem_name_it(client, caplog):
    client.raise_request_exception = False
    formatters: Any = settings.LOGGING["formatters"]
    caplog.handler.addFilter(RequestIdFilter())
    caplog.handler.setFormatter(logging.Formatter(formatters["line"]["format"], "now", style="{"))

    response = client.get("/broken/", headers={"x-request-id": "mine"})

    assert response.json() == {
        "type": "http://testserver/#server-error",
        "title": "Server error",
        "status": 500,
        "detail": "Something went wrong here. The request was not at fault; trying again later may help.",
        "request_id": "mine",
    }
    first, second = (line for line in caplog.text.splitlines() if line.startswith("now "))
    assert first == "now WARNING timeline.test [mine]: about to fail"
    assert second == "now ERROR django.request [mine]: Internal Server Error: /broken/"


def test_what_is_logged_after_the_answer_was_made_names_it_too(client, caplog):
    caplog.handler.addFilter(RequestIdFilter())

    client.get("/nothing/", headers={"x-request-id": "mine"})

    assert [(record.getMessage(), record.request_id) for record in caplog.records] == [("Not Found: /nothing/", "mine")]


def test_outside_of_requests_there_is_none():
    record = logging.makeLogRecord({})
    token = current.set("-")

    RequestIdFilter().filter(record)
    current.reset(token)

    assert vars(record)["request_id"] == "-"
