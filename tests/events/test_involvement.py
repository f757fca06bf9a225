"""Involvement by example, and against a slow reading that looks at every single day."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dates import parse
from events.involvement import Affiliations, involvement
from events.models import Actor, Membership
from tests.builders import actor, member, state


def ways(participants, when, place=None):
    """Code → ways, with the memberships read from the database."""
    affiliations = Affiliations.of({who for who, _ in participants})
    return {
        entry.actor.code: [str(way) for way in entry.ways]
        for entry in involvement(participants, place, parse(when), affiliations)
    }


pytestmark = pytest.mark.django_db


def test_a_state_that_takes_part_and_the_place():
    assert ways([(state("US"), "host"), (state("CN"), "visitor")], "2025", state("US")) == {
        "CN": ["participant"],
        "US": ["participant", "location"],
    }


def test_a_state_only_by_location():
    assert ways([(state("US"), "participant")], "2025-10-30", state("KR")) == {
        "KR": ["location"],
        "US": ["participant"],
    }


@pytest.mark.parametrize(
    ("when", "involved"),
    [
        ("2021-01-20", {"US": ["representative"]}),
        ("2021-01-21", {}),
        ("2025-01-19", {}),
        ("2025-01-20", {"US": ["representative"]}),
        ("2021-01", {"US": ["representative"]}),
        ("2022/2024", {}),
        ("2022/2025", {"US": ["representative"]}),
        ("2022/..", {"US": ["representative"]}),
    ],
)
def test_a_person_speaks_for_a_state_in_office_only(when, involved):
    president = actor("donald-trump")
    member(state("US"), president, "2017-01-20", "2021-01-20")
    member(state("US"), president, "2025-01-20")

    assert ways([(president, "host")], when) == involved


def test_a_person_through_a_ministry_at_the_time_of_both_memberships():
    minister, ministry = actor("minister"), actor("ministry", "body")
    member(ministry, minister, "2010", "2012")
    member(state("SUHH"), ministry, "", "2010-06-30")
    member(state("DE"), ministry, "2011")

    assert ways([(minister, "speaker")], "2010-05") == {"SUHH": ["representative"]}
    assert ways([(minister, "speaker")], "2010-12") == {}
    assert ways([(minister, "speaker")], "2012") == {"DE": ["representative"]}
    assert ways([(minister, "speaker")], "2013") == {}


def test_a_bloc_stands_for_its_members_at_the_time():
    brics = actor("brics", "bloc")
    member(brics, state("CN"), "2009")
    member(brics, state("KZ"), "2024-01-01")

    assert ways([(brics, "participant")], "2023-08-22/2023-08-24") == {"CN": ["bloc"]}
    assert ways([(brics, "participant")], "2024-10-22/2024-10-24") == {"CN": ["bloc"], "KZ": ["bloc"]}


def test_nobody_is_involved_through_a_member_of_a_member():
    union, group = actor("european-union", "bloc", code="EU"), actor("g20", "bloc")
    member(union, state("DE"), "1993-11-01")
    member(group, union, "1999")
    commissioner = actor("commissioner")
    member(union, commissioner, "2019")

    assert ways([(group, "participant")], "2020") == {"EU": ["bloc"]}
    assert ways([(union, "participant")], "2020") == {"DE": ["bloc"], "EU": ["participant"]}
    assert ways([(commissioner, "speaker")], "2020") == {"EU": ["representative"]}
    assert ways([(state("DE"), "participant")], "2020") == {"DE": ["participant"]}


def test_roles_are_kept_by_way():
    president = actor("president")
    member(state("US"), president)
    entries = involvement(
        [(state("US"), "imposer"), (president, "speaker"), (president, "host")],
        None,
        parse("2025"),
        Affiliations.of([president]),
    )

    assert [(entry.actor.code, entry.roles) for entry in entries] == [
        ("US", {"participant": {"imposer"}, "representative": {"speaker", "host"}})
    ]


def test_memberships_in_a_circle_end():
    one, other = actor("one", "organisation"), actor("other", "organisation")
    member(one, other)
    member(other, one)
    member(state("US"), other)

    assert ways([(one, "participant")], "2025") == {"US": ["representative"]}


def test_affiliations_take_two_queries_a_step(django_assert_num_queries):
    minister, ministry, bloc = actor("minister"), actor("ministry", "body"), actor("bloc", "bloc")
    member(ministry, minister)
    member(state("US"), ministry)
    member(bloc, state("US"))

    with django_assert_num_queries(5):  # the minister's, the ministry's, the bloc's; each with new actors but the last
        Affiliations.of([minister, bloc])


# The slow reading

DAYS = [datetime.date(2025, 1, day) for day in range(1, 11)]
KINDS = ["state", "state", "state", "bloc", "bloc", "body", "body", "person", "person", "company"]
CODED = {0: "AA", 1: "BB", 2: "CC", 3: "DD"}  # three states and one bloc

days = st.none() | st.sampled_from(DAYS)
links = st.tuples(st.integers(0, 9), st.integers(0, 9), days, days)


@given(
    st.lists(links, max_size=14),
    st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True),
    st.sampled_from(DAYS),
    st.integers(0, 9),
    st.none() | st.integers(0, 2),
)
def test_involvement_agrees_with_a_reading_of_every_day(links, takes_part, first, length, place):
    actors = [Actor(pk=number, kind=kind, code=CODED.get(number)) for number, kind in enumerate(KINDS)]
    # The database refuses a membership of oneself, and one that ends before it began.
    links = [link for link in links if link[0] != link[1] and not (link[2] and link[3] and link[2] > link[3])]
    memberships = [
        Membership(pk=pk, member=actors[who], group=actors[of], since_min=since, until_max=until)
        for pk, (who, of, since, until) in enumerate(links)
    ]
    last = min(first + datetime.timedelta(days=length), DAYS[-1])
    going_on = [day for day in DAYS if first <= day <= last]

    expected: dict[str, set[str]] = {}
    for day in going_on:
        for number in takes_part:
            for code, way in on_one_day(number, day, links):
                expected.setdefault(code, set()).add(way)
    if place is not None:
        expected.setdefault(CODED[place], set()).add("location")

    found = involvement(
        [(actors[number], "participant") for number in takes_part],
        None if place is None else actors[place],
        parse(f"{first}/{last}"),
        Affiliations(memberships),
    )
    assert {entry.actor.code: {str(way) for way in entry.ways} for entry in found} == expected


def on_one_day(number, day, links):
    """(code, way) for everybody involved on `day` because this actor takes part."""
    held = [(who, of) for who, of, since, until in links if (since or day) <= day <= (until or day)]
    if number in CODED:
        yield CODED[number], "participant"
    if KINDS[number] == "bloc":
        yield from ((CODED[who], "bloc") for who, of in held if of == number and who in CODED)
    if KINDS[number] in ("state", "bloc"):
        return
    reached, grew = {number}, True
    while grew:
        above = {of for who, of in held if who in reached and KINDS[who] not in ("state", "bloc")}
        grew = not above <= reached
        reached |= above
    yield from ((CODED[one], "representative") for one in reached if one in CODED)
