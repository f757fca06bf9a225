"""Pages of what the index by keys has: the same as everything sorted, whichever way they are found."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event
from tests.assertions import slugs
from tests.builders import copied, draft, published
from tests.timeline import oracle
from tests.timeline.test_filters_oracle import (
    KEYED,
    enter,
    expected,
    in_timeline,
    made_valid,
    queries,
    some,
    timeline,
)
from tests.timeline.test_pagination import assert_pages, joined, visited, walk
from timeline import traits
from timeline.plans import Expected
from timeline.publishing import publish, withdraw
from timeline.scans import by_date, by_months, estimates

pytestmark = pytest.mark.django_db

WINDOW = {"from", "to", "on", "certainty"}


@pytest.fixture(params=["few", "part", "months", "steps", "small steps", "small steps without near"])
def way(request, monkeypatch):
    """Each way to find a page; small steps end in the midst of the events."""
    monkeypatch.setattr(estimates, "SOON", float("inf") if request.param in ("few", "part") else -1)
    monkeypatch.setattr(by_date, "SOON_FOR_EACH", 0)
    monkeypatch.setattr(by_date, "PARTED", -1 if request.param == "part" else float("inf"))
    if request.param == "part":
        monkeypatch.setattr(by_date, "PAGES", 0)
        monkeypatch.setattr(by_date, "SPARE", 0.1)
    monkeypatch.setattr(by_months, "COMMON", float("inf") if request.param == "months" else -1)
    monkeypatch.setattr(estimates, "MANY", float("inf") if "without" in request.param else -1)
    monkeypatch.setattr(by_date, "FEW_LEFT", -1 if "without" in request.param else 10)
    if "small" in request.param:
        monkeypatch.setattr(by_date, "NEAR", 5)
        monkeypatch.setattr(by_date, "MEASURES", 3)
        monkeypatch.setattr(by_date, "TALLIED", 2)
        monkeypatch.setattr(by_date, "BLOCK", 20)
        monkeypatch.setattr(by_date, "SURE", 2)
        monkeypatch.setattr(by_date, "WIDER", 2)
        monkeypatch.setattr(by_date, "SHORTEST", 1)
        monkeypatch.setattr(traits, "MOST_MONTHS", 1)
        monkeypatch.setattr(by_date, "MOST_MONTHS", 1)
    return request.param


def in_order(world, query, ordering):
    """The slugs of what the oracle finds, in the order of the list."""
    return sorted_by(ordering, expected(world, query))


def sorted_by(ordering, wanted):
    """Slugs of events in the order of the list."""
    dated = sorted(Event.objects.filter(slug__in=wanted).values_list("start_min", "pk", "slug"))
    found = [slug for _, _, slug in dated]
    return found if ordering == "date" else found[::-1]


@pytest.mark.parametrize(
    "more", [set(), WINDOW, {"in_force_on", "certainty"}], ids=lambda names: "+".join(sorted(names))
)
def test_pages_agree_with_the_oracle(client, way, more):
    world = oracle.a_world(7, 60)
    enter(world)

    @given(queries, st.sampled_from(["date", "-date"]), st.sampled_from([7, 20]), st.sampled_from([None, "summit"]))
    @settings(max_examples=20)
    def every_query(drawn, ordering, size, word):
        query = made_valid(drawn, KEYED | more)
        wanted = [slug for slug in in_order(world, query, ordering) if not word or types[slug] == word]
        asked = {**query, "ordering": ordering, "page_size": size, "fields": "id", **({"q": word} if word else {})}
        start = f"/api/v1/events/?{urlencode(asked, doseq=True)}"

        assert_pages(client, start, wanted, size)

    types = {entry.slug: entry.type for entry in world}
    every_query()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("more", [set(), WINDOW], ids=lambda names: "+".join(sorted(names)))
def test_pages_of_timelines_agree_with_the_oracle(client, more):
    world = oracle.a_world(7, 60)
    enter(world)

    @given(queries, some([entry.slug for entry in world[:20]], most=5), queries, st.sampled_from(["date", "-date"]))
    @settings(max_examples=15)
    def every_timeline(drawn, picked, asked, ordering):
        saved, query = made_valid(drawn, KEYED | more), made_valid(asked, WINDOW)
        timeline(saved, picked)
        wanted = sorted_by(ordering, in_timeline(world, saved, picked, query))
        address = {**query, "timeline": "line", "ordering": ordering, "page_size": 7, "fields": "id"}

        assert_pages(client, f"/api/v1/events/?{urlencode(address, doseq=True)}", wanted, 7)

    every_timeline()


@pytest.mark.usefixtures("way")
def test_the_events_of_a_window_agree_with_the_oracle_too(client):
    world = oracle.a_world(7, 60)
    enter(world)

    def window(query, limit):
        return client.get(f"/api/v1/events/window/?{urlencode({**query, 'limit': limit}, doseq=True)}").json()

    for query in (
        {"country": ["US", "CN"]},
        {"country": ["US"], "type": ["meeting"], "from": "2025-10-05", "to": "2025-11-20"},
        {"on": "2025-11", "certainty": "certain"},
    ):
        wanted = in_order(world, query, "date")
        few, many = window(query, len(wanted)), window(query, len(wanted) - 1)
        assert (few["kind"], few["count"]) == ("events", len(wanted))
        assert [event["id"] for event in few["results"]] == wanted
        assert (many["kind"], many["count"]) == ("density", len(wanted))
        assert "approximate" not in many


@pytest.mark.usefixtures("way")
def test_pages_of_a_past_state(client):
    world = oracle.a_world(9, 40)
    enter(world)
    [query] = [{"type": ["meeting"]}]
    wanted = in_order(world, query, "-date")
    assert len(wanted) > 10
    for event in Event.objects.filter(slug__in=wanted[::3]):
        event.texts.update(title="Edited")
        publish([event])
    withdraw(Event.objects.filter(slug__in=wanted[1::3]))

    def found(more):
        return joined(walk(client, f"/api/v1/events/?type=meeting&page_size=4&fields=id{more}"))

    present = [slug for slug in wanted if slug not in wanted[1::3]]
    assert found("&as_of=1") == wanted
    assert found("") == present
    assert found("&country=US&country=CN&country=UZ&as_of=1") == in_order(
        world, {**query, "country": oracle.STATES}, "-date"
    )


@pytest.mark.usefixtures("way")
def test_what_is_disputed(client):
    contradicting = ({"claims": "2025-11-06"}, {"url": "https://example.org/other", "claims": "2025-11-07"})
    published("one", "2025-11-06", "US", sources=contradicting)
    published("two", "1925-11", "US", sources=contradicting)
    published("three", "2025-11-05", "CN", sources=contradicting)
    published("not", "2025-11-06", "US")

    def found(query):
        return joined(walk(client, f"/api/v1/events/?fields=id&page_size=1&{query}"))

    assert found("disputed=true") == ["one", "three", "two"]
    assert found("disputed=true&ordering=date") == ["two", "three", "one"]
    assert found("disputed=true&country=US") == ["one", "two"]
    assert found("disputed=true&on=2025-11-06&type=meeting") == ["one"]
    assert found("disputed=true&country=US&q=title") == ["one", "two"]
    assert found("disputed=false&country=US") == ["not"]


@pytest.mark.usefixtures("way")
def test_what_lasts_long_is_found_in_windows_long_after_it_began(client):
    published("war", "1900/1990", topics=("trade",))
    published("open", "1950/..", topics=("trade",))
    published("decade", "198X", topics=("trade",))
    published("day", "1985-05-05", topics=("trade",))
    published("over", "1900/1984", topics=("trade",))
    many = [(name, year, number) for number in range(12) for name, year in (("later", 1986), ("before", 1984))]
    publish(draft(f"{name}-{n:02}", f"{year}-01-{n + 1:02}", topics=("trade",)) for name, year, n in many)

    def found(query):
        return joined(walk(client, f"/api/v1/events/?topic=trade&fields=id&page_size=2&{query}"))

    later = [f"later-{number:02}" for number in range(12)]
    in_1985 = ["war", "open", "decade", "day"]
    assert found("on=1985-05") == in_1985[::-1]
    assert found("on=1985-05&ordering=date") == in_1985
    assert found("from=1985&ordering=date") == in_1985 + later
    assert found("from=1985") == (in_1985 + later)[::-1]
    assert found("from=1985&q=title") == (in_1985 + later)[::-1]
    assert found("from=1985&to=1986-01-02&ordering=date") == in_1985 + later[:2]


@pytest.mark.usefixtures("way")
def test_ties_on_one_day_are_each_seen_once(client):
    published("first", topics=("trade",))
    copied(30)

    for ordering in ("date", "-date"):
        start = f"/api/v1/events/?topic=trade&page_size=4&ordering={ordering}"
        pages = visited(client, start)
        *_, last = pages
        # The copies' documents are the first one's: only their number tells.
        assert [len(page) for page in pages.values()] == [4] * 7 + [3]
        assert [len(page) for page in walk(client, last, "previous")] == [3] + [4] * 7


SCAN = r"Scan (Backward )?(using \w+ )?on timeline_publication .*actual rows=\S+ loops=(?P<loops>\d+)"


def steps_run(client, query, path="events/"):
    """The names of the steps that read anything for a page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/api/v1/{path}?{query}").status_code == 200
    [statement] = [query["sql"] for query in captured if "WITH found" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING off, COSTS off) {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    parts = re.split(r"^ *CTE (\w+)$", plan.partition("->  Merge Append")[0].partition("->  Append")[0], flags=re.M)
    read = dict(zip(parts[1::2], parts[2::2], strict=True))
    steps = []
    for name in ("near", "next", "months", "within", "rest_0", "rest_1", "far", "before"):
        ran = re.search(SCAN, read.get(name, ""))
        if ran:
            steps += [name] * (int(ran["loops"]) if name == "far" else 1)
    return steps


@pytest.fixture
def in_steps(monkeypatch):
    """Nothing is so little that all of it is found at once; and what sets how long the steps are."""
    monkeypatch.setattr(estimates, "SOON", -1)
    monkeypatch.setattr(by_date, "SOON_FOR_EACH", 0)
    monkeypatch.setattr(by_months, "COMMON", -1)
    monkeypatch.setattr(by_date, "SHORTEST", 1)
    return monkeypatch


def on_day(number, **said):
    """The draft of an event on the day with this number, from 0, of a year in which months have 28 days."""
    return draft(f"event-{number:02}", f"2025-{number // 28 + 1:02}-{number % 28 + 1:02}", **said)


@pytest.mark.parametrize("ordering", ["date", "-date"])
def test_the_rest_is_looked_for_if_a_part_of_what_is_soon_found_does_not_fill_the_page(client, monkeypatch, ordering):
    publish(on_day(number) for number in range(0, 280, 7))  # four in each of ten months

    def ran(query, expected):
        monkeypatch.setattr(estimates, "of_all", lambda found: Expected(rows=expected, cost=2_000))
        return steps_run(client, f"q=title&ordering={ordering}&{query}")

    assert ran("page_size=3", 40) == ["within"]  # two months, which should have twice four
    assert ran("page_size=5", 400) == ["within", "rest_0"]  # a month
    assert ran("page_size=11&to=2025-06", 400) == ["within", "rest_0"]
    monkeypatch.setattr(by_date, "FEW_LEFT", -1)
    assert ran("page_size=11&to=2025-06", 400) == ["within", "rest_1"]
    # All are looked for at once if they should cost little, fill a page or so, or cannot be told.
    assert ran("page_size=20", 84) == []
    assert ran("page_size=3&in_force_on=2025-03-01", 40) == []
    monkeypatch.setattr(by_date, "PARTED", 2_000)
    assert ran("page_size=3", 40) == []


def test_steps_end_where_the_page_is_full(client, in_steps):
    in_steps.setattr(estimates, "MANY", -1)
    in_steps.setattr(by_date, "NEAR", 4)
    in_steps.setattr(by_date, "BLOCK", 20)
    publish(on_day(number, topics=("trade",)) for number in range(40))

    assert steps_run(client, "topic=trade&page_size=2") == ["near"]
    assert steps_run(client, "topic=trade&page_size=9") == ["near", "far"]
    assert steps_run(client, "topic=trade&page_size=39") == ["near", "far", "far"]
    assert steps_run(client, "topic=trade&limit=2", "events/window/") == ["near"]
    assert steps_run(client, "topic=trade&limit=9", "events/window/") == ["near", "far"]
    in_steps.setattr(by_date, "BLOCK", 12)
    assert steps_run(client, "topic=trade&page_size=9") == ["near", "far"]
    in_steps.setattr(by_date, "BLOCK", 4)
    in_steps.setattr(by_date, "WIDER", 2)
    # Of the 36 days that are left, 4, 8 and 16, and then all the others.
    assert steps_run(client, "topic=trade&page_size=39") == ["near", "far", "far", "far", "far"]
    assert steps_run(client, "topic=trade&page_size=39&ordering=date") == ["near", "far", "far", "far", "far"]


def test_a_stretch_is_as_long_as_it_should_be_to_fill_the_page(client, in_steps):
    in_steps.setattr(estimates, "MANY", -1)
    in_steps.setattr(by_date, "NEAR", 4)
    in_steps.setattr(by_date, "SURE", 4)
    in_steps.setattr(by_date, "BLOCK", 40)
    publish(on_day(number, topics=("security" if 40 <= number < 55 else "trade",)) for number in range(60))

    # Four of four were near, so that the six more should be among the next six: it has twice as many, in which one is.
    assert steps_run(client, "topic=trade&page_size=9") == ["near", "far", "far"]
    in_steps.setattr(by_date, "BLOCK", 200)
    assert steps_run(client, "topic=trade&page_size=9") == ["near", "far", "far"]
    # Of fourteen more, there are thirteen among the next twenty-eight; of eighteen, all among the next thirty-six.
    assert steps_run(client, "topic=trade&page_size=17") == ["near", "far", "far"]
    assert steps_run(client, "topic=trade&page_size=21") == ["near", "far"]


def test_a_stretch_is_not_longer_than_should_fill_the_page(client, in_steps):
    in_steps.setattr(estimates, "MANY", float("inf"))
    in_steps.setattr(estimates, "of_all", lambda found: Expected(rows=40, cost=1_000))
    publish(on_day(number, topics=("trade",)) for number in range(30))
    publish(on_day(number, titles={"en": "Graphite"}, topics=("security",)) for number in range(30, 40))

    # Twice the 4 in 42 days of which 40 are expected: 8 days, in which none is; then 40 days.
    assert steps_run(client, "q=title&page_size=3") == ["far", "far"]
    assert steps_run(client, "q=graphite&page_size=3") == ["far"]
    assert steps_run(client, "topic=trade&page_size=3") == ["far"]  # the tallies know when there is enough
    in_steps.setattr(by_date, "SPARE", 1_000)
    assert steps_run(client, "q=title&page_size=3") == ["far"]


@pytest.mark.usefixtures("way")
def test_any_time_may_be_between_two_events(client):
    published("first", "0001-01-01", topics=("trade",))
    published("last", "9999-12-31", topics=("trade",))

    for query in ("topic=trade", "topic=trade&from=0001&to=9999", "topic=trade&q=title", "topic=trade&from=0001"):
        assert slugs(client, f"{query}&page_size=500&ordering=date") == ["first", "last"]
        assert slugs(client, f"{query}&page_size=500") == ["last", "first"]


def test_more_measures_are_looked_at_if_the_first_ones_nearly_fill_the_page(client, in_steps):
    for topic, numbers in (("trade", (*range(12), *range(17, 20))), ("security", range(12, 17))):
        publish(on_day(number, topics=(topic,), effective="2025/2026") for number in numbers)

    query = "topic=trade&in_force_on=2025-06-01&page_size="
    in_steps.setattr(by_date, "MEASURES", 8)  # three of them fit, and all of the next eight
    assert steps_run(client, f"{query}2") == ["near"]
    assert steps_run(client, f"{query}4") == ["near", "next"]
    assert steps_run(client, f"{query}5") == ["near", "far"]
    in_steps.setattr(by_date, "MEASURES", 3)  # all of them fit, and none of the next three
    assert steps_run(client, f"{query}3") == ["near", "next", "far"]


def test_steps_begin_where_anything_fits(client, in_steps):
    in_steps.setattr(by_date, "NEAR", 4)
    in_steps.setattr(by_date, "BLOCK", 4)
    for number in range(20):
        published(f"later-{number:02}", f"2025-01-{number + 1:02}", topics=("trade",))
    for number in range(8):
        published(f"long-ago-{number:02}", f"1925-01-{number + 1:02}", topics=("security",))

    for many in (-1, float("inf")):
        in_steps.setattr(estimates, "MANY", many)
        first = "near" if many < 0 else "far"
        assert steps_run(client, "topic=security&page_size=2") == [first]
        assert steps_run(client, "topic=trade&page_size=2&ordering=date") == [first]
        assert steps_run(client, "topic=security&page_size=2&as_of=28")[-1] == "far"
