"""Addresses that nothing can have."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/events/", "/timelines/"])
def test_what_addresses_of_pages_begin_with_leads_to_the_index(client, address):
    for query in ("", "?lang=de"):
        response = client.get(address + query)
        assert (response.status_code, response["Location"]) == (302, f"/{query}")
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/events/%00/",
        "/api/v1/events/a%00b/versions/",
        "/api/v1/countries/%00/",
        "/api/v1/actors/%00/",
        "/api/v1/timelines/%00/",
        "/events/%00/",
        "/timelines/%00/",
        "/embed/events/%00/",
        "/guides/%00/",
        "/oembed/?url=http://testserver/events/%2500/",
    ],
)
def test_a_nul_in_an_address_is_nobody(client, address):
    assert client.get(address).status_code == 404
