"""oEmbed: what other sites get for the address of a page, and what can be wrong with their request."""

from __future__ import annotations

from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.utils.html import escape
from pytest_django.asserts import assertNumQueries

from tests.assertions import assert_invalid, assert_problem, etag_of
from tests.builders import published
from timeline.caching import PRESENT
from timeline.models import Timeline
from timeline.publishing import publish, publish_vocabulary, withdraw

pytestmark = pytest.mark.django_db


def ask(client, url: str = "http://testserver/events/summit/", **more: object):
    return client.get(f"/oembed/?{urlencode({'url': url, **more})}")


def frame(kind: str, slug: str, title: str, width: int, height: int, query: str = "") -> str:
    return (
        f'<iframe src="http://testserver/embed/{kind}/{slug}/{query}" title="{title}" width="{width}" '
        f'height="{height}" frameborder="0" loading="lazy" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )


@pytest.fixture
def summit(db):
    return published("summit", titles={"en": "Leaders' summit", "de": "Gipfeltreffen"})


@pytest.fixture
def talks(db):
    talks = Timeline.objects.create(slug="talks", titles={"en": "Talks", "de": "Gespräche"})
    publish_vocabulary(timelines=[talks])
    return talks


def test_an_event_whole(client, summit):
    with assertNumQueries(2):
        response = ask(client)

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert (response["ETag"], response["Cache-Control"]) == (etag_of(1), PRESENT)
    assert response.json() == {
        "version": "1.0",
        "type": "rich",
        "title": "Leaders' summit",
        "provider_name": "Diplomatic events timeline",
        "provider_url": "http://testserver/",
        "cache_age": 86400,
        "html": frame("events", "summit", "Leaders&#x27; summit", 600, 320),
        "width": 600,
        "height": 320,
    }


def test_a_timeline_whole(client, talks):
    assert ask(client, "http://testserver/timelines/talks/?lang=de").json() == {
        "version": "1.0",
        "type": "rich",
        "title": "Gespräche",
        "provider_name": "Diplomatic events timeline",
        "provider_url": "http://testserver/",
        "cache_age": 86400,
        "html": frame("timelines", "talks", "Gespräche", 600, 480, "?lang=de"),
        "width": 600,
        "height": 480,
    }


def test_what_the_frame_shows_is_there(client, summit, talks):
    for address in ("embed/events/summit/", "embed/timelines/talks/?lang=de"):
        assert f"http://testserver/{address}" in ask(client, f"http://testserver/{address[6:]}").json()["html"]
        assert client.get(f"/{address}").status_code == 200


@pytest.mark.parametrize(
    ("url", "subject"),
    [
        ("http://testserver/events/summit/", "events/summit/"),
        ("https://testserver/events/summit/", "events/summit/"),
        ("http://TESTSERVER/events/summit", "events/summit/"),
        ("http://testserver/events/summit/#sources", "events/summit/"),
        ("http://testserver/api/v1/events/summit/", "events/summit/"),
        ("http://testserver/api/v1/events/summit/?lang=de", "events/summit/?lang=de"),
        ("http://testserver/events/summit/?lang=en", "events/summit/"),
        ("http://testserver/api/v1/timelines/talks/", "timelines/talks/"),
        ("http://testserver/events/summit/?fbclid=IwAR0&lang=de&utm_source=letter", "events/summit/?lang=de"),
        ("http://testserver/timelines/talks/?utm_source=letter", "timelines/talks/"),
    ],
)
def test_addresses_of_pages_and_of_the_api(client, summit, talks, url, subject):
    assert f'src="http://testserver/embed/{subject}"' in ask(client, url).json()["html"]


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (600, 320)),
        ({"maxwidth": 320}, (320, 320)),
        ({"maxheight": 200}, (600, 200)),
        ({"maxwidth": 1, "maxheight": 1}, (1, 1)),
        ({"maxwidth": 9999, "maxheight": 9999}, (600, 320)),
        ({"maxwidth": 600, "maxheight": 320, "dnt": 1, "format": "json"}, (600, 320)),
    ],
)
def test_the_frame_is_no_larger_than_asked(client, summit, asked, size):
    answer = ask(client, **asked).json()

    assert (answer["width"], answer["height"]) == size
    assert f'width="{size[0]}" height="{size[1]}"' in answer["html"]


def test_xml_says_the_same(client, summit):
    response = ask(client, format="xml")

    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    said = {name: str(value) for name, value in ask(client).json().items()}
    assert (root.tag, {child.tag: child.text for child in root}) == ("oembed", said)


