"""iCalendar, read with icalendar and asked, as a calendar client does, with recurring-ical-events."""

from __future__ import annotations

import dataclasses
import datetime

import icalendar
import pytest
import recurring_ical_events

from tests.timeline.formats.samples import FEED, MINIMAL, dated, document, each_hostile_text, hostile, legible, written

DAY = datetime.date


def calendar(*documents):
    return icalendar.Calendar.from_ical(written("ics", *documents))


def only_event(*documents):
    [event] = calendar(*documents).walk("VEVENT")
    assert event.errors == []
    return event


def test_a_calendar():
    assert written("ics", document()).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//timeline.example.org//Diplomatic events timeline//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Talks & <trade>",
        "X-WR-CALNAME:Talks & <trade>",
        "URL:https://timeline.example.org/",
        "SOURCE;VALUE=URI:https://timeline.example.org/api/v1/events/?country=UZ&for",
        " mat=x",
        "LAST-MODIFIED:20311107T120000Z",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
        "BEGIN:VEVENT",
        "UID:c5-1-leaders-summit-2025@timeline.example.org",
        "DTSTAMP:20311107T120000Z",
        "LAST-MODIFIED:20311107T120000Z",
        "CREATED:20311107T120000Z",
        "SEQUENCE:0",
        "DTSTART;VALUE=DATE:20251106",
        "DTEND;VALUE=DATE:20251107",
        "SUMMARY:Summit",
        "DESCRIPTION:What happened.\\nhttps://example.org/a",
        "CATEGORIES:Summit,Rare-Earths",
        "URL:https://timeline.example.org/events/c5-1-leaders-summit-2025/?lang=de",
        "TRANSP:TRANSPARENT",
        "LOCATION:White House\\, Washington\\, D.C.\\, United States",
        "GEO:38.897700;-77.036500",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_calendar_is_no_scheduling_message():
    """RFC 5546, 3.2.1: one would name an organizer of each event; RFC 5545, 3.7.2: its type would name the method."""
    assert "METHOD" not in calendar(document())


@pytest.mark.parametrize(
    ("edtf", "start", "end", "title"),
    [
        ("2025-11-06", DAY(2025, 11, 6), DAY(2025, 11, 7), "Summit"),
        ("2017-04-06/2017-04-07", DAY(2017, 4, 6), DAY(2017, 4, 8), "Summit"),
        ("2025-10-XX", DAY(2025, 10, 1), DAY(2025, 11, 1), "Summit (October 2025)"),
        ("2025", DAY(2025, 1, 1), DAY(2026, 1, 1), "Summit (2025)"),
        ("2025-11-06?", DAY(2025, 11, 6), DAY(2025, 11, 7), "Summit (6 November 2025, uncertain)"),
        ("2025-04-04/..", DAY(2025, 4, 4), DAY(2025, 4, 5), "Summit (since 4 April 2025)"),
        ("../2025-06", DAY(2025, 6, 1), DAY(2025, 7, 1), "Summit (until June 2025)"),
        ("9999", DAY(9999, 1, 1), DAY(9999, 12, 31), "Summit (9999)"),
    ],
)
def test_days_and_title(edtf, start, end, title):
    event = only_event(dated(edtf))

    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (start, end)
    assert event["SUMMARY"] == title


@pytest.mark.parametrize("edtf", ["9999-12-31", "9999-12-31/.."])
def test_the_last_day_of_all_has_no_end_behind_it(edtf):
    event = only_event(dated(edtf))

    assert (event.decoded("DTSTART"), "DTEND" in event) == (DAY(9999, 12, 31), False)


