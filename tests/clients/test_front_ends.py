"""TimelineJS, vis-timeline and FullCalendar draw every curated timeline, exactly: with the pages of the guides.

Each page comes from another origin than the API, loads its library as npm has it, and may ask no other host.
"""

from __future__ import annotations

import json
import re
from urllib.request import urlopen

import pytest

from tests.clients.drawings import drawn
from tests.clients.guides import examples
from tests.clients.hostile import DATES, TEXTS
from timeline.loading import DATA

TIMELINES = [record["slug"] for record in json.loads((DATA / "timelines.json").read_text(encoding="utf-8"))]
QUERIES = [f"timeline={slug}&lang={language}" for slug in TIMELINES for language in ("en", "de")]
DAYS = re.compile(r"\d{4}-\d\d-\d\d(/\d{4}-\d\d-\d\d)?")

pytestmark = pytest.mark.django_db  # else pytest-django makes no database for `api`


@pytest.fixture
def events(api):
    """The events that a query finds, as the API's own JSON has them."""

    def found(query):
        with urlopen(f"{api}/api/v1/events/?{query}&page_size=500") as answer:
            return json.load(answer)["results"]

    return found


@pytest.fixture
def show(page, site, api):
    """Opens the page of a guide with another query in its place."""

    def opened(guide, query):
        (example,) = examples(guide, api)
        asked = query if "?" in query else f"?{query}"
        html, replaced = re.subn(r"(?<=/events/)\?timeline=c5-1.*(?=&format=)", asked, example.code)
        assert replaced == 1
        page.goto(site.put(html))
        return page

    return opened


def assert_harmless(page):
    """No text of an editor has become code or an element."""
    assert page.evaluate("window.hacked ?? null") is None
    assert page.locator("img, svg[onload], [onerror], [onload]").count() == 0
    assert page.complaints == []


def titles(found):
    return sorted(event["title"] for event in found)


def test_the_queries_find_events(events):
    assert [query for query in QUERIES if not events(query)] == []
    assert titles(events("dataset=hostile")) == sorted(
        [f"{name}: {text}" for name, text in TEXTS.items()] + [f"{name}: Dated {name}" for name in DATES]
    )


def test_timelinejs(show, events):
    for query in [*QUERIES, "dataset=hostile"]:
        expected = events(query)

        page = show("timelinejs", query)
        found = drawn(page, "timelinejs", len(expected))

        assert sorted((slide["id"], slide["title"], slide["date"]) for slide in found) == sorted(
            (event["id"], event["title"], event["date"]["display"]) for event in expected
        ), query
        assert [slide["marked"] for slide in found] == [slide["title"] for slide in found]
        assert page.complaints == [], query
    assert_harmless(page)


def test_timelinejs_without_events(show):
    page = show("timelinejs", "country=XK")

    found = [(slide["title"], slide["date"]) for slide in drawn(page, "timelinejs", 1)]
    assert found == [("No events.", "Diplomatic events: XK")]
    assert page.complaints == []


def test_vis_timeline(show, events):
    for query in [*QUERIES, "dataset=hostile"]:
        expected = events(query)

        page = show("vis-timeline", query)
        found = drawn(page, "vis-timeline", len(expected))

        assert sorted(item["title"] for item in found) == titles(expected), query
        assert [item["title"] for item in found if not item["in_sight"]] == [], query
        groups = {event["type"]["name"] for event in expected}
        assert {group.strip() for group in page.locator(".vis-labelset .vis-label").all_text_contents()} == groups
        assert page.complaints == [], query

    for item in page.locator(".vis-item-content").all():
        item.dispatch_event("mouseover")  # its tooltip is HTML too
        page.locator(".vis-tooltip", has_text=item.text_content()).wait_for()
    assert_harmless(page)


NOTED = "() => { window.opened = []; window.open = (address) => opened.push(address); }"
"""In place of opening a page: what is opened."""
CORNER = {"x": 3, "y": 3}
"""Of an item, where its text is not."""


