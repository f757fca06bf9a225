"""Pages: every event exactly once, whatever the ties, the direction, and what is published meanwhile."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event, EventText, Source
from tests.assertions import assert_invalid
from tests.builders import draft, event_type, published
from timeline.publishing import publish, withdraw

pytestmark = pytest.mark.django_db


def visited(client, url, link="next"):
    """By the URL of each page from `url` on, a list of ids."""
    pages = {}
    while url:
        body = client.get(url).json()
        pages[url] = [event["id"] for event in body["results"]]
        url = body[link]
    return pages


def walk(client, url, link="next"):
    """The pages from `url` on, each as a list of ids."""
    return list(visited(client, url, link).values())


def joined(pages):
    return [slug for page in pages for slug in page]


def assert_pages(client, start, wanted, size=None):
    """The pages from `start` on have what is wanted, also backwards from the last one; all others are of `size`."""
    pages = visited(client, start)
    *others, last = pages
    assert joined(pages.values()) == wanted
    if size:
        assert all(len(pages[url]) == size for url in others)
    assert joined(walk(client, last, "previous")[::-1]) == wanted


def many_on_one_day(number, day="2025-11-06"):
    """Published events that all have the same date, made in bulk."""
    kind = event_type()
    events = Event.objects.bulk_create(Event(slug=f"event-{index:04}", type=kind, date=day) for index in range(number))
    EventText.objects.bulk_create(EventText(event=event, language="en", title="Title") for event in events)
    Source.objects.bulk_create(Source(event=event, url="https://example.org/", title="Source") for event in events)
    publish(events)
    return [event.slug for event in events]


def test_two_thousand_ties_are_each_seen_once_forwards_and_backwards(client):
    slugs = many_on_one_day(2000)

    forwards = visited(client, "/api/v1/events/?page_size=99")
    *_, last = forwards
    assert [len(page) for page in forwards.values()] == [99] * 20 + [20]
    assert joined(forwards.values()) == slugs[::-1]

    backwards = walk(client, last, "previous")
    assert joined(backwards[::-1]) == slugs[::-1]

    ascending = walk(client, "/api/v1/events/?ordering=date&page_size=500")
    assert joined(ascending) == slugs


def test_a_walk_while_others_are_published_skips_and_doubles_none(client):
    there = many_on_one_day(60)
    kept = [slug for slug in there if int(slug[-4:]) % 10]
    seen, url, step = [], "/api/v1/events/?page_size=7", 0
    while url:
        body = client.get(url).json()
        seen += [event["id"] for event in body["results"]]
        url = body["next"]
        # Between two pages: new ones before, at and behind the place, an edit, and a withdrawal.
        for day in ("2024-01-01", "2025-11-06", "2026-01-01"):
            published(f"new-{step}-{day}", day)
        edited = Event.objects.get(slug=kept[step])
        edited.texts.update(title=f"Edited {step}")
        publish([edited])
        withdraw(Event.objects.filter(slug=f"event-{step * 10:04}"))
        step += 1

    assert [slug for slug in seen if slug in kept] == kept[::-1]
    assert len(seen) == len(set(seen))


def test_next_and_previous_of_the_first_middle_and_last_page(client):
    for number in range(5):
        published(f"event-{number}", f"2025-11-0{number + 1}")

    first = client.get("/api/v1/events/?page_size=2").json()
    middle = client.get(first["next"]).json()
    last = client.get(middle["next"]).json()

    def ids(body):
        return [event["id"] for event in body["results"]]

    assert (ids(first), first["previous"]) == (["event-4", "event-3"], None)
    assert ids(middle) == ["event-2", "event-1"]
    assert (ids(last), last["next"]) == (["event-0"], None)
    assert ids(client.get(last["previous"]).json()) == ids(middle)
    back = client.get(middle["previous"]).json()
    assert (ids(back), back["previous"]) == (ids(first), None)
    assert ids(client.get(back["next"]).json()) == ids(middle)


@pytest.mark.parametrize("filters", ["", "&country=US", "&country=US&from=2025", "&type=meeting"])
@pytest.mark.parametrize("ordering", ["-date", "date", "-updated", "updated", "relevance&q=title"])
def test_a_page_that_has_become_empty_leads_back_to_what_was_beside_it(client, filters, ordering):
    for number in range(6):
        published(f"event-{number}", f"2025-11-0{number // 2 + 1}", "US")
    first = client.get(f"/api/v1/events/?page_size=2&ordering={ordering}{filters}").json()
    middle = client.get(first["next"]).json()
    last = client.get(middle["next"]).json()

    def ids(body):
        return [event["id"] for event in body["results"]]

    withdraw(Event.objects.filter(slug__in=[*ids(first), *ids(last)]))

    behind, before = client.get(middle["next"]).json(), client.get(middle["previous"]).json()
    assert (ids(behind), behind["next"], ids(before), before["previous"]) == ([], None, [], None)
    assert (walk(client, behind["previous"], "previous"), walk(client, before["next"])) == ([ids(middle)],) * 2
    assert ids(client.get(behind["previous"]).json()) == ids(middle)


def test_a_page_of_entries_that_has_become_empty_leads_back_too(client):
    published("first", "2025", "KZ")
    published("second", "2025", "CN", "UZ")
    middle = client.get(client.get("/api/v1/countries/?page_size=1").json()["next"]).json()

    def codes(body):
        return [country["code"] for country in body["results"]]

    behind, before = (client.get(f"{middle[link]}&as_of=1").json() for link in ("next", "previous"))

    assert (codes(middle), codes(behind), codes(before)) == (["KZ"], [], [])
    assert [codes(client.get(url).json()) for url in (behind["previous"], before["next"])] == [["KZ"], ["KZ"]]


def test_pages_keep_the_filters(client):
    for number in range(3):
        published(f"us-{number}", "2025", "US")
        published(f"cn-{number}", "2025", "CN")

    pages = walk(client, "/api/v1/events/?country=US&page_size=2&from=2025&fields=id")

    assert pages == [["us-2", "us-1"], ["us-0"]]


def test_an_exactly_full_page_is_the_last(client):
    published("one"), published("two")

    assert client.get("/api/v1/events/?page_size=2").json()["next"] is None


@pytest.mark.parametrize(("ordering", "last_first"), [("-updated", True), ("updated", False)])
def test_order_by_change(client, ordering, last_first):
    one, _, _ = published("one", "2001"), published("two", "2002"), published("three", "2003")
    one.texts.update(title="Edited")
    publish([one])
    in_order = ["two", "three", "one"]

    pages = walk(client, f"/api/v1/events/?ordering={ordering}&page_size=1")

    assert joined(pages) == (in_order[::-1] if last_first else in_order)


dates = st.sampled_from(["2025-11-06", "2025-11-07", "2025-11", "2025", "2025-11-06/..", "../2025", "202X"])


@given(
    drawn=st.lists(dates, max_size=12),
    size=st.integers(1, 5),
    ordering=st.sampled_from(["date", "-date"]),
)
@settings(max_examples=15)
def test_walking_agrees_with_sorting_everything(client, drawn, size, ordering):
    publish_drafts = [draft(f"e{Event.objects.count()}-{index}", date) for index, date in enumerate(drawn)]
    publish(publish_drafts)
    everything = sorted((event.start_min, event.pk, event.slug) for event in Event.objects.all())
    expected = [slug for _, _, slug in (everything if ordering == "date" else everything[::-1])]

    assert_pages(client, f"/api/v1/events/?page_size={size}&ordering={ordering}", expected, size)


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "%00",
        "ä",
        encoded({}),
        encoded(["-date"]),
        encoded(["-date", False, "2025-11-06"]),
        encoded(["-date", False, "2025-11-06", "1"]),
        encoded(["-date", False, "2025-13-06", 1]),
        encoded(["-date", False, 20251106, 1]),
        encoded(["-date", 1, "2025-11-06", 1]),
        encoded(["-date", False, "2025-11-06", -1]),
        encoded(["-date", False, "2025-11-06", 2**63]),
        encoded(["-date", False, "2025-11-06", 1, 1]),
        encoded(["size", False, "2025-11-06", 1]),
        encoded([["-date"], False, "2025-11-06", 1]),
        encoded(["-updated", False, True, 1]),
    ],
)
def test_malformed_cursor_gives_error(client, cursor):
    shown = {"%00": "\0"}.get(cursor, cursor)

    assert_invalid(
        client.get(f"/api/v1/events/?cursor={cursor}"),
        (
            "cursor",
            "malformed",
            f"'{shown[:60]}{'…' if len(shown) > 60 else ''}' is not a cursor: take the 'next' or 'previous' URL of "
            "another page as it is.",
        ),
    )


@pytest.mark.parametrize("cursor", [encoded(["key", False, "\0"]), encoded(["key", False, "\ud800"])])
def test_a_cursor_with_what_no_key_has_gives_error(client, cursor):
    for vocabulary in ("countries", "actors", "types", "topics", "timelines"):
        message = f"'{cursor}' is not a cursor: take the 'next' or 'previous' URL of another page as it is."
        assert_invalid(client.get(f"/api/v1/{vocabulary}/?cursor={cursor}"), ("cursor", "malformed", message))


@pytest.mark.parametrize("window", ["", "&from=2025", "&country=US"])
@pytest.mark.parametrize(
    ("ordering", "day", "event"),
    [("date", "9999-12-31", 2**63 - 1), ("-date", "0001-01-01", 0), ("date", "2025-11-06", 2**63 - 1)],
)
def test_a_cursor_can_be_at_the_very_end(client, window, ordering, day, event):
    published("one", "2025-11-06", "US")
    cursor = encoded([ordering, False, day, event])
    body = client.get(f"/api/v1/events/?ordering={ordering}&cursor={cursor}{window}").json()
    assert (body["results"], body["next"]) == ([], None)


def test_cursor_of_another_order_gives_error(client):
    published("one"), published("two")
    following = client.get("/api/v1/events/?page_size=1").json()["next"]

    assert_invalid(
        client.get(f"{following}&ordering=date"),
        ("cursor", "conflict", "The cursor belongs to ordering=-date, not to date: begin without it."),
    )


def test_vocabulary_pages(client):
    for code in ("US", "CN", "UZ", "KZ", "KR"):
        published(f"event-{code.lower()}", "2025", code)

    def codes(url):
        body = client.get(url).json()
        return [country["code"] for country in body["results"]], body["next"], body["previous"]

    first, following, before = codes("/api/v1/countries/?page_size=3")
    second, end, back = codes(following)
    again, _, start = codes(back)

    assert (first, second, again) == (["CN", "KR", "KZ"], ["US", "UZ"], ["CN", "KR", "KZ"])
    assert (before, end, start) == (None, None, None)
