"""The State Department's travels and visits, from the XML to the API."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from events.admin.events import mark_edited
from events.historyatstate.records import HistoryAtState
from events.interchange.following import CALLED_OTHERWISE, SAID, fingerprints
from events.interchange.following_entries import fingerprint
from events.interchange.writing import event_records
from events.loading import load_curated
from events.models import Actor, Event, EventText, Membership, Participation, Relation, Source
from tests.assertions import slugs
from tests.builders import actor, member
from tests.events.historyatstate.samples import folder, trip, visit
from tests.timeline.test_import_commands import run
from timeline.documents import load
from timeline.management.commands.import_historyatstate import Command
from timeline.models import Publication, Term, TermText
from timeline.publishing import publish, publish_vocabulary
from timeline.refreshing import refresh_all

pytestmark = pytest.mark.django_db

CARTER = {"office": "president", "who": "carter-jimmy", "name": "Jimmy Carter"}
TRIPS = [
    trip(7, "1979-06-15", "russia", "U.S.S.R.", end="1979-06-18", locale="Moscow, Leningrad"),
    trip(8, "2023-02-19", "turkiye", "Türkiye"),
    trip(9, "1977-02-15", "turkey", "Turkey", locale="Ankara"),
    trip(
        10,
        "1978-12-29",
        "iran",
        "Iran",
        office="president",
        who="carter-jimmy",
        name="Jimmy Carter",
        remarks="Met\n  Shah.",
    ),
]
VISITS = [
    visit(7, "1945-04-26", "china", "China, Republic of", "Prime Minister T. V. Soong"),
    visit(8, "1961-07-31", "taiwan", "China, Republic of", "Prime Minister Ch’en", description="Official visit."),
    visit(9, "1881-09-28", "hawaii", "Hawaii", "King Kalakaua"),
    visit(10, "1998-06-01", "jordan", "Jordan", "King Hussein and Queen Noor", description="Working Visit."),
]


def imported(path, *options):
    return run("import_historyatstate", str(path), *options)


def record(external_id):
    event = Event.objects.get(external_id=external_id)
    return event_records([event.pk])[event.pk]


@pytest.mark.usefixtures("reference")
def test_a_trip_and_a_visit_as_records(tmp_path):
    imported(folder(tmp_path, TRIPS[0], VISITS[1]))

    assert record("has-travels:7") == {
        "record": "event",
        "external_id": "has-travels:7",
        "slug": "trip-7-vance-cyrus-roberts",
        "type": "visit",
        "date": "1979-06-15/1979-06-18",
        "place": {"name": "Moscow, Leningrad", "country": "SUHH"},
        "texts": {
            "en": {
                "title": "Secretary of State Cyrus Roberts Vance visits U.S.S.R. (Moscow, Leningrad)",
                "summary": "Met.",
            }
        },
        "participants": [
            {"actor": "SUHH", "role": "host", "printed": "U.S.S.R."},
            {"actor": "cyrus-vance", "role": "visitor", "printed": "Cyrus Roberts Vance"},
            {"actor": "US", "role": "visitor"},
        ],
        "sources": [
            {
                "url": "https://history.state.gov/departmenthistory/travels/secretary/vance-cyrus-roberts",
                "title": "Travels abroad of the Secretary of State: Cyrus Roberts Vance",
                "publisher": "Office of the Historian, U.S. Department of State",
                "language": "en",
                "official": True,
            }
        ],
    }
    assert record("has-visits:8") == {
        "record": "event",
        "external_id": "has-visits:8",
        "slug": "visit-8-taiwan",
        "type": "official-visit",
        "date": "1961-07-31",
        "place": {"country": "US"},
        "texts": {
            "en": {
                "title": "Prime Minister Ch’en of the Republic of China visits the United States",
                "summary": "Official visit.",
            }
        },
        "participants": [
            {"actor": "US", "role": "host"},
            {"actor": "chen-tw", "role": "visitor", "printed": "Prime Minister Ch’en"},
            {"actor": "TW", "role": "visitor", "printed": "China, Republic of"},
        ],
        "sources": [
            {
                "url": "https://history.state.gov/departmenthistory/visits/taiwan",
                "title": "Visits by foreign leaders of China, Republic of",
                "publisher": "Office of the Historian, U.S. Department of State",
                "language": "en",
                "official": True,
            }
        ],
    }
    memberships = Membership.objects.filter(member__kind="person").order_by("member__slug")
    assert list(memberships.values_list("member__slug", "role", "since", "until")) == [
        ("chen-tw", "prime minister", "1961-07-31", "1961-07-31"),
        ("cyrus-vance", "Secretary of State", "1977-01-23", "1980-04-28"),
    ]  # fmt: skip


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    ("printed", "said"),
    [("Poland", "Poland"), ("Germany, Federal Republic of", "The Federal Republic of Germany")],
)
def test_a_visit_without_a_visitor_is_that_of_the_state(tmp_path, printed, said):
    imported(folder(tmp_path, visits=visit(11, "1975-10-08", "poland", printed, "")))

    event = Event.objects.get(external_id="has-visits:11")
    assert event.texts.get().title == f"{said} visits the United States"
    assert [str(part.name_as_printed) for part in event.participations.order_by("pk")] == ["", printed]


@pytest.mark.usefixtures("reference")
def test_what_readers_find(client, tmp_path):
    path = folder(tmp_path, "".join(TRIPS), "".join(VISITS))

    out, err, ended = imported(path, "--publish")
    assert (out, ended) == (
        ["Imported 14 records: 14 created, 0 changed, 0 unchanged, 0 refused.", "Published: 8."], ""
    )  # fmt: skip
    assert err == [
        f"{tmp_path}/visits/data/1970.xml:21: 9: no state here is “Hawaii” (id hawaii); it is imported by that name, "
        "without a code.",
        f"{tmp_path}/visits/data/1970.xml:30: 10: “King Hussein and Queen Noor” is not a known title and one name; it "
        "stands as printed.",
        "Rows with a state that is not known here, imported without a code: 1, see above.",
        "Rows with a visitor who is not a known title and one name, left as printed: 1, see above.",
    ]
    assert slugs(client, "country=TR") == ["trip-8-vance-cyrus-roberts", "trip-9-vance-cyrus-roberts"]
    assert slugs(client, "country=SUHH&on=1979-06") == ["trip-7-vance-cyrus-roberts"]
    assert slugs(client, "country=CN") == ["visit-7-china"]
    assert slugs(client, "country=TW") == ["visit-8-taiwan"]
    assert slugs(client, "dataset=has-visits&from=1900") == ["visit-10-jordan", "visit-8-taiwan", "visit-7-china"]
    assert slugs(client, "actor=jimmy-carter&role=visitor") == ["trip-10-carter-jimmy"]
    assert slugs(client, "actor=hawaii") == ["visit-9-hawaii"]
    document = client.get("/api/v1/events/visit-10-jordan/").json()
    assert document["participants"] == [
        {"actor": "united-states", "name": "United States", "kind": "state", "role": "host", "code": "US"},
        {"actor": "jordan", "name": "Jordan", "kind": "state", "role": "visitor", "code": "JO",
         "name_as_printed": "King Hussein and Queen Noor (Jordan)"},
    ]  # fmt: skip
    assert client.get("/api/v1/events/trip-10-carter-jimmy/").json()["summary"] == "Met Shah."


@pytest.mark.usefixtures("reference")
def test_a_second_time_nothing_changes_and_what_editors_added_stays(tmp_path):
    path = folder(tmp_path, "".join(TRIPS), "".join(VISITS))
    imported(path)
    event = Event.objects.get(external_id="has-travels:7")
    EventText.objects.create(event=event, language="de", title="Vance besucht Moskau")
    Event.objects.filter(pk=event.pk).update(slug="vance-moscow", effective="1979")
    Actor.objects.filter(slug="cyrus-vance").update(names={"en": "Cy Vance"})

    assert imported(path)[0] == ["Imported 14 records: 0 created, 0 changed, 14 unchanged, 0 refused."]
    folder(tmp_path, "".join(TRIPS).replace("Moscow, Leningrad", "Moscow"), "".join(VISITS))
    assert imported(path)[0] == ["Imported 14 records: 0 created, 1 changed, 13 unchanged, 0 refused."]
    found = record("has-travels:7")
    assert (found["slug"], found["effective"], found["place"]["name"]) == ("vance-moscow", "1979", "Moscow")
    assert found["texts"]["de"] == {"title": "Vance besucht Moskau"}
    assert Actor.objects.get(slug="cyrus-vance").names == {"en": "Cy Vance"}


@pytest.mark.usefixtures("reference")
def test_what_an_editor_corrected_stays_and_is_named_if_the_source_says_something_else(client, tmp_path):
    path = folder(tmp_path, "".join(TRIPS[:2]))
    imported(path, "--publish")
    event = Event.objects.get(external_id="has-travels:7")
    event.date = "1979-06-16/1979-06-18"
    event.save()
    EventText.objects.filter(event=event).update(title="Vance in Moscow")

    assert imported(path, "--publish")[:2] == (unchanged(3, "trip-7-vance-cyrus-roberts"), [])
    publish([event])
    folder(tmp_path, "".join(TRIPS[:2]).replace("Leningrad", "Kiev"))
    # The title names the place: the source says another one now.
    assert imported(path, "--publish", "--dry-run")[1] == (left := left_in_trip_7(tmp_path))
    out, err, ended = imported(path, "--publish")
    assert (out[1], err, ended) == ("Published: 1.", left, "")
    found = client.get("/api/v1/events/trip-7-vance-cyrus-roberts/").json()
    assert (found["date"]["edtf"], found["place"]["name"]) == ("1979-06-16/1979-06-18", "Moscow, Kiev")
    assert found["title"] == "Vance in Moscow"
    assert imported(path, "--publish")[1] == []


def left_in_trip_7(path):
    """What an import says of the title that an editor has given it."""
    return [
        f"{path}/travels/secretary-travels/all.xml:3: has-travels:7: texts.en.title: “Secretary of State Cyrus Roberts "
        "Vance visits U.S.S.R. (Moscow, Kiev)” in the source by now, and left as editors have it: “Vance in Moscow”.",
        "Records that say something else by now where editors have changed the same, which is left as it is: 1, see "
        "above.",
    ]


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("older", [False, True])
def test_of_another_state_a_visitor_of_the_same_name_is_another_person(tmp_path, older):
    jordan = visit(11, "1998-06-01", "jordan", "Jordan", "King Hussein")
    imported(folder(tmp_path, "", jordan))
    if older:
        remembered_as_it_once_was(tmp_path)
    assert [part["actor"] for part in record("has-visits:11")["participants"]] == ["US", "king-hussein-jo", "JO"]

    imported(folder(tmp_path, "", visit(11, "1998-06-01", "morocco", "Morocco", "King Hussein")))
    assert [part["actor"] for part in record("has-visits:11")["participants"]] == ["US", "king-hussein-ma", "MA"]
    assert "0 changed" in imported(tmp_path)[0][0]


@pytest.mark.usefixtures("reference")
def test_who_an_editor_added_stays_if_the_source_says_something_else_of_others(client, tmp_path):
    path = folder(tmp_path, TRIPS[0])
    imported(path, "--publish")
    event = Event.objects.get(external_id="has-travels:7")
    Participation.objects.create(event=event, actor=Actor.objects.get(code="JP"), role="observer")
    Source.objects.create(event=event, url="https://example.org/vance", title="Vance in Moscow")
    EventText.objects.filter(event=event).update(title="Vance in Moscow")
    [edited], (official, own) = participants("has-travels:7"), record("has-travels:7")["sources"]
    publish([event])

    folder(tmp_path, TRIPS[0].replace("U.S.S.R.", "Soviet Union"))
    assert imported(path, "--publish")[0][1] == "Published: 1."
    host = {"actor": "RU", "role": "host", "printed": "Soviet Union"}
    assert participants("has-travels:7") == [[host, *edited[1:]]]
    assert record("has-travels:7")["sources"] == [official, own]
    folder(tmp_path, TRIPS[0].replace("russia", "france").replace("U.S.S.R.", "France"))
    assert imported(path, "--publish")[0][1] == "Published: 1."
    assert participants("has-travels:7") == [[{"actor": "FR", "role": "host"}, *edited[1:]]]
    assert record("has-travels:7")["texts"]["en"]["title"] == "Vance in Moscow"
    public = client.get("/api/v1/events/trip-7-vance-cyrus-roberts/").json()["participants"]
    assert [part["actor"] for part in public] == ["france", "cyrus-vance", "united-states", "japan"]


@pytest.mark.usefixtures("reference")
def test_a_state_that_an_editor_corrected_stays_and_is_named_if_the_source_names_a_third(tmp_path):
    path = folder(tmp_path, trip(1, "1979-01-01", "france", "France"))
    imported(path)
    event = Event.objects.get()
    event.participations.filter(role="host").update(actor=Actor.objects.get(code="BE"))
    Event.objects.update(place_country=Actor.objects.get(code="BE"))
    [edited] = participants("has-travels:1")

    folder(tmp_path, trip(1, "1979-01-01", "spain", "Spain"))
    place = f"{tmp_path}/travels/secretary-travels/all.xml:3: has-travels:1"
    assert imported(path)[1][:2] == [
        f"{place}: participants: “ES host” in the source by now, and left as editors have it: nothing.",
        f"{place}: place.country: “ES” in the source by now, and left as editors have it: “BE”.",
    ]
    assert participants("has-travels:1") == [edited]
    assert record("has-travels:1")["place"] == {"country": "BE"}
    # An editor who has the source's word has nothing of their own.
    folder(tmp_path, trip(1, "1979-01-01", "belgium", "Belgium"))
    assert imported(path)[1] == []
    folder(tmp_path, trip(1, "1979-01-01", "france", "France"))
    assert imported(path)[1] == []
    assert participants("has-travels:1") == [[{"actor": "FR", "role": "host"}, *edited[1:]]]
    assert record("has-travels:1")["place"] == {"country": "FR"}


@pytest.mark.usefixtures("reference")
def test_what_the_source_removes_is_removed_but_not_what_an_editor_said(client, tmp_path):
    trips = [trip(number, "1979-06-15", "russia", "U.S.S.R.", locale="Moscow") for number in (1, 2)]
    path = folder(tmp_path, "".join(trips))
    imported(path, "--publish")
    edited = Event.objects.get(external_id="has-travels:2")
    Event.objects.filter(pk=edited.pk).update(place_name="Moscow and Kiev")
    EventText.objects.filter(event=edited).update(summary="Met everybody.")

    folder(tmp_path, "".join(trips).replace("<locale>Moscow</locale>", "<locale/>").replace("Met.", ""))
    assert imported(path, "--publish")[0] == [
        "Imported 3 records: 0 created, 2 changed, 1 unchanged, 0 refused.",
        "Published: 2.",
    ]
    title = "Secretary of State Cyrus Roberts Vance visits U.S.S.R."
    assert [(record(name)["place"], record(name)["texts"]) for name in ("has-travels:1", "has-travels:2")] == [
        ({"country": "SUHH"}, {"en": {"title": title}}),
        ({"name": "Moscow and Kiev", "country": "SUHH"}, {"en": {"title": title, "summary": "Met everybody."}}),
    ]
    found = client.get("/api/v1/events/trip-1-vance-cyrus-roberts/").json()
    assert ("summary" in found, found["place"]) == (False, {"country": "SUHH"})
    assert imported(path, "--publish")[0][1] == "Published: 0."


@pytest.mark.usefixtures("reference")
def test_an_editors_draft_is_not_published_by_the_way(client, tmp_path):
    path = folder(tmp_path, "".join(TRIPS[:2]))
    imported(path, "--publish")
    event = Event.objects.get(external_id="has-travels:7")
    EventText.objects.create(event=event, language="de", title="Entwurf")
    mark_edited([event.pk])

    assert imported(path, "--publish")[0][1] == "Published: 0."
    assert client.get("/api/v1/events/trip-7-vance-cyrus-roberts/?lang=de").json()["fallback_from"] == "de"
    # Nor when the source itself says something new.
    folder(tmp_path, "".join(TRIPS[:2]).replace("Leningrad", "Kiev"))
    assert imported(path, "--publish")[0][1:] == [
        "Published: 0.",
        "Not published, since something else was changed there and never published, by an editor or with publish "
        "false: "
        "trip-7-vance-cyrus-roberts. Publish them in the admin.",
    ]
    assert client.get("/api/v1/events/trip-7-vance-cyrus-roberts/?lang=de").json()["fallback_from"] == "de"
    assert record("has-travels:7")["place"]["name"] == "Moscow, Kiev"


def an_editor_leaves_out_the_united_states(*external_ids):
    """Of what is public: drafts in hand, to be published by nobody else. Returns their participants."""
    for external_id in external_ids:
        event = Event.objects.get(external_id=external_id)
        event.participations.filter(actor__code="US").delete()
        mark_edited([event.pk])
    return participants(*external_ids)


def unchanged(records, *in_hand):
    """What an import says that changed nothing; of the events, editors have those of these slugs in hand."""
    return [
        f"Imported {records} records: 0 created, 0 changed, {records} unchanged, 0 refused.",
        "Published: 0.",
        "Public otherwise than they are here, and left so, since the file did not change them and an editor has had a "
        f"hand in them: {', '.join(in_hand)}. Publish them in the admin.",
    ]


def participants(*external_ids):
    return [record(external_id)["participants"] for external_id in external_ids]


@pytest.mark.usefixtures("reference")
def test_who_is_renamed_here_gets_the_name_as_printed_and_nothing_else_is_new_in_the_source(tmp_path):
    path = folder(
        tmp_path,
        trip(1, "1977-02-15", "france", "France", **CARTER),
        visit(1, "1977-09-15", "france", "France", "King N."),
    )
    imported(path)
    of_trip, of_visit = an_editor_leaves_out_the_united_states("has-travels:1", "has-visits:1")
    Actor.objects.filter(code="FR").update(names={"en": "Gaul", "de": "France"})
    Actor.objects.filter(slug="jimmy-carter").update(names={"en": "James Earl Carter"})

    assert imported(path)[0] == ["Imported 4 records: 0 created, 2 changed, 2 unchanged, 0 refused."]
    of_trip = [{**of_trip[0], "printed": "France"}, {**of_trip[1], "printed": "Jimmy Carter"}]
    assert participants("has-travels:1", "has-visits:1") == [
        of_trip, [of_visit[0], {**of_visit[1], "printed": "France"}]
    ]  # fmt: skip
    assert imported(path)[0] == ["Imported 4 records: 0 created, 0 changed, 4 unchanged, 0 refused."]
    # Whoever takes it away has the last word, and whoever has another one there.
    Participation.objects.filter(event__external_id="has-travels:1", role="host").update(name_as_printed="")
    Actor.objects.filter(code="FR").update(names={"en": "France"})
    assert imported(path)[0] == ["Imported 4 records: 0 created, 0 changed, 4 unchanged, 0 refused."]
    Participation.objects.filter(event__external_id="has-travels:1", role="host").update(name_as_printed="Frankia")
    Actor.objects.filter(code="FR").update(names={"en": "Gaul"})
    assert imported(path)[0] == ["Imported 4 records: 0 created, 0 changed, 4 unchanged, 0 refused."]
    assert participants("has-travels:1") == [[{**of_trip[0], "printed": "Frankia"}, of_trip[1]]]


@pytest.mark.usefixtures("reference")
def test_the_name_in_use_is_public_after_a_state_is_renamed_here(client, tmp_path):
    path = folder(tmp_path, trip(1, "1973-11-10", "china", "China") + trip(2, "1977-02-15", "france", "France"))
    imported(path, "--publish")
    # In German it is still called as it is printed.
    Actor.objects.filter(code="CN").update(names={"en": "People’s Republic of China", "de": "China"})
    publish_vocabulary(None, actors=Actor.objects.filter(code="CN"))

    assert imported(path, "--publish")[0][1] == "Published: 1."
    assert client.get("/api/v1/events/trip-1-vance-cyrus-roberts/").json()["participants"][0] == {
        "actor": "china", "name": "People’s Republic of China", "kind": "state", "role": "host", "code": "CN",
        "name_as_printed": "China",
    }  # fmt: skip
    assert imported(path, "--publish")[0][1] == "Published: 0."


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("remembered", [False, True], ids=["from an export", "by an older version"])
def test_a_name_as_printed_that_was_lost_before_is_restored(tmp_path, remembered):
    path = folder(tmp_path, trip(1, "1977-02-15", "france", "France"))
    imported(path)
    [edited] = an_editor_leaves_out_the_united_states("has-travels:1")
    before = Event.objects.values_list("imported", flat=True).get() or {}
    without = {key: said for key, said in before.items() if key != CALLED_OTHERWISE}
    Event.objects.update(imported=without if remembered else None)
    Actor.objects.filter(code="FR").update(names={"en": "Gaul"})

    assert imported(path)[0] == ["Imported 2 records: 0 created, 1 changed, 1 unchanged, 0 refused."]
    assert participants("has-travels:1") == [[{**edited[0], "printed": "France"}, edited[1]]]
    assert imported(path)[0] == ["Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused."]


@pytest.mark.usefixtures("reference")
def test_a_state_without_a_code_is_nobody_else_who_has_its_id(tmp_path):
    """Whether a person is recognised in a row or not."""
    Actor.objects.create(slug="hawaii", kind=Actor.Kind.PERSON, names={"en": "Hawaii"})
    king = visit(1, "1881-09-28", "hawaii", "Hawaii", "King Kalakaua")
    regent = visit(2, "1882-09-28", "hawaii", "Hawaii", "Regent &amp; Prince")

    imported(folder(tmp_path, visits=king + regent))
    visitors = Participation.objects.filter(actor__names={"en": "Hawaii"})
    assert list(visitors.order_by("event__slug").values_list("event__slug", "actor__slug")) == [
        ("visit-1-hawaii", "hawaii-historyatstate"),
        ("visit-2-hawaii", "hawaii-historyatstate"),
    ]


@pytest.mark.usefixtures("reference")
def test_a_visitor_of_a_state_without_a_code_is_known_by_another_slug(tmp_path):
    path = folder(tmp_path, visits=VISITS[2])
    imported(path)
    Actor.objects.filter(slug="king-kalakaua-hawaii").update(slug="kalakaua")

    assert imported(path)[0] == ["Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused."]
    assert [part["actor"] for part in record("has-visits:9")["participants"]] == ["US", "kalakaua", "hawaii"]


@pytest.mark.usefixtures("reference")
def test_a_state_that_gets_a_code_here_is_nothing_new_in_the_source(tmp_path):
    path = folder(tmp_path, trip(1, "1881-09-28", "hawaii", "Hawaii"))
    imported(path, "--publish")
    [edited] = an_editor_leaves_out_the_united_states("has-travels:1")
    Event.objects.filter(external_id="has-travels:1").update(place_country=None)
    Actor.objects.filter(slug="hawaii").update(code="HWHW")

    assert imported(path, "--publish")[0] == unchanged(2, "trip-1-vance-cyrus-roberts")
    assert participants("has-travels:1") == [[{**edited[0], "actor": "HWHW"}, *edited[1:]]]
    assert "place" not in record("has-travels:1")


@pytest.mark.usefixtures("reference")
def test_a_visitor_whose_slug_is_another_one_here_is_nothing_new_in_the_source(tmp_path):
    path = folder(tmp_path, visits=VISITS[1])
    imported(path, "--publish")
    [edited] = an_editor_leaves_out_the_united_states("has-visits:8")
    Actor.objects.filter(slug="chen-tw").update(slug="chen-cheng")

    assert imported(path, "--publish")[0] == unchanged(1, "visit-8-taiwan")
    assert participants("has-visits:8") == [[{**edited[0], "actor": "chen-cheng"}, edited[1]]]


@pytest.mark.usefixtures("reference")
def test_a_traveller_whose_slug_is_another_one_here_is_nobody_new(tmp_path):
    trips = [trip(1, "1977-02-15", "france", "France"), trip(2, "1977-12-29", "iran", "Iran", **CARTER)]
    path = folder(tmp_path, "".join(trips))
    imported(path, "--publish")
    edited = an_editor_leaves_out_the_united_states("has-travels:1", "has-travels:2")
    for number, (slug, new) in enumerate([("cyrus-vance", "cy-vance"), ("jimmy-carter", "james-earl-carter")]):
        Actor.objects.filter(slug=slug).update(slug=new)
        edited[number][1]["actor"] = new

    assert imported(path, "--publish")[0] == unchanged(4, "trip-1-vance-cyrus-roberts", "trip-2-carter-jimmy")
    assert participants("has-travels:1", "has-travels:2") == edited
    folder(tmp_path, "".join([*trips, trip(3, "1978-02-15", "spain", "Spain")]))
    assert imported(path)[0] == ["Imported 5 records: 1 created, 0 changed, 4 unchanged, 0 refused."]
    assert [part["actor"] for part in record("has-travels:3")["participants"]] == ["ES", "cy-vance", "US"]


@pytest.mark.usefixtures("reference")
def test_a_second_person_of_that_name_here_is_nothing_new_in_the_source(tmp_path):
    path = folder(tmp_path, visits=VISITS[1] + visit(1, "1962-08-01", "taiwan", "Taiwan", "Prime Minister Ch’en"))
    imported(path, "--publish")
    edited = an_editor_leaves_out_the_united_states("has-visits:8", "has-visits:1")
    namesake = actor("chen-yi", names={"en": "Ch’en"})
    member(Actor.objects.get(code="TW"), namesake, role="general", since="1955", until="1961")

    assert imported(path, "--publish")[0] == unchanged(3, "visit-8-taiwan", "visit-1-taiwan")
    assert participants("has-visits:8", "has-visits:1") == edited
    assert list(Membership.objects.filter(member__slug="chen-tw").values_list("role", "since", "until")) == [
        ("prime minister", "1961-07-31", "1962-08-01")
    ]


@pytest.mark.usefixtures("reference")
def test_the_guests_of_a_summit_are_those_of_its_rows(tmp_path):
    rows = [
        visit(number, "2012-05-20", state, state.title(), "", description="Attended the NATO Summit.")
        for number, state in enumerate(["france", "germany", "italy"])
    ]
    imported(folder(tmp_path, visits="".join(rows)), "--publish", "--group-summits")
    [edited] = an_editor_leaves_out_the_united_states("has-summits:2012-05-20-nato-summit")
    # What the rows say is still said in the same words; the states' codes are what is new here.
    Actor.objects.filter(code="FR").update(code="FRRF")

    assert imported(tmp_path, "--publish", "--group-summits")[0] == unchanged(4, "2012-05-20-nato-summit")
    assert participants("has-summits:2012-05-20-nato-summit") == [[{**edited[0], "actor": "FRRF"}, *edited[1:]]]
    folder(tmp_path, visits="".join(rows).replace("italy", "spain"))
    assert imported(tmp_path, "--group-summits")[0] == [
        "Imported 4 records: 0 created, 2 changed, 2 unchanged, 0 refused."
    ]
    assert participants("has-summits:2012-05-20-nato-summit") == [
        [
            {"actor": "FRRF", "role": "participant"},
            {"actor": "DE", "role": "participant"},
            {"actor": "ES", "role": "participant"},
        ]
    ]


@pytest.mark.usefixtures("reference")
def test_what_the_source_itself_says_otherwise_comes_into_what_an_editor_has(tmp_path):
    trips = trip(1, "1949-09-01", "china", "China, Republic of") + trip(2, "1979-01-01", "france", "France")
    path = folder(tmp_path, trips, VISITS[1])
    imported(path)
    an_editor_leaves_out_the_united_states("has-travels:1", "has-travels:2", "has-visits:8")

    trips = trip(1, "1949-11-01", "china", "China, Republic of") + trip(2, "1979-01-01", "belgium", "Belgium")
    folder(tmp_path, trips, VISITS[1].replace("Ch’en", "Yen"))
    assert imported(path)[0] == ["Imported 5 records: 1 created, 3 changed, 1 unchanged, 0 refused."]
    vance = {"actor": "cyrus-vance", "role": "visitor", "printed": "Cyrus Roberts Vance"}
    assert participants("has-travels:1", "has-travels:2", "has-visits:8") == [
        [{"actor": "TW", "role": "host", "printed": "China, Republic of"}, vance],
        [{"actor": "BE", "role": "host"}, vance],
        [
            {"actor": "yen-tw", "role": "visitor", "printed": "Prime Minister Yen"},
            {"actor": "TW", "role": "visitor", "printed": "China, Republic of"},
        ],
    ]


def remembered_as_it_once_was(path):
    """Has the events remember of their last import what older versions did: what the database made of the source."""
    for entry in HistoryAtState.under(path).entries:
        if entry.values["record"] == "event":
            made = {key: said for key, said in entry.values.items() if key != SAID}
            Event.objects.filter(external_id=made["external_id"]).update(imported=fingerprints(made))


@pytest.mark.usefixtures("reference")
def test_what_editors_have_stays_after_the_import_of_an_older_version(tmp_path):
    trips = trip(1, "1977-02-15", "france", "France") + trip(2, "1979-01-01", "france", "France")
    path = folder(tmp_path, trips, VISITS[1])
    imported(path, "--publish")
    remembered_as_it_once_was(path)
    edited = an_editor_leaves_out_the_united_states("has-travels:1", "has-travels:2", "has-visits:8")
    Actor.objects.filter(slug="chen-tw").update(slug="chen-cheng")
    edited[2][0]["actor"] = "chen-cheng"

    # Something else in the source is something else.
    folder(tmp_path, trips.replace("Met.", "Met the President.", 1), VISITS[1])
    assert imported(path)[0] == ["Imported 4 records: 0 created, 1 changed, 3 unchanged, 0 refused."]
    assert participants("has-travels:1", "has-travels:2", "has-visits:8") == edited
    Actor.objects.filter(code="FR").update(names={"en": "Gaul"})
    assert imported(path)[0] == ["Imported 4 records: 0 created, 2 changed, 2 unchanged, 0 refused."]
    for of_trip in edited[:2]:
        of_trip[0]["printed"] = "France"
    assert participants("has-travels:1", "has-travels:2", "has-visits:8") == edited


@pytest.mark.usefixtures("reference")
def test_what_the_source_says_otherwise_comes_after_the_import_of_an_older_version(tmp_path):
    path = folder(tmp_path, trip(1, "1977-02-15", "france", "France"))
    imported(path)
    remembered_as_it_once_was(path)
    [edited] = an_editor_leaves_out_the_united_states("has-travels:1")

    folder(tmp_path, trip(1, "1977-02-15", "belgium", "Belgium"))
    assert imported(path)[0] == ["Imported 2 records: 0 created, 1 changed, 1 unchanged, 0 refused."]
    assert participants("has-travels:1") == [
        [{"actor": "BE", "role": "host"}, edited[1], {"actor": "US", "role": "visitor"}]
    ]
    assert record("has-travels:1")["place"] == {"country": "BE"}


@pytest.mark.usefixtures("reference")
def test_what_editors_have_of_a_summit_stays_after_the_import_of_an_older_version(tmp_path):
    rows = [
        visit(number, "2012-05-20", state, state.title(), "", description="Attended the NATO Summit.")
        for number, state in enumerate(["france", "germany", "italy"])
    ]
    path = folder(tmp_path, visits="".join(rows))
    imported(path, "--group-summits")
    summit = Event.objects.get(external_id="has-summits:2012-05-20-nato-summit")
    # It remembered nothing of single entries, and the host, of whom no row speaks, was not among the words.
    fields = ["type", "date", "place.country", "texts.en.title", "sources"]
    before = {field: said for field, said in (summit.imported or {}).items() if field in fields}
    summit.imported = {**before, "said.participants": fingerprint(["france", "germany", "italy"])}
    summit.save()
    [edited] = an_editor_leaves_out_the_united_states(summit.external_id)

    assert imported(path, "--group-summits")[0] == ["Imported 4 records: 0 created, 0 changed, 4 unchanged, 0 refused."]
    assert participants(summit.external_id) == [edited]
    folder(tmp_path, visits="".join(rows).replace("italy", "spain"))
    imported(path, "--group-summits")
    assert participants(summit.external_id) == [[*edited[:2], {"actor": "ES", "role": "participant"}]]


def terms(slug):
    rows = Membership.objects.filter(member__slug=slug).order_by("since_min", "role")
    return list(rows.values_list("group__code", "role", "since", "until"))


CHEN_AGAIN = visit(1, "1962-08-01", "taiwan", "Taiwan", "Prime Minister Ch’en")


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    "corrected",
    [
        {"since": "1958-07-15"},
        {"since": "1961-08"},  # which the visit is not in
        {"until": "1961"},
        {"role": "premier"},
        {"group": "CN"},
    ],
)
def test_a_membership_that_an_editor_corrected_stays(tmp_path, corrected):
    path = folder(tmp_path, visits=VISITS[1] + CHEN_AGAIN)
    imported(path, "--publish")
    if "group" in corrected:
        corrected = {"group": Actor.objects.get(code=corrected["group"])}
    membership = Membership.objects.get(member__slug="chen-tw")
    for name, value in corrected.items():
        setattr(membership, name, value)
    membership.save()
    edited = terms("chen-tw")

    assert imported(path, "--publish")[0] == [
        "Imported 3 records: 0 created, 0 changed, 3 unchanged, 0 refused.", "Published: 0."
    ]  # fmt: skip
    assert terms("chen-tw") == edited


@pytest.mark.usefixtures("reference")
def test_a_membership_that_an_editor_removed_is_gone_until_the_source_says_something_else(tmp_path):
    path = folder(tmp_path, visits=VISITS[1])
    imported(path)
    Membership.objects.filter(member__slug="chen-tw").delete()

    assert imported(path)[0] == ["Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused."]
    assert terms("chen-tw") == []
    folder(tmp_path, visits=VISITS[1] + CHEN_AGAIN)
    assert imported(path)[0] == ["Imported 3 records: 1 created, 1 changed, 1 unchanged, 0 refused."]
    assert terms("chen-tw") == [("TW", "prime minister", "1961-07-31", "1962-08-01")]


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    ("since", "until", "after"),
    [
        # What nobody corrected is what the source says,
        ("1962-08-01", "1962-08-01", ("1961-07-31", "1962-08-02")),
        # and so is what it says anew and goes on longer;
        ("1962-06", "1962-08-01", ("1961-07-31", "1962-08-02")),
        # but an editor's end that is farther off stays.
        ("1958-07-15", "1963-12-15", ("1958-07-15", "1963-12-15")),
        ("1958-07-15", "1962-08-01", ("1958-07-15", "1962-08-02")),
    ],
)
def test_a_membership_grows_with_what_the_source_attests(tmp_path, since, until, after):
    path = folder(tmp_path, visits=CHEN_AGAIN)
    imported(path)
    membership = Membership.objects.get(member__slug="chen-tw")
    membership.since, membership.until = since, until
    membership.save()

    folder(tmp_path, visits=VISITS[1] + CHEN_AGAIN.replace("<end-date>1962-08-01", "<end-date>1962-08-02"))
    assert imported(path)[0][0].startswith("Imported 3 records: 1 created,")
    assert terms("chen-tw") == [("TW", "prime minister", *after)]


@pytest.mark.usefixtures("reference")
def test_a_term_that_a_run_before_changed_and_did_not_publish_is_published(tmp_path):
    def public_terms() -> list[tuple[str, str | None]]:
        text = TermText.objects.get(
            term__in=Term.objects.current().filter(kind="actor", key="jimmy-carter"), language="en"
        )
        return [(link["since"], link.get("until")) for link in load(text.document)["memberships"]]

    path = folder(tmp_path, trips=TRIPS[-1])
    presidents = path / "travels/presidents/presidents.xml"
    presidents.write_text(presidents.read_text().replace("1981-01-20", ""))
    imported(path, "--publish")
    assert public_terms() == [("1977-01-20", None)]
    folder(tmp_path, trips=TRIPS[-1])
    assert imported(path)[0] == ["Imported 2 records: 0 created, 1 changed, 1 unchanged, 0 refused."]
    assert public_terms() == [("1977-01-20", None)]

    assert imported(path, "--publish")[0] == [
        "Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused.",
        "Published: 0.",
        "Changed: 1 public entry of actors, types and topics.",
    ]
    assert public_terms() == [("1977-01-20", "1981-01-20")]
    assert imported(path, "--publish")[0][1:] == ["Published: 0."]


@pytest.mark.usefixtures("reference")
def test_a_corrected_membership_stays_after_the_import_of_an_older_version(tmp_path):
    path = folder(tmp_path, visits=VISITS[1])
    imported(path)
    Actor.objects.update(imported=None)
    membership = Membership.objects.get(member__slug="chen-tw")
    membership.since, membership.until = "1958-07-15", "1963-12-15"
    membership.save()

    assert imported(path)[0] == ["Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused."]
    assert terms("chen-tw") == [("TW", "prime minister", "1958-07-15", "1963-12-15")]
    # From now on it is known what the source said.
    Membership.objects.filter(member__slug="chen-tw").delete()
    assert imported(path)[0] == ["Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused."]
    assert terms("chen-tw") == []


@pytest.mark.usefixtures("reference")
def test_a_visit_between_two_persons_of_one_name_is_of_the_nearer_one_and_said(tmp_path):
    days = ["1996-07-09", "1998-01-20", "2023-09-20"]
    visits = [visit(n, day, "israel", "Israel", "Prime Minister Binyamin Netanyahu") for n, day in enumerate(days)]
    imported(folder(tmp_path, visits="".join(visits)))
    later = visit(9, "2017-03-05", "israel", "Israel", "Prime Minister Binyamin Netanyahu")
    path = folder(tmp_path, visits="".join([*visits, later]))

    out, err, _ = imported(path)
    # The nearer person, who is in office since then, and the visit.
    assert out == ["Imported 6 records: 1 created, 1 changed, 4 unchanged, 0 refused."]
    assert err[0] == (
        f"{tmp_path}/visits/data/1970.xml:30: 9: “Binyamin Netanyahu” of IL may be one person, and is here as "
        "binyamin-netanyahu-il and binyamin-netanyahu-il-2023; visits that are of none of them yet are of the one with "
        "the nearest visit."
    )
    assert [part["actor"] for part in record("has-visits:9")["participants"]] == [
        "US", "binyamin-netanyahu-il-2023", "IL"
    ]  # fmt: skip
    assert [(slug, terms(slug)) for slug in ("binyamin-netanyahu-il", "binyamin-netanyahu-il-2023")] == [
        ("binyamin-netanyahu-il", [("IL", "prime minister", "1996-07-09", "1998-01-20")]),
        ("binyamin-netanyahu-il-2023", [("IL", "prime minister", "2017-03-05", "2023-09-20")]),
    ]
    assert imported(path)[:2] == (["Imported 6 records: 0 created, 0 changed, 6 unchanged, 0 refused."], [])


@pytest.mark.usefixtures("reference")
def test_persons_of_the_curated_events_are_the_same(tmp_path):
    load_curated()
    before = Actor.objects.count()
    who = {"office": "president", "who": "trump-donald-j", "name": "Donald J. Trump"}
    path = folder(
        tmp_path,
        trip(1, "2017-11-08", "china", "China, People’s Republic of", **who),
        visit(1, "2015-09-24", "china", "China, People’s Republic of", "President Xi Jinping"),
    )

    imported(path)
    assert Actor.objects.count() == before
    people = [
        [part["actor"] for part in record(external_id)["participants"]]
        for external_id in ("has-travels:1", "has-visits:1")
    ]
    assert people == [["CN", "donald-trump", "US"], ["US", "xi-jinping", "CN"]]


@pytest.mark.usefixtures("reference")
def test_summits_are_grouped_if_asked_to(client, tmp_path):
    states = [("france", "France"), ("germany", "Germany"), ("turkey", "Turkey")]
    rows = [
        visit(number, "2012-05-20", state, printed, f"President N. {printed}", end="2012-05-21",
              description="Attended the NATO Summit.")
        for number, (state, printed) in enumerate(states)
    ]  # fmt: skip
    path = folder(tmp_path, visits="".join(rows))

    imported(path, "--publish")
    assert slugs(client) == ["visit-2-turkey", "visit-1-germany", "visit-0-france"]
    assert imported(path, "--publish", "--group-summits")[0][0] == (
        "Imported 7 records: 1 created, 3 changed, 3 unchanged, 0 refused."
    )
    assert slugs(client, "type=summit") == ["2012-05-20-nato-summit"]
    document = client.get("/api/v1/events/2012-05-20-nato-summit/").json()
    assert document["external_id"] == "has-summits:2012-05-20-nato-summit"
    assert [country["code"] for country in document["countries"]] == ["DE", "FR", "TR", "US"]
    assert client.get("/api/v1/events/visit-2-turkey/").json()["relations"] == [
        {"kind": "part_of", "event": "2012-05-20-nato-summit", "title": "NATO Summit"}
    ]


@pytest.mark.usefixtures("reference")
def test_a_part_that_an_editor_takes_away_stays_so_after_an_import_that_does_not_look_for_summits(tmp_path):
    rows = [
        visit(number, "2012-05-20", state, state.title(), f"President N. {state}", description="Attended the Summit.")
        for number, state in enumerate(["france", "germany", "italy"])
    ]
    path = folder(tmp_path, visits="".join(rows))
    imported(path, "--group-summits")
    Relation.objects.get(event__external_id="has-visits:0").delete()
    mark_edited([Event.objects.get(external_id="has-visits:0").pk])

    imported(path)
    imported(path, "--group-summits")

    assert list(Relation.objects.order_by("event__external_id").values_list("event__external_id", flat=True)) == [
        "has-visits:1", "has-visits:2",
    ]  # fmt: skip


def test_without_the_reference_data_nothing_is_imported(tmp_path):
    """States would be made without their codes, and stand in its way."""
    assert imported(folder(tmp_path, TRIPS[0])) == (
        [],
        [],
        "There are no states here: run manage.py load_reference first.",
    )
    assert not Actor.objects.exists()


def test_president_trips_need_the_terms_of_presidents(tmp_path):
    path = folder(tmp_path, TRIPS[0])
    (path / "travels/presidents/presidents.xml").unlink()

    assert imported(path)[2] == (
        f"{path} has president-travels/*.xml, but no presidents/presidents.xml, with their terms."
    )


@pytest.mark.usefixtures("reference")
def test_summits_are_those_of_the_visits_and_have_not_vanished_from_the_travels(tmp_path):
    rows = [
        visit(number, "2012-05-20", state, state.title(), f"President N. {state}", description="Attended the Summit.")
        for number, state in enumerate(["france", "germany", "italy"])
    ]
    path = folder(tmp_path, TRIPS[0], "".join(rows))
    imported(path, "--group-summits", "--publish")

    counts = "Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused."
    assert imported(path / "travels", "--group-summits")[0] == [counts]
    assert imported(path / "travels", "--group-summits", "--withdraw-missing")[0] == [counts, "Withdrawn: 0."]
    assert Publication.objects.current().filter(dataset="has-summits").count() == 1


@pytest.mark.usefixtures("reference")
def test_a_row_leaves_a_summit_that_it_is_no_part_of_any_more(tmp_path):
    rows = [
        visit(number, "2012-05-20", state, state.title(), f"President N. {state}", description="Attended the Summit.")
        for number, state in enumerate(["france", "germany", "italy", "spain"])
    ]
    own = trip(1, "1979-01-01", "france", "France")
    path = folder(tmp_path, own, "".join(rows))
    imported(path, "--group-summits")
    trip_, first = (Event.objects.get(external_id=name) for name in ("has-travels:1", "has-visits:0"))
    Relation.objects.create(event=trip_, kind="follows", target=first)
    assert Relation.objects.count() == 5

    folder(tmp_path, own, "".join(rows).replace("Attended the Summit.", "Met.", 1))
    imported(path, "--group-summits")
    assert list(Relation.objects.order_by("event__slug").values_list("event__external_id", "kind")) == [
        ("has-travels:1", "follows"), ("has-visits:1", "part_of"), ("has-visits:2", "part_of"),
        ("has-visits:3", "part_of"),
    ]  # fmt: skip


@pytest.mark.usefixtures("reference")
def test_what_is_noted_is_counted_by_its_kind(tmp_path):
    nobody = {"who": "doe-jane", "name": "Jane Doe"}
    ended = [trip(n, "1992-01-29", "russia", "U.S.S.R.", **nobody) for n in (1, 2)]
    visits = [visit(n, "1881-09-28", "hawaii", "Hawaii", "Regent &amp; Prince") for n in (2, 3)]
    path = folder(tmp_path, "".join(ended), "".join([*visits, *VISITS[2:]]))
    trips, file = f"{tmp_path}/travels/secretary-travels/all.xml", f"{tmp_path}/visits/data/1970.xml"
    soviet = "prints “U.S.S.R.” (SUHH) on 1992-01-29, which had ended by 1991-12-26; taken as printed."
    office = "nothing here says when Jane Doe (doe-jane) was in office."
    hawaii = "no state here is “Hawaii” (id hawaii); it is imported by that name, without a code."

    def visitor(name):
        return f"“{name}” is not a known title and one name; it stands as printed."

    assert imported(path)[1] == [
        f"{trips}:3: 1: {soviet}",
        f"{trips}:3: 1: {office}",
        f"{trips}:14: 2: {soviet}",
        f"{trips}:14: 2: {office}",
        f"{file}:3: 2: {hawaii}",
        f"{file}:3: 2: {visitor('Regent & Prince')}",
        f"{file}:12: 3: {hawaii}",
        f"{file}:12: 3: {visitor('Regent & Prince')}",
        f"{file}:21: 9: {hawaii}",
        f"{file}:30: 10: {visitor('King Hussein and Queen Noor')}",
        "Rows with a state that is not known here, imported without a code: 3, see above.",
        "Rows with a state that had ended by their day, taken as printed: 2, see above.",
        "Rows with a traveller whose time in office is not known, imported without it: 2, see above.",
        "Rows with a visitor who is not a known title and one name, left as printed: 3, see above.",
    ]


@pytest.mark.usefixtures("reference")
def test_summits_get_their_parts_in_events_that_came_otherwise(tmp_path):
    rows = [
        visit(number, "2012-05-20", state, state.title(), "", description="Attended the Summit.")
        for number, state in enumerate(["france", "germany", "italy"])
    ]
    own = trip(1, "1979-01-01", "france", "France")
    path = folder(tmp_path, own, "".join(rows))
    imported(path)
    Event.objects.update(imported=None)
    trip_, first, second = (
        Event.objects.get(external_id=name) for name in ("has-travels:1", "has-visits:0", "has-visits:1")
    )
    elsewhere = Event.objects.create(slug="summit", type=trip_.type, external_id="has-summits:elsewhere")
    # What editors have: other relations of a row and of a trip, and a row that they put into another summit.
    Relation.objects.create(event=first, kind="follows", target=trip_)
    Relation.objects.create(event=trip_, kind="follows", target=second)
    Relation.objects.create(event=second, kind="part_of", target=elsewhere)
    relations = Relation.objects.order_by("event__external_id", "pk").values_list(
        "event__external_id", "kind", "target__external_id"
    )

    summit = "has-summits:2012-05-20-summit"
    with_parts = [
        ("has-travels:1", "follows", "has-visits:1"),
        ("has-visits:0", "follows", "has-travels:1"),
        ("has-visits:0", "part_of", summit),
        ("has-visits:1", "part_of", "has-summits:elsewhere"),
        ("has-visits:2", "part_of", summit),
    ]
    assert imported(path, "--group-summits")[0][0] == (
        "Imported 6 records: 1 created, 2 changed, 3 unchanged, 0 refused."
    )
    assert list(relations.all()) == with_parts
    assert imported(path, "--group-summits")[0][0] == (
        "Imported 6 records: 0 created, 0 changed, 6 unchanged, 0 refused."
    )
    # From now on it is known what the source said: a part that an editor takes away stays so.
    Relation.objects.filter(event=first, kind="part_of").delete()
    imported(path, "--group-summits")
    del with_parts[2]
    assert list(relations.all()) == with_parts


@pytest.mark.usefixtures("reference")
def test_a_row_comes_to_a_summit_beside_the_relations_that_an_editor_made(tmp_path):
    rows = [
        visit(number, "2012-05-20", state, state.title(), "", description="Attended the Summit.")
        for number, state in enumerate(["france", "germany", "italy", "spain"])
    ]
    apart = "".join(rows).replace("Attended the Summit.", "Met.", 1)
    path = folder(tmp_path, visits=apart)
    imported(path, "--group-summits")
    first, second = (Event.objects.get(external_id=f"has-visits:{number}") for number in (0, 1))
    Relation.objects.create(event=first, kind="follows", target=second)

    folder(tmp_path, visits="".join(rows))
    imported(path, "--group-summits")
    relations = Relation.objects.filter(event=first).order_by("pk").values_list("kind", "target__external_id")
    assert list(relations.all()) == [("follows", "has-visits:1"), ("part_of", "has-summits:2012-05-20-summit")]
    folder(tmp_path, visits=apart)
    imported(path, "--group-summits")
    assert list(relations.all()) == [("follows", "has-visits:1")]


@pytest.mark.usefixtures("reference")
def test_bad_rows_are_refused_with_file_and_line(tmp_path):
    path = folder(
        tmp_path,
        trip(1, "2017-02-30", "china", "China") + trip(2, "2017-03-02", "china", "China", end="2017-03-01"),
        visit(1, "", "china", "China", "President Xi Jinping"),
    )

    out, err, _ = imported(path, "--continue-on-error")
    assert out == ["Imported 4 records: 1 created, 0 changed, 0 unchanged, 3 refused."]
    trips = f"{tmp_path}/travels/secretary-travels/all.xml"
    right = "expected one such as 2025-11-06."
    assert err == [
        f"{trips}:3: has-travels:1: start-date: “2017-02-30” is not a day: {right}",
        f"{trips}:14: has-travels:2: end-date: “2017-03-01” is before the start, 2017-03-02.",
        f"{tmp_path}/visits/data/1970.xml:3: has-visits:1: start-date: “” is not a day: {right}",
    ]


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(("day", "elect"), [("1976-12-01", "-elect"), ("1977-01-20", ""), ("1981-02-01", "")])
def test_a_president_before_the_first_day_in_office_is_elect(tmp_path, day, elect):
    imported(folder(tmp_path, trip(10, day, "iran", "Iran", **CARTER)))

    assert EventText.objects.get().title == f"President{elect} Jimmy Carter visits Iran"


@pytest.mark.usefixtures("reference")
def test_a_row_that_cannot_be_read_takes_nothing_away_from_a_term(tmp_path, client):
    days = ("1942-05-07", "1961-09-19")
    rows = [visit(number, day, "peru", "Peru", "President Prado") for number, day in enumerate(days, 1)]
    imported(folder(tmp_path, visits="".join(rows)), "--publish")
    assert slugs(client, "country=PE&involvement=representative") == ["visit-2-peru", "visit-1-peru"]

    path = folder(tmp_path, visits=rows[0].replace("1942-05-07", "1942-07-32") + rows[1])
    assert imported(path, "--publish", "--continue-on-error")[0] == [
        "Imported 3 records: 0 created, 0 changed, 2 unchanged, 1 refused.",
        "Published: 0.",
    ]
    refresh_all()
    assert slugs(client, "country=PE&involvement=representative") == ["visit-2-peru", "visit-1-peru"]

    imported(folder(tmp_path, visits=rows[1]), "--publish")
    term = Membership.objects.get(member__kind="person")
    assert (term.since, term.until) == ("1961-09-19", "1961-09-19")


@pytest.mark.usefixtures("reference")
def test_a_bad_row_has_not_vanished(tmp_path):
    imported(folder(tmp_path, TRIPS[0] + TRIPS[1], VISITS[0] + VISITS[1]))

    path = folder(tmp_path, TRIPS[0].replace("1979-06-18", "soon"), VISITS[0].replace("1945-04-26", "soon"))
    assert imported(path, "--continue-on-error")[0] == [
        "Imported 3 records: 0 created, 0 changed, 1 unchanged, 2 refused.",
        "Not in the source any more: has-travels:8 (trip-8-vance-cyrus-roberts)",
        "Not in the source any more: has-visits:8 (visit-8-taiwan)",
        "Not in the source any more: 2 events in all.",
    ]


def test_a_folder_without_the_files_gives_error(tmp_path):
    assert imported(tmp_path) == (
        [], [],
        f"{tmp_path} has neither: expected a folder with the files president-travels/*.xml and secretary-travels/*.xml "
        "of HistoryAtState/travels, or data/*.xml of HistoryAtState/visits, in it.",
    )  # fmt: skip


def test_a_folder_that_cannot_be_read_gives_error(tmp_path):
    assert imported(tmp_path / "nowhere") == ([], [], f"{tmp_path}/nowhere cannot be read: No such file or directory.")
    (tmp_path / "file").touch()
    assert imported(tmp_path / "file") == ([], [], f"{tmp_path}/file cannot be read: Not a directory.")


def test_a_folder_with_half_of_the_trips_gives_error(tmp_path):
    path = folder(tmp_path, TRIPS[0])
    (path / "travels/president-travels/none.xml").unlink()
    both = "the files president-travels/*.xml and secretary-travels/*.xml of HistoryAtState/travels"

    assert imported(path) == (
        [], [], f"{path} has secretary-travels/*.xml, but no president-travels/*.xml: expected {both}."
    )  # fmt: skip


@pytest.mark.usefixtures("reference")
def test_links_are_followed_and_each_file_is_read_once(tmp_path):
    path = tmp_path / "both"
    path.mkdir()
    lying = folder(tmp_path / "elsewhere", TRIPS[1], VISITS[3])
    for name, leads_to in (("travels", "travels"), ("visits", "visits"), ("visits-too", "visits")):
        (path / name).symlink_to(lying / leads_to)

    assert imported(path)[0] == ["Imported 3 records: 3 created, 0 changed, 0 unchanged, 0 refused."]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<visits><visit>", "1: this is no XML: no element found."),
        (
            '<?xml version="1.0"?>\n<!DOCTYPE visits [\n<!ENTITY a "b">]><visits/>',
            "3: this declares the entity “a”, which these files have no need of: remove it.",
        ),
        (
            '<?xml version="1.0" encoding="foo"?>\n<visits/>',
            "1: this is in an encoding that cannot be read (unknown encoding: foo): save the file in UTF-8.",
        ),
        (
            '<?xml version="1.0" encoding="utf-7"?>\n<visits/>',
            "1: this is in an encoding that cannot be read (multi-byte encodings are not supported): save the file in "
            "UTF-8.",
        ),
    ],
)
def test_a_file_that_is_no_such_xml_gives_error(tmp_path, content, message):
    path = folder(tmp_path)
    file = path / "visits/data/1970.xml"
    file.write_text(content)

    assert imported(path) == ([], [], f"{file}:{message}")


def test_a_file_that_cannot_be_read_gives_error(tmp_path):
    path = folder(tmp_path)
    link, directory = path / "visits/data/1971.xml", path / "visits/data/1972.xml"

    directory.mkdir()
    assert imported(path) == ([], [], f"{directory} cannot be read: Is a directory.")
    link.symlink_to("nowhere.xml")
    assert imported(path) == ([], [], f"{link} cannot be read: No such file or directory.")
    link.unlink()
    link.symlink_to(link)
    assert imported(path) == ([], [], f"{link} cannot be read: Too many levels of symbolic links.")


@pytest.mark.usefixtures("reference")
def test_a_text_with_markup_in_it_is_all_read_in_its_order(tmp_path):
    marked = "\n<p id='a'>Attended <em>the <b>G8</b></em> Summit</p>, then\n  left."
    imported(folder(tmp_path, trip(1, "1977-02-15", "france", "<b>Fr</b>ance", remarks=marked, locale="Paris")))

    found = record("has-travels:1")
    assert (found["texts"]["en"]["summary"], found["place"]) == (
        "Attended the G8 Summit, then left.",
        {"name": "Paris", "country": "FR"},
    )


# The real data, where it is at hand: it is not part of the project.

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"


@pytest.mark.skipif(not (SHARED / "historyatstate").is_dir(), reason="the data sets are not at hand")
@pytest.mark.usefixtures("reference")
def test_the_real_data_says_what_another_reading_of_it_says():
    """`events_trips_visits.jsonl.gz` was made from the same files by somebody else."""
    with gzip.open(SHARED / "events_trips_visits.jsonl.gz", "rt", encoding="utf-8") as file:
        theirs = {record["id"]: record for record in map(json.loads, file)}
    found = HistoryAtState.under(SHARED / "historyatstate")
    ours = {entry.values["external_id"]: entry.values for entry in found.entries if entry.values["record"] == "event"}
    own_codes = set(Actor.objects.exclude(code=None).values_list("code", flat=True))

    assert Counter(external_id.partition(":")[0] for external_id in ours) == {"has-travels": 4271, "has-visits": 3264}
    assert [entry for entry in found.entries if entry.problems] == []
    said = {
        key: (value["date"], value["place"].get("name"), value["texts"]["en"].get("summary", ""))
        for key, value in ours.items()
    }
    assert said == {key: (value["edtf"], value["place"], value["description"] or "") for key, value in theirs.items()}
    codes = Counter(
        part["actor"] for value in ours.values() for part in value["participants"] if part["actor"] in own_codes
    )
    assert {code: codes[code] for code in ("US", "TR", "SUHH", "RU", "YUCS", "CSHH", "CN", "TW", "CZ", "SZ", "MK")} == {
        "US": 7535, "TR": 99, "SUHH": 49, "RU": 81, "YUCS": 28, "CSHH": 9, "CN": 97, "TW": 13, "CZ": 39, "SZ": 5,
        "MK": 13,
    }  # fmt: skip
    assert len(found.notices) == 32


def test_help_and_readme_say_what_goes_first():
    readme = " ".join((settings.BASE_DIR / "README.md").read_text(encoding="utf-8").split())
    second = "persons whom the curated data has are made a second time."
    assert f"Needs load_reference first, then load_curated: without it, {second}" in Command.help
    assert f"`load_reference` goes first, then `load_curated` (`make run` does both): without it, {second}" in readme


@pytest.mark.usefixtures("reference")
def test_a_visit_in_a_later_term_leaves_an_earlier_one_as_an_editor_has_it(tmp_path):
    days = ["1996-07-09", "2009-05-18", "2020-01-27"]
    visits = [visit(n, day, "israel", "Israel", "Prime Minister Benjamin Netanyahu") for n, day in enumerate(days)]
    path = folder(tmp_path, visits="".join(visits))
    imported(path)
    first = Membership.objects.get(member__kind=Actor.Kind.PERSON)
    first.since, first.until = "1996-06-18", "1999-07-06"
    first.save()
    for since, until in (("2009-03-31", "2021-06-13"), ("2022-12-29", "")):
        Membership.objects.create(member=first.member, group=first.group, role=first.role, since=since, until=until)
    terms = Membership.objects.filter(member=first.member).order_by("since").values_list("since", "until")
    corrected = list(terms)

    imported(path)
    assert list(terms.all()) == corrected
    later = visit(9, "2025-02-04", "israel", "Israel", "Prime Minister Benjamin Netanyahu")
    imported(folder(tmp_path, visits="".join([*visits, later])))
    assert list(terms.all()) == corrected
