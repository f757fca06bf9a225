"""Parts that exchange, or take over, what only one of them can have: what is right in the end is saved."""

from __future__ import annotations

from typing import Any

import pytest

from events.guarding import fingerprint
from events.models import Actor, Event
from tests.builders import actor, draft, member, state
from tests.events.admin.forms import EVENT_PARTS, actor_form, address, errors, posted

pytestmark = pytest.mark.django_db

COLUMNS = {
    "texts": ["language", "title"],
    "participations": ["actor", "role", "name_as_printed"],
    "sources": ["url", "title"],
    "relations": ["kind", "target"],
    "memberships": ["group", "role", "since", "until"],
}


@pytest.fixture
def event() -> Event:
    """An event with two of each part that it has only once."""
    before = draft("before")
    event = draft(
        "talks",
        "2025-11-06",
        (state("UZ"), "host"),
        (state("KZ"), "host"),
        titles={"en": "Talks", "de": "Gespräche"},
        sources=({"title": "First"}, {"title": "Second"}),
        relations=(("follows", before), ("amends", before)),
    )
    event.participations.filter(actor=state("UZ")).update(name_as_printed="First")
    return event


def rows(whole: Any, part: str) -> list[dict[str, Any]]:
    """What a form has of the parts."""
    return list(getattr(whole, part).order_by("pk").values("id", *COLUMNS[part]))


def event_form_with(event: Event, part: str, changed: list[dict[str, Any]]) -> dict[str, Any]:
    """What a browser sends, with these rows of one part instead of those that are there."""
    parts = {name: rows(event, name) for name in EVENT_PARTS if name in COLUMNS} | {part: changed}
    opened = fingerprint(Event.objects.get(pk=event.pk))
    return posted(
        EVENT_PARTS, {"slug": event.slug, "type": event.type_id, "date": event.date, "opened": opened} | parts
    )


EXCHANGED = [("texts", "language"), ("participations", "actor"), ("sources", "url"), ("relations", "kind")]


@pytest.mark.parametrize(("part", "column"), EXCHANGED)
def test_two_parts_of_an_event_are_exchanged(admin_client, event, part, column):
    first, second = rows(event, part)
    exchanged = [first | {column: second[column]}, second | {column: first[column]}]

    response = admin_client.post(address(Event, "change", event.pk), event_form_with(event, part, exchanged))

    assert response.status_code == 302
    assert rows(event, part) == exchanged


@pytest.mark.parametrize(("part", "column"), EXCHANGED)
def test_a_part_takes_the_place_of_one_that_is_deleted(admin_client, event, part, column):
    first, second = rows(event, part)
    replaced = first | {column: second[column]}
    sent = event_form_with(event, part, [replaced, second | {"DELETE": "on"}])

    assert admin_client.post(address(Event, "change", event.pk), sent).status_code == 302
    assert rows(event, part) == [replaced]


@pytest.mark.parametrize(
    ("part", "column", "message"),
    [
        ("texts", "language", "This event already has a text in this language."),
        ("participations", "actor", "This actor already has this role in this event."),
        ("sources", "url", "This event already has a source with this URL."),
        ("relations", "kind", "This relation is already there."),
    ],
)
def test_two_parts_that_have_become_equal_give_error(admin_client, event, part, column, message):
    before = rows(event, part)
    sent = event_form_with(event, part, [before[0] | {column: before[1][column]}, before[1]])

    response = admin_client.post(address(Event, "change", event.pk), sent)

    assert errors(response) == {part: [message], f"{part}-1": ["This repeats one above it."]}
    assert rows(event, part) == before


@pytest.fixture
def person() -> Actor:
    """A person with two offices in a country, one after the other."""
    person = actor("person")
    member(state("UZ"), person, since="2010", until="2014", role="minister")
    member(state("UZ"), person, since="2015", until="2020", role="president")
    return person


def test_two_memberships_of_an_actor_are_exchanged(admin_client, person):
    first, second = rows(person, "memberships")
    exchanged = [second | {"id": first["id"]}, first | {"id": second["id"]}]
    sent = actor_form(slug="person", memberships=exchanged)

    assert admin_client.post(address(Actor, "change", person.pk), sent).status_code == 302
    assert rows(person, "memberships") == exchanged


def test_a_membership_takes_the_place_of_one_that_is_deleted(admin_client, person):
    first, second = rows(person, "memberships")
    replaced = first | {"role": "president", "since": "2015", "until": "2021"}
    sent = actor_form(slug="person", memberships=[replaced, second | {"DELETE": "on"}])

    assert admin_client.post(address(Actor, "change", person.pk), sent).status_code == 302
    assert rows(person, "memberships") == [replaced]


def test_two_memberships_that_have_become_equal_give_error(admin_client, person):
    before = rows(person, "memberships")
    sent = actor_form(slug="person", memberships=[before[1] | {"id": before[0]["id"]}, before[1]])

    response = admin_client.post(address(Actor, "change", person.pk), sent)

    assert errors(response)["memberships-1"] == ["This repeats one above it."]
    assert rows(person, "memberships") == before
