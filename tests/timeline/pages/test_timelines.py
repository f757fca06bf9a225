"""The page about a curated timeline, and what can be wrong with a request for it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from pytest_django.asserts import assertHTMLEqual, assertNumQueries

from events.models import Event
from tests.assertions import etag_of, slugs
from tests.builders import published
from tests.timeline.pages.test_events import HOSTILE, assert_refusal, languages_of_data, main_of
from timeline.filters import check_saved_filter
from timeline.models import Timeline
from timeline.pages.base import FRAMED_POLICY
from timeline.publishing import publish_vocabulary, withdraw

pytestmark = pytest.mark.django_db


DRAWN = {"TimelineJS": "timelinejs", "vis-timeline": "vis", "FullCalendar": "fullcalendar"}


def timeline(titles: dict[str, str] | None = None, **values: Any) -> Timeline:
    """A published timeline of everything that has the topic `trade`."""
    made = Timeline.objects.create(
        slug="talks", titles=titles or {"en": "Talks", "de": "Gespräche"}, query="topic=trade", **values
    )
    publish_vocabulary(timelines=[made])
    return made


def events(count: int) -> None:
    for number in range(1, count + 1):
        published(f"event-{number:02}", f"2025-01-{number:02}", topics=("trade",), place_name=f"Place {number}")


def shown(response) -> list[str]:
    """The slugs of the events on a page, in order."""
    return re.findall(r'href="http://testserver/events/([\w-]+)/', main_of(response))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/timelines/talks/", "/embed/timelines/talks/"])
def test_the_events_are_there_newest_first_in_few_queries(client, address, count):
    events(count)
    published("other", topics=("uranium",))
    timeline()

    with assertNumQueries(4):
        response = client.get(address)

    assert shown(response) == [f"event-{number:02}" for number in range(count, 0, -1)]


def test_the_page_whole(client):
    events(1)
    timeline(summaries={"en": "About trade.", "de": "Über Handel."})

    response = client.get("/timelines/talks/")

    assert response["Content-Language"] == "en"
    assertHTMLEqual(
        main_of(response),
        """<main><h1 lang="en"><bdi>Talks</bdi></h1><p lang="en">About trade.</p>
          <section aria-labelledby="events"><h2 id="events">Events</h2>
            <ol class="events"><li><span class="when">1 January 2025</span>
              <a href="http://testserver/events/event-01/" lang="en"><bdi>Title of event-01</bdi></a>
              <span class="quiet">Meeting, <bdi>Place 1</bdi></span></li></ol></section>
          <section aria-labelledby="cite"><h2 id="cite">Cite this</h2>
            <p><bdi lang="en">Talks</bdi>. Diplomatic events timeline, dataset version 2.
              <a href="http://testserver/timelines/talks/?as_of=2">http://testserver/timelines/talks/?as_of=2</a></p>
          </section>
          <nav aria-label="Data"><a href="http://testserver/api/v1/events/?timeline=talks&amp;lang=en">JSON</a>
            <a href="http://testserver/api/v1/events/?timeline=talks&amp;lang=en&amp;format=ics">Calendar file</a>
            <a href="http://testserver/api/v1/events/?timeline=talks&amp;lang=en&amp;format=atom">Atom feed</a></nav>
          <section aria-labelledby="front-ends"><h2 id="front-ends">Draw this timeline elsewhere</h2>
            <p>The address to copy into each of these front ends:</p><dl>"""
        + "".join(
            f"""<dt><a href="/guides/{name.lower()}/" hreflang="en">{name}</a></dt>
              <dd><a href="http://testserver/api/v1/events/?timeline=talks&amp;lang=en&amp;format={format}">
                <code>http://testserver/api/v1/events/?timeline=talks&amp;lang=en&amp;format={format}</code></a></dd>"""
            for name, format in DRAWN.items()
        )
        + "</dl></section></main>",
    )
    german = client.get("/timelines/talks/?lang=de")
    assert german["Content-Language"] == "de"
    assert '<h1 lang="de"><bdi>Gespräche</bdi></h1>' in german.text
    assert 'href="http://testserver/events/event-01/?lang=de"' in german.text
    assert "http://testserver/api/v1/events/?timeline=talks&amp;lang=de&amp;format=ics" in german.text