@pytest.mark.parametrize(
    ("day", "ids"),
    [
        (DAY(2017, 4, 5), []),
        (DAY(2017, 4, 6), ["visit"]),
        (DAY(2017, 4, 7), ["visit"]),
        (DAY(2017, 4, 8), []),
        (DAY(2025, 10, 1), ["month"]),
        (DAY(2025, 10, 31), ["month"]),
        (DAY(2025, 11, 1), []),
    ],
)
def test_what_a_calendar_client_shows_on_a_day(day, ids):
    found = calendar(dated("2017-04-06/2017-04-07", id="visit"), dated("2025-10-XX", id="month"))

    assert [str(event["UID"]) for event in recurring_ical_events.of(found).at(day)] == [
        f"{name}@timeline.example.org" for name in ids
    ]


def test_a_new_version_keeps_its_uid_and_counts_up():
    first, second = only_event(document()), only_event(document(version=2, updated_at="2031-12-01T01:02:03.000000Z"))

    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert second.decoded("DTSTAMP") == datetime.datetime(2031, 12, 1, 1, 2, 3, tzinfo=datetime.UTC)


def test_a_renamed_event_keeps_its_uid():
    assert only_event(document(first_id="first"))["UID"] == "first@timeline.example.org"


def test_what_does_not_apply_is_left_out():
    event = only_event(MINIMAL)

    assert not {"LOCATION", "GEO"} & set(event)
    assert event["DESCRIPTION"] == "https://example.org/a"


def test_tiny_coordinates_have_no_exponent():
    assert "GEO:0.000010;-0.000010\r\n" in written("ics", document(place={"latitude": 1e-5, "longitude": -1e-5}))


def test_a_moment_of_another_zone_is_told_in_utc():
    zone = datetime.timezone(datetime.timedelta(hours=2))
    feed = dataclasses.replace(FEED, updated=datetime.datetime(2031, 1, 1, 1, tzinfo=zone))

    assert "LAST-MODIFIED:20301231T230000Z\r\n" in written("ics", feed=feed)


@pytest.mark.parametrize("title", ["x" * 300, "ä" * 300, "€" * 300, "😀" * 300, "aä€😀" * 100, ",;\\" * 99])
@pytest.mark.parametrize("shift", range(4))
def test_lines_are_folded_at_75_octets_between_characters(title, shift):
    lines = "".join(written("ics", document(title="-" * shift + title))).encode().split(b"\r\n")

    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    assert only_event(document(title="-" * shift + title))["SUMMARY"] == "-" * shift + title


@pytest.mark.parametrize("length", [67, 68, 141, 142])  # SUMMARY: is 8 octets, a line 75, the next ones 1 + 74
def test_a_full_line_is_not_folded(length):
    text = written("ics", document(title="x" * length))

    assert f"SUMMARY:{'x' * 67}\r\n" in text if length == 67 else f"SUMMARY:{'x' * 67}\r\n x" in text
    assert "\r\n \r\n" not in text


@each_hostile_text
def test_hostile_text(text):
    event = only_event(hostile(text))

    one_newline = legible(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    assert event["LOCATION"] == one_newline
    assert event["SUMMARY"].startswith(one_newline)
    assert len(calendar(hostile(text)).walk()) == 2


def test_a_change_of_direction_ends_with_the_title():
    assert only_event(dated("2025", title="\u202eabc \u2067d"))["SUMMARY"] == "\u202eabc \u2067d\u2069\u202c (2025)"


def test_a_url_cannot_begin_a_line():
    source = {"url": "https://example.org/\r\nATTACH:x", "title": "A report", "official": False}

    text = written("ics", document(id="x/\r\nATTACH:x", sources=[source]))

    assert "\r\nATTACH" not in text


@pytest.mark.django_db
def test_curated_documents(curated_documents):
    found = calendar(*curated_documents)

    assert [str(event["UID"]) for event in found.walk("VEVENT")] == [
        f"{one['id']}@timeline.example.org" for one in curated_documents
    ]
    assert all(event.errors == [] for event in found.walk("VEVENT"))
    assert all(event.decoded("DTSTART") < event.decoded("DTEND") for event in found.walk("VEVENT"))
