"""The forms of single parts of events."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms import model_to_dict

from events.models import Event, EventText, Figure, Membership, Participation, Relation, Source
from tests.builders import actor, draft, state
from tests.events.admin.forms import SOMEBODY, address, errors, one_of_each

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (EventText, {"language": "de", "title": "Gespräche", "summary": ""}),
        (Participation, {"actor": "KZ", "role": "visitor", "name_as_printed": "Kasachstan"}),
        (Source, {"url": "https://example.org/new", "title": "New", "language": "de"}),
        (Relation, {"kind": "follows", "target": "before"}),
        (Figure, {"labels_en": "Exports", "value": "1,5", "unit": "t"}),
    ],
)
def test_a_part_by_itself(admin_client, talks, model, values):
    """Added, changed and deleted by itself, a part of an event leaves a mark on the event, with which it stays."""
    choices = {"KZ": state("KZ").pk, "before": draft("before").pk}
    values = {key: choices.get(value, value) for key, value in values.items()}
    old = Event.objects.filter(pk=talks.pk)
    seen = talks.updated_at

    def edited() -> bool:
        nonlocal seen
        before, seen = seen, old.get().updated_at
        return seen > before

    assert admin_client.post(address(model, "add"), values | {"event": talks.pk}).status_code == 302
    part = model.objects.filter(event=talks).latest("id")
    assert edited()

    other = draft("other")
    assert admin_client.post(address(model, "change", part.pk), values | {"event": other.pk}).status_code == 302
    part.refresh_from_db()
    assert part.event == talks
    assert edited()

    assert admin_client.post(address(model, "delete", part.pk), {"post": "yes"}).status_code == 302
    assert not model.objects.filter(pk=part.pk).exists()
    assert edited()


MINE_AND_THEIRS: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    (EventText, {"language": "en", "title": "Mine"}, {"title": "Theirs"}),
    (Figure, {"labels_en": "Exports", "value": "1", "unit": "Mine"}, {"unit": "Theirs"}),
    (Membership, {"member": "UZ", "group": "c5", "role": "Mine", "since": "2015"}, {"role": "Theirs"}),
    (Participation, {"actor": "UZ", "role": "host", "name_as_printed": "Mine"}, {"name_as_printed": "Theirs"}),
    (Relation, {"kind": "amends", "target": "before"}, {"kind": "suspends"}),
    (Source, {"url": "https://example.org/x", "title": "Mine"}, {"title": "Theirs"}),
]


@pytest.mark.parametrize(("model", "mine", "theirs"), MINE_AND_THEIRS)
def test_a_single_part_that_somebody_else_saved_is_not_overwritten_unasked(admin_client, model, mine, theirs):
    part = one_of_each()[model]
    choices = {
        "UZ": state("UZ").pk,
        "c5": actor("c5", "bloc").pk,
        "before": Event.objects.get(slug="before").pk,
    }
    mine = {key: choices.get(value, value) for key, value in mine.items()}
    page = address(model, "change", part.pk)
    mine["opened"] = admin_client.get(page).context["adminform"].form["opened"].value()
    model.objects.filter(pk=part.pk).update(**theirs)

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format(model._meta.verbose_name)]}
    assert model.objects.filter(pk=part.pk, **theirs).exists()
    mine["opened"] = response.context["adminform"].form["opened"].value()
    assert admin_client.post(page, mine).status_code == 302
    assert not model.objects.filter(pk=part.pk, **theirs).exists()


@pytest.mark.parametrize(
    ("model", "different", "message"),
    [
        (EventText, {"language": "de"}, "This event already has a text in this language."),
        (Participation, {"role": "visitor"}, "This actor already has this role in this event."),
        (Source, {"url": "https://example.org/other"}, "This event already has a source with this URL."),
        (Relation, {"kind": "amends"}, "This relation is already there."),
    ],
)
def test_a_single_part_does_not_become_one_that_its_event_has(admin_client, model, different, message):
    part = one_of_each()[model]
    taken = {name: value for name, value in model_to_dict(part).items() if value}
    part.pk, part._state.adding = None, True
    for name, value in different.items():
        setattr(part, name, value)
    part.save()
    before = list(model.objects.order_by("pk").values())
    page = address(model, "change", part.pk)
    taken["opened"] = admin_client.get(page).context["adminform"].form["opened"].value()

    response = admin_client.post(page, taken)

    assert errors(response) == {"": [message]}
    form = response.context["adminform"].form
    assert {name: form[name].value() for name in different} == {name: taken[name] for name in different}
    assert list(model.objects.order_by("pk").values()) == before


def test_a_single_part_that_nobody_changed_leaves_no_mark(admin_client, talks):
    part = talks.participations.get()
    page = address(Participation, "change", part.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    unchanged = {"actor": part.actor_id, "role": part.role, "opened": opened}

    assert admin_client.post(page, unchanged).status_code == 302
    assert Event.objects.get().updated_at == talks.updated_at
    assert admin_client.post(page, unchanged | {"role": "visitor"}).status_code == 302
    assert Event.objects.get().updated_at > talks.updated_at


def test_deleting_parts_in_the_list_leaves_a_mark(admin_client, talks):
    ids = list(Participation.objects.values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}

    assert admin_client.post(address(Participation, "changelist"), data).status_code == 302
    assert not Participation.objects.exists()
    assert Event.objects.get().updated_at > talks.updated_at