def test_paragraphs_and_lines_are_kept(client):
    timeline(summaries={"en": "One.\r\nTwo & three.\n\nFour."})

    assert '<p lang="en">One.<br>Two &amp; three.</p><p lang="en">Four.</p>' in main_of(client.get("/timelines/talks/"))
    assert '<br><span lang="en">One.<br>Two &amp; three.<br><br>Four.</span>' in client.get("/").text


NOTES = {"en": "Not available in this language.", "de": "In dieser Sprache nicht verfügbar."}
PARTLY = {
    "en": "Some of this is not available in this language.",
    "de": "Manches hiervon ist in dieser Sprache nicht verfügbar.",
}


@pytest.mark.parametrize(
    ("titles", "summaries", "language", "marked", "noted"),
    [
        ("en de", "en de", "en", ("en", "en"), None),
        ("en de", "en de", "de", ("de", "de"), None),
        ("en", "en", "de", ("en", "en"), NOTES),
        ("de", "de", "en", ("de", "de"), NOTES),
        ("en de", "en", "de", ("de", "en"), PARTLY),
        ("de", "en", "en", ("de", "en"), PARTLY),
        ("en", "de", "de", ("en", "de"), PARTLY),
    ],
)
def test_texts_in_another_language_are_marked_and_said_to_be(client, titles, summaries, language, marked, noted):
    timeline(
        {code: f"Title {code}" for code in titles.split()},
        summaries={code: f"Summary {code}" for code in summaries.split()},
    )
    title, summary = marked
    heading = f'<h1 lang="{title}"><bdi>Title {title}</bdi></h1>'
    note = f'<p class="note">{noted[language]}</p>' if noted else ""

    page = main_of(client.get(f"/timelines/talks/?lang={language}"))

    assertHTMLEqual(
        page.partition("<section")[0].removeprefix("<main>"),
        f'{heading}{note}<p lang="{summary}">Summary {summary}</p>',
    )
    assert f'<bdi lang="{title}">Title {title}</bdi>. Diplomatic events timeline' in page


@pytest.mark.parametrize(
    ("titles", "language", "marked"),
    [("en de", "de", "de"), ("en", "de", "en"), ("de", "en", "de"), ("en", "en", "en")],
)
def test_a_title_in_another_language_is_marked_in_a_frame(client, titles, language, marked):
    # A frame shows no summary: its language is no matter.
    timeline({code: f"Title {code}" for code in titles.split()}, summaries={"en": "Summary"})
    query = "" if language == "en" else "?lang=de"

    frame = main_of(client.get(f"/embed/timelines/talks/{query}"))

    note = "" if marked == language else f'<p class="note">{NOTES[language]}</p>'
    none = {"en": "No events.", "de": "Keine Ereignisse."}[language]
    assertHTMLEqual(
        frame,
        f"""<main><h1 lang="{marked}"><a href="http://testserver/timelines/talks/{query}" target="_blank"
          rel="noopener"><bdi>Title {marked}</bdi></a></h1>{note}<p>{none}</p></main>""",
    )


def test_the_index_page_marks_texts_that_are_not_english(client):
    timeline({"de": "Gespräche"}, summaries={"de": "Über Handel."})
    other = Timeline.objects.create(slug="walks", titles={"de": "Spaziergang"}, summaries={"en": "In the woods."})
    publish_vocabulary(timelines=[other])

    assert re.findall(r"<li>(<a href=\"/timelines/.*)</li>", client.get("/").text) == [
        '<a href="/timelines/talks/" lang="de">Gespräche</a><br><span lang="de">Über Handel.</span>',
        '<a href="/timelines/walks/" lang="de">Spaziergang</a><br><span lang="en">In the woods.</span>',
    ]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Home", "Languages", "Pages", "Data"]),
        ("de", ["Startseite", "Sprachen", "Seiten", "Daten"]),
    ],
)
def test_every_navigation_has_a_name_of_its_own(client, language, names):
    events(2)
    timeline()

    page = client.get(f"/timelines/talks/?page_size=1&lang={language}")

    assert re.findall(r'<nav aria-label="([^"]*)">', page.text) == names


