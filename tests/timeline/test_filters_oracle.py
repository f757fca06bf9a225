"""Every filter and their combinations against `tests.timeline.oracle`, which knows no queries."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event, Membership
from tests.assertions import slugs
from tests.builders import actor, draft, event_type, state, topic
from tests.copies import filled_once
from tests.timeline import oracle
from timeline import traits
from timeline.models import Timeline
from timeline.publishing import publish, publish_vocabulary

pytestmark = pytest.mark.django_db


def enter(world):
    """Enters and publishes a world; the memberships and vocabulary too."""
    # Tests may change what is written for the same world.
    filled_once((repr(world), traits.MOST_MONTHS, traits.WRITTEN_TOGETHER), lambda: publish_world(world))


def publish_world(world):
    who = {code: state(code) for code in oracle.STATES}
    who |= {"minister": actor("minister"), "ministry": actor("ministry", "body"), "bloc": actor("bloc", "bloc")}
    for member, group, since, until, _ in oracle.MEMBERSHIPS:
        Membership.objects.create(member=who[member], group=who[group], since=since, until=until, role="member")
    event_type("summit", "meeting"), event_type("measure"), topic("rare-earths", "minerals"), topic("trade")
    events: dict[str, Event] = {}
    for entry in world:
        events[entry.slug] = draft(
            entry.slug,
            entry.when.text,
            *((who[name], role) for name, role in entry.parts),
            type=entry.type,
            topics=tuple(entry.topics),
            place_country=who[entry.place] if entry.place else None,
            effective=entry.effective.text if entry.effective else "",
            relations=tuple((kind, events[target]) for kind, target in entry.relations),
        )
    publish(events.values())
    types = [event_type(slug) for slug in oracle.TYPES]
    publish_vocabulary(actors=who.values(), types=types, topics=[topic(slug) for slug in oracle.TOPICS])


def some(values, most=2):
    return st.lists(st.sampled_from(list(values)), max_size=most, unique=True)


periods = st.none() | st.sampled_from([*map(str, oracle.DAYS), "2025-10", "2025-11", "2025"])
queries = st.fixed_dictionaries(
    {
        "country": some(oracle.STATES),
        "country_all": some(oracle.STATES),
        "involvement": some(["participant", "representative", "bloc", "location"]),
        "actor": some(["united-states", "minister", "ministry", "bloc"]),
        "role": some(oracle.ROLES),
        "type": some(oracle.TYPES),
        "topic": some(oracle.TOPICS),
        "from": periods,
        "to": periods,
        "on": periods,
        "in_force_on": st.none() | st.sampled_from(list(map(str, oracle.DAYS))),
        "certainty": st.sampled_from([None, "possible", "certain"]),
    }
)
ACTOR_NAMES = {"united-states": "US"}
KEYED = {"country", "country_all", "actor", "role", "type", "topic", "involvement"}
"""Filters that the index by keys can answer."""


def days_of(period):
    return {day for day in oracle.DAYS if day.isoformat().startswith(period)}


def made_valid(query, wanted):
    """`query` with the filters in `wanted` only, and without contradictions."""
    query = {name: value for name, value in query.items() if name in wanted and value}
    if query.get("on"):
        query.pop("from", None), query.pop("to", None)
    if "from" in query and "to" in query and min(days_of(query["from"])) > max(days_of(query["to"])):
        query["from"], query["to"] = query["to"], query["from"]
    if not ("country" in query or "country_all" in query):
        query.pop("involvement", None)
    if query.get("involvement") == ["location"] and not query.get("actor"):  # nobody has a role in that
        query.pop("role", None)
    if not query.keys() & {"from", "to", "on", "in_force_on"}:
        query.pop("certainty", None)
    return query


def timeline(query, picked):
    """Publishes a timeline `line` of what a saved filter finds, and of hand-picked events; its definition is new."""
    made, _ = Timeline.objects.update_or_create(
        slug="line", defaults={"titles": {"en": "Line"}, "query": urlencode(query, doseq=True)}
    )
    made.events.set(Event.objects.filter(slug__in=picked))
    publish_vocabulary(timelines=[made])


def in_timeline(world, saved, picked, query):
    """The slugs of what the oracle finds in such a timeline, by a query."""
    members = set(picked) | (expected(world, saved) if saved else set())
    return expected(world, query) & members


def expected(world, query):
    return {entry.slug for entry in world if fits(entry, query, world)}


def fits(entry, query, world):
    certain = query.get("certainty") == "certain"
    ways, roles = query.get("involvement"), query.get("role")
    countries = oracle.involved(entry)

    def involves(code):
        country_roles = None if query.get("actor") else roles
        return any(
            (not ways or way in ways) and (not country_roles or role in country_roles)
            for way, role in countries.get(code, ())
        )

    def overlaps(days):
        return entry.when.certainly(days) if certain else entry.when.possibly(days)

    parts = [(who, role) for who, role in entry.parts if not roles or role in roles]
    if "country" in query and not any(map(involves, query["country"])):
        return False
    if "country_all" in query and not all(map(involves, query["country_all"])):
        return False
    if "actor" in query:
        if not {ACTOR_NAMES.get(name, name) for name in query["actor"]} & {who for who, _ in parts}:
            return False
    elif roles and "country" not in query and "country_all" not in query and not parts:
        return False
    if "type" in query and not set(query["type"]) & set(oracle.TYPES[entry.type]):
        return False
    if "topic" in query and not any(set(query["topic"]) & set(oracle.TOPICS[name]) for name in entry.topics):
        return False
    first = min(days_of(query["from"])) if "from" in query else oracle.BEGINNING
    last = max(days_of(query["to"])) if "to" in query else oracle.FAR
    # Bounds beyond the world's days stand for all days there are.
    window = {day for day in (oracle.BEGINNING, *oracle.DAYS, oracle.FAR) if first <= day <= last}
    if ("from" in query or "to" in query) and not overlaps(window):
        return False
    if "on" in query and not overlaps(days_of(query["on"])):
        return False
    if "in_force_on" in query:
        (day,) = days_of(query["in_force_on"])
        return oracle.in_force(entry, day, world, certain=certain)
    return True


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "wanted",
    [
        {"country", "country_all", "involvement", "role", "actor"},
        {"from", "to", "on", "certainty"},
        {"in_force_on", "certainty"},
        {"country", "involvement", "role", "from", "to", "certainty", "type", "topic"},
        {"country_all", "on", "in_force_on", "certainty", "actor", "role"},
    ],
    ids=lambda wanted: "+".join(sorted(wanted)),
)
def test_filters_agree_with_the_oracle(client, seed, wanted):
    world = oracle.a_world(seed, 60)
    enter(world)

    @given(queries)
    @settings(max_examples=50)
    def every_query(drawn):
        query = made_valid(drawn, wanted)
        found = slugs(client, urlencode({**query, "page_size": 500, "fields": "id"}, doseq=True))
        assert len(found) == len(set(found))
        assert set(found) == expected(world, query)

    every_query()


@pytest.mark.parametrize("more", [set(), {"from", "to", "on", "certainty"}, {"in_force_on", "certainty"}], ids=len)
def test_timelines_agree_with_the_oracle(client, more):
    world = oracle.a_world(5, 60)
    enter(world)

    @given(queries, some([entry.slug for entry in world[:20]], most=5), queries)
    @settings(max_examples=40)
    def every_timeline(drawn, picked, asked):
        saved, query = made_valid(drawn, KEYED | more), made_valid(asked, {"country", "topic"} | more)
        timeline(saved, picked)
        wanted = in_timeline(world, saved, picked, query)
        address = urlencode({**query, "timeline": "line", "page_size": 500, "fields": "id"}, doseq=True)

        for ordering in ("date", "-updated"):
            found = slugs(client, f"{address}&ordering={ordering}")
            assert len(found) == len(set(found))
            assert set(found) == wanted
        counted = urlencode({**query, "timeline": "line"}, doseq=True)
        assert client.get(f"/api/v1/events/count/?{counted}").json()["count"] == len(wanted)

    every_timeline()
