"""Clients that are up to date get 304 at once, and the same one as before."""

import pytest
from django.db import OperationalError

from tests.assertions import etag_of
from tests.builders import published
from timeline import revalidation
from timeline.caching import dataset_version
from timeline.views.base import PublicView

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/api/v1/events/",
    "/api/v1/events/?country=US&from=2025&lang=de",
    "/api/v1/events/?format=ics",
    "/api/v1/events/one/",
    "/api/v1/events/count/?country=US",
    "/api/v1/countries/",
    "/events/one/",
    "/oembed/?url=http://testserver/events/one/",
    "/",
]


@pytest.fixture(autouse=True)
def _public():
    published("one", "2025-11-06", "US")


@pytest.fixture
def asked(monkeypatch):
    """The addresses that views have been asked for since."""
    seen = []
    whole_way = PublicView.dispatch

    def dispatch(self, request, *args, **path):
        seen.append(request.get_full_path())
        return whole_way(self, request, *args, **path)

    monkeypatch.setattr(PublicView, "dispatch", dispatch)
    return seen


def again(client, address, tag=None, **headers):
    """The answer to a client that has the one with this ETag, or with the present one."""
    tag = tag or client.get(address, headers=headers)["ETag"]
    return client.get(address, headers={"If-None-Match": tag, **headers})


def headers_of(response):
    return {name: value for name, value in response.items() if name != "X-Request-ID"}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("said", [{}, {"Accept-Language": "de", "Accept-Encoding": "gzip", "Origin": "https://a.test"}])
def test_the_answer_is_the_one_of_the_whole_way(client, address, said, django_assert_num_queries):
    first = again(client, address, **said)
    with django_assert_num_queries(1):
        second = again(client, address, first["ETag"], **said)
    assert (first.status_code, second.status_code) == (304, 304)
    assert headers_of(second) == headers_of(first)
    assert "Content-Type" not in first.headers  # it would replace that of the copy that the client has


@pytest.mark.parametrize("address", ["/api/v1/events/", "/api/v1/events/one/"])
def test_the_copy_keeps_its_links(client, asked, address):
    whole = client.get(address)
    assert 'rel="service-desc"' in whole["Link"]
    for _ in range(2):  # by the view, then by the middleware
        response = again(client, address, whole["ETag"])
        assert response.status_code == 304
        assert "Link" not in response
    assert len(asked) == 2


def test_who_has_any_copy_is_told_all_links_of_the_present_one(client):
    whole = client.get("/api/v1/events/one/")
    assert 'rel="canonical"' in whole["Link"]
    for _ in range(2):
        response = again(client, "/api/v1/events/one/", "*")
        assert (response.status_code, response["Link"]) == (304, whole["Link"])


def test_no_view_is_asked(client, asked):
    for _ in range(3):
        assert again(client, "/api/v1/events/", etag_of(dataset_version())).status_code == 304
    assert client.head("/api/v1/events/", headers={"If-None-Match": etag_of(dataset_version())}).status_code == 304
    assert asked == ["/api/v1/events/"]


def test_what_has_changed_goes_the_whole_way(client):
    tag = again(client, "/api/v1/events/")["ETag"]
    assert again(client, "/api/v1/events/", tag).status_code == 304
    published("two", "2025-11-07")

    response = again(client, "/api/v1/events/", tag)
    assert [event["id"] for event in response.json()["results"]] == ["two", "one"]
    assert response["ETag"] == etag_of(dataset_version()) != tag
    assert again(client, "/api/v1/events/", response["ETag"]).status_code == 304


@pytest.mark.parametrize(
    "other",
    [
        {"Accept-Language": "de"},
        {"Accept": "text/calendar"},
        {"Host": "127.0.0.1:8000"},
    ],
)
def test_each_request_is_known_by_itself(client, asked, other):
    tag = again(client, "/api/v1/events/")["ETag"]
    asked.clear()
    assert again(client, "/api/v1/events/", **other).status_code == 304
    assert len(asked) == 2
    # The ETag of another language, format or host is none of this request's.
    assert again(client, "/api/v1/events/", tag, **other).status_code == 200


@pytest.mark.parametrize(
    ("address", "accept"),
    [
        ("/api/v1/events/?as_of=1", "*/*"),
        ("/api/v1/events/?" + "country=US&" * 50, "*/*"),
        ("/api/v1/events/", "application/json, " * 30 + "*/*"),
    ],
)
def test_what_may_be_answered_otherwise_or_is_long_is_not_noted(client, asked, address, accept):
    tag = client.get(address)["ETag"]
    for _ in range(3):
        assert again(client, address, tag, Accept=accept).status_code == 304
    assert len(asked) == 4


def test_errors_are_not_noted(client, asked):
    for _ in range(2):
        assert again(client, "/api/v1/events/?country=XX1", "*").status_code == 400
    assert len(asked) == 2


def test_so_many_are_known(client, asked, monkeypatch):
    monkeypatch.setattr(revalidation, "KEPT", 2)
    for size in (1, 2, 3, 1, 3):
        assert again(client, f"/api/v1/events/?page_size={size}", etag_of(dataset_version())).status_code == 304
    assert [address[-1] for address in asked] == ["1", "2", "3", "1"]


def test_what_the_database_cannot_answer_is_said_by_who_else_would(client, monkeypatch):
    again(client, "/api/v1/events/")

    def gone():
        raise OperationalError

    monkeypatch.setattr(revalidation, "dataset_version", gone)
    assert again(client, "/api/v1/events/", etag_of(dataset_version())).status_code == 304
