"""Numbers, densities and facets against the oracle of the filters, on each of the three ways to count."""

from __future__ import annotations

import datetime
from collections import Counter
from itertools import product
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event
from tests.builders import copied, copy_of, published
from tests.timeline import oracle
from tests.timeline.test_filters_oracle import ACTOR_NAMES, enter, expected, fits, made_valid, queries
from timeline import samples, summaries, tallies
from timeline.buckets import cut
from timeline.filters import check_filters, known_entries
from timeline.models import Publication, PublicationCountry
from timeline.parameters import read
from timeline.publishing import withdraw
from timeline.samples import DENSE
from timeline.summaries import Number, Question
from timeline.traits import SAMPLED, SPARSE
from timeline.views.summaries import EventDensity

pytestmark = pytest.mark.django_db

WINDOW = {"from", "to", "on"}
SINGLE = {"country", "country_all", "actor", "type", "topic"}
EVERYTHING = WINDOW | SINGLE | {"certainty", "involvement", "role", "in_force_on"}
twenty_five = settings(max_examples=25)


def question(query, at=None):
    """What a request with this query asks, as of a dataset version."""
    values = read(QueryDict(urlencode(query, doseq=True)), EventDensity.parameters())
    check_filters(values)
    return Question(values, known_entries(values, at), at)


def in_bucket(query, start, end):
    """The query with the bucket for its window."""
    rest = {name: value for name, value in query.items() if name not in WINDOW}
    return {**rest, "from": start.isoformat(), "to": end.isoformat()}


def clipped(day, otherwise):
    return day if oracle.DAYS[0] <= day <= oracle.DAYS[-1] else otherwise


def check_density(world, query, most):
    """Each bucket has the number of events that the oracle finds in it."""
    found = question(query).density(most, 0)
    wanted = expected(world, query)
    assert found.number == Number(len(wanted))
    if found.buckets is None:
        assert not [entry for entry in world if fits(entry, query, world)] or not WINDOW & query.keys()
        return
    for start, end, count in zip(found.buckets.starts, found.buckets.ends, found.counts, strict=True):
        if end < oracle.DAYS[0] or start > oracle.DAYS[-1]:
            continue  # of a year that was asked for, the oracle knows two months
        bucket = in_bucket(query, clipped(start, oracle.DAYS[0]), clipped(end, oracle.DAYS[-1]))
        assert count == len({entry.slug for entry in world if fits(entry, bucket, world)}), (start, end)


@pytest.mark.parametrize(
    "wanted", [EVERYTHING, WINDOW | {"country"}, WINDOW | {"topic"}, WINDOW | {"type"}, WINDOW | {"actor"}, WINDOW]
)
def test_counts_and_densities_agree_with_the_oracle(wanted):
    world = oracle.a_world(3, 60)
    enter(world)

    @given(queries, st.sampled_from([2, 3, 10, 61]))
    @twenty_five
    def every_query(drawn, most):
        query = made_valid(drawn, wanted)
        for name in SINGLE & query.keys():
            query[name] = query[name][:1]  # what the tallies know
        assert question(query).count() == Number(len(expected(world, query)))
        check_density(world, query, most)

    every_query()


@pytest.mark.parametrize("window", [{}, {"to": "2025-11-20"}, {"from": "2025-10-05", "to": "2025-11-20"}])
def test_what_is_certainly_in_force_may_have_happened_on_an_uncertain_day(window):
    world = oracle.a_world(9, 120)
    enter(world)
    qualified = {entry.slug for entry in world if entry.when.qualified}

    for day in ("2025-10-10", "2025-11-06", "2025-11-25"):
        query = {"in_force_on": day, "certainty": "certain", **window}
        wanted = expected(world, query)
        assert bool(qualified & set(wanted)) is not bool(window)
        assert question(query).count() == Number(len(wanted))
        found = question(query).facets()
        assert (found.number, found.values) == (Number(len(wanted)), facets_of(world, query))
        assert found.years == {2025: len(set(wanted) - qualified)}
        check_density(world, query, 10)
        highlights = question(query).density(10, 10).highlights
        assert sum(map(len, highlights)) == len(set(wanted) - qualified)


