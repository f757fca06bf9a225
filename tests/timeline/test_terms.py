"""What becomes public of the vocabulary with an event: what it names, and no more of anything else than links need."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import actor, event_type, member, published, state, topic
from timeline.models import Term, Timeline
from timeline.public_states import public_states
from timeline.publishing import publish_vocabulary

pytestmark = pytest.mark.django_db


def read(client: Any, path: str) -> Any:
    return client.get(f"/api/v1/{path}").json()


def rename(entry: Any, name: str) -> None:
    """An edit that is not published."""
    entry.names = {"en": name}
    entry.save()


def test_a_group_becomes_public_with_its_first_member(client):
    club = actor("club", "bloc")
    member(club, state("UZ"))
    published("visit", "2025-10", "UZ")
    assert read(client, "actors/club/")["name"] == "Club"
    assert read(client, "actors/uzbekistan/")["memberships"] == [{"group": "club", "name": "Club", "role": "member"}]


@pytest.mark.parametrize(
    "publish_member",
    [lambda: published("visit", "2025-10", "UZ"), lambda: publish_vocabulary(actors=[state("UZ")])],
)
def test_an_edit_of_a_public_group_waits_until_somebody_publishes_it(client, publish_member):
    club = actor("club", "bloc")
    member(club, state("UZ"))
    published("summit", "2025-09", club)
    rename(club, "In hand")
    rename(state("UZ"), "O‘zbekiston")

    publish_member()
    shown = read(client, "actors/uzbekistan/")
    assert (shown["name"], shown["memberships"][0]["name"]) == ("O‘zbekiston", "Club")
    assert read(client, "actors/club/")["name"] == "Club"

    published("second-summit", "2025-11", club)
    assert read(client, "actors/club/")["name"] == "In hand"


def test_members_say_what_their_group_is_called_by_now_and_nothing_else_new(client):
    minister, club = actor("jane"), actor("club", "bloc")
    member(state("US"), minister, "2020", role="minister"), member(club, minister)
    published("visit", "2025-10", minister)
    rename(minister, "Draft")
    us = state("US")
    us.names = {"en": "Yankees", "de": "Amis"}
    us.save()

    publish_vocabulary(actors=[us])
    named = [
        (read(client, f"actors/jane/?{query}")["name"], read(client, f"actors/jane/?{query}")["memberships"])
        for query in ("lang=en", "lang=de", "as_of=1")
    ]
    of_club = {"group": "club", "name": "Club", "role": "member"}
    assert named == [
        ("Jane", [of_club, {"group": "united-states", "name": name, "role": "minister", "since": "2020"}])
        for name in ("Yankees", "Amis", "United States")
    ]
    rename(minister, "Jane")
    states = public_states(Term.Kind.ACTOR, [minister, us])
    assert {slug: state.said for slug, state in states.items()} == {"jane": "version 2", "united-states": "version 2"}
    assert publish_vocabulary(actors=[minister, us]) == []


def test_members_who_are_published_with_their_group_get_one_new_version(client):
    minister = actor("jane")
    member(state("US"), minister, "2020", role="minister")
    published("visit", "2025-10", minister)
    us = state("US")
    for entry, name in ((us, "Yankees"), (minister, "Joan")):
        rename(entry, name)

    publish_vocabulary(actors=[minister, us])
    found = read(client, "actors/jane/")
    assert (found["name"], found["memberships"][0]["name"]) == ("Joan", "Yankees")
    assert Term.objects.filter(key="jane").count() == 2


def test_those_through_whom_somebody_speaks_are_published_with_him(client):
    ministry = actor("ministry", "body")
    member(ministry, actor("minister"))
    member(state("UZ"), ministry)
    published("visit", "2025-09", actor("minister"))
    rename(ministry, "Ministry of Trade")

    published("talks", "2025-10", actor("minister"))
    assert read(client, "actors/ministry/")["name"] == "Ministry of Trade"
    assert read(client, "actors/minister/")["memberships"][0]["name"] == "Ministry of Trade"


@pytest.mark.parametrize(("make", "path", "value"), [(event_type, "types", "type"), (topic, "topics", "topics")])
def test_an_edit_of_a_type_or_topic_above_waits_too(client, make, path, value):
    make("low", "high")
    chosen = {"type": "low"} if value == "type" else {"topics": ("low",)}
    published("first", "2025-09", "UZ", **chosen)
    assert read(client, f"{path}/high/")["name"] == "High"
    rename(make("high"), "In hand")
    rename(make("low"), "Lower")

    published("second", "2025-10", "UZ", **chosen)
    assert read(client, f"{path}/low/")["name"] == "Lower"
    assert read(client, f"{path}/high/")["name"] == "High"


def test_no_successor_or_predecessor_is_named_that_is_a_draft(client):
    old, known, new = state("SUHH"), state("RU"), state("XN")
    old.successors.add(known)
    known.successors.add(new)

    publish_vocabulary(actors=[known])
    assert not {"successors", "predecessors"} & client.get("/api/v1/countries/RU/").json().keys()
    publish_vocabulary(actors=[old])
    country = client.get("/api/v1/countries/RU/").json()
    assert (country["predecessors"], country.get("successors")) == (["SUHH"], None)
    assert client.get("/api/v1/countries/SUHH/").json()["successors"] == ["RU"]
    publish_vocabulary(actors=[new])
    assert client.get("/api/v1/countries/RU/").json()["successors"] == ["XN"]
    assert client.get("/api/v1/countries/XN/").json()["predecessors"] == ["RU"]


pairs = st.sampled_from(list(itertools.permutations(["RU", "SUHH", "XN", "YUCS"], 2)))


@given(st.lists(pairs | st.lists(st.sampled_from(["RU", "SUHH", "XN", "YUCS"]), min_size=1, unique=True), max_size=12))
@settings(max_examples=25)
def test_a_succession_is_public_in_both_entries_as_of_the_last_publication_of_either(client, steps):
    """A pair is linked, or not any more; a list of states is published."""
    public: set[str] = set()
    drafts: set[tuple[str, str]] = set()
    links: set[tuple[str, str]] = set()
    with transaction.atomic():
        states = {code: state(code) for code in ("RU", "SUHH", "XN", "YUCS")}
        for step in steps:
            if isinstance(step, tuple):
                old, new = (states[code] for code in step)
                (old.successors.remove if step in drafts else old.successors.add)(new)
                drafts ^= {step}
                continue
            publish_vocabulary(actors=[states[code] for code in step])
            public |= set(step)
            renewed = {pair for pair in itertools.permutations(public, 2) if not set(step).isdisjoint(pair)}
            links = (links - renewed) | (drafts & renewed)
        for code in public:
            for language in ("en", "de"):
                country = client.get(f"/api/v1/countries/{code}/?lang={language}").json()
                assert country.get("successors", []) == sorted(new for old, new in links if old == code)
                assert country.get("predecessors", []) == sorted(old for old, new in links if new == code)
        transaction.set_rollback(True)


def test_a_timeline_says_which_languages_its_texts_are_in(client):
    texts = {
        "one": ({"en": "One"}, {"en": "First."}),
        "two": ({"en": "Two", "de": "Zwei"}, {"en": "Second."}),
        "three": ({"de": "Drei"}, {"en": "Third.", "de": "Drittens."}),
        "four": ({"de": "Vier"}, {}),
    }
    entries = [Timeline.objects.create(slug=slug, titles=t, summaries=s) for slug, (t, s) in texts.items()]
    publish_vocabulary(timelines=entries)

    def said(language):
        chosen = "id,title,summary,language,fallback_from,summary_language"
        return read(client, f"timelines/?lang={language}&fields={chosen}")["results"]

    assert said("en") == [
        {"id": "four", "title": "Vier", "language": "de", "fallback_from": "en"},
        {"id": "one", "title": "One", "summary": "First.", "language": "en"},
        {
            **{"id": "three", "title": "Drei", "summary": "Third."},
            **{"language": "de", "fallback_from": "en", "summary_language": "en"},
        },
        {"id": "two", "title": "Two", "summary": "Second.", "language": "en"},
    ]
    assert said("de") == [
        {"id": "four", "title": "Vier", "language": "de"},
        {"id": "one", "title": "One", "summary": "First.", "language": "en", "fallback_from": "de"},
        {"id": "three", "title": "Drei", "summary": "Drittens.", "language": "de"},
        {
            **{"id": "two", "title": "Zwei", "summary": "Second."},
            **{"language": "de", "fallback_from": "de", "summary_language": "en"},
        },
    ]
    one = read(client, "timelines/one/?lang=de")
    assert list(one) == ["id", "url", "title", "summary", "language", "fallback_from", "events_url"]
    assert one["url"] == "http://testserver/api/v1/timelines/one/"
