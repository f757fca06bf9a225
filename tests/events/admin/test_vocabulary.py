"""The forms of types and topics."""

from __future__ import annotations

import pytest

from events.models import Event, EventType, Topic
from tests.builders import draft, event_type, topic
from tests.events.admin.forms import REQUIRED, SLUG, SOMEBODY, address, errors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("model", "make"), [(EventType, event_type), (Topic, topic)])
def test_a_branch_that_somebody_else_saved_is_not_overwritten_unasked(admin_client, model, make):
    entry = make("entry")
    page = address(model, "change", entry.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    mine = {"slug": "entry", "names_en": "Mine", "opened": opened}
    model.objects.update(names={"en": "Theirs"})

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format(model._meta.verbose_name)]}
    assert model.objects.get().names == {"en": "Theirs"}
    opened = response.context["adminform"].form["opened"].value()
    assert admin_client.post(page, mine | {"opened": opened}).status_code == 302
    assert model.objects.get().names == {"en": "Mine"}


@pytest.mark.parametrize(("model", "make"), [(EventType, event_type), (Topic, topic)])
def test_branches(admin_client, model, make):
    above = make("above")
    assert admin_client.post(
        address(model, "add"), {"slug": "below", "names_de": "Unten", "parent": above.pk}
    ).status_code == (302)
    below = model.objects.get(slug="below")
    assert (below.names, below.parent) == ({"de": "Unten"}, above)

    wrong = {"slug": "Above!", "names_en": " ", "parent": below.pk}
    assert errors(admin_client.post(address(model, "change", above.pk), wrong)) == {
        "slug": [SLUG],
        "names": REQUIRED,
        "parent": ["This stands below the entry itself: choose one that does not."],
    }
    above.refresh_from_db()
    assert (above.slug, above.parent) == ("above", None)


@pytest.mark.parametrize(("permissions", "named"), [(["view_event"], (" (talks)", " (talks, visit)")), ([], ("", ""))])
def test_a_topic_that_events_have_is_not_taken_from_them(account_with, permissions, named):
    talks = draft("talks", topics=("trade", "lithium"))
    visit = draft("visit", topics=("lithium",))
    client = account_with("view_topic", "delete_topic", *permissions)
    trade = f"1 event has “trade”{named[0]}: give it another topic, or none, first."
    lithium = f"2 events have “lithium”{named[1]}: give them another topic, or none, first."
    form = {"action": "delete_selected", "_selected_action": [topic("trade").pk, topic("lithium").pk], "post": "yes"}

    for response, lines in (
        (client.post(address(Topic, "delete", topic("trade").pk), {"post": "yes"}), [trade]),
        (client.post(address(Topic, "changelist"), form), [lithium, trade]),
    ):
        assert (response.status_code, response.context["protected"]) == (200, lines)
    assert set(talks.topics.all()) == {topic("trade"), topic("lithium")}
    assert list(visit.topics.all()) == [topic("lithium")]

    Event.objects.all().delete()
    assert client.post(address(Topic, "delete", topic("trade").pk), {"post": "yes"}).status_code == 302