@pytest.mark.parametrize("query", [{}, {"country": "US"}, {"topic": "minerals"}])
def test_the_tallies_and_the_events_tell_the_same(query, monkeypatch):
    enter(oracle.a_world(4, 60))
    days = [{}, {"from": "2025-10-05"}, {"to": "2025-11-20"}, {"from": "2025-10-05", "to": "2025-11-20"}]
    months = [{"from": "2025-11"}, {"to": "2025-10"}, {"on": "2025-11"}, {"on": "2025"}, {"on": "1990"}]

    def answers():
        asked = [question({**query, **window}) for window in (*days, *months)]
        return [(one.count(), one.density(3, 2), one.facets(), one.facets(1)) for one in asked]

    def are_tallied():
        asked = [question({**query, **window}) for window in (*days, *months)]
        return [one._are_values_tallied() and one._are_tallies_less() for one in asked]

    from_tallies = answers()
    assert are_tallied() == ([True, False, False, False, True, True, True, True, False] if not query else [False] * 9)
    monkeypatch.setattr(summaries, "MOST_TALLIED", 0)  # of many, the tallies of a window are too many
    assert are_tallied() == [not query] + [False] * 8
    assert answers() == from_tallies
    monkeypatch.setattr(summaries, "_tallied", lambda values: None)
    assert answers() == from_tallies
    assert len(from_tallies[0][1].counts) == 2


@pytest.mark.parametrize("query", [{"on": "1990"}, {"to": "1990-05-31"}])
def test_facets_of_few_events_in_whole_months_that_take_long_to_find_are_tallied(query, monkeypatch):
    enter(oracle.a_world(4, 60))
    published("old", "1990-05-06", topics=("trade",))
    counted = [question(query).facets(most) for most in (None, 1)]
    assert counted[0].number == Number(2)  # one is open
    monkeypatch.setattr(summaries, "MOST_COST", -1)
    monkeypatch.setattr(summaries, "FEW", -1)

    assert [question(query).facets(most) for most in (None, 1)] == counted
    assert question({**query, "disputed": "false"}).facets().number.approximate
    assert question({"to": "1990-05-30"}).facets().number.approximate
    monkeypatch.setattr(summaries, "MOST_TALLIED", 60)
    assert question(query).facets().number.approximate


def test_the_tallies_follow_what_is_published_and_withdrawn():
    world = oracle.a_world(5, 40)
    enter(world)
    withdraw(Event.objects.filter(slug__in=[entry.slug for entry in world[::2]]))
    left = world[1::2]

    for query in ({}, {"country": ["US"]}, {"topic": ["minerals"]}, {"type": ["summit"]}, {"actor": ["bloc"]}):
        assert question(query).count() == Number(len(expected(left, query))), query
        check_density(left, {**query, "from": "2025-10-05"}, 3)


def facets_of(world, query):
    """The facets that the oracle finds."""
    found = [entry for entry in world if fits(entry, query, world)]
    names = {code: name for name, code in ACTOR_NAMES.items()}
    slug = {"CN": "china", "UZ": "uzbekistan", **names}
    return {
        "country": Counter(code for entry in found for code in oracle.involved(entry)),
        "actor": Counter(slug.get(who, who) for entry in found for who in {who for who, _ in entry.parts}),
        "type": Counter(name for entry in found for name in oracle.TYPES[entry.type]),
        "topic": Counter(name for entry in found for name in {n for t in entry.topics for n in oracle.TOPICS[t]}),
    }


def test_facets_agree_with_the_oracle():
    world = oracle.a_world(6, 60)
    enter(world)

    @given(queries)
    @twenty_five
    def every_query(drawn):
        query = made_valid(drawn, EVERYTHING)
        found = question(query).facets()
        assert found.number == Number(len(expected(world, query)))
        assert found.values == facets_of(world, query)
        assert set(found.years) <= {2025}
        if WINDOW & query.keys():
            assert found.years[2025] == found.number.count

    every_query()


def test_years_are_those_of_overlap():
    (
        published("day", "2020-05-01"),
        published("years", "2019/2021"),
        published("open", "2022/.."),
        published("late", "2024"),
    )

    assert question({}).facets().years == {2019: 1, 2020: 2, 2021: 1, 2022: 1, 2023: 1, 2024: 2}
    assert question({"from": "2023", "to": "2026"}).facets().years == {2023: 1, 2024: 2, 2025: 1, 2026: 1}
    assert question({"to": "2020"}).facets().years == {2019: 1, 2020: 2}
    assert question({"from": "2026"}).facets().years == {2026: 1}


def test_what_is_open_at_both_ends_of_what_is_asked_for_is_in_that_year():
    published("until", "../2025")
    assert question({"to": "2010"}).facets().years == {2010: 1}
    assert question({"from": "2020"}).facets().years == dict.fromkeys(range(2020, 2026), 1)


