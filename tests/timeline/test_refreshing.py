"""Public events that follow the vocabulary they name."""

from __future__ import annotations

import datetime
import logging
import threading
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from events.models import Actor, Event, EventType, Figure, Membership, Topic
from tests.builders import actor, draft, event_type, member, published, state, topic
from tests.timeline.test_import_commands import run
from timeline import publishing, refreshing
from timeline.caching import dataset_version
from timeline.documents import Renderer, load
from timeline.drafts import load_drafts
from timeline.models import Publication, PublicationText, Refresh, Tally, Term
from timeline.publishing import publish, publish_vocabulary, withdraw
from timeline.refreshing import Step, refresh_all
from timeline.stems import STEMS
from timeline.traits import FIRST_BLOCK, with_block
from timeline.versions import prepare

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch):
    monkeypatch.setattr(refreshing, "BATCH", 2)


def rename(entry, **names):
    """An editor calls an actor, a type or a topic otherwise, and publishes that."""
    entry.names = names
    entry.save()
    changed = publish_vocabulary(
        **{{Actor: "actors", EventType: "types", Topic: "topics"}[type(entry)]: type(entry).objects.filter(pk=entry.pk)}
    )
    return len(changed)


def current(slug, language="en"):
    text = PublicationText.objects.get(
        publication__slug=slug, publication__superseded_in=None, publication__withdrawn=False, language=language
    )
    return load(text.document)


def versions():
    return list(Publication.objects.current().order_by("event_id").values_list("slug", "version"))


def progress():
    """(total, done, changed, passed over, finished) of each refresh."""
    return [
        (refresh.total, refresh.done, refresh.changed, refresh.passed_over, refresh.finished_at is not None)
        for refresh in Refresh.objects.order_by("pk")
    ]


@pytest.mark.usefixtures("curated")
def test_what_is_public_says_the_same_when_it_is_rendered_anew():
    everything = list(Publication.objects.current().values_list("event_id", flat=True))
    Refresh.objects.all().delete()
    Refresh.objects.create(types=list(EventType.objects.values_list("slug", flat=True)), asked_at=timezone.now())
    before = dataset_version()

    refresh_all()

    assert len(everything) == 69
    assert progress() == [(69, 69, 0, 0, True)]
    assert dataset_version() == before


def test_a_summary_that_is_not_translated_stays_so():
    event = draft("half", "2025", "UZ", titles={"en": "Summit", "de": "Gipfel"})
    event.texts.filter(language="en").update(summary="Signed.")
    publish([event])
    rename(state("UZ"), en="Republic of Uzbekistan", de="Republik Usbekistan")

    refresh_all()

    shown = current("half", "de")
    assert (shown["countries"][0]["name"], shown["summary"], shown["summary_language"]) == (
        "Republik Usbekistan",
        "Signed.",
        "en",
    )
    assert publish([event]).published == []


