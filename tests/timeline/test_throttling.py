"""What a client is told that asks too much."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from tests.assertions import assert_problem
from tests.timeline.pages.test_events import assert_refusal
from timeline import throttling

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/events/count/"
NOON = datetime.datetime(2026, 11, 24, 12, 0, 37, 250_000, tzinfo=datetime.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _limit(settings, clock):
    settings.RATE_LIMIT = 3
    cache.clear()
    yield
    cache.clear()


def statuses(count: int, address: str = ADDRESS, **where: Any) -> list[int]:
    return [Client().get(address, **where).status_code for _ in range(count)]


def test_beyond_the_limit_a_client_is_told_when_to_come_again(client):
    assert statuses(3) == [200, 200, 200]
    response = client.get(ADDRESS, headers={"origin": "https://elsewhere.example"})

    assert_problem(
        response,
        429,
        "too-many-requests",
        "Too many requests",
        "A client may make 3 requests a minute, and 127.0.0.1 has made more. "
        "Come again in 23 seconds, when the next minute begins.",
    )
    assert response["Retry-After"] == "23"
    assert response["Cache-Control"] == "no-store"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "retry-after" in response["Access-Control-Expose-Headers"].lower()


def test_who_asks_for_pages_is_told_on_one(client):
    assert statuses(3, "/") == [200, 200, 200]
    response = client.get("/", headers={"accept": "text/html"})

    said = "A client may make 3 requests a minute, and 127.0.0.1 has made more. "
    assert_refusal(response, 429, "Too many requests", f"{said}Come again in 23 seconds, when the next minute begins.")
    assert (response["Retry-After"], response["Cache-Control"], response["Vary"]) == (
        "23",
        "no-store",
        "Accept, Accept-Encoding",
    )


def test_who_waits_as_long_as_told_is_answered(client, clock):
    assert statuses(4) == [200, 200, 200, 429]
    wait = int(client.get(ADDRESS)["Retry-After"])

    clock.shift(wait - 1)
    response = client.get(ADDRESS)
    assert (response.status_code, response["Retry-After"]) == (429, "1")
    assert response.json()["detail"].endswith("Come again in a second, when the next minute begins.")
    clock.shift(1)
    assert statuses(4) == [200, 200, 200, 429]


def test_every_public_request_counts(client):
    etag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"if-none-match": etag}).status_code == 304
    assert client.head("/api/v1/events/?x=1").status_code == 400
    assert client.get("/").status_code == 429
    assert client.get("/nothing/").status_code == 429


def test_editors_files_and_preflights_do_not_count(client):
    assert statuses(3) == [200, 200, 200]

    assert client.get("/admin/login/").status_code == 200
    file = client.get("/static/timeline/page.css")
    file.close()
    assert file.status_code == 200
    preflight = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
    assert client.options(ADDRESS, headers=preflight).status_code == 200
    assert statuses(1) == [429]


def test_attempts_to_log_in_count_by_themselves(client, monkeypatch):
    monkeypatch.setattr(throttling, "LOGINS", 2)

    def attempts(count):
        return [client.post("/admin/login/", {"username": "a", "password": "b"}).status_code for _ in range(count)]

    assert attempts(3) == [200, 200, 429]
    response = client.post("/admin/login/")
    assert response["Retry-After"] == "23"
    assert "A client may make 2 attempts to log in a minute, and 127.0.0.1 has made more." in response.text
    assert client.get("/admin/login/").status_code == 200
    assert statuses(4) == [200, 200, 200, 429]


def test_attempts_to_log_in_count_where_requests_do_not(client, settings, monkeypatch):
    settings.RATE_LIMIT = 0
    monkeypatch.setattr(throttling, "LOGINS", 2)

    assert [client.post("/admin/login/").status_code for _ in range(3)] == [200, 200, 429]
    assert statuses(4) == [200, 200, 200, 200]


def test_each_client_has_its_own_count():
    assert statuses(4, REMOTE_ADDR="192.0.2.7") == [200, 200, 200, 429]
    assert statuses(1, REMOTE_ADDR="192.0.2.8") == [200]


def test_an_ipv6_network_is_one_client():
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::1", "2001:DB8:1:2::3"]
    assert [statuses(1, REMOTE_ADDR=address) for address in addresses] == [[200]] * 3

    response = Client(REMOTE_ADDR="2001:db8:1:2::4").get(ADDRESS)
    assert response.status_code == 429
    assert "and 2001:db8:1:2::/64 has made more." in response.json()["detail"]
    assert statuses(1, REMOTE_ADDR="2001:db8:1:3::1") == [200]


def test_an_ipv4_address_in_ipv6_is_itself():
    assert statuses(3, REMOTE_ADDR="::ffff:192.0.2.7") == [200, 200, 200]
    assert statuses(1, REMOTE_ADDR="192.0.2.7") == [429]
    assert statuses(1, REMOTE_ADDR="::ffff:192.0.2.8") == [200]


def test_what_a_client_says_of_itself_is_not_believed():
    for number in range(3):
        assert statuses(1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}") == [200]
    assert statuses(1, HTTP_X_FORWARDED_FOR="198.51.100.9") == [429]


def test_behind_the_proxy_its_own_entry_counts(settings):
    settings.SECURE_PROXY = True
    for number in range(3):
        assert statuses(1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 192.0.2.7") == [200]
    assert statuses(1, HTTP_X_FORWARDED_FOR="192.0.2.7") == [429]
    assert statuses(1, HTTP_X_FORWARDED_FOR="192.0.2.7, 192.0.2.8") == [200]
    assert statuses(1) == [200]


def test_an_address_that_is_none_is_counted_all_the_same():
    assert statuses(3, REMOTE_ADDR="") == [200, 200, 200]
    response = Client(REMOTE_ADDR="no\naddress").get(ADDRESS)

    assert response.status_code == 429
    assert "and somebody has made more." in response.json()["detail"]


def test_without_a_limit_nothing_is_counted(settings):
    settings.RATE_LIMIT = 0

    assert set(statuses(20)) == {200}


def test_a_port_is_no_part_of_the_client(settings):
    settings.SECURE_PROXY = True
    for number in range(3):
        assert statuses(1, HTTP_X_FORWARDED_FOR=f"192.0.2.7:{50_000 + number}") == [200]
    assert statuses(1, HTTP_X_FORWARDED_FOR="192.0.2.7") == [429]
    assert statuses(1, HTTP_X_FORWARDED_FOR="192.0.2.8:50000") == [200]
    assert statuses(3, HTTP_X_FORWARDED_FOR="[2001:db8::1]:50000") == [200, 200, 200]
    assert statuses(1, HTTP_X_FORWARDED_FOR="[2001:db8::2]") == [429]
