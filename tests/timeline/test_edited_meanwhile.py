"""What editors save of the vocabulary while events wait for their turn to be published."""

from __future__ import annotations

from contextlib import contextmanager
from unittest import mock

import pytest

from events.models import Event, Figure, Membership
from tests.builders import actor, draft, event_type, member, state, topic
from timeline import publishing
from timeline.documents import load
from timeline.models import PublicationText, Refresh
from timeline.publishing import publish

pytestmark = pytest.mark.django_db


@contextmanager
def saved_meanwhile(*entries):
    for entry in entries:
        entry.save()
    yield


def document():
    return load(PublicationText.objects.get(publication__superseded_in=None, language="en").document)


def test_events_have_it_as_it_is_when_they_become_public():
    uz, person, kind, about = state("UZ"), actor("jane-doe"), event_type("meeting"), topic("trade")
    visit = draft("visit", "2025", uz, person, topics=("trade",))
    for entry in (uz, person, kind, about):
        entry.names = {"en": f"New {entry.slug}"}
    office = Membership(member=person, group=uz, role="envoy")

    publish([visit], turn=saved_meanwhile(uz, person, kind, about, office))

    said = document()
    assert [part["name"] for part in said["participants"]] == ["New uzbekistan", "New jane-doe"]
    assert [country["via"] for country in said["countries"]] == [["participant", "representative"]]
    assert (said["type"]["name"], said["topics"][0]["name"]) == ("New meeting", "New trade")
    assert publish(Event.objects.all()).published == []
    assert not Refresh.objects.exists()


def test_what_is_called_by_another_slug_or_code_is_named_by_it(client):
    place, person, about = state("UZ"), actor("jane-doe"), topic("trade")
    visit = draft("visit", "2025", person, topics=("trade",), place_country=place)
    place.code, person.slug, about.slug = "UX", "jane-smith", "commerce"

    publish([visit], turn=saved_meanwhile(place, person, about))

    said = document()
    assert (said["place"]["country"], said["participants"][0]["actor"], said["topics"][0]["id"]) == (
        "UX", "jane-smith", "commerce",
    )  # fmt: skip
    assert client.get("/api/v1/events/facets/").json()["actors"][0]["id"] == "jane-smith"


def test_who_belonged_to_something_at_the_time_is_told_by_the_days_as_they_are_then():
    person, bloc = actor("jane-doe"), actor("bloc", kind="bloc")
    links = [member(state("UZ"), person, role="envoy"), member(bloc, state("KZ")), member(bloc, state("TM"), "2030")]
    visit = draft("visit", "2025", person, bloc)
    links[0].until, links[1].until, links[2].since = "2024", "2024-12", "2020"

    publish([visit], turn=saved_meanwhile(*links))

    said = document()
    assert "represents" not in said["participants"][0]
    assert [country["code"] for country in said["countries"]] == ["TM"]
    assert not Refresh.objects.exists()


def test_who_is_represented_through_others_is_told_by_what_these_belong_to_then():
    minister, ministry, office = actor("jane-doe"), actor("ministry", kind="body"), actor("office", kind="body")
    member(office, minister), member(ministry, office)
    link = member(state("KZ"), ministry)
    visit = draft("visit", "2025", minister)
    link.group = state("UZ")

    publish([visit], turn=saved_meanwhile(link))

    assert [country["code"] for country in document()["countries"]] == ["UZ"]


@pytest.mark.parametrize("party", ["reporter", "partner"])
def test_figures_name_who_takes_no_part_by_the_code_of_then(party):
    burma = state("BU")
    about = draft("about", "2025", "US")
    Figure.objects.create(event=about, labels={"en": "Trade"}, value=3, unit="t", **{party: burma})
    burma.code = "BUMM"

    publish([about], turn=saved_meanwhile(burma))

    assert document()["figures"][0][party] == "BUMM"


def test_what_nobody_saved_meanwhile_is_rendered_once():
    g20, eu, person = actor("g20", kind="bloc"), actor("eu", kind="bloc", code="EU"), actor("jane-doe")
    ministry, company = actor("ministry", kind="body"), actor("company", kind="company")
    for group, who in ((g20, eu), (eu, state("DE")), (ministry, person), (state("KZ"), ministry), (state("KZ"), eu)):
        member(group, who, since="2020~", until="203X")
    event = draft("summit", "2025", g20, person, "UZ", topics=("trade",), place_country=state("US"))
    for party in (state("US"), eu, state("JP"), company):
        Figure.objects.create(event=event, labels={"en": party.slug}, value=3, unit="t", reporter=party)

    with mock.patch.object(publishing, "_rendered", wraps=publishing._rendered) as rendered:
        publish([event])

    assert rendered.call_count == 1


def test_who_is_deleted_while_an_event_waits_is_not_in_it():
    bloc, odd = actor("bloc", kind="bloc"), state("UZ")
    member(bloc, odd), member(bloc, state("KZ"))

    @contextmanager
    def deleted():
        odd.delete()
        yield

    publish([draft("summit", "2025", bloc)], turn=deleted())

    assert [country["code"] for country in document()["countries"]] == ["KZ"]


def test_what_is_saved_while_an_event_is_rendered_again_is_in_it_too(monkeypatch):
    uz, person = state("UZ"), actor("jane-doe")
    visit = draft("visit", "2025", uz, person)
    uz.names, person.names = {"en": "New Uzbekistan"}, {"en": "New Jane"}
    rendered, real = [], publishing._rendered

    def saving(drafts):
        rendered.append(real(drafts))
        if len(rendered) == 2:
            person.save()
        return rendered[-1]

    monkeypatch.setattr(publishing, "_rendered", saving)
    publish([visit], turn=saved_meanwhile(uz))

    assert [part["name"] for part in document()["participants"]] == ["New Uzbekistan", "New Jane"]
    assert len(rendered) == 3
