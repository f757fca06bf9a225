"""What the admin says of the saved filters of public timelines when a code that they name goes."""

from __future__ import annotations

from typing import Any

import pytest

from events.models import Actor
from tests.builders import actor, draft, published, state
from tests.events.admin.forms import address
from tests.timeline.test_admin import act
from timeline.filters import named_by
from timeline.models import Timeline
from timeline.publishing import publish_vocabulary
from timeline.refreshing import refresh_all
from timeline.saved_filters import public_filters

pytestmark = pytest.mark.django_db


def timelines(**queries: str) -> dict[str, str]:
    """Public ones, with these saved filters; and by their slugs, the addresses of their forms."""
    entries = [Timeline.objects.create(slug=slug, titles={"en": slug}, query=queries[slug]) for slug in queries]
    publish_vocabulary(timelines=entries)
    return {entry.slug: address(Timeline, "change", entry.pk) for entry in entries}


def with_code(entry: Actor, code: str | None) -> Actor:
    """An edit that is not published."""
    entry.code = code
    entry.save()
    return entry


def lost(pages: dict[str, str], slug: str, named: str) -> str:
    return (
        f'warning: The saved filter of the timeline <a href="{pages[slug]}">{slug}</a> names {named}: it finds less as '
        "soon as the public events have followed. Correct it, and publish the timeline."
    )


def warnings(said: list[str]) -> list[str]:
    return [sentence for sentence in said if sentence.startswith("warning: The saved filter")]


@pytest.mark.parametrize(("code", "now"), [("KZAK", "KZAK"), (None, "no code any more")])
def test_who_publishes_another_code_reads_which_timelines_name_the_old_one(admin_client, code, now):
    published("talks", "2025", "KZ", "UZ")
    pages = timelines(
        any="country=KZ&country=UZ", both="country_all=KZ", fine="country=UZ&q=KZ", there="place=KZ", words="place=Kz"
    )
    Timeline.objects.create(slug="draft", titles={"en": "Draft"}, query="country=KZ")

    said = act(admin_client, "publish_selected", with_code(state("KZ"), code))

    assert said[0] == "success: Published: kazakhstan."
    assert said[2:] == [lost(pages, slug, f"KZ, which is {now}") for slug in ("any", "both", "there")]


def test_who_publishes_it_with_an_event_does_too(admin_client):
    published("talks", "2025", "KZ")
    pages = timelines(kazakh="country=KZ")
    event = draft("visit", "2025", with_code(state("KZ"), "KZAK"))

    said = act(admin_client, "publish_selected", event)
    assert warnings(said) == [lost(pages, "kazakh", "KZ, which is KZAK")]


def test_it_is_said_of_a_timeline_that_is_public_under_another_slug_than_it_has(admin_client):
    published("talks", "2025", "KZ")
    timelines(kazakh="country=KZ")
    Timeline.objects.update(slug="other")

    said = act(admin_client, "publish_selected", with_code(state("KZ"), "KZAK"))

    assert warnings(said) == [lost({"kazakh": address(Timeline, "changelist")}, "kazakh", "KZ, which is KZAK")]


def test_it_is_said_of_a_code_that_has_gone_meanwhile(admin_client, monkeypatch):
    published("talks", "2025", "KZ")
    pages = timelines(kazakh="country=KZ")
    monkeypatch.setattr("timeline.admin.say_what_follows", lambda *_: refresh_all())

    said = act(admin_client, "publish_selected", with_code(state("KZ"), "KZAK"))
    assert warnings(said) == [lost(pages, "kazakh", "KZ, which is KZAK")]


def test_nothing_is_said_of_a_code_that_another_one_has_now(admin_client):
    published("talks", "2025", "KZ")
    timelines(kazakh="country=KZ")
    old, new = with_code(state("KZ"), None), with_code(actor("republic", "state"), "KZ")

    assert warnings(act(admin_client, "publish_selected", old, new)) == []


def test_nothing_is_said_of_what_others_changed(admin_client):
    published("talks", "2025", "KZ", "UZ")
    timelines(kazakh="country=KZ")
    publish_vocabulary(actors=[with_code(state("KZ"), "KZAK")])
    Actor.objects.filter(code="UZ").update(names={"en": "Oʻzbekiston"})

    assert warnings(act(admin_client, "publish_selected", state("UZ"))) == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("country=UZ&country_all=KZ", {("country", "UZ"), ("country", "KZ")}),
        ("place=UZ", {("country", "UZ")}),
        ("place=Samarkand&q=UZ&from=2020", set()),
        ("actor=jane&type=visit&topic=trade", {("actor", "jane"), ("type", "visit"), ("topic", "trade")}),
        ("country=UZ&q=ura*nium", {("country", "UZ")}),  # published before such stars were refused
        ("coutnry=UZ", set()),
        ("", set()),
    ],
)
def test_what_a_saved_filter_names(query: str, named: set[Any]):
    assert named_by(query) == named


def test_the_filters_of_public_timelines():
    published("talks", "2025", "UZ")
    timelines(one="country=UZ", picked="")
    Timeline.objects.create(slug="draft", titles={"en": "Draft"}, query="country=UZ")
    Timeline.objects.filter(slug="one").update(query="country=KZ")

    assert public_filters() == {"one": {("country", "UZ")}}
