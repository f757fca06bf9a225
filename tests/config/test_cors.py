"""Who may read what from a web page of another site."""

import pytest

pytestmark = pytest.mark.django_db

ELSEWHERE = {"origin": "https://elsewhere.example"}


@pytest.mark.parametrize("address", ["/api/v1/events/", "/api/v1/events/?x=1", "/api/v1", "/oembed", "/oembed/"])
def test_what_is_public_says_so_to_everybody_in_the_same_words(client, address):
    at_home, elsewhere = client.get(address), client.get(address, headers=ELSEWHERE)

    assert at_home["Access-Control-Allow-Origin"] == "*"
    assert at_home["Access-Control-Expose-Headers"] == "Content-Disposition, ETag, Link, Retry-After, X-Request-ID"
    said = [{name: value for name, value in each.items() if name != "X-Request-ID"} for each in (at_home, elsewhere)]
    assert said[0] == said[1]


def test_shared_caches_need_not_keep_it_for_each_site(client):
    assert "origin" not in client.get("/api/v1/events/", headers=ELSEWHERE)["Vary"].lower()


@pytest.mark.parametrize("address", ["/", "/admin/login/", "/events/none/"])
def test_pages_are_not_read_by_pages_of_other_sites(client, address):
    assert "Access-Control-Allow-Origin" not in client.get(address, headers=ELSEWHERE)


def test_a_preflight_is_answered(client):
    asked = {**ELSEWHERE, "access-control-request-method": "GET"}

    response = client.options("/api/v1/events/", headers=asked)

    assert (response.status_code, response.content) == (200, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
