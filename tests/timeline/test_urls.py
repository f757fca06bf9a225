"""Addresses that nothing can have."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


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
