"""Every model of `events` in the admin: its list, its form, and who may see them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.html import escape

from events.models import Actor, Event, EventText, EventType, Figure, Membership, Participation, Relation, Source, Topic
from tests.builders import actor, draft, event_type, member, state, topic
from tests.events.admin.as_shown import as_shown
from tests.events.admin.forms import MODELS, address, one_of_each
from timeline.models import Timeline

pytestmark = pytest.mark.django_db


def test_every_model_is_registered():
    assert set(MODELS) == set(apps.get_app_config("events").get_models())
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


def test_every_page_renders(admin_client):
    for model, row in one_of_each().items():
        for page in (address(model, "changelist"), address(model, "add"), address(model, "change", row.pk)):
            assert admin_client.get(page).status_code == 200, page
        found = admin_client.get(address(model, "changelist"), {"q": "uz"})
        assert found.status_code == 200, model


def test_no_input_cuts_off_what_is_too_long(admin_client):
    for model, row in {**one_of_each(), Timeline: Timeline.objects.create(slug="all", titles={"en": "All"})}.items():
        for page in (address(model, "add"), address(model, "change", row.pk)):
            assert "maxlength" not in admin_client.get(page).text, page


LISTS = {
    Actor: 11,  # six for the public state
    Event: 12,
    EventText: 5,
    EventType: 8,
    Figure: 5,
    Membership: 5,
    Participation: 5,
    Relation: 5,
    Source: 6,
    Topic: 8,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", LISTS)
def test_lists_take_as_many_queries_for_one_row_as_for_three(
    admin_client, django_assert_num_queries, model, rows, settings
):
    first = draft("event-0", "2025")
    for number in range(rows):
        participant = actor(f"person-{number}")
        member(actor(f"bloc-{number}", "bloc"), participant)
        event = draft(
            f"event-{number + 1}",
            "2025",
            participant,
            topics=(f"topic-{number}",),
            relations=(("follows", first),),
            place_country=state("UZ"),
        )
        Figure.objects.create(event=event, labels={"en": "Exports"}, value=1, unit="t")
        event_type(f"type-{number}", parent=f"type-{number}-above")
    if model is Event:  # whose list has filters that are left out when they have one choice
        first.topics.set([topic("topic-0"), topic("another")])
        draft("other-type", "2025", type="visit", place_country=state("KZ"))

    with django_assert_num_queries(LISTS[model]):
        admin_client.get(address(model, "changelist"))


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("event", {"participations": ["Actor", "Role", "Name as printed"], "relations": ["Kind", "Target"]}),
        (
            "actor",
            {"memberships": ["Group", "Role", "Since", "Until"], "members": ["Member", "Role", "Since", "Until"]},
        ),
    ],
)
def test_each_field_of_a_table_has_a_name(admin_client, model, names):
    page = admin_client.get(reverse(f"admin:events_{model}_add")).content.decode()
    labels: dict[str, list[Any]] = {prefix: [] for prefix in names}
    for field in re.findall(r"<(?:input|select) [^>]*>", page):
        row = re.search(r'name="(\w+)-__prefix__-', field)  # that which is copied for a new one
        if row and row[1] in names and 'type="hidden"' not in field:
            label = re.search(r'aria-label="([^"]+)"', field)
            labels[row[1]].append(label and label[1])
    assert labels == names


def test_the_help_of_a_table_is_at_its_fields(admin_client):
    """Django has it in the table's head only, as a picture's tooltip, which no field is described by."""
    page = admin_client.get(reverse("admin:events_actor_add")).text
    fields = re.findall(r'<(?:input|select) [^>]*name="memberships-__prefix__-(\w+)"[^>]*>', page)
    helped = re.findall(r'name="memberships-__prefix__-(\w+)"[^>]* title="([^"]+)"', page)

    helps = {name: getattr(Membership._meta.get_field(name), "help_text", "") for name in fields if name != "DELETE"}
    assert helped == [(name, escape(said)) for name, said in helps.items() if said]
    assert {"role", "since", "until"} <= dict(helped).keys()


@pytest.mark.parametrize("model", [Actor, EventType, Topic, Figure, Timeline])
def test_each_text_of_two_languages_says_where_its_help_and_its_errors_are(admin_client, model):
    name = model._meta.label_lower.replace(".", "_")
    page = admin_client.post(reverse(f"admin:{name}_add"), {}).text
    ids = re.findall(r' id="([^"]*)"', page)
    texts = re.findall(r'<input[^>]* lang="(?:en|de)"[^>]*>', page)
    said = [re.search(r'aria-describedby="([^"]*)"', text) for text in texts]

    assert len(texts) == 2
    assert all(match and match[1].endswith("_error") and set(match[1].split()) <= set(ids) for match in said)


def test_each_number_is_typed_as_text(admin_client):
    pages = [admin_client.get(address(model, "add")).text for model in (Event, Figure)]
    assert re.findall(r'name="([\w-]+)"[^>]* inputmode="decimal"', "".join(pages)) == [
        "latitude", "longitude", "figures-__prefix__-value", "value"
    ]  # fmt: skip
    assert re.findall(r'type="number"', "".join(pages)) == []


@pytest.mark.parametrize("model", MODELS)
def test_a_form_has_the_script_that_keeps_what_is_typed(admin_client, model):
    assert "events/guard.js" in admin_client.get(address(model, "add")).text
    assert "events/guard.js" not in admin_client.get(address(model, "changelist")).text


@pytest.mark.parametrize("model", [*MODELS, Timeline])
def test_what_nobody_changed_is_not_said_to_be_changed(admin_client, model):
    Timeline.objects.create(slug="all", titles={"en": "All"})
    one_of_each()
    Actor.objects.update(aliases=["Ä", "Ö"])
    row = model.objects.order_by("pk")[0]
    page = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk])

    response = admin_client.post(page, as_shown(admin_client.get(page).text))

    assert response.status_code == 302
    assert LogEntry.objects.get().get_change_message() == "No fields changed."


def test_who_may_only_look_sees_every_form(client, django_user_model):
    """Without a form, `opened` is a field that no record has."""
    user = django_user_model.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    for row in one_of_each().values():
        assert client.get(address(type(row), "change", row.pk)).status_code == 200
