"""The names that a file passes on."""

import pytest

from events.interchange import moving
from events.models import Actor, Event
from tests.builders import draft, state

pytestmark = pytest.mark.django_db


def test_names_that_move_are_known_while_their_holders_have_them(monkeypatch):
    monkeypatch.setattr(moving, "TOGETHER", 2)
    for code in ("UZ", "KZ", "US"):
        state(code)
    for slug in ("one", "two", "three"):
        draft(slug, external_id=f"test:{slug}")
    moving.start(
        [
            {"record": "actor", "slug": "uzbekistan", "code": "KZ"},
            {"record": "actor", "slug": "kazakhstan"},
            {"record": "actor", "slug": "united-states", "code": "US"},
            {"record": "event", "external_id": "test:one", "slug": "two"},
            {"record": "event", "external_id": "test:one", "slug": "four"},
            {"record": "event", "external_id": "test:two", "slug": "two"},
            {"record": "event", "slug": "three"},
        ]
    )

    codes = {str(actor.code): actor.pk for actor in Actor.objects.all()}
    slugs = {event.slug: event.pk for event in Event.objects.all()}
    assert moving.leaving("actor", codes) == {"UZ", "KZ"}
    assert moving.leaving("event", slugs) == {"one"}
    assert moving.leaving("actor", codes | {"KZ": codes["UZ"]}) == {"UZ"}
    assert moving.leaving("event", codes) == set()
    assert moving.leaving("event", {}) == set()


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"record": ["actor"], "slug": "uzbekistan"},
        {"record": "topic", "slug": "uzbekistan"},
        {"record": "actor", "slug": ["uzbekistan"]},
        {"record": "actor", "slug": "uzbekistan", "code": 1},
        {"record": "actor", "slug": "uzbekistan", "code": "K\0"},
        {"record": "event", "external_id": "test:\0", "slug": "one"},
        {"record": "event", "external_id": "test:one", "slug": None},
    ],
)
def test_what_is_no_name_moves_nothing(record):
    state("UZ"), draft("one", external_id="test:one")

    moving.start([record])
    assert moving.leaving("actor", {"UZ": Actor.objects.get().pk}) == set()
    assert moving.leaving("event", {"one": Event.objects.get().pk}) == set()
