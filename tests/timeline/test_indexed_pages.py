"""Pages by country and date: the same as by reading everything, for every shape of the query."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.dates import parse
from tests.builders import draft, published, state
from tests.timeline.test_pagination import assert_pages, joined, walk
from timeline import indexed_pages
from timeline.indexed_pages import NEAREST, TIMES, Shape, indexed_page, is_indexed, joined_page, query_for
from timeline.pagination import EVENT_ORDERINGS, JoinedPage, wanted_page
from timeline.parameters import read
from timeline.publishing import publish, withdraw
from timeline.views.events import EventList

pytestmark = pytest.mark.django_db

CODES = ["US", "CN", "UZ", "KZ"]
ROLES = ["host", "visitor"]
# Days in a row and the same day many times; spans about as long as what is read as `long`, which is over 366 days.
DATES = [
    "2020-01-01", "2020-01-02", "2020-12-31", "2021-01-01", "2021-06", "2021", "2022-03-05", "202X", "19XX",
    "2020-02-29/2021-02-28", "2020-02-29/2021-03-01", "2020-02-29/2021-03-02", "2019-05-05/2021-05-05",
    "2021-01-01/..", "../2020-01-01",
]  # fmt: skip
MOST_PAGES = 10
"""Or one more; sixty pages of one event each tell nothing that ten do not."""
BOUNDS = [*DATES[:5], "2019", "2021-03-01", "2021-03-02", "0001-01-01", "0002-01-02", "9999-12-31"]


@pytest.fixture
def world(db):
    """60 events as (event, parts), each in one of the countries; two more that nobody may see."""
    drawn = random.Random(4)
    made = []
    for number in range(60):
        parts: list[Any] = [(code, drawn.choice(ROLES)) for code in drawn.sample(CODES, drawn.randint(1, 3))]
        made.append((f"e{number}", drawn.choice(DATES), parts))
    events = [
        (draft(slug, date, *parts, place_country=state(drawn.choice(CODES))), parts) for slug, date, parts in made
    ]
    publish([event for event, _ in events])
    withdraw([published("withdrawn", "2020-01-01", "US", "CN")])
    draft("not-public", "2020-01-01", "US", "CN")
    return events


def expected(world, query):
    """The ids of the events that fit, in the order asked for, by reading everything."""
    roles, ways = query.get("role"), query.get("involvement")
    first = parse(query["from"]).start_min if "from" in query else None
    last = parse(query["to"]).end_max if "to" in query else None

    def fits(event, parts):
        codes = {code for code, role in parts if not roles or role in roles} if ways != ["location"] else set()
        if not roles and ways != ["participant"]:  # who is only the place has no role
            codes.add(event.place_country.code)
        when = parse(event.date)
        return (
            ("country" not in query or codes & set(query["country"]))
            and codes >= set(query.get("country_all", ()))
            and (last is None or when.start_min <= last)
            and (first is None or when.end_max >= first)
        )

    found = sorted((parse(event.date).start_min, event.pk, event.slug) for event, parts in world if fits(event, parts))
    return [slug for _, _, slug in (found if query["ordering"] == "date" else found[::-1])]


some_codes = st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)
how = {
    "role": st.lists(st.sampled_from(ROLES), min_size=1, unique=True),
    "involvement": st.lists(st.sampled_from(["participant", "location"]), min_size=1, unique=True),
}
queries = st.fixed_dictionaries(
    {"ordering": st.sampled_from(["date", "-date"]), "page_size": st.integers(1, 70)},
    optional={"from": st.sampled_from(BOUNDS), "to": st.sampled_from(BOUNDS)},
).flatmap(
    lambda query: st.one_of(
        st.just(query),
        st.fixed_dictionaries({"country": some_codes}, optional=how).map(lambda more: query | more),
        st.fixed_dictionaries({"country_all": some_codes}, optional=how).map(lambda more: query | more),
        st.fixed_dictionaries(
            {"country_all": some_codes, "country": st.lists(st.sampled_from(CODES), min_size=1, max_size=1)}
        ).map(lambda more: query | more),
    )
)


@pytest.mark.parametrize(("nearest", "times"), [(NEAREST, TIMES), (1, 100), (2, 2), (1, -1)])
def test_pages_agree_with_reading_everything(client, world, monkeypatch, request, nearest, times):
    """Whether the ranges of two countries are merged, or the events of the rarest one are looked up."""
    monkeypatch.setattr(indexed_pages, "NEAREST", nearest)
    monkeypatch.setattr(indexed_pages, "TIMES", times)
    query_for.cache_clear()
    request.addfinalizer(query_for.cache_clear)

    @given(queries)
    @example({"ordering": "-date", "page_size": 3, "country": ["US", "CN"], "from": "2021-03-01", "to": "2021-03-02"})
    @example({"ordering": "date", "page_size": 3, "country_all": ["US", "CN"], "from": "2021-03-02"})
    @example({"ordering": "-date", "page_size": 3, "from": "2021-03-01"})
    @settings(max_examples=60)
    def every_query(query):
        if "from" in query and "to" in query and parse(query["from"]).start_min > parse(query["to"]).end_max:
            query = query | {"from": query["to"], "to": query["from"]}
        if query.get("involvement") == ["location"]:  # nobody has a role in that
            query = {name: value for name, value in query.items() if name != "role"}
        assert is_indexed(*asked(query)) == in_index(query)
        wanted = expected(world, query)
        query = query | {"page_size": max(query["page_size"], len(wanted) // MOST_PAGES)}
        start = f"/api/v1/events/?{urlencode(query, doseq=True)}"
        assert_pages(client, start, wanted)
        # Where keys are chosen, documents come one by one.
        assert joined(walk(client, f"{start}&fields=id")) == wanted

    every_query()


def in_index(query):
    any_of, ways = query.get("country", []), query.get("involvement", ["participant"])
    countries = {*query.get("country_all", []), *(any_of if len(any_of) == 1 else [])}
    soon = len(countries) < 2 or (len(countries) == 2 and "involvement" not in query)
    return "role" not in query and "participant" in ways and soon


def asked(query):
    """The values of a query as `is_indexed` takes them."""
    values = read(QueryDict(urlencode(query, doseq=True)), EventList.parameters())
    return values, None, wanted_page(values, EVENT_ORDERINGS)


@pytest.mark.parametrize(
    "query",
    [
        {"type": "meeting"},
        {"country": "US", "topic": "trade"},
        {"role": "host"},
        {"country": ["US", "UZ"], "country_all": "CN"},
        {"country": "US", "country_all": "CN", "involvement": "participant"},
        {"country_all": ["US", "CN"], "involvement": "participant"},
        {"country": "US", "role": "host"},
        {"country": "US", "involvement": "location"},
        {"country": ["US", "CN"], "involvement": "bloc"},
        {"on": "2021", "certainty": "certain"},
        {"ordering": "-updated"},
        {"q": "summit"},
        {"timeline": "c5-1"},
    ],
)
def test_what_takes_more_than_an_index_is_read_elsewhere(query):
    assert not is_indexed(*asked(query))


def test_a_past_state_is_read_elsewhere():
    values, _, wanted = asked({})
    assert is_indexed(values, None, wanted)
    assert not is_indexed(values, 1, wanted)


def test_a_shape_is_built_once():
    shape = Shape(any_of=False, all_of=1, by_ways=False, has_first=True, descending=True, size=50)
    assert query_for(shape) is query_for(shape)


def test_a_country_may_be_named_twice(client, world):
    once, twice = "country_all=US&country_all=CN", "country_all=US&country_all=CN&country_all=US"
    ids = {query: walk(client, f"/api/v1/events/?{query}&fields=id") for query in (once, twice)}
    assert joined(ids[once]) == joined(ids[twice]) != []


def test_joined_documents_are_those_of_the_page(world):
    values, _, wanted = asked({"country": "US", "page_size": 7})
    values["lang"] = "de"
    page, together = indexed_page(values, wanted), joined_page(values, wanted)
    assert len(together.rows) == len(page.rows) == 7
    assert (together.next, together.previous) == (page.next, page.previous)
    assert together.documents.decode() == ",".join(document for document, _ in page.rows)
    assert {together.dataset_version} == {version for _, version in page.rows}


def test_a_joined_page_can_be_empty(world):
    values, _, wanted = asked({"country": "UZ", "from": "2100"})
    values["lang"] = "en"
    assert joined_page(values, wanted) == JoinedPage([], None, None, b"", 0)