@pytest.mark.usefixtures("curated")
def test_search_vectors_and_columns_are_those_that_publishing_makes():
    kazakhstan = Actor.objects.get(code="KZ")
    rename(kazakhstan, en="Qazaqstan", de="Qasaqstan")
    refresh_all()

    rows = list(Publication.objects.current().filter(countries_involved__contains=["KZ"]).order_by("event_id"))
    assert len(rows) > 10
    drafts = load_drafts([row.event_id for row in rows])
    rendered = [Renderer.of(drafts).render(one) for one in drafts]
    columns = [*rendered[0].columns, "involvements", "search", "names_digest"]
    for row, version in zip(rows, prepare(rendered), strict=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::tsvector::text", [version.row.search])
            (version.row.search,) = cursor.fetchone()
        version.row.traits = with_block(version.row.traits, FIRST_BLOCK - row.traits[0])
        assert [getattr(row, name) for name in columns] == [getattr(version.row, name) for name in columns]
    assert publish(Event.objects.filter(pk__in=[row.event_id for row in rows])).published == []


def test_events_follow_an_actor_in_every_language_and_in_search(client):
    uz = state("UZ")
    published("visit", "2025-11-06", "US", uz, titles={"en": "Visit", "de": "Besuch"})
    published("other", "2025-11-06", "US")

    assert rename(uz, en="Oʻzbekiston", de="Usbekien") == 2  # as an actor and as a country
    assert current("visit")["participants"][1]["name"] == "Uzbekistan"
    refresh_all()

    assert [entry["name"] for entry in current("visit")["participants"]] == ["United States", "Oʻzbekiston"]
    assert [entry["name"] for entry in current("visit", "de")["countries"]] == ["United States", "Usbekien"]
    assert versions() == [("visit", 2), ("other", 1)]
    found = client.get("/api/v1/events/?q=usbekien&lang=de").json()["results"]
    assert [(event["id"], event["version"]) for event in found] == [("visit", 2)]
    assert client.get("/api/v1/events/?q=uzbekistan").json()["results"] == []


def test_events_are_found_by_an_alias_that_an_actor_gets_later(client):
    def found(**query):
        results = client.get("/api/v1/events/", {"q": "vinokurov", **query}).json()["results"]
        return [(event["id"], event["version"]) for event in results]

    target = published("target")
    minister = actor("minister")
    event = published("visit", "2025-11-06", minister, relations=(("follows", target),))
    published("other", "2025-11-06", "US")
    before = dataset_version()
    minister.aliases = ["Vinokurov"]
    minister.save()
    publish_vocabulary(actors=[minister])
    assert found() == []
    refresh_all()

    assert found() == [("visit", 2)]
    assert found(as_of=before) == []
    assert client.get("/api/v1/events/visit/versions/").json()["results"][0]["changes"] == []
    assert publish([event]).unchanged == [event]
    target.slug = "renamed-target"  # which the other's document says, too
    target.save()
    publish([target])
    assert found() == [("visit", 3)]
    assert publish([event]).unchanged == [event]


def test_what_was_published_before_names_were_noted_is_not_published_anew_for_them():
    event = published("visit", "2025-11-06", "US")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE timeline_publication SET names_digest = ''")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    assert publish([event]).unchanged == [event]


def test_a_renamed_event_keeps_its_first_id():
    uz = state("UZ")
    event = published("old", "2025", uz)
    Event.objects.update(slug="new")
    publish([Event.objects.get()])

    Refresh.objects.create(types=["meeting"], asked_at=timezone.now())
    refresh_all()
    assert versions() == [("new", 2)]  # says nothing new
    rename(uz, en="Oʻzbekiston")
    refresh_all()

    assert versions() == [("new", 3)]
    assert current("new")["first_id"] == "old"
    event.refresh_from_db()
    assert publish([event]).unchanged == [event]


def test_drafts_do_not_leak(client):
    uz, us = state("UZ"), state("US")
    visit = published("visit", "2025-11-06", us, uz)
    # In hand, and not to be seen: another title, another date, another participant, another name of the other state.
    visit.texts.update(title="Secret title")
    visit.participations.filter(actor=us).delete()
    visit.date, visit.place_name = "2026-01-01", "Secret place"
    visit.save()
    us.names = {"en": "Secret name"}
    us.save()
    published("withdrawn", "2025", uz)
    withdraw([Event.objects.get(slug="withdrawn")])
    draft("never", "2025", uz)

    rename(uz, en="Oʻzbekiston")
    refresh_all()

    document = current("visit")
    assert document["title"] == "Title of visit"
    assert [entry["name"] for entry in document["participants"]] == ["United States", "Oʻzbekiston"]
    assert (document["date"]["edtf"], "place" in document) == ("2025-11-06", False)
    assert versions() == [("visit", 2)]
    assert "ecret" not in client.get("/api/v1/events/").text


def test_each_event_is_one_new_version_and_a_batch_one_dataset_version():
    uz = state("UZ")
    for number in range(5):
        published(f"event-{number}", "2025", uz, titles={"en": "E", "de": "D"})
    before = dataset_version()
    rename(uz, en="Oʻzbekiston")

    steps: list[Step] = []
    refresh_all(steps.append)

    assert [(step.looked_at, step.changed, step.refresh.done) for step in steps] == [
        (0, 0, 0), (2, 2, 2), (2, 2, 4), (1, 1, 5),
    ]  # fmt: skip
    rows = Publication.objects.current().order_by("event_id").values_list("version", "published_in")
    start = before + 1
    assert list(rows) == [(2, start + 1), (2, start + 1), (2, start + 2), (2, start + 2), (2, start + 3)]
    assert progress() == [(5, 5, 5, 0, True)]
    assert PublicationText.objects.filter(publication__version=2).count() == 10


def test_tallies_and_relations_stay_right():
    uz = state("UZ")
    first = published("first", "2025-11-06", uz)
    second = published("second", "2025-12", "US", relations=[("follows", first)])
    before = set(Tally.objects.values_list("dimension", "key", "month", "starts", "ends"))

    rename(uz, en="Oʻzbekiston")
    refresh_all()

    assert set(Tally.objects.values_list("dimension", "key", "month", "starts", "ends")) == before
    assert current("second")["relations"] == [{"kind": "follows", "event": "first", "title": "Title of first"}]
    assert versions() == [("first", 2), ("second", 1)]
    rename(state("US"), en="USA")
    refresh_all()
    assert current("second")["relations"] == [{"kind": "follows", "event": "first", "title": "Title of first"}]
    assert [relation.target for relation in Publication.objects.get(event=second, version=2).relations.all()] == [first]


@pytest.mark.parametrize("make", [event_type, topic])
def test_events_follow_types_and_topics(make):
    above = make("above")
    entry = make("entry", "above")
    published("of-entry", "2025", "US", type="entry", topics=("entry",)) if make is event_type else published(
        "of-entry", "2025", "US", topics=("entry",)
    )
    published("other", "2025", "US")

    rename(entry, en="New name")
    rename(above, en="Not in documents")
    refresh_all()

    document = current("of-entry")
    assert (document["type"] if make is event_type else document["topics"][0])["name"] == "New name"
    assert versions() == [("of-entry", 2), ("other", 1)]


def test_a_membership_changes_who_is_involved():
    minister, ministry, bloc = actor("minister"), actor("ministry", "body"), actor("bloc", "bloc")
    kz, uz = state("KZ"), state("UZ")
    member(ministry, minister)
    speaks = member(uz, ministry)
    joined = member(bloc, kz)
    published("talks", "2025", minister)
    published("summit", "2025", bloc)
    assert [country["code"] for country in current("talks")["countries"]] == ["UZ"]

    speaks.group = kz
    speaks.save()
    joined.since = "2026"
    joined.save()
    publish_vocabulary(actors=[ministry, kz])
    refresh_all()

    assert [country["code"] for country in current("talks")["countries"]] == ["KZ"]
    assert current("talks")["participants"][0]["represents"] == ["KZ"]
    assert "countries" not in current("summit")
    row = Publication.objects.current().get(slug="talks")
    assert (row.countries_involved, [country.code for country in row.countries.all()]) == (["KZ"], ["KZ"])
    Membership.objects.filter(pk=joined.pk).delete()
    publish_vocabulary(actors=[kz])
    refresh_all()
    assert publish(Event.objects.all()).published == []


def involved(slug):
    """The codes of the states that are involved in a public event, as it is said in all places."""
    [row] = Publication.objects.current().filter(slug=slug)
    codes = [country["code"] for country in current(slug).get("countries", ())]
    assert row.countries_involved == codes == sorted(country.code for country in row.countries.all())
    return codes


def test_a_state_that_was_in_no_public_event_joins_the_events_of_its_bloc():
    bloc, later = actor("bloc", "bloc"), actor("later-bloc", "bloc")
    member(bloc, state("KZ"))
    published("summit", "2025-11", bloc)
    published("before", "2025-09", bloc)
    published("other", "2025-11", later)
    joining = state("UZ")
    member(bloc, joining, since="2025-10")
    member(later, joining, since="2026")

    publish_vocabulary(actors=[joining])
    refresh_all()

    assert [involved(slug) for slug in ("summit", "before", "other")] == [["KZ", "UZ"], ["KZ"], []]
    assert versions() == [("summit", 2), ("before", 1), ("other", 1)]
    assert progress() == [(2, 2, 1, 0, True)]  # nothing of what the later bloc takes part in
    assert publish(Event.objects.all()).published == []


def test_a_state_that_left_a_bloc_is_not_brought_back():
    bloc, kz = actor("bloc", "bloc"), state("KZ")
    link = member(bloc, kz)
    member(bloc, state("UZ"))
    summit = published("summit", "2025", bloc)
    published("other", "2025", bloc)
    published("with-it", "2025", bloc, kz)

    link.delete()
    publish([summit])
    entry = Term.objects.current().get(kind="actor", key="kazakhstan")
    assert "memberships" not in load(entry.texts.get(language="en").document)
    refresh_all()
    rename(bloc, en="New name")
    refresh_all()

    assert [involved(slug) for slug in ("summit", "other", "with-it")] == [["UZ"], ["UZ"], ["KZ", "UZ"]]
    assert publish(Event.objects.all()).published == []


def test_who_is_no_longer_involved_because_of_the_event_is_not_published_with_it():
    bloc, kz, us = actor("bloc", "bloc"), state("KZ"), state("US")
    member(bloc, kz)
    summit = published("summit", "2025", bloc, us)
    Actor.objects.filter(pk__in=[kz.pk, us.pk]).update(names={"en": "In hand"})

    summit.participations.all().delete()
    summit.participations.create(actor=state("UZ"), role="participant")
    publish([summit])

    assert involved("summit") == ["UZ"]
    documents = [text.document for term in Term.objects.current() for text in term.texts.all()]
    assert [document for document in documents if "In hand" in document] == []


def test_who_is_no_longer_involved_because_of_the_date_is_not_published_with_it():
    bloc, kz = actor("bloc", "bloc"), state("KZ")
    member(bloc, kz, since="2020")
    summit = published("summit", "2025", bloc)
    Actor.objects.filter(pk=kz.pk).update(names={"en": "In hand"})

    summit.date = "2010"
    summit.save()
    publish([summit])

    assert involved("summit") == []
    assert Term.objects.current().get(kind="actor", key="kazakhstan").names == ["Kazakhstan", "KZ"]
    assert progress() == []


def test_a_member_that_lost_its_code_is_not_brought_back():
    bloc, kz = actor("bloc", "bloc"), state("KZ")
    member(bloc, kz)
    summit = published("summit", "2025", bloc)

    kz.code = None
    kz.save()
    publish([summit])
    rename(bloc, en="New name")
    refresh_all()

    assert involved("summit") == []


@pytest.mark.parametrize("before", ["never", "without the bloc", "withdrawn", "on other days"])
@pytest.mark.parametrize("gone", ["membership", "code"])
def test_who_left_a_bloc_before_it_took_part_is_not_brought_in(before, gone):
    bloc, kz, us = actor("bloc", "bloc"), state("KZ"), state("US")
    link = member(bloc, kz)
    member(bloc, state("UZ"))
    published("other", "2015", bloc)
    if before == "on other days":
        link.since = "1995"
        link.save()
        publish_vocabulary(actors=[kz])
        summit = published("summit", "1990", us, (bloc, "host"))
        summit.date = "2021"
        summit.save()
    else:
        summit = draft("summit", "2021", us) if before == "never" else published("summit", "2021", us)
    if before == "withdrawn":
        withdraw([summit])

    if gone == "membership":
        link.until = "2020-01-31"
        link.save()
    else:
        kz.code = None
        kz.save()
    if before != "on other days":
        summit.participations.create(actor=bloc, role="host")
    publish([summit])
    assert involved("summit") == ["US", "UZ"]
    rename(bloc, en="New name")
    refresh_all()

    assert involved("summit") == ["US", "UZ"]
    assert publish([summit]).published == []


def test_who_joined_a_bloc_later_is_not_published_with_what_it_did_before():
    bloc, kz = actor("bloc", "bloc"), state("KZ")
    member(bloc, kz, since="2020")
    published("later", "2025", bloc)
    Actor.objects.filter(pk=kz.pk).update(names={"en": "In hand"})

    published("earlier", "2010", bloc)

    assert involved("earlier") == []
    assert Term.objects.current().get(kind="actor", key="kazakhstan").names == ["Kazakhstan", "KZ"]


@pytest.mark.parametrize("in_hand", [False, True])
def test_figures_name_a_state_by_its_new_code_whoever_takes_part(client, in_hand):
    burma = state("BU")
    for slug, parties in (("about", ["US"]), ("with", ["US", burma])):
        event = draft(slug, "2025", *parties)
        Figure.objects.create(event=event, labels={"en": "Trade"}, value=3, unit="t", reporter=burma)
        publish([event])
    if in_hand:
        Figure.objects.all().delete()
    burma.code = "BUMM"
    burma.save()

    publish_vocabulary(actors=[burma])
    refresh_all()

    assert [current(slug)["figures"][0]["reporter"] for slug in ("about", "with")] == ["BUMM", "BUMM"]
    assert client.get("/api/v1/countries/BU/").status_code == 410
    assert "reported by <bdi>State Bu</bdi>" in client.get("/events/about/").text
    assert "reported by <bdi>State Bu</bdi>" in client.get("/events/with/").text


def test_figures_are_looked_for_only_where_a_code_changed():
    burma, usa = state("BU"), state("US")
    event = draft("about", "2025")
    Figure.objects.create(event=event, labels={"en": "Trade"}, value=3, unit="t", reporter=burma, partner=usa)
    publish([event])
    rename(burma, en="Myanmar")
    refresh_all()
    for code in ("BUMA", "BUMM"):  # twice before anybody looks
        burma.code = code
        burma.save()
        publish_vocabulary(actors=[burma])
    refresh_all()

    said = current("about")["figures"][0]
    assert (said["reporter"], said["partner"]) == ("BUMM", "US")
    assert [looked_at for looked_at, *_ in progress()] == [0, 1, 1]


def test_events_follow_a_state_to_its_new_code(client):
    burma, bloc = state("BU"), actor("bloc", "bloc")
    member(bloc, burma)
    published("there", "2025", "US", place_country=burma)
    published("with", "2025", burma)
    published("summit", "2025", bloc)
    burma.code = "BUMM"
    burma.save()

    publish_vocabulary(actors=[burma])
    before = dataset_version()
    assert client.get("/api/v1/countries/BU/").status_code == 200  # as long as events have it
    refresh_all()

    assert [client.get(f"/api/v1/countries/{code}/").status_code for code in ("BU", "BUMM")] == [410, 200]
    assert client.get(f"/api/v1/countries/BU/?as_of={before}").json()["code"] == "BU"
    assert [entry["code"] for entry in client.get("/api/v1/countries/").json()["results"]] == ["BUMM", "US"]
    assert [involved(slug) for slug in ("there", "with", "summit")] == [["BUMM", "US"], ["BUMM"], ["BUMM"]]
    assert current("there")["place"]["country"] == "BUMM"
    found = client.get("/api/v1/events/?country=BUMM").json()["results"]
    assert {event["id"] for event in found} == {"there", "with", "summit"}
    assert client.get("/api/v1/events/?country=BU").status_code == 400  # as for any code that is not there
    assert publish(Event.objects.all()).published == []


@pytest.mark.parametrize(("code", "named"), [("XO", ["XO"]), (None, None)])
def test_a_code_that_ends_leaves_the_entries_of_successors_and_predecessors(client, code, named):
    old, middle, new = state("SUHH"), state("XN"), state("UZ")
    old.successors.add(middle)
    middle.successors.add(new)
    publish_vocabulary(actors=[old, middle, new])
    published("with", "2025", middle)
    old.names = {"en": "In hand"}
    old.save()
    middle.code = code
    middle.save()

    publish_vocabulary(actors=[middle])
    refresh_all()

    assert client.get("/api/v1/countries/XN/").status_code == 410
    shown = [client.get(f"/api/v1/countries/{other}/").json() for other in ("SUHH", "UZ")]
    assert [entry["name"] for entry in shown] == ["Soviet Union", "Uzbekistan"]
    assert (shown[0].get("successors"), shown[1].get("predecessors")) == (named, named)
    ended = Term.objects.get(key="XN", withdrawn=True).published_in
    amended = Term.objects.current().filter(key__in=["SUHH", "UZ"]).values_list("key", "published_in")
    assert dict(amended) == {"SUHH": ended, "UZ": ended}
    before = client.get(f"/api/v1/countries/SUHH/?as_of={ended - 1}").json()
    assert before["successors"] == ["XN", *(named or [])]


def test_the_events_of_a_bloc_follow_a_member_that_gets_a_code():
    bloc, member_of_it = actor("bloc", "bloc"), actor("new-state", "state")
    member(bloc, member_of_it)
    published("summit", "2025", bloc)
    published("other", "2025", member_of_it)
    member_of_it.code = "KZ"
    member_of_it.save()

    publish_vocabulary(actors=[member_of_it])
    refresh_all()

    assert [involved(slug) for slug in ("summit", "other")] == [["KZ"], ["KZ"]]


@pytest.mark.parametrize("is_public", [True, False])
def test_events_follow_a_code_to_another_actor(is_public):
    old, new = state("UZ"), actor("republic", "state")
    published("there", "2025", old, place_country=old)
    published("with", "2025", old)
    if is_public:
        published("both", "2025", new, place_country=old)
    old.code = None
    old.save()
    new.code = "UZ"
    new.save()

    publish_vocabulary(actors=[new])
    refresh_all()

    assert [refresh.error for refresh in Refresh.objects.all()] == [""]
    assert involved("there") == ["UZ"]
    assert current("there")["countries"][0]["name"] == "Republic"
    assert involved("with") == []
    assert not is_public or involved("both") == ["UZ"]


@pytest.mark.parametrize("together", [True, False])
def test_who_has_a_code_now_is_published_before_or_with_who_had_it(together):
    old, new = state("UZ"), actor("republic", "state")
    published("there", "2025", place_country=old)
    old.code = None
    old.save()
    new.code = "UZ"
    new.save()

    for actors in [[old, new]] if together else [[new], [old]]:
        publish_vocabulary(actors=actors)
        refresh_all()

    assert involved("there") == ["UZ"]
    assert current("there")["place"]["country"] == "UZ"


def test_events_that_took_place_in_a_state_without_a_code_are_published_again_when_it_has_one():
    kz = state("KZ")
    event = published("there", "2025", "US", place_country=kz)
    for code in (None, "KZ"):
        kz.code = code
        kz.save()
        publish_vocabulary(actors=[kz])
        refresh_all()
    assert involved("there") == ["US"]  # what is public does not tell where it took place

    publish([event])

    assert involved("there") == ["KZ", "US"]
    assert current("there")["place"] == {"country": "KZ"}


def test_nothing_is_asked_for_when_nothing_public_changed():
    uz = state("UZ")
    uz.names = {"en": "Before it is public"}
    uz.save()
    published("visit", "2025", uz)
    publish_vocabulary(actors=[uz], types=[event_type()])

    assert progress() == []


def test_publishing_one_event_has_the_others_follow():
    uz = state("UZ")
    one, _ = published("one", "2025", uz), published("other", "2025", uz)
    uz.names = {"en": "Oʻzbekiston"}
    uz.save()

    publish([one])
    assert versions() == [("one", 2), ("other", 1)]
    refresh_all()

    assert versions() == [("one", 2), ("other", 2)]
    assert progress() == [(2, 2, 1, 0, True)]


def test_an_event_that_names_what_is_not_public_any_more_is_passed_over():
    somebody = actor("somebody")
    published("visit", "2025", "US", somebody)
    published("other", "2025", "US")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE timeline_term DISABLE TRIGGER USER")
        Term.objects.filter(key="somebody").update(key="gone")
        cursor.execute("ALTER TABLE timeline_term ENABLE TRIGGER USER")

    rename(state("US"), en="USA")
    refresh_all()

    assert versions() == [("visit", 1), ("other", 2)]
    assert progress() == [(2, 2, 1, 1, True)]


def test_an_error_is_noted_and_tried_again_later(monkeypatch):
    uz = state("UZ")
    for number in range(3):
        published(f"event-{number}", "2025", uz)
    rename(uz, en="Oʻzbekiston")
    real, calls = refreshing.write_publications, []

    def fail_once(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise ValueError("out of luck")
        real(*arguments)

    monkeypatch.setattr(refreshing, "write_publications", fail_once)
    steps: list[Step] = []
    refresh_all(steps.append)

    assert versions() == [("event-0", 2), ("event-1", 2), ("event-2", 1)]
    refresh = Refresh.objects.get()
    assert (refresh.error, refresh.done, refresh.finished_at) == ("ValueError: out of luck", 2, None)
    assert steps[-1].refresh.error == "ValueError: out of luck"
    refresh_all()
    assert len(calls) == 2  # not yet
    Refresh.objects.update(retry_at=timezone.now())
    refresh_all()
    assert versions() == [("event-0", 2), ("event-1", 2), ("event-2", 2)]
    refresh.refresh_from_db()
    assert (refresh.error, refresh.done, refresh.finished_at is None) == ("", 3, False)


def test_the_command_goes_on_where_another_one_was_killed(monkeypatch):
    uz = state("UZ")
    for number in range(5):
        published(f"event-{number}", "2025", uz)
    rename(uz, en="Oʻzbekiston")

    class Killed(BaseException):
        pass

    def kill(step):
        if step.refresh.done == 2:
            raise Killed

    with pytest.raises(Killed):
        refresh_all(kill)
    assert progress() == [(5, 2, 2, 0, False)]

    assert run("refresh_documents") == (["Events looked at: 3; new versions: 3."], [], "")
    assert [version for _, version in versions()] == [2] * 5
    assert run("refresh_documents") == (["Events looked at: 0; new versions: 0."], [], "")


def test_the_command_tells_of_errors(monkeypatch):
    published("visit", "2025", "UZ")
    rename(state("UZ"), en="Oʻzbekiston")
    monkeypatch.setattr(refreshing, "lock", lambda ids: 1 / 0)

    for _ in ("tried", "not tried again yet"):
        assert run("refresh_documents") == (
            ["Events looked at: 0; new versions: 0."],
            ["uzbekistan stopped, and will be tried again: ZeroDivisionError: division by zero"],
            "Not all public events follow the vocabulary, see above. Run this again in a minute.",
        )


def test_the_command_does_not_tell_of_errors_that_it_has_overcome(monkeypatch):
    published("visit", "2025", "UZ")
    rename(state("UZ"), en="Oʻzbekiston")
    failures = iter([ZeroDivisionError])
    real = refreshing.lock

    def lock(ids):
        for failure in failures:
            raise failure
        real(ids)

    monkeypatch.setattr(refreshing, "lock", lock)
    monkeypatch.setattr(refreshing, "RETRY", datetime.timedelta(0))

    assert run("refresh_documents") == (["Events looked at: 1; new versions: 1."], [], "")


def test_watching_ends_when_it_is_told_to(monkeypatch):
    published("visit", "2025", "UZ")
    rename(state("UZ"), en="Oʻzbekiston")
    waits: list[float] = []
    monkeypatch.setattr(refreshing.time, "sleep", waits.append)

    refreshing.keep_refreshing(lambda: len(waits) == 2)

    assert waits == [1.0, 1.0]
    assert versions() == [("visit", 2)]


def test_an_outage_of_the_database_is_told_once_and_waited_out(monkeypatch, caplog):
    answers = ["gone", "gone", "starting up", "starting up", "starting up", "starting up", "", "", "gone"]
    waits: list[float] = []
    closed: list[bool] = []

    def ask():
        if answer := answers.pop(0):
            raise OperationalError(answer)

    monkeypatch.setattr(refreshing, "refresh_all", ask)
    monkeypatch.setattr(refreshing, "connection", SimpleNamespace(close=lambda: closed.append(True)))
    monkeypatch.setattr(refreshing.time, "sleep", waits.append)
    caplog.set_level(logging.INFO, refreshing.logger.name)

    refreshing.keep_refreshing(lambda: not answers)

    assert [(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("WARNING", "Public events cannot be refreshed: OperationalError: gone", None),
        ("WARNING", "Public events cannot be refreshed: OperationalError: starting up", None),
        ("INFO", "Public events are refreshed again", None),
        ("WARNING", "Public events cannot be refreshed: OperationalError: gone", None),
    ]
    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 1.0, 1.0, 2.0]
    assert len(closed) == 7


@pytest.mark.usefixtures("committed")
def test_another_worker_leaves_it_alone():
    published("visit", "2025", "UZ")
    rename(state("UZ"), en="Oʻzbekiston")
    steps: list[Step] = []

    def other():
        refresh_all(steps.append)
        connection.close()

    with transaction.atomic():
        Refresh.objects.select_for_update().get()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
        assert (steps, thread.is_alive()) == ([], False)

    refresh_all(steps.append)
    assert versions() == [("visit", 2)]


@pytest.mark.usefixtures("committed")
def test_what_is_published_meanwhile_is_not_undone(monkeypatch):
    event = published("visit", "2025", "UZ")
    rename(state("UZ"), en="Oʻzbekiston")
    real = refreshing.new_edition

    def publish_first(by):
        # Between the look at what is public and the turn to write: relations are written without the event's lock.
        monkeypatch.setattr(refreshing, "new_edition", real)

        def other():
            related = published("related", "2025", "US")
            event.relations.create(kind="follows", target=related)
            connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
        return real(by)

    monkeypatch.setattr(refreshing, "new_edition", publish_first)
    refresh_all()

    assert current("visit")["participants"][0]["name"] == "Oʻzbekiston"
    assert publish([event]).published == [event]
    assert current("visit")["relations"][0]["event"] == "related"


@pytest.mark.usefixtures("committed")
def test_a_version_written_while_it_waited_is_built_upon(monkeypatch):
    target = published("target", "2025", "US")
    published("visit", "2025", "UZ", relations=[("follows", target)])
    rename(state("UZ"), en="Oʻzbekiston")
    real = refreshing.new_edition

    def retitle_first(by):
        monkeypatch.setattr(refreshing, "new_edition", real)

        def other():
            target.texts.update(title="New title")
            publish([target])  # and with it a version of the visit, whose row is locked by the refresh
            connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
        assert not thread.is_alive()
        return real(by)

    monkeypatch.setattr(refreshing, "new_edition", retitle_first)
    refresh_all()

    document = current("visit")
    assert document["participants"][0]["name"] == "Oʻzbekiston"
    assert document["relations"][0]["title"] == "New title"
    assert versions() == [("target", 2), ("visit", 3)]


@pytest.mark.usefixtures("committed")
def test_an_event_rendered_before_and_published_after_is_waited_for(monkeypatch):
    """Where its publisher does not notice: not all that it was rendered from is compared."""
    monkeypatch.setattr(publishing, "edited_meanwhile", lambda *rendered: False)
    uz = state("UZ")
    published("before", "2025", uz)
    slow = draft("slow", "2025", uz)
    rendered, renamed = threading.Event(), threading.Event()

    class Late:
        def __enter__(self):
            rendered.set()
            renamed.wait(30)

        def __exit__(self, *_):
            pass

    def other():
        publish([slow], turn=Late())
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    rendered.wait(30)
    uz.names = {"en": "Oʻzbekiston"}
    uz.save()
    publish_vocabulary(actors=[uz])
    threading.Timer(0.3, renamed.set).start()
    refresh_all()
    thread.join(30)

    assert current("slow")["participants"][0]["name"] == "Oʻzbekiston"
    assert versions() == [("before", 2), ("slow", 2)]


def test_a_reporter_who_gets_a_code_is_named_by_it_in_figures_too():
    republic = actor("republic", kind="state")
    event = draft("visit", "2025")
    Figure.objects.create(event=event, labels={"en": "Exports"}, value=1, unit="USD bn", reporter=republic)
    publish([event])
    assert current("visit")["figures"][0]["reporter"] == "republic"
    republic.code = "RE"
    rename(republic, en="Republic")
    refresh_all()

    assert current("visit")["figures"][0]["reporter"] == "RE"
    assert publish(Event.objects.all()).published == []


def test_a_rename_is_asked_for_by_its_editor(admin_user):
    published("visit", "2025", "UZ")
    uz = state("UZ")
    uz.names = {"en": "Oʻzbekiston"}
    uz.save()
    publish_vocabulary(admin_user, actors=[uz])
    refresh_all()

    assert Publication.objects.current().get().published_by == admin_user
    assert str(Refresh.objects.get()) == "uzbekistan"


def test_nothing_to_do_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(3):  # with the savepoint around it
        refresh_all()


def test_a_thousand_take_as_many_queries_as_one_for_each_batch(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(refreshing, "BATCH", 50)
    uz = state("UZ")
    published("one", "2025", uz)
    rename(uz, en="First")
    refresh_all()
    rename(uz, en="Second")
    STEMS.clear()
    with django_assert_num_queries(48) as counted:
        refresh_all()
    for number in range(12):
        published(f"event-{number}", "2025", uz)
    rename(uz, en="Third")
    STEMS.clear()
    with django_assert_num_queries(len(counted)):
        refresh_all()
