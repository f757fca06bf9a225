"""The page about an event, whole, and what can be wrong with a request for it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from django.utils.html import escape
from pytest_django.asserts import assertHTMLEqual, assertNumQueries

from events.models import Actor, Event, Figure
from tests.assertions import etag_of
from tests.builders import actor, draft, member, published, state
from timeline.cache_control import REVALIDATED
from timeline.caching import PRESENT
from timeline.pages.base import FRAMED_POLICY
from timeline.publishing import publish, publish_vocabulary, withdraw

pytestmark = pytest.mark.django_db

UNAVAILABLE = "The database does not answer at the moment. The request was not at fault: try it again in some seconds."
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"'&\u202e\u2067"


def main_of(response) -> str:
    """The main part of a page."""
    (main,) = re.findall(r"<main>.*</main>", response.text, flags=re.DOTALL)
    return str(main)


def languages_of_data(client, address: str) -> set[str]:
    """Of all that a page links to at the API, for a reader whose browser prefers German."""
    german = {"accept-language": "de"}
    links = re.findall(r'href="http://testserver(/api/[^"]*)"', client.get(address, headers=german).text)
    return {client.get(unescape(link), headers=german)["Content-Language"] for link in links}


@pytest.fixture
def _summit(db):
    president = actor("president")
    member(state("KZ"), president)
    earlier = published("earlier", "2023", titles={"en": "Earlier summit", "de": "Früheres Gipfeltreffen"})
    event = draft(
        "summit",
        "2025-11-06",
        (state("US"), "host"),
        (president, "participant"),
        type="summit",
        topics=("trade", "uranium"),
        titles={"en": "Leaders' summit", "de": "Gipfeltreffen"},
        sources=(
            {"title": "Report", "publisher": "Gazette", "published": "2025-11", "language": "de"},
            {"title": "Blog", "claims": "2025-11-07"},
            {"title": "Statement", "claims": "2025-11-06", "claims_effective": "2025-12"},
        ),
        relations=(("follows", earlier),),
        effective="2025-12/..",
        place_name="White House",
        place_country=state("US"),
    )
    event.texts.update(summary="They met.")
    event.sources.filter(title="Report").update(official=True)
    Figure.objects.create(
        event=event, labels={"en": "Exports", "de": "Ausfuhren"}, value="1234.5", unit="USD m", period="2024"
    )
    publish([event])


@pytest.mark.usefixtures("_summit")
def test_the_page_says_all_that_is_known(client):
    with assertNumQueries(3):
        response = client.get("/events/summit/")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Content-Language"] == "en"
    assertHTMLEqual(
        main_of(response),
        """<main><article>
          <p class="quiet">Summit</p>
          <h1 lang="en"><bdi>Leaders&#x27; summit</bdi></h1>
          <p class="when">6 November 2025</p>
          <p class="note">Sources disagree about the date: see what each one says below.</p>
          <p lang="en">They met.</p>
          <dl class="facts">
            <dt>Place</dt><dd><bdi>White House, United States</bdi></dd>
            <dt>Effective</dt><dd>since December 2025</dd>
            <dt>Host</dt><dd><bdi>United States</bdi></dd>
            <dt>Participants</dt><dd><bdi>President</bdi>, for <bdi>Kazakhstan</bdi></dd>
            <dt>Countries involved</dt><dd><bdi>Kazakhstan</bdi>, <bdi>United States</bdi></dd>
            <dt>Topics</dt><dd><bdi>Trade</bdi>, <bdi>Uranium</bdi></dd>
          </dl>
          <section aria-labelledby="figures"><h2 id="figures">Figures</h2>
            <ul><li><bdi>Exports</bdi>: 1,234.5 <bdi>USD m</bdi> (2024)</li></ul></section>
          <section aria-labelledby="relations"><h2 id="relations">Related events</h2>
            <ul><li>Follows: <a href="/events/earlier/"><bdi>Earlier summit</bdi></a></li></ul></section>
          <section aria-labelledby="sources"><h2 id="sources">Sources</h2>
            <ul>
              <li><a href="https://example.org/summit/0" hreflang="de" rel="noopener">
                <bdi lang="de">Report</bdi></a><br>
                <span class="quiet"><bdi>Gazette</bdi>, November 2025 (official)</span></li>
              <li><a href="https://example.org/summit/1" rel="noopener"><bdi>Blog</bdi></a><br>
                <span class="quiet"> – date according to it: 7 November 2025</span></li>
              <li><a href="https://example.org/summit/2" rel="noopener"><bdi>Statement</bdi></a><br>
                <span class="quiet"> – date according to it: 6 November 2025
                – effective according to it: December 2025</span></li>
            </ul></section>
          <section aria-labelledby="cite"><h2 id="cite">Cite this</h2>
            <p><bdi lang="en">Leaders&#x27; summit</bdi>, 6 November 2025 (version 1). Diplomatic events timeline,
              dataset version 2. <a href="http://testserver/events/summit/?as_of=2">
              http://testserver/events/summit/?as_of=2</a></p></section>
          <nav aria-label="Data">
            <a href="http://testserver/api/v1/events/summit/?lang=en">JSON</a>
            <a href="http://testserver/api/v1/events/summit/?lang=en&amp;format=ics">Calendar file</a>
            <a href="http://testserver/api/v1/events/summit/?lang=en&amp;format=atom">Atom feed</a>
            <a href="http://testserver/api/v1/events/summit/versions/?lang=en">Versions</a>
          </nav></article></main>""",
    )


@pytest.mark.usefixtures("_summit")
def test_in_german(client):
    response = client.get("/events/summit/?lang=de")

    assert response["Content-Language"] == "de"
    assert '<html lang="de">' in response.text
    main = main_of(response)
    for words in (
        '<h1 lang="de"><bdi>Gipfeltreffen</bdi></h1>',
        '<p class="when">6. November 2025</p>',
        "<dd>seit Dezember 2025</dd>",
        "<bdi>Ausfuhren</bdi>: 1.234,5 <bdi>USD m</bdi>",
        'Folgt auf: <a href="/events/earlier/?lang=de"><bdi>Früheres Gipfeltreffen</bdi></a>',
        "(amtlich)",
        "http://testserver/events/summit/?lang=de&amp;as_of=2",
    ):
        assert words in main


@pytest.mark.parametrize("address", ["/events/event/", "/embed/events/event/"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_paragraphs_and_lines_are_kept(client, address, newline):
    event = draft("event")
    event.texts.update(summary=newline.join(["One.", "Two <b>.", "", " ", "Three."]))
    publish([event])

    assert '<p lang="en">One.<br>Two &lt;b&gt;.</p><p lang="en">Three.</p>' in main_of(client.get(address))


@pytest.mark.usefixtures("_summit")
def test_figures_say_who_reports_them_and_where(client):
    event = Event.objects.get(slug="summit")
    figures: dict[str, dict[str, Any]] = {
        "Trade": {"reporter": state("KZ"), "partner": state("UZ"), "source": event.sources.get(title="Report")},
        "Mines": {"reporter": Actor.objects.get(slug="president"), "source": event.sources.get(title="Blog")},
        "Loans": {"partner": state("US")},
    }
    for label, values in figures.items():
        Figure.objects.create(event=event, labels={"en": label}, value=3, unit="t", **values)
    publish([event])

    uzbekistan = state("UZ")
    uzbekistan.names = {"en": "Uzbekistan", "de": "Usbekistan"}
    uzbekistan.save()
    publish_vocabulary(actors=[uzbekistan])

    with assertNumQueries(4):
        main = main_of(client.get("/events/summit/"))
    found = re.findall(r"<li>(<bdi>\w+</bdi>: .*?)</li>", main, flags=re.DOTALL)
    link = '<a href="https://example.org/summit/{}" rel="noopener"><bdi>{}</bdi></a>'
    notes = {
        "Trade": f"reported by <bdi>Kazakhstan</bdi>, with <bdi>Uzbekistan</bdi>, source: {link.format(0, 'Gazette')}",
        "Mines": f"reported by <bdi>President</bdi>, source: {link.format(1, 'Blog')}",
        "Loans": "with <bdi>United States</bdi>",
    }
    assert [re.sub(r"\s+", " ", entry) for entry in found] == [
        "<bdi>Exports</bdi>: 1,234.5 <bdi>USD m</bdi> (2024)",
        *(f'<bdi>{label}</bdi>: 3 <bdi>t</bdi><br> <span class="quiet">{said}</span>' for label, said in notes.items()),
    ]
    german = main_of(client.get("/events/summit/?lang=de"))
    assert "gemeldet von <bdi>Kazakhstan</bdi>, gegenüber <bdi>Usbekistan</bdi>, Quelle: <a" in german


@pytest.mark.usefixtures("_summit")
def test_the_head_leads_to_the_other_forms(client):
    head = client.get("/events/summit/?lang=de").text.partition("</head>")[0]

    assert re.findall(r'<link rel="(\w+)"(?: (?:hreflang|type)="([^"]+)")? href="(http[^"]+)"', head) == [
        ("canonical", "", "http://testserver/events/summit/?lang=de"),
        ("alternate", "en", "http://testserver/events/summit/"),
        ("alternate", "de", "http://testserver/events/summit/?lang=de"),
        (
            "alternate",
            "application/json+oembed",
            "http://testserver/oembed/?url=http%3A%2F%2Ftestserver%2Fevents%2Fsummit%2F%3Flang%3Dde&amp;format=json",
        ),
        (
            "alternate",
            "text/xml+oembed",
            "http://testserver/oembed/?url=http%3A%2F%2Ftestserver%2Fevents%2Fsummit%2F%3Flang%3Dde&amp;format=xml",
        ),
        ("alternate", "application/json", "http://testserver/api/v1/events/summit/?lang=de"),
        (
            "alternate",
            "application/atom+xml",
            "http://testserver/api/v1/events/summit/?lang=de&amp;format=atom",
        ),
    ]
    assert "<title>Gipfeltreffen – Diplomatic events timeline</title>" in head


@pytest.mark.usefixtures("_summit")
@pytest.mark.parametrize(("query", "language"), [("", "en"), ("?lang=de", "de")])
def test_the_data_links_are_in_the_language_of_the_page(client, query, language):
    assert languages_of_data(client, f"/events/summit/{query}") == {language}


@pytest.mark.usefixtures("_summit")
def test_search_engines_get_the_json_ld_of_the_api(client):
    ((text,),) = [re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get("/events/summit/").text)]
    (entry,) = client.get("/api/v1/events/summit/?format=jsonld").json()["@graph"]

    assert json.loads(text) == {"@context": "https://schema.org", **entry}


@pytest.mark.usefixtures("_summit")
def test_a_past_state_says_so(client):
    published("later")
    page = client.get("/events/summit/?as_of=2")

    assert page["ETag"] == etag_of(2)
    assert (
        '<p class="note">This is the state of dataset version 2. '
        '<a href="http://testserver/events/summit/">Show the present one</a></p>' in page.text
    )
    assert 'href="http://testserver/events/summit/?lang=de&amp;as_of=2"' in page.text
    assert client.get("/events/later/?as_of=2").status_code == 404


def test_links_of_a_past_state_lead_to_that_state(client):
    first = published("first")
    published("second", relations=[("follows", first)])
    withdraw([first])

    page = client.get("/events/second/?as_of=2&lang=de")
    assert client.get("/events/first/?as_of=2&lang=de").status_code == 200
    assert '<a href="/events/first/?lang=de&amp;as_of=2">' in page.text
    data = sorted(set(re.findall(r'href="http://testserver(/api/v1/events/second/[^"]*)"', page.text)))
    assert data == [
        "/api/v1/events/second/?lang=de&amp;as_of=2",
        "/api/v1/events/second/?lang=de&amp;format=atom&amp;as_of=2",
        "/api/v1/events/second/?lang=de&amp;format=ics&amp;as_of=2",
        "/api/v1/events/second/versions/?lang=de&amp;as_of=2",
    ]
    assert {client.get(unescape(address)).status_code for address in data} == {200}


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [("0.00005", "0.00005", "0,00005"), ("1234567.5", "1,234,567.5", "1.234.567,5"), ("3", "3", "3")],
)
def test_figures_have_all_their_digits(client, value, english, german):
    event = draft("event")
    Figure.objects.create(event=event, labels={"en": "Share"}, value=value, unit="%")
    publish([event])

    assert f"<bdi>Share</bdi>: {english} <bdi>" in client.get("/events/event/").text
    assert f"<bdi>Share</bdi>: {german} <bdi>" in client.get("/events/event/?lang=de").text


@pytest.mark.parametrize("address", ["/events/event/", "/embed/events/event/"])
def test_without_a_translation_it_says_so(client, address):
    published("event", titles={"de": "Nur deutsch"})
    main = main_of(client.get(address))

    assert re.search('<h1 lang="de">(<a [^>]*>)?<bdi>Nur deutsch<', main)
    assert '<p class="note">Not available in this language.</p>' in main


@pytest.mark.parametrize("address", ["/events/event/", "/embed/events/event/"])
def test_a_summary_in_another_language_is_marked(client, address):
    event = draft("event", titles={"en": "Talks", "de": "Gespräche"})
    event.texts.filter(language="en").update(summary="Two days.")
    publish([event])
    main = main_of(client.get(f"{address}?lang=de"))

    assert re.search('<h1 lang="de">(<a [^>]*>)?<bdi>Gespräche<', main)
    assert '<p class="note">Manches hiervon ist in dieser Sprache nicht verfügbar.</p>' in main
    assert '<p lang="en">Two days.</p>' in main


@pytest.mark.parametrize("address", ["/events/event/", "/embed/events/event/"])
def test_what_editors_write_is_only_text(client, address):
    somebody = actor("somebody")
    somebody.names = {"en": HOSTILE}
    somebody.save()
    source = {"title": HOSTILE, "publisher": HOSTILE, "url": "https://example.org/'\"><script>alert(3)</script>"}
    published("event", "2025", (somebody, "host"), titles={"en": HOSTILE}, sources=(source,), place_name=HOSTILE)

    html = client.get(address).text

    assert escape(HOSTILE) in html
    assert re.findall(r"<script[^>]*>", html) == (
        ['<script type="application/ld+json">'] if address.startswith("/events") else []
    )
    assert html.count("</script>") == (1 if address.startswith("/events") else 0)
    assert "<img" not in html
    assert 'href="https://example.org/&#x27;&quot;&gt;&lt;script&gt;alert(3)&lt;/script&gt;"' in html
    # The marks that turn the direction are ended before the site's own words.
    assert f"<title>{escape(HOSTILE)}\u2069\u202c – Diplomatic events timeline</title>" in html


@pytest.mark.parametrize("address", ["/events/event/", "/embed/events/event/"])
def test_the_dataset_version_is_the_etag(client, address):
    event = published("event")
    first = client.get(address)

    assert (first["ETag"], first["Cache-Control"]) == (etag_of(1), PRESENT)
    with assertNumQueries(1):
        again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    event.texts.update(title="Edited")
    publish([event])
    after = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (after.status_code, after["ETag"]) == (200, etag_of(2))


def assert_refusal(response, status: int, title: str, *sentences: str) -> None:
    """`response` is a page that says exactly this."""
    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    said = "".join(f"<p><bdi>{escape(sentence)}</bdi></p>" for sentence in sentences)
    target = ' target="_blank" rel="noopener"' if 'class="embed"' in response.text else ""
    assertHTMLEqual(
        main_of(response),
        f'<main><h1>{title}</h1>{said}<p><a href="/"{target}>Diplomatic events timeline</a></p></main>',
    )


@pytest.mark.parametrize("address", ["/events", "/embed/events"])
def test_an_event_that_never_was_gives_error(client, address):
    assert_refusal(
        client.get(f"{address}/nothing/"),
        404,
        "Not found",
        "There is no event 'nothing'. The list of events is at /api/v1/events/.",
    )


@pytest.mark.parametrize("address", ["/events/nothing/", "/embed/events/nothing/", "/nothing/"])
@pytest.mark.parametrize(("asked", "query"), [("de", "?lang=de"), ("en", ""), ("x", "")])
def test_it_leads_to_the_index_in_the_language_that_was_asked_for(client, address, asked, query):
    page = client.get(f"{address}?lang={asked}", headers={"accept": "text/html"})

    assert f'<a href="/{query}"' in page.text


@pytest.mark.parametrize("address", ["/events", "/embed/events"])
def test_a_draft_gives_error(client, address):
    draft("draft")

    assert client.get(f"{address}/draft/").status_code == 404


@pytest.mark.parametrize("address", ["/events", "/embed/events"])
def test_a_withdrawn_event_gives_error(client, address):
    event = published("event")
    withdraw([event])
    day = event.publications.get(withdrawn=True).published_at

    response = client.get(f"{address}/event/")

    assert_refusal(response, 410, "Withdrawn", f"The event 'event' was withdrawn on {day:%Y-%m-%d}.")
    if address == "/events":
        assert client.get("/events/event/?as_of=1").status_code == 200


@pytest.mark.parametrize("address", ["/events", "/embed/events", "/api/v1/events"])
def test_an_old_slug_redirects_as_long_as_it_is_old(client, address):
    event = published("old")
    event.slug = "new"
    event.save()
    publish([event])

    response = client.get(f"{address}/old/?lang=de")

    assert (response.status_code, response["Location"]) == (308, f"{address}/new/?lang=de")
    assert response["Cache-Control"] == REVALIDATED
    event.slug = "old"
    event.save()
    publish([event])
    assert client.get(f"{address}/old/").status_code == 200
    back = client.get(f"{address}/new/")
    assert (back.status_code, back["Location"], back["Cache-Control"]) == (308, f"{address}/old/", REVALIDATED)


def test_wrong_parameters_give_error(client):
    published("event")

    assert_refusal(
        client.get("/events/event/?lang=fr&lnag=de"),
        400,
        "Invalid request",
        "There is no parameter 'lnag' here. Did you mean 'lang'?",
        "'fr' is not possible here. Possible: en, de.",
    )
    assert_refusal(
        client.get("/events/event/?as_of=9"),
        400,
        "Invalid request",
        "There is no dataset version 9 yet: the present one is 1.",
    )
    assert client.get("/embed/events/event/?as_of=1").status_code == 400


def test_writing_gives_error(client):
    response = client.post("/events/event/")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["detail"] == "POST is not possible here. Possible: GET, HEAD, OPTIONS."


@pytest.mark.usefixtures("_summit")
def test_only_the_small_page_may_be_framed(client):
    whole, small = client.get("/events/summit/"), client.get("/embed/events/summit/?lang=de")

    assert whole["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in whole["Content-Security-Policy"]
    assert "X-Frame-Options" not in small
    assert small["Content-Security-Policy"] == FRAMED_POLICY
    assert "frame-ancestors *" in FRAMED_POLICY
    assert '<meta name="robots" content="noindex">' in small.text
    source = '<a href="https://example.org/summit/{}" target="_blank" rel="noopener"><bdi>{}</bdi></a>'
    assertHTMLEqual(
        main_of(small),
        f"""<main>
          <h1 lang="de"><a href="http://testserver/events/summit/?lang=de" target="_blank" rel="noopener">
            <bdi>Gipfeltreffen</bdi></a></h1>
          <p class="when">6. November 2025, <bdi>White House, United States</bdi></p>
          <p class="note">Die Quellen widersprechen sich beim Datum: Was jede sagt, steht unten.</p>
          <p lang="de">They met.</p>
          <p class="quiet">Quellen: {source.format(0, "Gazette")},
            {source.format(1, "Blog")} (Datum danach: 7. November 2025),
            {source.format(2, "Statement")} (Datum danach: 6. November 2025) (danach wirksam: Dezember 2025)</p>
          </main>""",
    )


def test_a_small_page_names_no_claims_that_agree(client):
    published("event", "2025-11-06", sources=({"title": "Blog", "claims": "2025-11-06", "claims_effective": "2025"},))

    assert "<bdi>Blog</bdi></a></p></main>" in main_of(client.get("/embed/events/event/")).replace("\n", "")


@pytest.mark.parametrize("address", ["/events/part/", "/embed/events/part/"])
def test_a_host_that_no_url_can_have_is_written_as_it_is(client, settings, address):
    settings.ALLOWED_HOSTS = ["*"]
    published("part", relations=[("part_of", published("whole"))])

    response = client.get(address, headers={"host": "[1:2]:8000"})

    assert response.status_code == 200
    assert 'href="http://[1:2]:8000/events/part/"' in response.text


def test_errors_in_a_frame_are_shown_there_too(client):
    response = client.get("/embed/events/nothing/")

    assert (response.status_code, response["Content-Security-Policy"]) == (404, FRAMED_POLICY)
    assert "X-Frame-Options" not in response


@pytest.mark.parametrize("address", ["/events/summit/", "/embed/events/summit/", "/timelines/summits/"])
def test_a_database_that_does_not_answer_gives_a_page(client, monkeypatch, caplog, address):
    monkeypatch.setattr(
        "django.db.backends.utils.CursorWrapper.execute", mock.Mock(side_effect=OperationalError("gone"))
    )

    response = client.get(address)

    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "5", "no-store")
    assert f"<bdi>{UNAVAILABLE}</bdi>" in main_of(response)
    [record] = caplog.records
    assert (record.getMessage(), record.exc_info[0]) == (f"{UNAVAILABLE} {address}", OperationalError)