def test_what_is_not_known_to_the_year_is_certainly_in_none():
    published("decade", "202X"), published("year", "2024")

    found = question({"from": "2015", "to": "2035", "certainty": "certain"}).facets()

    assert (found.number, found.years) == (Number(2), {2024: 1})


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-15", "9999", "0001-01-01", "0001-01-15"])
@pytest.mark.parametrize("query", [{}, {"from": "0001"}, {"to": "9999"}, {"country": "US"}, {"disputed": "false"}])
def test_what_is_at_an_end_of_the_calendar_is_counted_where_it_is(day, query):
    published("event", "2026-10-05", "US"), published("placeholder", day, "US")

    found = question(query).density(10, 3)

    assert found.number == question(query).count() == Number(2)
    assert sum(map(len, found.highlights)) == 2
    for start, end, count in zip(found.buckets.starts, found.buckets.ends, found.counts, strict=True):
        assert Number(count) == question(in_bucket(query, start, end)).count(), (start, end)


@pytest.mark.parametrize("query", [{}, {"disputed": "false"}])
def test_what_is_open_has_no_day_there(query):
    published("event", "2026-10-05"), published("since", "2026-10-07/.."), published("until", "../2026-10-03")

    buckets = question(query).density(10, 3).buckets

    assert (buckets.first, buckets.last) == (datetime.date(2026, 10, 1), datetime.date(2026, 10, 31))


def test_facets_are_the_values_with_the_highest_numbers_and_of_equal_ones_the_first():
    for n, topics in enumerate([("trade",), ("trade",), ("minerals",), ("reach",), ("re-export",)]):
        published(f"event-{n}", topics=topics)

    assert question({}).facets(1).values["topic"] == {"trade": 2}
    assert list(question({}).facets(3).values["topic"].items()) == [("trade", 2), ("minerals", 1), ("re-export", 1)]
    assert question({}).facets().values["topic"] == {"trade": 2, "minerals": 1, "re-export": 1, "reach": 1}
    assert question({}).facets(3).number == Number(5)


def test_without_a_known_day_there_are_no_buckets():
    assert question({}).density(10, 3) == summaries.Density(Number(0))
    assert question({"country_all": [], "q": "nothing"}).density(10, 3) == summaries.Density(Number(0))
    assert question({}).facets() == summaries.Facets(
        Number(0), {"country": Counter(), "actor": Counter(), "type": Counter(), "topic": Counter()}, Counter()
    )


def test_many_events_are_estimated_from_the_sample(monkeypatch):
    published("event", "2025-11-06", topics=("trade",))
    copied(640)
    monkeypatch.setattr(summaries, "MOST_COUNTED", 500)
    monkeypatch.setattr(samples, "MOST_WALKED", 500)
    in_sample = Publication.objects.filter(sample=True).count()
    assert in_sample > 1  # as it is for any 641 ids in a row
    number = Number(SAMPLED * in_sample, approximate=True)

    assert question({}).count() == Number(641)  # the tallies know
    assert question({"topic": "trade"}).count() == Number(641)
    estimated = question({"disputed": "false"})
    assert estimated.count() == number
    found = estimated.density(10, 2)
    assert (found.number, found.buckets) == (number, cut(datetime.date(2025, 11, 1), datetime.date(2025, 11, 30), 10))
    assert found.counts == [
        number.count if start == datetime.date(2025, 11, 3) else 0 for start in found.buckets.starts
    ]
    assert [len(bucket) for bucket in found.highlights] == [
        2 if start == datetime.date(2025, 11, 3) else 0 for start in found.buckets.starts
    ]
    facets = estimated.facets()
    assert (facets.number, facets.years) == (number, {2025: number.count})
    assert facets.values["topic"] == {"trade": number.count}
    facets = question({"to": "2025-11-29"}).facets()
    assert (facets.number, facets.years) == (Number(641, approximate=True), {2025: 641})
    assert facets.values["topic"] == {"trade": 641}


def test_a_density_that_is_estimated_has_the_number_and_the_months_that_the_tallies_know(monkeypatch):
    published("event", "2025-11-06", topics=("trade",))
    copied(640)
    published("later", "2025-12-20", topics=("trade",), pk=10**8)  # in no sample
    monkeypatch.setattr(summaries, "MOST_COUNTED", 500)
    monkeypatch.setattr(samples, "MOST_WALKED", 500)
    weeks = cut(datetime.date(2025, 11, 1), datetime.date(2025, 12, 31), 10)
    assert weeks.unit == "week"

    for query in ({"topic": "trade"}, {"topic": "trade", "from": "2025-11", "to": "2025-12"}):
        found = question(query).density(10, 0)
        assert (found.number, found.buckets) == (Number(642, approximate=True), weeks)
        assert found.counts == [642 if start == datetime.date(2025, 11, 3) else 0 for start in weeks.starts]
    assert question({"topic": "trade", "to": "2025-11-29"}).density(10, 0).number == Number(641, approximate=True)


