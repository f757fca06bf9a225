"""The index page and the documentation, also as a browser shows them under the strict CSP."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.utils.html import escape
from pytest_django.asserts import assertNumQueries

from tests.builders import published
from timeline.errors import PROBLEMS
from timeline.pages.index import EXAMPLES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curated")]


def test_the_index_page_leads_everywhere(client):
    page = client.get("/")
    html = page.content.decode()

    assert page.status_code == 200
    for address in re.findall(r'href="(/[^"#]*)"', html):
        if not address.startswith("/static/"):
            assert client.get(address.replace("&amp;", "&"), follow=True).status_code == 200, address
    assert all(escape(address) in html for address in EXAMPLES)
    assert all(f'id="{kind}"' in html for kind in PROBLEMS)


def test_the_data_links_are_in_the_language_of_the_page(client):
    """Whatever the browser of the reader prefers. One example says itself that it is in German."""
    german = {"accept-language": "de"}
    html = client.get("/", headers=german).text

    links = [unescape(address) for address in re.findall(r'<a href="(/api/v1/[^"]*)"', html)]
    languages = {address: client.get(address, headers=german)["Content-Language"] for address in links}
    assert len(languages) == 1 + len(EXAMPLES)
    assert languages == {address: "de" if "lang=de" in address else "en" for address in links}


def test_the_index_page_in_german(client):
    page = client.get("/?lang=de&utm_source=letter")
    html = page.content.decode()

    assert (page.status_code, page["Content-Language"]) == (200, "de")
    assert '<html lang="de">' in html
    assert '<a href="/timelines/c5-1/?lang=de" lang="de">C5+1 und Zentralasien</a>' in html
    assert '<a href="/timelines/trump-xi/?lang=de" lang="de">Gespräche' in html
    assert re.search(r"\d+ veröffentlichte Ereignisse, Datenversion \d+\.", html)
    assert '<a href="/api/v1/events/?lang=de">API</a>' in html
    assert '<a href="/api/v1/countries/?lang=de"><code>' in html
    assert re.findall(r'<a href="([^"]+)" lang="(..)" hreflang="..">', html) == [("http://testserver/", "en")]
    assert 'lang="de" hreflang="de" aria-current="true">Deutsch</a>' in html
    for address in re.findall(r'href="(/[^"#]*)"', html):
        if not address.startswith("/static/"):
            assert client.get(address.replace("&amp;", "&"), follow=True).status_code == 200, address


def test_the_home_of_a_page_is_the_index_in_its_language(client):
    for address in ("/events/c5-1-founding-2015/", "/timelines/c5-1/"):
        for query, home in (("", "/"), ("?lang=de", "/?lang=de")):
            assert f'<a href="{home}">Diplomatic events timeline</a>' in client.get(address + query).text


def test_the_dataset_version_is_the_etag(client):
    first = client.get("/")
    with assertNumQueries(1):
        again = client.get("/", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    published("event")
    assert client.get("/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_examples_find_events(client):
    lists = [address for address in EXAMPLES if "?" in address]

    assert [address for address in lists if not client.get(address).json()["results"]] == []


def test_the_pages_render(page, live_server):
    """One test, because the data that a live server shows takes seconds to load."""
    page.goto(live_server.url)
    assert page.get_by_role("heading", level=1).inner_text() == "Diplomatic events timeline"
    for width in (320, 1000):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("link", name="Documentation").click()
    page.get_by_text("/api/v1/events/", exact=True).first.wait_for(timeout=30_000)
    assert page.locator(".opblock").count() == 20

    # A reader opens everything, one after the other, and tries a call.
    for summary in page.locator(".opblock-summary-control").all():
        summary.click()
        summary.click()
    page.get_by_text("/api/v1/countries/{key}/").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_placeholder("key").fill("UZ")
    page.get_by_role("button", name="Execute").click()
    page.get_by_text("Uzbekistan").first.wait_for(timeout=10_000)
    assert page.complaints == []