def test_vis_timeline_opens_the_page_of_an_event(show, api):
    page = show("vis-timeline", "timeline=trump-xi&from=2019&to=2019&lang=en")
    drawn(page, "vis-timeline", 1)
    page.evaluate(NOTED)

    page.locator(".vis-item-content").dblclick()

    assert page.evaluate("opened") == [f"{api}/events/trump-xi-osaka-2019/"]
    assert page.complaints == []


def test_vis_timeline_classes_say_what_is_known(show):
    page = show("vis-timeline", "dataset=hostile")
    found = drawn(page, "vis-timeline", len(DATES) + len(TEXTS))
    classes = {item["title"].partition(":")[0]: item["classes"] for item in found}

    assert {name: classes[name] for name in DATES} == {
        "since": ["open-end", "precision-interval", "range"],
        "until": ["imprecise-ends", "open-start", "precision-interval", "range"],
        "year": ["precision-year", "range"],
        "some-day": ["precision-month", "range"],
        "decade": ["precision-decade", "range"],
        "season": ["precision-season", "range"],
        "doubtful": ["precision-day", "range", "uncertain"],
        "days": ["precision-interval", "range"],
        "mixed": ["imprecise-ends", "precision-interval", "range"],
    }


CROWDS = "window/?timeline=trump-xi&limit=1&buckets=12&from=2025&to=2025"


def crowds(api):
    """The titles and links of what is drawn in place of too many events, by the API's own JSON."""
    with urlopen(f"{api}/api/v1/events/{CROWDS}") as answer:
        window = json.load(answer)
    assert (window["kind"], window["unit"]) == ("density", "month")
    return sorted(
        (
            f"{bucket['count']} {'event' if bucket['count'] == 1 else 'events'}",
            f"{api}/api/v1/events/?timeline=trump-xi&from={bucket['start']}&to={bucket['end']}",
        )
        for bucket in window["buckets"]
        if bucket["count"]
    )


def test_vis_timeline_draws_numbers_of_too_many_events(show, api):
    page = show("vis-timeline", CROWDS)
    expected = crowds(api)

    found = drawn(page, "vis-timeline", len(expected))

    links = page.locator(".vis-item a").evaluate_all("links => links.map(link => [link.textContent, link.href])")
    assert sorted(map(tuple, links)) == expected
    assert {tuple(item["classes"]) for item in found} == {("density", "range")}
    page.evaluate(NOTED)
    page.locator(".vis-item.vis-range").first.dblclick(position=CORNER)
    assert page.evaluate("opened") == []
    assert page.complaints == []


def test_fullcalendar_draws_numbers_of_too_many_events(show, api):
    page = show("fullcalendar", CROWDS.partition("&from")[0])
    page.evaluate("calendar.setOption('allDayText', ''); calendar.changeView('multiMonthYear', '2025-01-01')")
    expected = crowds(api)

    found = drawn(page, "fullcalendar", len(expected))

    assert sorted((item["title"], item["url"]) for item in found) == expected
    assert all("density" in item["classes"] for item in found)
    assert page.complaints == []


def test_fullcalendar(show, events, api):
    """Each year in which something of the timeline begins, as the view of a year shows it."""
    for query in [*(query for query in QUERIES if query.endswith("de")), "dataset=hostile"]:
        page = show("fullcalendar", query)
        page.evaluate("calendar.setOption('allDayText', ''); calendar.changeView('listYear')")
        language = "?lang=de" if query.endswith("lang=de") else ""
        years = sorted({max(event["date"]["start"][:4], "2010") for event in events(query)})
        for year in years:
            events_of_year = events(f"{query}&from={year}&to={year}")
            expected = {f"{api}/events/{event['id']}/{language}": event for event in events_of_year}

            page.evaluate("year => calendar.gotoDate(`${year}-01-01`)", year)
            found = drawn(page, "fullcalendar", len(expected))

            assert {item["url"] for item in found} == set(expected), (query, year)
            for item in found:
                event = expected[item["url"]]
                words = re.sub(r" \((\w+)\)", r", \1", event["date"]["display"])  # no brackets in brackets
                known = "" if DAYS.fullmatch(event["date"]["edtf"]) else f" ({words})"
                assert item["title"] == event["title"] + known
        assert page.complaints == [], query
    assert_harmless(page)
