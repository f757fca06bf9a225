"""What `Accept` and `Accept-Language` choose, and what caches are told of it."""

from __future__ import annotations

import pytest

from tests.assertions import etag_of
from tests.builders import published
from timeline.accepting import LONGEST, MOST_READ, _preferred

pytestmark = pytest.mark.django_db

JSON = "application/json"
LIST = "/api/v1/events/"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", JSON),
        ("application/json", JSON),
        ("text/csv", "text/csv"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("text/csv;q=0.4, application/json;q=0.5", JSON),
        ("application/atom+xml,application/rss+xml,application/xml;q=0.9,*/*;q=0.8", "application/atom+xml"),
        ("text/calendar", "text/calendar"),
        ("application/geo+json", "application/geo+json"),
        ("application/ld+json, application/json;q=0.1", "application/ld+json"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/x.timelinejs+json", "application/x.timelinejs+json"),
        ("application/json; charset=utf-8", JSON),
        ("text/csv; charset=utf-8; header=present, */*;q=0.1", "text/csv"),
        ('application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"', "application/ld+json"),
        ("application/atom+xml;type=feed;q=0.5, text/csv;q=0.4", "application/atom+xml"),
        ("application/*;q=0.5, application/json;q=0.1, text/csv;q=0.4", "application/atom+xml"),
        ("*/*, application/json;q=0", "application/atom+xml"),
        ("text/html; a*=x'y'%ff, text/csv", "text/csv"),
        ("text/html; a*=x; a*0=y, text/csv", "text/csv"),
        # Longer than what is read.
        (f"text/csv, text/{'x' * MOST_READ}", JSON),
    ],
)
@pytest.mark.parametrize("address", [LIST, f"{LIST}event/"])
def test_accept(client, address, accept, media_type):
    published("event")

    response = client.get(address, headers={"accept": accept} if accept else {})

    assert response.status_code == 200
    assert response["Content-Type"].split(";")[0] == media_type
    assert b"Title of event" in response.getvalue()


def test_what_is_asked_again_is_kept_unless_it_is_long(client):
    published("event")

    def misses(accept):
        before = _preferred.cache_info().misses
        types = [client.get(LIST, headers={"accept": accept})["Content-Type"].split(";")[0] for _ in range(2)]
        assert types == ["text/csv", "text/csv"]
        return _preferred.cache_info().misses - before

    assert misses("text/csv, text/x-asked-twice") == 1
    assert misses(f"text/csv, text/{'x' * LONGEST}") == 0


def test_format_wins_over_accept(client):
    published("event")

    response = client.get(f"{LIST}?format=csv", headers={"accept": "application/json"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert client.get(f"{LIST}?format=json", headers={"accept": "image/png"}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT, en;q=0.8", "de"),
        ("fr, de;q=0.5, en;q=0.2", "de"),
        ("fr", "en"),
        ("en-GB,de", "en"),
        ("*", "en"),
        ("de;q=0", "en"),
        ("not a header;;", "en"),
    ],
)
def test_accept_language(client, accepted, language):
    published("event", titles={"en": "Talks", "de": "Gespräche"})

    response = client.get(f"{LIST}event/", headers={"accept-language": accepted} if accepted else {})

    assert response["Content-Language"] == language
    assert response.json()["title"] == {"en": "Talks", "de": "Gespräche"}[language]


def test_lang_wins_over_accept_language(client):
    published("event", titles={"en": "Talks", "de": "Gespräche"})

    response = client.get(f"{LIST}event/?lang=en", headers={"accept-language": "de"})

    assert (response["Content-Language"], response.json()["title"]) == ("en", "Talks")


def test_a_fallback_says_so(client):
    published("event", titles={"en": "Talks"})

    document = client.get(f"{LIST}event/", headers={"accept-language": "de"}).json()

    assert (document["title"], document["language"], document["fallback_from"]) == ("Talks", "en", "de")


def test_the_language_decides_what_is_searched(client):
    published("event", titles={"en": "Talks", "de": "Gespräche"})

    def count(query, language):
        return client.get(f"{LIST}count/?{query}", headers={"accept-language": language}).json()["count"]

    assert (count("q=gespräch", "de"), count("q=gespräch", "en"), count("q=gespräch&lang=de", "en")) == (1, 0, 1)


@pytest.mark.parametrize(
    ("query", "vary"),
    [
        ("", {"accept", "accept-language"}),
        ("?lang=en", {"accept"}),
        ("?format=json", {"accept-language"}),
        ("?format=csv&lang=de", set()),
    ],
)
def test_vary_names_what_decided(client, query, vary):
    published("event")

    for address in (LIST, f"{LIST}event/"):
        named = {name.strip().lower() for name in client.get(f"{address}{query}").get("Vary", "").split(",")}
        assert named & {"accept", "accept-language", "cookie"} == vary, address
    assert "accept-language" in client.get(f"{LIST}count/")["Vary"].lower()
    assert client.get("/api/v1/")["Vary"] == "Accept-Encoding"


def test_what_headers_chose_has_an_etag_of_its_own(client):
    published("event")

    def etag(**headers):
        return client.get(LIST, headers=headers)["ETag"]

    assert etag() == etag_of(1)
    assert etag(accept="text/csv") == etag_of(1, "-csv")
    assert etag(**{"accept-language": "de"}) == etag_of(1, "-de")
    assert etag(**{"accept": "text/csv", "accept-language": "de"}) == etag_of(1, "-csv-de")
    plain = etag()
    assert client.get(LIST, headers={"accept": "text/csv", "if-none-match": plain}).status_code == 200
    assert client.get(LIST, headers={"accept-language": "de", "if-none-match": plain}).status_code == 200
    unchanged = client.get(LIST, headers={"if-none-match": plain})
    assert unchanged.status_code == 304
    assert {"accept", "accept-language"} <= set(unchanged["Vary"].lower().split(", "))