@pytest.fixture
def many(monkeypatch):
    """Publications of two countries and two months, a thousand each, so that all numbers of them are estimates."""
    monkeypatch.setattr(summaries, "MOST_COUNTED", -1)
    monkeypatch.setattr(summaries, "FEW", -1)
    for like in published("autumn", "2025-11-06", "US"), published("winter", "2025-12-06", "CN"):
        [row] = Publication.objects.filter(event=like)
        [country] = row.countries.all()
        events = Event.objects.bulk_create(Event(slug=f"{like.slug}-{n}", type=like.type) for n in range(1000))
        rows = Publication.objects.bulk_create(copy_of(row, event) for event in events)
        PublicationCountry.objects.bulk_create(
            PublicationCountry(
                publication=row,
                code=country.code,
                ways=country.ways,
                event_id=row.event_id,
                start_min=row.start_min,
                end_max=row.end_max,
                significance=row.significance,
            )
            for row in rows
        )
        tallies.count(added=rows)
    return list(Publication.objects.all())


IN_THE_SAMPLE = [
    ({"country": "CN", "disputed": "false"}, {12}),
    ({"country": "CN", "involvement": "participant"}, {12}),
    ({"country_all": "CN", "on": "2025-12", "type": "meeting"}, {12}),
    ({"country": "CN", "on": "2025-11", "disputed": "false"}, set()),
    ({"on": "2025-12", "disputed": "false"}, {12}),
    ({"from": "2025", "certainty": "certain"}, {11, 12}),
]
"""Queries, with the months that they find of `many`."""


def test_estimates_are_what_is_in_the_sample(many, monkeypatch):
    sizes = [(10_000, 0, DENSE), (-1, 10**9, SAMPLED), (-1, -1, SPARSE)]
    for (most_walked, sparse_from, one_in), (query, months) in product(sizes, IN_THE_SAMPLE):
        monkeypatch.setattr(samples, "MOST_WALKED", most_walked)
        monkeypatch.setattr(samples, "MANY", sparse_from)
        drawn = [
            one
            for one in many
            if one.start_min.month in months and one.event_id * 7919 % 1_000_003 % one_in == 0  # by hand
        ]
        number = Number(one_in * len(drawn), approximate=True)
        by_country = Counter(code for one in drawn for code in one.countries_involved)

        facets = question(query).facets()

        assert bool(drawn) == bool(months), (one_in, query)  # some of any thousand ids in a row
        assert (question(query).count(), facets.number) == (number, number), (one_in, query)
        assert facets.values["country"] == {code: one_in * times for code, times in by_country.items()}, (one_in, query)
        assert sum(question(query).density(10, 1).counts) == number.count, (one_in, query)


@pytest.mark.parametrize("query", [{}, {"country": "CN"}, {"on": "2025-12", "disputed": "false"}])
def test_of_a_past_state_no_sample_is_dense(many, query):
    in_sample = [one for one in many if one.sample and (not query or one.start_min.month == 12)]

    assert question(query, at=2).count() == Number(SAMPLED * len(in_sample), approximate=True)


def test_of_a_past_state_nothing_depends_on_what_the_database_expects(monkeypatch):
    published("event")
    copied(640)
    monkeypatch.setattr("timeline.plans.expected", None)
    past = question({"disputed": "false"}, at=1)

    assert past.count() == past.density(10, 0).number == past.facets().number == Number(641)
    monkeypatch.setattr(summaries, "MOST_COUNTED", 500)
    estimate = Number(SAMPLED * Publication.objects.filter(sample=True).count(), approximate=True)
    assert estimate.count > 500
    assert past.count() == past.density(10, 0).number == past.facets().number == estimate


def test_what_the_database_expects_wrongly_is_counted_all_the_same(monkeypatch):
    published("event")
    monkeypatch.setattr(Question, "_expected", lambda question, columns: (1_000_000.0, 1_000_000.0))

    assert question({"disputed": "false"}).count() == Number(1)


def test_the_sample_is_about_one_in_so_many():
    """By the expression of the column, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef "
            "JOIN pg_attribute ON (adrelid, adnum) = (attrelid, attnum) "
            "WHERE attrelid = 'timeline_publication'::regclass AND attname = 'sample'"
        )
        [(sample,)] = cursor.fetchall()
        cursor.execute(f"SELECT count(*) FROM generate_series(1, {64 * SAMPLED}) AS given (event_id) WHERE {sample}")
        [(drawn,)] = cursor.fetchall()

    # 64 drawn by chance would be 40 to 88 in 997 of 1,000 tries; the ids are neighbours, and not drawn.
    assert 40 <= drawn <= 88