def test_the_data_links_lead_to_the_same_events(client):
    events(3)
    timeline()

    page = client.get("/timelines/talks/?lang=de")

    addresses = [
        address.replace("&amp;", "&") for address in re.findall(r'href="(http://testserver/api[^"]+)"', main_of(page))
    ]
    answers = [client.get(address) for address in addresses]
    assert [answer["Content-Type"] for answer in answers] == [
        *("application/json", "text/calendar; charset=utf-8", "application/atom+xml"),
        *(f"application/x.{client}+json" for client in ("timelinejs", "vis-timeline", "fullcalendar")),
    ]
    assert {answer["Content-Language"] for answer in answers} == {"de"}
    for answer in answers:
        assert set(re.findall(r"event-0\d", answer.text)) == {"event-01", "event-02", "event-03"}
    head = page.text.partition("</head>")[0].replace("&amp;", "&")
    link = f'<link rel="alternate" type="application/atom+xml" href="{addresses[2]}" title="Gespräche (Atom-Feed)">'
    assert link in head
    assert client.get(addresses[5] + "&start=2025-01-02&end=2025-01-03").text.count('"id":') == 1


@pytest.mark.parametrize(("query", "language"), [("", "en"), ("?lang=de", "de")])
def test_the_data_links_are_in_the_language_of_the_page(client, query, language):
    events(1)
    timeline()

    assert languages_of_data(client, f"/timelines/talks/{query}") == {language}


def test_links_lead_through_all_pages(client):
    events(5)
    timeline()

    def follow(response, direction: str) -> str:
        (address,) = re.findall(rf'<a href="([^"]+)" rel="{direction}">', response.text)
        return address.replace("&amp;", "&")

    first = client.get("/timelines/talks/?page_size=2&lang=de")
    second = client.get(follow(first, "next"))
    third = client.get(follow(second, "next"))

    assert [shown(first), shown(second), shown(third)] == [
        ["event-05", "event-04"],
        ["event-03", "event-02"],
        ["event-01"],
    ]
    assert [second["Content-Language"], 'rel="prev"' in first.text, 'rel="next"' in third.text] == ["de", False, False]
    assert shown(client.get(follow(third, "prev"))) == shown(second)

    withdraw(Event.objects.filter(slug="event-01"))
    third = client.get(follow(second, "next"))
    assert (shown(third), 'rel="next"' in third.text) == ([], False)
    assert shown(client.get(follow(third, "prev"))) == shown(second)


@pytest.mark.parametrize("query", ["page_size=2&as_of=6", "as_of=6&lang=de&page_size=2"])
def test_the_languages_of_a_later_page_are_those_of_the_same_events(client, query):
    events(5)
    timeline()
    published("event-06", "2025-01-06", topics=("trade",))
    (second,) = re.findall(r'<a href="([^"]+)" rel="next">', client.get(f"/timelines/talks/?{query}").text)
    page = client.get(unescape(second)).text

    switches = re.findall(r'<a href="([^"]+)" lang="(..)"[^>]*>\w+</a>', page.partition("<main>")[0])
    assert [code for _, code in switches] == ["en", "de"]
    for address, code in switches:
        found = client.get(unescape(address))
        assert (found["Content-Language"], shown(found)) == (code, ["event-03", "event-02"])
    head = page.partition("</head>")[0]
    assert re.findall(r'hreflang="(..)" href="http://testserver([^"]+)"', head) == [
        ("en", "/timelines/talks/?as_of=6"),
        ("de", "/timelines/talks/?lang=de&amp;as_of=6"),
    ]


