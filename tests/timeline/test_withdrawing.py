"""Taking back actors, types and topics that nothing public names any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from events.models import Actor, Event, EventType, Figure, Topic
from tests.assertions import slugs
from tests.builders import actor, draft, event_type, member, published, state, topic
from tests.timeline.test_admin import act, sent, states
from timeline import withdrawing
from timeline.models import Refresh, Term, Timeline
from timeline.publishing import publish, publish_vocabulary, withdraw
from timeline.refreshing import refresh_all
from timeline.withdrawing import withdraw_entries

pytestmark = pytest.mark.django_db

CORRECT = "Publish these without it first, or withdraw them."


def public(kind: str) -> set[str]:
    """The keys of what is public of this kind."""
    return set(Term.objects.current().filter(kind=kind).values_list("key", flat=True))


def corrected_typo() -> Actor:
    """A person who was public by mistake, and whom no public event names any more."""
    typo = actor("xi-jingping")
    event = published("visit", "2025", typo)
    event.participations.update(actor=actor("xi-jinping"))
    publish([event])
    return typo


def test_an_actor_that_no_public_event_names_any_more_can_be_taken_back(admin_client, client):
    typo = corrected_typo()
    assert client.get("/api/v1/actors/xi-jingping/").status_code == 200

    assert act(admin_client, "withdraw_selected", typo) == ["success: Withdrawn: xi-jingping."]

    gone = client.get("/api/v1/actors/xi-jingping/")
    withdrawn_on = Term.objects.get(key="xi-jingping", withdrawn=True).published_at
    said = f"The actor 'xi-jingping' was withdrawn on {withdrawn_on:%Y-%m-%d}."
    assert (gone.status_code, gone.json()["detail"]) == (410, said)
    assert [entry["id"] for entry in client.get("/api/v1/actors/").json()["results"]] == ["xi-jinping"]
    assert client.get("/api/v1/events/?actor=xi-jingping").status_code == 400
    assert client.get("/api/v1/actors/xi-jingping/?as_of=2").json()["name"] == "Xi Jingping"
    assert slugs(client, "actor=xi-jingping&as_of=1") == ["visit"]
    assert states(admin_client, Actor) == {"xi-jingping": "withdrawn", "xi-jinping": "version 1"}
    assert list(LogEntry.objects.values_list("object_repr", "change_message")) == [
        ("Xi Jingping (person)", "Withdrawn.")
    ]
    assert act(admin_client, "withdraw_selected", typo) == ["warning: Not public, so left alone: xi-jingping."]


def test_it_can_be_deleted_then(admin_client):
    typo = corrected_typo()
    page = f"/admin/events/actor/{typo.pk}/delete/"
    refused = admin_client.post(page, {"post": "yes"})
    assert refused.context["protected"] == [
        "What is public of “xi-jingping”, which nobody could edit any more: withdraw it first."
    ]
    act(admin_client, "withdraw_selected", typo)

    assert admin_client.post(page, {"post": "yes"}).status_code == 302
    assert not Actor.objects.filter(slug="xi-jingping").exists()


def test_it_is_public_again_when_it_is_published(admin_client, client):
    typo = corrected_typo()
    withdraw_entries(Term.Kind.ACTOR, [typo])

    assert act(admin_client, "publish_selected", typo) == [
        "success: Published: xi-jingping.",
        "warning: Public again, having been withdrawn: xi-jingping.",
    ]
    assert client.get("/api/v1/actors/xi-jingping/").status_code == 200
    assert states(admin_client, Actor)["xi-jingping"] == "version 3"


def test_it_is_public_again_with_an_event_that_names_it(admin_client, client):
    uz = state("UZ")
    event = published("visit", "2025", uz, topics=("trade",))
    withdraw([event])
    withdraw_entries(Term.Kind.ACTOR, [uz])
    withdraw_entries(Term.Kind.TOPIC, [topic("trade")])

    assert act(admin_client, "publish_selected", event) == [
        "success: Published: visit.",
        "warning: Public again, having been withdrawn: visit.",
        "warning: Public again, having been withdrawn: uzbekistan, trade.",
    ]
    assert slugs(client, "country=UZ&topic=trade") == ["visit"]
    assert LogEntry.objects.filter(change_message="Published with an event.").count() == 2
    assert not Refresh.objects.exists()


def test_a_state_ends_as_an_actor_and_as_a_country(admin_client, client):
    old = state("SUHH")
    publish_vocabulary(actors=[old])

    assert act(admin_client, "withdraw_selected", old) == ["success: Withdrawn: soviet-union."]
    assert client.get("/api/v1/countries/SUHH/").status_code == 410
    assert client.get("/api/v1/actors/soviet-union/").status_code == 410
    assert Term.objects.filter(withdrawn=True).values_list("published_in", flat=True).distinct().count() == 1


def test_it_ends_under_a_code_that_it_has_no_more_too(client):
    burma = state("BU")
    publish_vocabulary(actors=[burma])
    burma.code = "BUMM"
    burma.save()
    publish_vocabulary(actors=[burma])
    assert public("country") == {"BU", "BUMM"}

    withdraw_entries(Term.Kind.ACTOR, [burma])
    assert public("country") == set()
    refresh_all()
    assert {refresh.error for refresh in Refresh.objects.all()} == {""}


@pytest.mark.parametrize(("model", "kind", "make"), [(EventType, "type", event_type), (Topic, "topic", topic)])
def test_types_and_topics_are_withdrawn(admin_client, client, model, kind, make):
    entries: dict[str, Any] = {f"{kind}s": [make("low", "high"), make("high")]}
    publish_vocabulary(**entries)

    assert act(admin_client, "withdraw_selected", make("high")) == [
        f"error: Not withdrawn: high. Public entries that name it: low. {CORRECT}"
    ]
    assert act(admin_client, "withdraw_selected", make("low")) == ["success: Withdrawn: low."]
    assert act(admin_client, "withdraw_selected", make("high")) == ["success: Withdrawn: high."]
    assert client.get(f"/api/v1/{kind}s/high/").status_code == 410
    assert states(admin_client, model) == {"high": "withdrawn", "low": "withdrawn"}


def figure_of(uz: Actor) -> None:
    """In an event in which it takes no part."""
    event = draft("visit", "2025", "US")
    Figure.objects.create(event=event, labels={"en": "Trade"}, value=3, unit="t", partner=uz)
    publish([event])
    event.figures.all().delete()


def member_of_it(uz: Actor) -> None:
    jane = actor("jane")
    member(uz, jane)
    publish_vocabulary(actors=[jane])
    jane.memberships.all().delete()


def bloc_of_it(uz: Actor) -> None:
    member(actor("bloc", "bloc"), uz)
    published("visit", "2025", actor("bloc"))


def successor_of(uz: Actor) -> None:
    state("SUHH").successors.add(uz)
    publish_vocabulary(actors=[uz, state("SUHH")])
    state("SUHH").successors.clear()


def saved_filter(query: str) -> Callable[[Any], None]:
    def make(_: Any) -> None:
        entry = Timeline.objects.create(slug="all", titles={"en": "All"}, query=query)
        publish_vocabulary(timelines=[entry])
        Timeline.objects.update(query="")

    return make


EVENT, ENTRY, FILTER = (
    "Public events that name it",
    "Public entries that name it",
    "Public timelines whose saved filters name it",
)


@pytest.mark.parametrize(
    ("name_it", "reason"),
    [
        (lambda uz: published("visit", "2025", uz), f"{EVENT}: visit."),
        (lambda uz: published("visit", "2025", "US", place_country=uz), f"{EVENT}: visit."),
        (bloc_of_it, f"{EVENT}: visit."),
        (figure_of, f"{EVENT}: visit."),
        (member_of_it, f"{ENTRY}: jane."),
        (successor_of, f"{ENTRY}: SUHH."),
        (saved_filter("country=UZ"), f"{FILTER}: all."),
        (saved_filter("place=UZ"), f"{FILTER}: all."),
        (saved_filter("actor=uzbekistan"), f"{FILTER}: all."),
    ],
)
def test_what_something_public_names_stays(admin_client, name_it, reason):
    uz = state("UZ")
    publish_vocabulary(actors=[uz])
    name_it(uz)
    Actor.objects.filter(pk=uz.pk).update(code="UX")  # an edit in hand

    assert act(admin_client, "withdraw_selected", uz) == [
        f"error: Not withdrawn: uzbekistan. {reason} {CORRECT}",
    ]
    assert {"uzbekistan"} <= public("actor")
    assert {"UZ"} <= public("country")


@pytest.mark.parametrize(
    ("kind", "make", "query"), [("type", event_type, "type=low"), ("topic", topic, "topic=low&q=visit")]
)
def test_a_type_or_topic_that_something_public_names_stays(admin_client, kind, make, query):
    for number in range(6):
        published(f"visit-{number}", "2025", **({"type": "low"} if kind == "type" else {"topics": ("low",)}))
    saved_filter(query)(None)

    named = "visit-0, visit-1, visit-2, visit-3, visit-4 and others"
    assert act(admin_client, "withdraw_selected", make("low")) == [
        f"error: Not withdrawn: low. {EVENT}: {named}. {FILTER}: all. {CORRECT}"
    ]


def test_drafts_keep_nothing_public():
    uz = state("UZ")
    publish_vocabulary(actors=[uz])
    draft("visit", "2025", uz)
    member(uz, actor("jane"))
    Timeline.objects.create(slug="all", titles={"en": "All"}, query="country=UZ")

    assert withdraw_entries(Term.Kind.ACTOR, [uz, actor("jane")]) == ([uz], {})


def test_what_names_one_another_is_withdrawn_together(admin_client):
    ministry, jane, john = actor("ministry", "body"), actor("jane"), actor("john")
    member(ministry, jane), member(jane, john)
    publish_vocabulary(actors=[ministry, jane, john])
    published("visit", "2025", john)

    assert withdraw_entries(Term.Kind.ACTOR, [ministry, jane, john]) == (
        [],
        {ministry: [f"{ENTRY}: jane."], jane: [f"{ENTRY}: john."], john: [f"{EVENT}: visit."]},
    )
    withdraw(Event.objects.all())
    assert act(admin_client, "withdraw_selected", ministry, jane, john) == ["success: Withdrawn: jane, john, ministry."]


def test_states_that_follow_one_another_are_withdrawn_together():
    old, new = state("SUHH"), state("UZ")
    old.successors.add(new)
    publish_vocabulary(actors=[old, new])

    assert withdraw_entries(Term.Kind.ACTOR, [new]) == ([], {new: [f"{ENTRY}: SUHH."]})
    assert withdraw_entries(Term.Kind.ACTOR, [old, new]) == ([old, new], {})
    assert public("country") == public("actor") == set()


def test_a_figure_that_is_published_meanwhile_counts(monkeypatch):
    uz = state("UZ")
    publish_vocabulary(actors=[uz])
    look = withdrawing._figures

    def look_and_publish(own: Any, since: int = 0) -> set[tuple[str, str]]:
        found = look(own, since)
        if not since:
            figure_of(uz)
        return found

    monkeypatch.setattr(withdrawing, "_figures", look_and_publish)

    assert withdraw_entries(Term.Kind.ACTOR, [uz]) == ([], {uz: [f"{EVENT}: visit."]})


def test_of_many_the_first_refusals_are_told_and_all_are_asked_for_once_more(admin_client, monkeypatch):
    monkeypatch.setattr("timeline.admin.LISTED", 1)
    published("visit", "2025", "UZ", "KZ", "CN")
    chosen = {"action": "withdraw_selected", "_selected_action": [state(code).pk for code in ("UZ", "KZ", "CN")]}
    page = admin_client.post("/admin/events/actor/", chosen)
    assert "<p>Withdraw 3 actors?" in page.text

    response = admin_client.post("/admin/events/actor/", sent(page), follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        f"Not withdrawn: china. {EVENT}: visit. {CORRECT}",
        "Not withdrawn either: 2 others.",
    ]


def test_lists_offer_it_to_those_who_may_publish(admin_client):
    publish_vocabulary(actors=[state("UZ")], types=[event_type()], topics=[topic("trade")])
    for name in ("actor", "eventtype", "topic"):
        assert 'value="withdraw_selected"' in admin_client.get(f"/admin/events/{name}/").text
