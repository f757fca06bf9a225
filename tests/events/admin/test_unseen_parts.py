"""Forms of whoever may add a part and not see those that are there."""

from __future__ import annotations

import pytest

from events.models import Actor, Event
from tests.builders import actor, draft, member, state
from tests.events.admin.forms import ACTOR_PARTS, EVENT_PARTS, address, errors, posted

pytestmark = pytest.mark.django_db

TWICE = "Please correct the duplicate data for {}, role and since, which must be unique."


PARTS = [
    (
        "texts",
        "eventtext",
        {"language": "en", "title": "Mine"},
        {"language": "de"},
        "This event already has a text in this language.",
    ),
    (
        "participations",
        "participation",
        {"actor": "UZ", "role": "host"},
        {"role": "visitor"},
        "This actor already has this role in this event.",
    ),
    (
        "sources",
        "source",
        {"url": "https://example.org/talks/0", "title": "Mine"},
        {"url": "https://example.org/mine"},
        "This event already has a source with this URL.",
    ),
    (
        "relations",
        "relation",
        {"kind": "follows", "target": "before"},
        {"kind": "amends"},
        "This relation is already there.",
    ),
]


@pytest.mark.parametrize(("parts", "model", "row", "other", "message"), PARTS)
def test_a_part_that_its_editor_cannot_see_is_not_repeated(account_with, parts, model, row, other, message):
    talks = draft("talks", "2025", (state("UZ"), "host"), relations=(("follows", draft("before")),))
    there = getattr(talks, parts).get()
    ids = {"UZ": state("UZ").pk, "before": Event.objects.get(slug="before").pk}
    row = {name: ids.get(value, value) for name, value in row.items()}
    event = {"slug": "talks", "type": talks.type_id, "date": "2025", "place_name": "Mine"}
    page = address(Event, "change", talks.pk)
    client = account_with("change_event", f"add_{model}")

    response = client.post(page, posted(EVENT_PARTS, event | {parts: [row]}))

    assert errors(response) == {f"{parts}-0": [message]}
    formset = next(i.formset for i in response.context["inline_admin_formsets"] if i.formset.prefix == parts)
    assert {name: formset.forms[0][name].value() for name in row} == {name: str(value) for name, value in row.items()}
    assert response.context["adminform"].form["place_name"].value() == "Mine"

    assert client.post(page, posted(EVENT_PARTS, event | {parts: [row | other]})).status_code == 302
    assert getattr(talks, parts).count() == 2
    assert there in getattr(talks, parts).all()


@pytest.mark.parametrize(
    ("parts", "side", "other"), [("memberships", "group", "member"), ("members", "member", "group")]
)
@pytest.mark.parametrize(
    ("seen", "messages"),
    [
        (False, {"-0": ["Membership with this Member, Group, Role and Since already exists."]}),
        (True, {"": [TWICE], "-1": ["This repeats one above it."]}),
    ],
)
def test_a_membership_that_is_there_is_not_repeated(account_with, parts, side, other, seen, messages):
    there = member(actor("c5", "bloc"), state("UZ"), since="2015")
    mine = getattr(there, other)
    rows = [{"id": there.pk}] if seen else []
    row = {side: getattr(there, side).pk, "role": there.role, "since": "2015"}
    values = {"kind": mine.kind, "slug": mine.slug, "code": mine.code or "", "names_en": "Mine"}
    page = address(Actor, "change", mine.pk)
    client = account_with("change_actor", "add_membership", *(["view_membership"] if seen else []))

    response = client.post(page, posted(ACTOR_PARTS, values | {parts: [*rows, row]}))

    assert errors(response) == {
        f"{parts}{place}": [message.format(side) for message in said] for place, said in messages.items()
    }
    assert response.context["adminform"].form["names"].value()[0] == "Mine"

    again = posted(ACTOR_PARTS, values | {parts: [*rows, row | {"since": "2016"}]})
    assert client.post(page, again).status_code == 302
    assert list(getattr(mine, parts).order_by("pk").values_list("since", flat=True)) == ["2015", "2016"]