def test_the_small_page_ends_and_leads_to_the_rest(client):
    events(20)
    timeline()
    rest = (
        '<p><a href="http://testserver/timelines/talks/" target="_blank" rel="noopener">All events of this timeline</a>'
    )

    small = client.get("/embed/timelines/talks/")
    assert (len(shown(small)), rest in small.text) == (20, False)

    published("event-21", "2025-01-21", topics=("trade",))
    small = client.get("/embed/timelines/talks/")
    assert shown(small) == [f"event-{number:02}" for number in range(21, 1, -1)]
    assert rest in small.text


def test_only_the_small_page_may_be_framed(client):
    timeline()
    whole, small = client.get("/timelines/talks/"), client.get("/embed/timelines/talks/")

    assert whole["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in whole["Content-Security-Policy"]
    assert "X-Frame-Options" not in small
    assert small["Content-Security-Policy"] == FRAMED_POLICY
    assert "<p>No events.</p>" in small.text


def test_a_past_state(client):
    events(1)
    timeline()
    published("event-02", "2025-01-02", topics=("trade",))

    past = client.get("/timelines/talks/?as_of=2")

    assert re.findall(r'href="http://testserver/events/([^"]+)"', past.text) == ["event-01/?as_of=2"]
    assert "This is the state of dataset version 2." in past.text
    data = re.findall(r'href="http://testserver/api/v1/events/([^"]*)"', past.text)
    formats = ["atom", "", "ics", "atom", *DRAWN.values()]
    assert data == [
        f"?timeline=talks&amp;lang=en&amp;{format and f'format={format}&amp;'}as_of=2" for format in formats
    ]
    assert client.get(unescape(f"/api/v1/events/{data[0]}")).text.count("</entry>") == 1
    assert client.get("/timelines/talks/?as_of=1").status_code == 404


def test_a_star_that_says_nothing_is_passed_over_in_what_has_been_public(client):
    """Such filters were published before it was refused."""
    events(1)
    made = Timeline.objects.create(slug="talks", titles={"en": "Talks"}, query="q=*trade+event")
    publish_vocabulary(timelines=[made])

    assert client.get("/timelines/talks/").status_code == 200
    assert slugs(client, "timeline=talks") == slugs(client, "q=trade+event") == ["event-01"]
    assert len(check_saved_filter(made.query)) == 1


@pytest.mark.parametrize("address", ["/timelines/talks/", "/embed/timelines/talks/"])
def test_what_editors_write_is_only_text(client, address):
    published("event", topics=("trade",), titles={"en": HOSTILE}, place_name=HOSTILE)
    timeline({"en": HOSTILE}, summaries={"en": HOSTILE})

    html = client.get(address).text

    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;") == html.count("alert(1)")


def test_the_dataset_version_is_the_etag(client):
    timeline()
    first = client.get("/timelines/talks/")

    with assertNumQueries(1):
        again = client.get("/timelines/talks/", headers={"if-none-match": first["ETag"]})
    assert (first["ETag"], again.status_code) == (etag_of(1), 304)
    published("event")
    assert client.get("/timelines/talks/", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", ["/timelines", "/embed/timelines"])
def test_a_timeline_that_never_was_gives_error(client, address):
    assert_refusal(
        client.get(f"{address}/nothing/"),
        404,
        "Not found",
        "There is no timeline 'nothing'. The list of timelines is at /api/v1/timelines/.",
    )


def test_wrong_parameters_give_error(client):
    timeline()

    assert_refusal(
        client.get("/timelines/talks/?page_size=0&country=UZ"),
        400,
        "Invalid request",
        "There is no parameter 'country' here.",
        "'0' is not possible here: write a whole number from 1 to 500.",
    )
    assert_refusal(
        client.get("/embed/timelines/talks/?page_size=5"),
        400,
        "Invalid request",
        "There is no parameter 'page_size' here.",
    )
