"""Deleting nothing that somebody else has saved since the page said what would be deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from events.models import Actor, Event, Topic
from tests.builders import actor, draft, member, state, topic
from tests.events.admin.as_shown import as_shown
from tests.events.admin.forms import address, form_of

pytestmark = pytest.mark.django_db


def messages(response: Any) -> list[str]:
    return [f"{message.level_tag}: {message}" for message in response.context["messages"]]


def test_what_somebody_else_saved_since_the_page_was_opened_is_not_deleted_unasked(admin_user):
    talks = draft("talks", "2025")
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    delete, change = address(Event, "delete", talks.pk), address(Event, "change", talks.pk)
    mine = as_shown(client.get(delete).text)
    theirs = form_of(talks, participations=[{"actor": state("UZ").pk, "role": "host"}])
    assert client.post(change, theirs | {"csrfmiddlewaretoken": mine["csrfmiddlewaretoken"][0]}).status_code == 302

    page = client.post(delete, mine)

    assert (page.status_code, messages(page)[-1]) == (
        200,
        "warning: This event was saved after you had opened this page. Look at what would be deleted now, then confirm "
        "it again.",
    )
    assert "Uzbekistan (UZ) (host)" in page.text
    assert talks.participations.count() == 1
    assert client.post(delete, as_shown(page.text)).status_code == 302
    assert not Event.objects.exists()


def chosen(*entries: Any) -> dict[str, Any]:
    return {"action": "delete_selected", "_selected_action": [entry.pk for entry in entries]}


@pytest.mark.parametrize(
    "save",
    [
        lambda bloc: Actor.objects.filter(pk=bloc.pk).update(names={"en": "Theirs"}),
        lambda bloc: member(actor("body", "body"), bloc),
        lambda bloc: member(bloc, actor("person")),
        lambda bloc: bloc.members.update(since="2016"),
        lambda bloc: Actor.objects.filter(pk=bloc.pk).delete(),
    ],
)
def test_of_those_chosen_in_a_list_none_is_deleted_that_somebody_else_saved_since(admin_client, save):
    bloc, other = actor("bloc", "bloc"), actor("other")
    member(bloc, state("UZ"), since="2015")
    changelist = address(Actor, "changelist")
    page = admin_client.post(changelist, chosen(bloc, other))
    save(bloc)
    before = set(Actor.objects.all())

    page = admin_client.post(changelist, as_shown(page.text))

    assert (page.status_code, messages(page)[0]) == (
        200,
        "warning: Some of these actors were saved or deleted after you had opened this page. Look at what would be "
        "deleted now, then confirm it again.",
    )
    assert set(Actor.objects.all()) == before
    assert admin_client.post(changelist, as_shown(page.text)).status_code == 302
    assert set(Actor.objects.all()) == before - {bloc, other}


def test_what_nobody_else_saved_is_deleted_at_once(admin_client):
    one, two, three = (topic(slug) for slug in ("one", "two", "three"))
    pop_up = f"{address(Topic, 'delete', one.pk)}?_popup=1"
    page = admin_client.get(pop_up)
    assert "popup_response" in admin_client.post(pop_up, as_shown(page.text)).template_name[-1]
    changelist = address(Topic, "changelist")

    page = admin_client.post(changelist, chosen(two, three))

    assert "<li>Topic: " in page.text
    assert admin_client.post(changelist, as_shown(page.text)).status_code == 302
    assert not Topic.objects.exists()
    assert admin_client.post(address(Topic, "delete", one.pk), {"post": "yes", "opened": "x"}).status_code == 302
