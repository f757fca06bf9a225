"""What publishing takes along of the vocabulary, as the admin says it: edits of others, and what is new."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from events.models import Actor, Membership
from tests.builders import actor, draft, event_type, member, published, state, topic
from tests.events.admin.forms import address
from tests.timeline.test_admin import act, form_of_the_list, told
from timeline import admin
from timeline.models import Term
from timeline.publishing import publish, publish_vocabulary
from timeline.vocabulary import Changes, Key
from timeline.withdrawing import withdraw_entries

pytestmark = pytest.mark.django_db

FOLLOWS = (
    'info: The public events that name what changed follow by and by: <a href="/admin/timeline/refresh/">see how far '
    "it is</a>."
)


def rename(entry: Any, name: str) -> Any:
    """An edit that is not published."""
    entry.names = {"en": name}
    entry.save()
    return entry


def along(listed: str) -> str:
    return f"warning: What was saved of these actors, types and topics is public now, too: {listed}."


def history() -> list[tuple[str, str]]:
    return list(LogEntry.objects.order_by("pk").values_list("object_repr", "change_message"))


def test_an_edit_that_an_unchanged_event_takes_along_is_said_and_in_the_history(admin_client, client):
    uz = state("UZ")
    member(actor("bloc", "bloc"), uz)
    event = published("talks", "2025", uz)
    Membership.objects.update(role="observer")

    assert act(admin_client, "publish_selected", event) == [
        along("uzbekistan"),
        "info: Nothing new to publish in: talks.",
        FOLLOWS,
    ]
    assert client.get("/api/v1/actors/uzbekistan/").json()["memberships"][0]["role"] == "observer"
    assert history() == [("Uzbekistan (UZ)", "Published with an event.")]
    assert act(admin_client, "publish_selected", event) == ["info: Nothing new to publish in: talks."]


def test_edits_are_told_from_what_is_new(admin_client):
    published("before", "2025", actor("jane"), type="visit", topics=("trade",))
    rename(actor("jane"), "Joan"), rename(topic("trade"), "Commerce"), rename(event_type("visit"), "Trip")
    event = draft("talks", "2025", actor("jane"), "UZ", type="visit", topics=("trade", "uranium"))

    assert act(admin_client, "publish_selected", event) == [
        "success: Published: talks.",
        along("jane, visit, trade"),
        "info: Public now for the first time: uzbekistan, uranium.",
        FOLLOWS,
    ]
    assert history() == [
        ("talks", "Published."),
        ("Joan (person)", "Published with an event."),
        ("Trip", "Published with an event."),
        ("Commerce", "Published with an event."),
    ]


def test_a_country_alone_that_changed_is_said_to_be_its_actor(admin_client):
    event = published("talks", "2025", "SUHH")
    publish_vocabulary(actors=[state("UZ")])
    state("SUHH").successors.add(state("UZ"))

    assert act(admin_client, "publish_selected", event) == [
        along("soviet-union"),
        "info: Nothing new to publish in: talks.",
    ]


def test_the_first_ones_are_named_and_lead_to_what_is_public(admin_client, monkeypatch):
    monkeypatch.setattr("timeline.taken_along.LISTED", 2)
    monkeypatch.setattr("timeline.taken_along.LISTED_FIRST", 1)
    persons = [actor(f"person-{number}") for number in range(3)]
    published("before", "2025", *persons)
    for person in persons:
        rename(person, "Joan")
    event = draft("talks", "2025", *persons, "UZ", "KZ")

    said = act(admin_client, "publish_selected", event)
    assert said[1:3] == [
        along("3, such as person-0, person-1"),
        "info: Public now for the first time: 2, such as kazakhstan.",
    ]
    rename(persons[0], "Jane")
    data = {"action": "publish_selected", "_selected_action": [event.pk]}
    page = admin_client.post("/admin/events/event/", data, follow=True).text
    assert 'is public now, too: <a href="/api/v1/actors/person-0/">person-0</a>.' in page


def test_what_an_entry_takes_along_is_said(admin_client):
    ministry = actor("ministry", "body")
    member(ministry, actor("minister"))
    publish_vocabulary(actors=[actor("minister")])
    rename(ministry, "Ministry of Trade")

    assert act(admin_client, "publish_selected", actor("minister"))[:2] == [
        "success: Published: minister.",  # which says the ministry's name
        along("ministry"),
    ]
    assert history() == [
        ("Minister (person)", "Published."),
        ("Ministry of Trade (body)", "Published with another entry."),
    ]


def test_an_outcome_has_the_keys_of_the_vocabulary():
    uz = state("UZ")
    first = publish([event := draft("talks", "2025", uz)])
    rename(uz, "Oʻzbekiston")
    second = publish([event])

    actor_and_country: list[Key] = [(Term.Kind.ACTOR, "uzbekistan"), (Term.Kind.COUNTRY, "UZ")]
    assert first.vocabulary == Changes(first=[*actor_and_country, (Term.Kind.TYPE, "meeting")])
    assert second.vocabulary == Changes(changed=actor_and_country)


def test_who_joins_leaves_or_changes_in_a_bloc_goes_along_with_it(admin_client, client):
    bloc, other, ministry = actor("c5", "bloc"), actor("g7", "bloc"), actor("ministry", "body")
    joined, left, changed, elsewhere, draft_only = map(state, ("UZ", "KZ", "KR", "CN", "US"))
    leaving, observer = member(bloc, left), member(bloc, changed)
    publish_vocabulary(actors=[bloc, other, ministry, joined, left, changed, elsewhere])
    published("summit", "2025", bloc)
    member(bloc, joined, "2020")
    leaving.delete()
    Membership.objects.filter(pk=observer.pk).update(role="observer")
    member(bloc, draft_only)
    member(other, elsewhere), member(ministry, elsewhere)

    assert act(admin_client, "publish_selected", ministry) == ["info: Nothing new to publish in: ministry."]
    assert act(admin_client, "publish_selected", bloc) == [
        along("kazakhstan, south-korea, uzbekistan"),
        "info: Nothing new to publish in: c5.",
        FOLLOWS,
    ]
    assert [
        [(link["group"], link["role"]) for link in client.get(f"/api/v1/actors/{slug}/").json().get("memberships", ())]
        for slug in ("uzbekistan", "kazakhstan", "south-korea", "china")
    ] == [[("c5", "member")], [], [("c5", "observer")], []]
    assert client.get("/api/v1/actors/united-states/").status_code == 404
    assert history() == [
        (name, "Published with another entry.") for name in ("Kazakhstan (KZ)", "South Korea (KR)", "Uzbekistan (UZ)")
    ]
    assert act(admin_client, "publish_selected", bloc) == ["info: Nothing new to publish in: c5."]


def test_who_was_saved_after_the_list_was_opened_does_not_go_along_with_a_bloc(admin_client, client, monkeypatch):
    bloc, other = actor("c5", "bloc"), actor("g7", "bloc")
    chosen, beside, on_another_page = map(state, ("KZ", "KR", "UZ"))
    publish_vocabulary(actors=[bloc, other, chosen, beside, on_another_page])

    def publish_as_seen(form: dict[str, Any], *entries: Any) -> list[str]:
        form |= {"select_across": "0", "_selected_action": [entry.pk for entry in entries]}
        return told(admin_client.post(address(Actor, "changelist"), form, follow=True))

    def groups(entry: Actor) -> list[str]:
        document = client.get(f"/api/v1/actors/{entry.slug}/").json()
        return [link["group"] for link in document.get("memberships", ())]

    def edited(listed: str) -> str:
        return (
            f"warning: Not published, as it was saved after you had opened the list: {listed}. Look at what it says "
            "now, then publish it again."
        )

    # In the forms of the members, one of whom is chosen with the bloc and is not public in spite of it.
    member(bloc, on_another_page)
    form = form_of_the_list(admin_client, Actor)
    del form[f"seen-{on_another_page.pk}"]
    for entry in (chosen, beside):
        member(bloc, entry)
        member(other, entry)
    assert publish_as_seen(form | {f"seen-{bloc.pk}": seen_now(admin_client, bloc)}, bloc, chosen)[:2] == [
        edited("kazakhstan, south-korea"),
        along("uzbekistan"),
    ]
    assert [groups(entry) for entry in (chosen, beside, on_another_page)] == [[], [], ["c5"]]

    # In that of the bloc, which is as it was itself.
    assert publish_as_seen(form, bloc) == [edited("c5")]
    assert publish_as_seen(form_of_the_list(admin_client, Actor), bloc)[0] == along("kazakhstan, south-korea")
    assert [groups(entry) for entry in (chosen, beside)] == [["c5", "g7"]] * 2


def seen_now(admin_client: Any, entry: Actor) -> Any:
    return form_of_the_list(admin_client, Actor)[f"seen-{entry.pk}"]


def test_a_member_that_is_withdrawn_while_a_bloc_is_published_stays_so(admin_client, monkeypatch):
    bloc, left = actor("c5", "bloc"), state("UZ")
    leaving = member(bloc, left)
    publish_vocabulary(actors=[bloc, left])
    leaving.delete()
    hold = admin.hold_publishing

    def withdrawn_first() -> None:
        withdraw_entries(Term.Kind.ACTOR, [left])
        hold()

    monkeypatch.setattr(admin, "hold_publishing", withdrawn_first)
    assert act(admin_client, "publish_selected", bloc) == ["info: Nothing new to publish in: c5."]