@pytest.mark.parametrize("format", ["json", "xml"])
def test_hostile_titles_stay_text(client, format):
    title = "</title><script>alert(1)</script>\"' onload=x \u202e\x01]]>"
    published("summit", titles={"en": title})

    response = ask(client, format=format)

    if format == "json":
        answer = response.json()
    else:
        answer = {child.tag: child.text for child in ElementTree.fromstring(response.content)}
    shown = title.replace("\x01", "") + "\u202c"  # the change of direction is ended
    assert answer["title"] == shown
    assert answer["html"] == frame("events", "summit", escape(shown), 600, 320)


def test_an_old_slug_gets_the_present_page(client, summit):
    summit.slug = "renamed"
    summit.save()
    publish([summit])

    assert 'src="http://testserver/embed/events/renamed/"' in ask(client).json()["html"]


def test_any_page_may_ask(client, summit):
    response = client.get(
        "/oembed/?url=http://testserver/events/summit/", headers={"origin": "https://elsewhere.example"}
    )

    assert response["Access-Control-Allow-Origin"] == "*"


def test_nothing_new_costs_one_query(client, summit):
    etag = ask(client)["ETag"]

    with assertNumQueries(1):
        response = client.get("/oembed/?url=http://testserver/events/summit/", headers={"if-none-match": etag})
    assert response.status_code == 304


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/events/summit/",
        "http://testserver.example/events/summit/",
        "http://testserver@elsewhere.example/events/summit/",
        "http://testserver:81/events/summit/",
        "ftp://testserver/events/summit/",
        "javascript:alert(1)",
        "//testserver/events/summit/",
        "/events/summit/",
        "summit",
        "http://[/events/summit/",
        "http://testserver/",
        "http://testserver/events/",
        "http://testserver/api/v1/events/",
        "http://testserver/api/v1/countries/UZ/",
        "http://testserver/embed/events/summit/",
        "http://testserver/admin/",
    ],
)
def test_an_address_of_something_else_gives_error(client, summit, url):
    assert_problem(
        ask(client, url),
        404,
        "not-found",
        "Not found",
        f"'{url}' is not the address of an event or a timeline here: those begin with "
        "http://testserver/events/ or http://testserver/timelines/.",
    )


def test_what_never_was_gives_error(client):
    assert_problem(
        ask(client, "http://testserver/events/nothing/"),
        404,
        "not-found",
        "Not found",
        "There is no event 'nothing'. The list of events is at /api/v1/events/.",
    )
    assert_problem(
        ask(client, "http://testserver/timelines/nothing/"),
        404,
        "not-found",
        "Not found",
        "There is no timeline 'nothing'. The list of timelines is at /api/v1/timelines/.",
    )


def test_a_withdrawn_event_gives_error(client, summit):
    withdraw([summit])
    day = summit.publications.get(withdrawn=True).published_at

    detail = f"The event 'summit' was withdrawn on {day:%Y-%m-%d}."
    assert_problem(ask(client), 410, "withdrawn", "Withdrawn", detail)


def test_a_page_with_parameters_that_no_frame_has_gives_error(client, summit):
    assert_problem(
        ask(client, "http://testserver/events/summit/?as_of=1"),
        404,
        "not-found",
        "Not found",
        "Of 'http://testserver/events/summit/?as_of=1' there is no frame: There is no parameter 'as_of' here.",
    )
    assert_problem(
        ask(client, "http://testserver/events/summit/?lang=fr"),
        404,
        "not-found",
        "Not found",
        "Of 'http://testserver/events/summit/?lang=fr' there is no frame: 'fr' is not possible here. Possible: en, de.",
    )


def test_another_format_gives_error(client, summit, caplog):
    response = client.get("/oembed/?url=http://testserver/events/summit/&format=yaml", headers={"x-request-id": "mine"})

    assert response.status_code == 501
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "http://testserver/#not-implemented",
        "title": "Not implemented",
        "status": 501,
        "detail": "There is no format 'yaml' here. Possible: json, xml.",
        "request_id": "mine",
    }
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_no_address_gives_error(client):
    assert_invalid(
        client.get("/oembed/"),
        ("url", "incomplete", "'url' is missing: give the address of the page of an event or a timeline."),
    )


def test_wrong_parameters_give_error(client):
    assert_invalid(
        client.get("/oembed/?url=&maxwidth=0&maxheight=1.5&maxwith=5&dnt=maybe"),
        ("maxwith", "unknown", "There is no parameter 'maxwith' here. Did you mean 'maxwidth'?"),
        ("url", "blank", "'url' is blank: give it a value or leave it out."),
        ("maxwidth", "malformed", "'0' is not possible here: write a whole number from 1 to 100000."),
        ("maxheight", "malformed", "'1.5' is not possible here: write a whole number from 1 to 100000."),
        ("dnt", "malformed", "'maybe' is not possible here. Possible: 0, 1, true, false."),
    )


def test_writing_gives_error(client):
    response = client.post("/oembed/")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["detail"] == "POST is not possible here. Possible: GET, HEAD, OPTIONS."
