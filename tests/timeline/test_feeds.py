"""`format=`: the same events in the forms that clients read. What each form looks like is tested in `formats/`."""

from __future__ import annotations

import dataclasses
import json
import re

import feedparser
import icalendar
import pytest

from tests.assertions import assert_invalid, assert_problem, etag_of
from tests.builders import published
from timeline.formats import FORMATS
from timeline.models import Timeline
from timeline.publishing import publish, publish_vocabulary

pytestmark = pytest.mark.django_db

FEED = "/api/v1/events/"
NO_MOMENT = "is neither a day such as 2025-11-01 nor a moment such as 2025-11-01T00:00:00Z."


@pytest.mark.parametrize("name", FORMATS)
def test_a_list_and_an_event_in_each_format(client, time_machine, name):
    time_machine.move_to("2031-11-07T12:00:00Z", tick=False)
    day = "2031-11-07" if name in ("vis", "fullcalendar") else ""
    published("one", "2025-11-06", "US"), published("two", "2025-10", "CN")

    listed, single = client.get(f"{FEED}?format={name}"), client.get(f"{FEED}one/?format={name}")

    for response in (listed, single):
        assert response.status_code == 200
        assert response["Content-Type"].split(";")[0] == FORMATS[name].media_type
        assert response["ETag"] == etag_of(2, day=day)
    text = listed.getvalue()
    assert list(links(listed)) == ["service-desc"]
    assert b"Title of one" in text
    assert b"Title of two" in text
    assert b"Title of one" in single.content
    assert b"Title of two" not in single.content
    assert client.get(f"{FEED}?format={name}", headers={"if-none-match": listed["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", FORMATS)
def test_a_host_that_no_url_can_have_is_written_as_it_is(client, settings, name):
    settings.ALLOWED_HOSTS = ["*"]
    published("part", relations=[("part_of", published("whole"))])

    for address in (FEED, f"{FEED}part/"):
        response = client.get(f"{address}?format={name}", headers={"host": "[1:2]:8000"})

        assert response.status_code == 200
        assert b"Title of part" in response.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_without_events_is_a_feed(client, name):
    assert client.get(f"{FEED}?format={name}").status_code == 200


def test_the_link_header_leads_through_the_pages(client):
    for number in range(3):
        published(f"event-{number}", f"2025-11-0{number + 1}")

    def lines(url):
        response = client.get(url)
        return [json.loads(line)["id"] for line in response.content.splitlines()], links(response)

    first, found = lines(f"{FEED}?format=jsonl&page_size=2")
    assert (first, list(found)) == (["event-2", "event-1"], ["next", "service-desc"])
    second, found = lines(found["next"])
    assert (second, list(found)) == (["event-0"], ["prev", "service-desc"])
    assert lines(found["prev"])[0] == first
    for format in ("json", "timelinejs"):
        response = client.get(f"{FEED}?format={format}&page_size=2")
        assert list(links(response)) == ["next", "service-desc"]


def test_json_is_the_answer_without_a_format(client):
    published("one")

    assert (
        client.get(f"{FEED}?format=json&lang=de").json()["results"] == client.get(f"{FEED}?lang=de").json()["results"]
    )


def links(response):
    """Relation → URL, of those that are no alternates, out of the `Link` header."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"', response["Link"])
    return {rel: url for url, rel in found if rel != "alternate"}


def test_an_event_names_its_other_forms(client):
    published("one")

    response = client.get(f"{FEED}one/?lang=de&fields=id")

    event = "http://testserver/api/v1/events/one/"
    assert response["Link"] == ", ".join(
        [
            f'<{event}>; rel="canonical"',
            f'<{event}versions/>; rel="version-history"',
            f'<{event}?lang=de&format=atom>; rel="alternate"; type="application/atom+xml"',
            f'<{event}?lang=de&format=ics>; rel="alternate"; type="text/calendar"',
            f'<{event}?lang=de&format=jsonld>; rel="alternate"; type="application/ld+json"',
            f'<{event}?lang=de&format=geojson>; rel="alternate"; type="application/geo+json"',
            f'<{event}?lang=de&format=csv>; rel="alternate"; type="text/csv"',
            f'<{event}?lang=de&format=jsonl>; rel="alternate"; type="application/x-ndjson"',
            f'<{event}?lang=de&format=fullcalendar>; rel="alternate"; type="application/x.fullcalendar+json"',
            f'<{event}?lang=de&format=vis>; rel="alternate"; type="application/x.vis-timeline+json"',
            f'<{event}?lang=de&format=timelinejs>; rel="alternate"; type="application/x.timelinejs+json"',
            '<http://testserver/api/schema/>; rel="service-desc"',
        ]
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_timeline_in_each_format_is_its_events(client, name):
    published("one", "2025-11-06", "US"), published("two", "2025-10", "CN")
    timeline = Timeline.objects.create(slug="all", titles={"en": "All of it", "de": "Alles"}, query="country=US")
    publish_vocabulary(timelines=[timeline])

    shown = client.get(f"/api/v1/timelines/all/?format={name}&lang=de")
    listed = client.get(f"{FEED}?timeline=all&format={name}&lang=de")

    text, same = shown.getvalue().decode(), listed.getvalue().decode()
    # Without what stands before them, such as its own address.
    begin = {"ics": "BEGIN:VEVENT", "atom": "<entry "}.get(name, "")
    assert text[text.index(begin) :] == same[same.index(begin) :]
    assert "Title of one" in text
    assert "Title of two" not in text
    assert ("Alles" in text) == (name in ("ics", "atom", "timelinejs"))
    assert client.get(f"/api/v1/timelines/nope/?format={name}").status_code == 404


@pytest.mark.parametrize(
    ("query", "in_order"),
    [
        ("format=atom", ["three", "one", "two"]),
        ("format=ics", ["one", "two", "three"]),
        ("format=timelinejs&lang=de", ["one", "two", "three"]),
        ("format=vis&as_of=5", ["one", "two", "three"]),
        ("format=fullcalendar&start=2025-11-04&end=2025-11-06&timeZone=UTC", ["two", "three"]),
    ],
)
def test_the_link_header_leads_through_the_events_of_a_timeline(client, monkeypatch, query, in_order):
    published("two", "2025-11-05", "US"), published("one", "2025-11-06", "US"), published("three", "2025-11-04", "US")
    published("other", "2025-11-07", "CN")
    timeline = Timeline.objects.create(slug="all", titles={"en": "All"}, query="country=US")
    publish_vocabulary(timelines=[timeline])
    name = query.removeprefix("format=").partition("&")[0]
    monkeypatch.setitem(FORMATS, name, dataclasses.replace(FORMATS[name], most=1))
    first = f"http://testserver/api/v1/timelines/all/?{query}"

    def walked(url, direction):
        pages = []
        while url:
            response = client.get(url)
            assert (response.status_code, response["Content-Type"]) == (200, FORMATS[name].content_type)
            pages += [found for found in ("one", "two", "three", "other") if f"Title of {found}" in response.text]
            last, url = url, links(response).get(direction)
        return pages, last

    assert walked(first, "next")[0] == in_order
    end = walked(first, "next")[1]
    assert end.startswith(f"http://testserver/api/v1/events/?{query}&timeline=all&cursor=")
    assert walked(end, "prev")[0] == in_order[::-1]


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("", ""),
        ("&lang=en", ""),
        ("&lang=de", "?lang=de"),
        ("&as_of=2", "?as_of=2"),
        ("&lang=de&as_of=2", "?lang=de&as_of=2"),
    ],
)
def test_what_people_click_on_is_a_page_in_their_language(client, query, more):
    published("one", "2025-11-06", "US", titles={"en": "Talks", "de": "Gespräche"})
    publish_vocabulary(timelines=[Timeline.objects.create(slug="all", titles={"en": "All"}, query="on=2025")])
    home, page = f"http://testserver/timelines/all/{more}", f"http://testserver/events/one/{more}"
    index = "http://testserver/?lang=de" if "lang=de" in query else "http://testserver/"

    for address, site in (
        (f"{FEED}?timeline=all", home),
        ("/api/v1/timelines/all/?", home),
        (f"{FEED}one/?", page),
        (f"{FEED}?country=US", index),
    ):
        asked = f"{address}{query}&format="
        calendar = icalendar.Calendar.from_ical(client.get(f"{asked}ics").content)
        assert (calendar["URL"], [event["URL"] for event in calendar.walk("VEVENT")]) == (site, [page])
        atom = feedparser.parse(client.get(f"{asked}atom").content)
        assert (atom.feed.link, [entry.link for entry in atom.entries]) == (site, [page])
        assert [entry["url"] for entry in client.get(f"{asked}fullcalendar").json()] == [page]
        graph = json.loads(client.get(f"{asked}jsonld").getvalue())["@graph"]
        assert [(event["@id"], event["url"]) for event in graph] == [("http://testserver/api/v1/events/one/", page)]
    assert client.get(page).status_code == client.get(home).status_code == 200


def test_who_subscribes_sees_a_renamed_event_as_the_same_one(client):
    event = published("first")

    def seen():
        calendar = icalendar.Calendar.from_ical(client.get(f"{FEED}?format=ics").content)
        [entry] = feedparser.parse(client.get(f"{FEED}?format=atom").content).entries
        shown = [(one["UID"], one["SEQUENCE"], one["URL"]) for one in calendar.walk("VEVENT")]
        return shown, entry.id, entry.link

    uid, tag = "first@testserver", "tag:testserver,2025:event/first"
    assert seen() == ([(uid, 0, "http://testserver/events/first/")], tag, "http://testserver/events/first/")
    event.slug = "second"
    event.save()
    publish([event])
    assert seen() == ([(uid, 1, "http://testserver/events/second/")], tag, "http://testserver/events/second/")
    [change, _] = client.get(f"{FEED}second/versions/").json()["results"]
    assert change["changes"] == [{"field": "id", "before": "first", "after": "second"}]


@pytest.mark.parametrize("address", [FEED, f"{FEED}one/", "/api/v1/timelines/all/"])
def test_the_author_of_a_feed_is_the_site(client, address):
    published("one")
    publish_vocabulary(timelines=[Timeline.objects.create(slug="all", titles={"en": "All"}, query="from=2020")])

    found = feedparser.parse(client.get(f"{address}?format=atom").content).feed
    title = {FEED: "Diplomatic events", f"{FEED}one/": "Title of one"}.get(address, "All")
    assert (found.title, found.author) == (title, "Diplomatic events")


def test_readers_can_tell_feeds_apart(client):
    published("one", "2025-11-06", "UZ", topics=("trade",))
    publish_vocabulary(timelines=[Timeline.objects.create(slug="all", titles={"en": "All"}, query="from=2020")])

    for query, title in (
        ("country=UZ&topic=trade", "Diplomatic events: UZ · trade"),
        ("country=UZ&topic=trade&lang=de", "Diplomatische Ereignisse: UZ · trade"),
        ("q=no+such+thing", "Diplomatic events: “no such thing”"),
        ("timeline=all&country=UZ", "All"),
    ):
        asked = f"{FEED}?{query}&format="
        calendar = icalendar.Calendar.from_ical(client.get(f"{asked}ics").content)
        atom = feedparser.parse(client.get(f"{asked}atom").content).feed
        slides = client.get(f"{asked}timelinejs").json()
        shown = (calendar["X-WR-CALNAME"], calendar["NAME"], atom.title, slides["title"]["text"]["headline"])
        assert shown == (title,) * 4
        assert atom.author == "Diplomatic events"


def test_readers_of_atom_get_what_changed_last_first(client):
    first = published("first", "2025-11-01")
    published("second", "2025-11-09")
    first.texts.update(title="Edited")
    publish([first])

    def ids(query):
        return re.findall(r"event/([a-z]+)</id>", client.get(f"{FEED}?{query}").content.decode())

    assert ids("format=atom") == ["first", "second"]
    assert ids("format=atom&ordering=-date") == ["second", "first"]


@pytest.mark.parametrize(
    ("name", "most"), [("ics", 5000), ("atom", 100), ("timelinejs", 500), ("vis", 500), ("fullcalendar", 500)]
)
def test_what_a_client_bears(name, most):
    assert FORMATS[name].most == most


EACH_ADDRESS = pytest.mark.parametrize("address", [FEED, f"{FEED}one/", "/api/v1/timelines/all/", f"{FEED}window/"])


def ends(response) -> list[str]:
    """What is drawn up to when."""
    found = response.json()
    return [entry["end"] for entry in (found["items"] if isinstance(found, dict) else found)]


@pytest.fixture
def _open_since_may(time_machine):
    time_machine.move_to("2031-05-01T23:59:59Z", tick=False)
    published("one", "2031-04-04/..")
    publish_vocabulary(timelines=[Timeline.objects.create(slug="all", titles={"en": "All"}, query="from=2031")])


@EACH_ADDRESS
@pytest.mark.parametrize("name", ["vis", "fullcalendar"])
@pytest.mark.usefixtures("_open_since_may")
def test_what_is_open_goes_on_every_day(client, time_machine, address, name):
    asked = f"{address}?format={name}"

    def again(tag):
        return client.get(asked, headers={"if-none-match": tag})

    first = client.get(asked)
    assert (ends(first), first["ETag"]) == (["2031-05-02"], etag_of(2, day="2031-05-01"))
    assert [again(first["ETag"]).status_code for _ in range(3)] == [304, 304, 304]
    time_machine.move_to("2031-05-02T00:00:00Z", tick=False)
    second = again(first["ETag"])
    assert (ends(second), second["ETag"]) == (["2031-05-03"], etag_of(2, day="2031-05-02"))


@EACH_ADDRESS
@pytest.mark.parametrize("name", ["vis", "fullcalendar"])
@pytest.mark.usefixtures("_open_since_may")
def test_what_was_open_ends_on_the_day_of_the_past_version(client, time_machine, address, name):
    time_machine.move_to("2031-06-01T12:00:00Z", tick=False)
    published("two", "2031-05-20/..")
    for day in ("2031-06-02", "2031-07-01"):
        time_machine.move_to(f"{day}T12:00:00Z", tick=False)
        for as_of in ("2", "2031-05-31"):
            past = client.get(f"{address}?format={name}&as_of={as_of}")
            assert (ends(past), past["ETag"]) == (["2031-05-02"], etag_of(2))


@pytest.mark.parametrize("window", ["from=2031-04&to=2031-06", "on=2031-06-30", "start=2031-04-01&end=2031-07-01"])
@pytest.mark.usefixtures("_open_since_may")
def test_a_window_that_is_asked_for_is_the_same_every_day(client, window):
    name = "fullcalendar" if "start" in window else "vis"
    response = client.get(f"{FEED}?format={name}&{window}")

    assert (ends(response), response["ETag"]) == (["2031-07-01"], etag_of(2))


@pytest.mark.parametrize(
    ("bound", "end", "day"), [("from=2031-04", "2031-05-02", "2031-05-01"), ("to=2031-06", "2031-07-01", "")]
)
@pytest.mark.usefixtures("_open_since_may")
def test_a_window_without_an_end_is_of_the_day(client, bound, end, day):
    response = client.get(f"{FEED}?format=vis&{bound}")

    assert (ends(response), response["ETag"]) == ([end], etag_of(2, day=day))


@pytest.mark.parametrize(
    ("window", "day", "of_the_day", "said"),
    [
        ("", "2031-06-01", "2031-06-01", ""),
        ("&to=1990", "1990-12-31", "", " · to 1990"),
        ("&from=2040-02", "2040-02-29", "2031-06-01", " · from February 2040"),
        ("&on=1990-02", "1990-02-28", "", " · February 1990"),
        ("&from=1980&to=1990", "1990-12-31", "", " · from 1980 · to 1990"),
        ("&as_of=2", "2031-05-01", "", ""),
        ("&as_of=2&to=1990", "1990-12-31", "", " · to 1990"),
    ],
)
@pytest.mark.usefixtures("_open_since_may")
def test_timelinejs_without_events_shows_no_date(client, time_machine, window, day, of_the_day, said):
    time_machine.move_to("2031-06-01T12:00:00Z", tick=False)

    response = client.get(f"{FEED}?format=timelinejs&q=nothing{window}")

    [slide] = response.json()["events"]
    year, month, date = map(int, day.split("-"))
    assert slide["start_date"] == {"year": year, "month": month, "day": date}
    assert slide["display_date"] == f"Diplomatic events: “nothing”{said}"
    assert response["ETag"] == etag_of(2, day=of_the_day)
    again = client.get(f"{FEED}?format=timelinejs&q=nothing{window}", headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, response["ETag"])


@pytest.mark.parametrize(
    ("date", "query", "start", "end"),
    [
        ("2024-12-30/..", "", "2024-12-30", "2025-02-02"),
        ("2024-12-30/..", "from=2030-06", "2024-12-30", "2030-07-01"),
        ("2024-12-30/..", "from=2025-01", "2024-12-30", "2025-02-02"),
        ("2024-12-30/..", "from=2030&to=2031", "2024-12-30", "2032-01-01"),
        ("../2025", "", "2025-01-01", "2026-01-01"),
        ("../2025", "to=1990", "1990-01-01", "2026-01-01"),
        ("../2025", "to=2030", "2025-01-01", "2026-01-01"),
        ("../2025", "from=1980&to=1990", "1980-01-01", "2026-01-01"),
    ],
)
def test_what_is_open_is_drawn_into_the_window_that_found_it(client, time_machine, date, query, start, end):
    time_machine.move_to("2025-02-01T12:00:00Z", tick=False)
    published("one", date)

    [item] = client.get(f"{FEED}?format=vis&{query}").json()["items"]
    [entry] = client.get(f"{FEED}?format=fullcalendar&{query}").json()

    assert (item["start"], item["end"]) == (entry["start"], entry["end"]) == (start, end)


def test_a_calendar_on_a_page_asks_for_its_window(client):
    published("before", "2025-10-31"), published("first", "2025-11-01"), published("last", "2025-11-30")
    published("behind", "2025-12-01")

    def ids(query):
        response = client.get(f"{FEED}?format=fullcalendar&ordering=date&{query}")
        assert response.status_code == 200, response.content
        return [entry["id"] for entry in response.json()]

    november = ["first", "last"]
    assert ids("start=2025-11-01T00:00:00Z&end=2025-12-01T00:00:00Z&timeZone=UTC") == november
    assert ids("start=2025-11-01T00:00:00%2B05:00&end=2025-12-01T00:00:00%2B05:00&timeZone=local") == november
    assert ids("start=2025-11-01T00:00:00+05:00&end=2025-12-01T00:00:00+05:00") == november
    assert ids("start=2025-11-01&end=2025-12-01") == november
    assert ids("start=2025-11-01T00:00:00&end=2025-12-01T00:00:01") == [*november, "behind"]


def test_a_calendar_may_show_one_event(client):
    published("one", "2025-11-06")
    window = "start=2025-12-01T00:00:00Z&end=2026-01-01T00:00:00Z&timeZone=UTC"

    response = client.get(f"{FEED}one/?format=fullcalendar&{window}")

    assert [entry["id"] for entry in response.json()] == ["one"]  # it shows those in its window by itself
    others = re.findall('<([^>]*)>; rel="alternate"', response["Link"])
    assert others
    assert {client.get(address).status_code for address in others} == {200}
    message = "'start' is FullCalendar's: it needs 'format=fullcalendar'."
    assert_invalid(client.get(f"{FEED}one/?format=vis&start=2025-12-01"), ("start", "incomplete", message))
    published("open", "2025-11-06/..")
    [entry] = client.get(f"{FEED}open/?format=fullcalendar&{window}").json()
    assert (entry["start"], entry["end"]) == ("2025-11-06", "2026-01-01")


@pytest.mark.parametrize(
    ("query", "name", "code", "message"),
    [
        (
            "start=2025-11-01",
            "start",
            "incomplete",
            "'start' is FullCalendar's: it needs 'format=fullcalendar'. Elsewhere ask by 'from' and 'to'.",
        ),
        (
            "format=fullcalendar&start=2025-11-01&from=2025",
            "start",
            "conflict",
            "'start' is FullCalendar's 'from': give it, or 'from', or 'on'.",
        ),
        (
            "format=fullcalendar&end=2025-11-01&on=2025",
            "end",
            "conflict",
            "'end' is FullCalendar's 'to': give it, or 'to', or 'on'.",
        ),
        (
            "format=fullcalendar&start=2025-02-01T00:00:00%2B05:00&end=2025-01-01T00:00:00%2B05:00",
            "start",
            "conflict",
            "'start' (2025-02-01T00:00:00+05:00) is not before 'end' (2025-01-01T00:00:00+05:00), which is exclusive: "
            "give a later 'end'.",
        ),
        (
            "format=fullcalendar&start=2025-01-01&end=2025-01-01",
            "start",
            "conflict",
            "'start' (2025-01-01) is not before 'end' (2025-01-01), which is exclusive: give a later 'end'.",
        ),
        (
            "format=fullcalendar&from=2025-01&end=2025-01-01",
            "from",
            "conflict",
            "'from' (2025-01) is not before 'end' (2025-01-01), which is exclusive: give a later 'end'.",
        ),
        (
            "format=fullcalendar&start=2025-02-01&to=2025-01",
            "start",
            "conflict",
            "'start' (2025-02-01) is after 'to' (2025-01): give a later 'to'.",
        ),
        (
            "format=fullcalendar&from=2025-02&to=2025-01",
            "from",
            "conflict",
            "'from' (2025-02) is after 'to' (2025-01): swap them.",
        ),
        ("format=fullcalendar&start=2025-11", "start", "malformed", f"'2025-11' {NO_MOMENT}"),
        ("format=fullcalendar&end=0001-01-01", "end", "malformed", f"'0001-01-01' {NO_MOMENT}"),
        (
            f"format=fullcalendar&timeZone={'x' * 101}",
            "timeZone",
            "malformed",
            f"'{'x' * 60}…' has 101 characters: at most 100 fit.",
        ),
    ],
)
@pytest.mark.parametrize("address", [FEED, f"{FEED}window/"])
def test_a_wrong_window_of_a_calendar_gives_error(client, address, query, name, code, message):
    assert_invalid(client.get(f"{address}?{query}"), (name, code, message))


def test_a_wrong_window_of_a_timeline_in_a_calendar_gives_error(client):
    assert_invalid(
        client.get("/api/v1/timelines/all/?format=fullcalendar&start=2025-02-01&end=2025-01-01"),
        (
            "start",
            "conflict",
            "'start' (2025-02-01) is not before 'end' (2025-01-01), which is exclusive: give a later 'end'.",
        ),
    )


def test_unknown_format_gives_error(client):
    assert_invalid(
        client.get(f"{FEED}?format=ical"),
        (
            "format",
            "malformed",
            f"'ical' is not possible here. Possible: json, {', '.join(FORMATS)}.",
        ),
    )
    assert_invalid(
        client.get("/api/v1/countries/?format=csv"),
        ("format", "unknown", "There is no parameter 'format' here."),
    )


def test_fields_with_a_format_gives_error(client):
    assert_invalid(
        client.get(f"{FEED}?format=csv&fields=id"),
        ("fields", "conflict", "'fields' goes with format=json only, not with format=csv: leave one out."),
    )


def test_a_withdrawn_event_is_no_feed(client):
    assert_problem(
        client.get(f"{FEED}nope/?format=ics"),
        404,
        "not-found",
        "Not found",
        "There is no event 'nope'. The list of events is at /api/v1/events/.",
    )
