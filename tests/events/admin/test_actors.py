"""The form of an actor: what it saves, and what it says of wrong input."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from events.models import Actor, Event, Figure, Membership
from tests.builders import actor, draft, member, state
from tests.events.admin.forms import MONTH_13, REQUIRED, SLUG, SOMEBODY, actor_form, address, errors

pytestmark = pytest.mark.django_db


def test_an_actor_is_entered_at_once(admin_client):
    response = admin_client.post(
        address(Actor, "add"),
        actor_form(
            names_de="Neu",
            aliases="Novus\r\n\r\n  Neo ",
            qid="Q1",
            memberships=[{"group": state("UZ").pk, "role": "president", "since": "2016-12", "until": ""}],
        ),
    )

    assert response.status_code == 302
    new = Actor.objects.get(slug="new")
    assert (new.names, new.aliases, new.code, new.alpha3, new.qid) == (
        {"en": "New", "de": "Neu"},
        ["Novus", "Neo"],
        None,
        "",
        "Q1",
    )
    assert list(new.memberships.values_list("group__slug", "role", "since", "until")) == [
        ("uzbekistan", "president", "2016-12", "")
    ]


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        ({"names_en": ""}, {"names": REQUIRED}),
        ({"names_en": "x" * 301}, {"names": ["Ensure this value has at most 300 characters (it has 301)."]}),
        ({"kind": "state", "code": "uz"}, {"code": ["Two or four upper-case letters, such as UZ or SUHH."]}),
        ({"kind": "state", "code": "UZ"}, {"code": ["Actor with this Code already exists."]}),
        ({"code": "ZZ"}, {"": ["Only a state or a bloc has a code, of two or four upper-case letters."]}),
        ({"qid": "265"}, {"qid": ["A Q and a number, such as Q265."]}),
        ({"slug": "New"}, {"slug": [SLUG]}),
        (
            {"aliases": "short\n" + "x" * 301},
            {
                "aliases": [
                    "Item 2 in the array did not validate: Ensure this value has at most 300 characters (it has 301)."
                ]
            },
        ),
        (
            {"memberships": [{"group": "UZ", "role": "president", "since": "2026-13-01"}]},
            {"memberships-0-since": [MONTH_13]},
        ),
        (
            {"memberships": [{"group": "UZ", "role": "president", "since": "2021", "until": "2020"}]},
            {"memberships-0-until": ["“Since” is after “until”."]},
        ),
        (
            {"memberships": [{"group": "UZ", "role": "president", "until": "2020/2021"}]},
            {"memberships-0-until": ["One date, not an interval: the other end has a field of its own."]},
        ),
    ],
)
def test_a_wrong_actor_gives_error(admin_client, values, messages):
    uzbekistan = state("UZ")
    for row in values.get("memberships", []):
        row["group"] = uzbekistan.pk

    assert errors(admin_client.post(address(Actor, "add"), actor_form(**values))) == messages
    assert list(Actor.objects.all()) == [uzbekistan]


def test_a_state_in_which_events_take_place_stays_one(admin_client):
    uzbekistan = state("UZ")
    for number in range(1, 5):
        draft(f"event-{number}", place_country=uzbekistan)
    data = actor_form(kind="person", slug=uzbekistan.slug)

    assert errors(admin_client.post(address(Actor, "change", uzbekistan.pk), data)) == {
        "kind": [
            "4 events take place there (event-1, event-2, event-3, …), so it must be a state: give them another "
            "country first."
        ]
    }
    Event.objects.all().delete()
    assert admin_client.post(address(Actor, "change", uzbekistan.pk), data).status_code == 302


def test_whoever_may_not_view_events_is_told_of_none_that_takes_place_there(account_with):
    draft("secret", place_country=state("UZ"))
    data = actor_form(kind="person", slug=state("UZ").slug)

    response = account_with("change_actor").post(address(Actor, "change", state("UZ").pk), data)

    assert errors(response)["kind"] == [
        "1 event takes place there, so it must be a state: give it another country first."
    ]


def test_an_actor_is_no_member_of_itself(admin_client):
    uzbekistan = state("UZ")
    data = actor_form(
        kind="state",
        slug=uzbekistan.slug,
        code="UZ",
        memberships=[{"group": uzbekistan.pk, "role": "member"}],
    )

    assert errors(admin_client.post(address(Actor, "change", uzbekistan.pk), data)) == {
        "memberships-0-group": ["An actor cannot be a member of itself."]
    }


def test_a_bloc_is_no_member_of_itself(admin_client):
    """Which is said where it can be read: among its members, the bloc itself is a hidden input."""
    bloc = actor("c5", "bloc")
    data = actor_form(kind="bloc", slug="c5", names_en="C5", members=[{"member": bloc.pk, "role": "member"}])

    response = admin_client.post(address(Actor, "change", bloc.pk), data)

    assert errors(response) == {"members-0-member": ["An actor cannot be a member of itself."]}
    assert response.text.count("An actor cannot be a member of itself.") == 1
    single = admin_client.post(
        address(Membership, "add"), {"member": bloc.pk, "group": bloc.pk, "role": "member", "since": "2015"}
    )
    assert errors(single) == {"group": ["An actor cannot be a member of itself."]}
    assert not Membership.objects.exists()


def test_an_actor_is_not_its_own_successor(admin_client):
    soviet_union = state("SU")
    page = address(Actor, "change", soviet_union.pk)
    data = actor_form(kind="state", slug=soviet_union.slug, code="SU")

    response = admin_client.post(page, data | {"successors": [state("UZ").pk, soviet_union.pk]})

    assert errors(response) == {"successors": ["An actor cannot be its own successor."]}
    assert not soviet_union.successors.exists()
    assert admin_client.post(page, data | {"successors": [state("UZ").pk]}).status_code == 302
    assert list(soviet_union.successors.all()) == [state("UZ")]


def test_a_bloc_shows_its_members_and_takes_another_one(admin_client, django_assert_num_queries):
    bloc = actor("c5", "bloc")
    first = member(bloc, state("UZ"), since="2015")
    page = address(Actor, "change", bloc.pk)
    members = admin_client.get(page).context["inline_admin_formsets"][1]
    assert [members.has_add_permission, members.has_change_permission, members.has_delete_permission] == [
        True,
        False,
        False,
    ]

    row = {"id": first.pk, "since": "1999"}  # which no form has offered
    new = {"member": state("KZ").pk, "role": "member", "since": "2016"}
    data = actor_form(kind="bloc", slug="c5", names_en="C5", members=[row, new])

    assert admin_client.post(page, data).status_code == 302
    assert list(bloc.members.order_by("id").values_list("member__code", "since")) == [("UZ", "2015"), ("KZ", "2016")]

    with django_assert_num_queries(9):
        admin_client.get(page)
    for number in range(30):
        member(bloc, actor(f"member-{number}"))
    with django_assert_num_queries(9):
        admin_client.get(page)


def their_name(actor: Any) -> None:
    Actor.objects.filter(pk=actor.pk).update(names={"en": "Theirs"})


def test_a_member_whom_somebody_else_removed_stays_removed(admin_client):
    """Of members a form has only the id: what they are can only be looked at there."""
    bloc = actor("c5", "bloc")
    rows = [{"id": member(bloc, state(code), since="2015").pk} for code in ("UZ", "KZ")]
    Membership.objects.filter(pk=rows[0]["id"]).delete()
    new = {"member": state("TJ").pk, "role": "member", "since": "2016"}
    data = actor_form(kind="bloc", slug="c5", names_en="C5", members=[*rows, new])

    assert admin_client.post(address(Actor, "change", bloc.pk), data).status_code == 302
    assert list(bloc.members.order_by("id").values_list("member__code", "since")) == [("KZ", "2015"), ("TJ", "2016")]


def test_a_member_whom_somebody_else_added_is_not_taken_for_the_one_entered_here(admin_client):
    bloc = actor("c5", "bloc")
    member(bloc, state("UZ"), since="2015")
    new = {"member": state("UZ").pk, "role": "member", "since": "2015", "until": "2020"}
    data = actor_form(kind="bloc", slug="c5", names_en="C5", members=[new])

    response = admin_client.post(address(Actor, "change", bloc.pk), data)

    assert errors(response) == {"members-0": ["Membership with this Member, Group, Role and Since already exists."]}
    assert list(bloc.members.values_list("since", "until")) == [("2015", "")]


def their_membership(actor: Any) -> None:
    actor.memberships.update(role="chancellor")


def their_new_membership(actor: Any) -> None:
    member(state("KZ"), actor)


def their_successor(actor: Any) -> None:
    actor.successors.add(state("KZ"))


@pytest.mark.parametrize("change", [their_name, their_membership, their_new_membership, their_successor])
def test_an_actor_that_somebody_else_saved_is_not_overwritten_unasked(admin_client, change):
    person = actor("person")
    row = member(state("UZ"), person, role="president")
    page = address(Actor, "change", person.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    membership = {"id": row.pk, "group": row.group_id, "role": "minister"}
    mine = actor_form(slug="person", names_en="Mine", opened=opened, memberships=[membership])
    change(person)

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format("actor")]}
    row.refresh_from_db()
    assert row.role != "minister"
    form = response.context["adminform"].form
    assert (form["names"].value()[0], form["opened"].value() != opened) == ("Mine", True)
    assert response.context["inline_admin_formsets"][0].formset.forms[0]["role"].value() == "minister"

    assert admin_client.post(page, mine | {"opened": form["opened"].value()}).status_code == 302
    row.refresh_from_db()
    person.refresh_from_db()
    assert (person.names, row.role) == ({"en": "Mine"}, "minister")


def test_a_new_member_of_a_bloc_refuses_nobody(admin_client):
    bloc = actor("c5", "bloc")
    page = address(Actor, "change", bloc.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    member(bloc, state("UZ"))

    mine = actor_form(kind="bloc", slug="c5", names_en="Mine", opened=opened)
    assert admin_client.post(page, mine).status_code == 302


def test_a_membership_by_itself(admin_client):
    member_id, group_id = state("UZ").pk, actor("c5", "bloc").pk
    data = {"member": member_id, "group": group_id, "role": "member", "since": "2015", "until": ""}
    assert admin_client.post(address(Membership, "add"), data).status_code == 302
    assert Membership.objects.values_list("member", "group", "since").get() == (member_id, group_id, "2015")

    again = admin_client.post(address(Membership, "add"), data)
    assert errors(again) == {"": ["Membership with this Member, Group, Role and Since already exists."]}


def test_searching_for_a_code_finds_the_state_first(admin_client):
    for slug in ("australia", "austria", "russia"):
        actor(slug, "state")
    state("US")
    field = {"app_label": "events", "model_name": "participation", "field_name": "actor"}

    found = admin_client.get(reverse("admin:autocomplete"), {**field, "term": "us"}).json()["results"]

    assert [entry["text"] for entry in found] == [
        "United States (US)",
        "Australia (state)",
        "Austria (state)",
        "Russia (state)",
    ]


@pytest.mark.parametrize(
    ("term", "first"),
    [
        ("germany", "germany"),
        ("Deutschland", "germany"),
        ("ger", "germany"),
        ("deu", "germany"),  # its alpha-3
        ("east", "east-germany"),
    ],
)
def test_who_is_called_so_comes_before_who_has_it_somewhere_in_the_name(admin_client, term, first):
    actor("east-germany", "state", names={"en": "East Germany", "de": "Deutsche Demokratische Republik"}, code="DDDE")
    actor("germany", "state", names={"en": "Germany", "de": "Deutschland"}, code="DE", alpha3="DEU")
    actor("bundestag", "body", names={"en": "Bundestag of Germany", "de": "Bundestag in Deutschland"})
    field = {"app_label": "events", "model_name": "participation", "field_name": "actor"}

    found = admin_client.get(reverse("admin:autocomplete"), {**field, "term": term}).json()["results"]

    assert found[0]["id"] == str(Actor.objects.get(slug=first).pk)


def test_an_actor_that_events_have_in_any_way_is_not_deleted(admin_client):
    uz, kz = state("UZ"), state("KZ")
    draft("part", "2025", kz, (kz, "host"))
    draft("place", place_country=kz)
    for slug, figure in (("reporter", {"reporter": kz, "partner": uz}), ("partner", {"reporter": uz, "partner": kz})):
        Figure.objects.create(event=draft(slug), labels={"en": "Exports"}, value=1, unit="t", **figure)

    for actor_id, why in (
        (kz.pk, "4 events have “kazakhstan” (part, partner, place, …): give them another actor first."),
        (uz.pk, "2 events have “uzbekistan” (partner, reporter): give them another actor first."),
    ):
        response = admin_client.post(address(Actor, "delete", actor_id), {"post": "yes"})
        assert response.context["protected"] == [why]
    assert Actor.objects.count() == 2
