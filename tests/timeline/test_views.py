"""The shapes of the answers, to the letter, and what they cost in queries."""

from __future__ import annotations

import json
import re

import pytest

from events.models import Figure, Source
from tests.assertions import slugs
from tests.builders import actor, draft, event_type, member, published, state, topic
from timeline.models import Timeline
from timeline.publishing import publish, publish_vocabulary, withdraw

pytestmark = pytest.mark.django_db

MOMENT = "2031-11-07T12:00:00.000000Z"


@pytest.fixture
def summit(time_machine):
    """An event with everything an event can have."""
    time_machine.move_to("2031-11-07T12:00:00Z", tick=False)
    host, guests = actor("donald-trump"), actor("c5-1", "bloc", names={"en": "C5+1", "de": "C5+1"})
    member(state("US"), host, "2025-01-20", role="president")
    member(guests, state("UZ"), "2015")
    topic("rare-earths", "critical-minerals")
    event_type("summit", "meeting")
    event = draft(
        "c5-1-leaders-summit-2025",
        "2025-11-06",
        (host, "host"),
        (guests, "visitor"),
        type="summit",
        topics=("rare-earths",),
        titles={"en": "Summit", "de": "Gipfel"},
        sources=({"url": "https://example.org/a", "title": "A report", "language": "de", "published": "2025-11-06"},),
        relations=(("follows", published("before", "2025-10", titles={"en": "Before", "de": "Zuvor"})),),
        effective="2025-11-10/2026-11-10",
        external_id="curated:1",
        place_name="White House, Washington, D.C.",
        place_country=state("US"),
        latitude="38.897700",
        longitude="-77.036500",
    )
    event.texts.filter(language="en").update(summary="What happened.")
    source = Source.objects.get(url="https://example.org/a")
    source.publisher, source.official, source.claims = "A paper", True, "2025-11"
    source.save()
    event.participations.filter(actor=host).update(name_as_printed="President Trump")
    Figure.objects.create(
        event=event,
        labels={"en": "Exports", "de": "Ausfuhr"},
        value="3.07",
        unit="USD bn",
        period="2023",
        reporter=state("KZ"),
        partner=state("CN"),
        source=source,
    )
    publish([event])
    return event


DOCUMENT = {
    "id": "c5-1-leaders-summit-2025",
    "url": "http://testserver/api/v1/events/c5-1-leaders-summit-2025/",
    "version": 1,
    "type": {"id": "summit", "name": "Summit", "path": ["meeting", "summit"]},
    "title": "Summit",
    "summary": "What happened.",
    "language": "en",
    "date": {
        "edtf": "2025-11-06",
        "start": "2025-11-06",
        "end": "2025-11-06",
        "start_latest": "2025-11-06",
        "end_earliest": "2025-11-06",
        "precision": "day",
        "approximate": False,
        "uncertain": False,
        "open": False,
        "display": "6 November 2025",
    },
    "effective": {
        "edtf": "2025-11-10/2026-11-10",
        "start": "2025-11-10",
        "end": "2026-11-10",
        "start_latest": "2025-11-10",
        "end_earliest": "2026-11-10",
        "precision": "interval",
        "approximate": False,
        "uncertain": False,
        "open": False,
        "display": "10 November 2025 – 10 November 2026",
    },
    "place": {"name": "White House, Washington, D.C.", "country": "US", "latitude": 38.8977, "longitude": -77.0365},
    "participants": [
        {
            "actor": "donald-trump",
            "name": "Donald Trump",
            "kind": "person",
            "role": "host",
            "name_as_printed": "President Trump",
            "represents": ["US"],
        },
        {"actor": "c5-1", "name": "C5+1", "kind": "bloc", "role": "visitor"},
    ],
    "countries": [
        {"code": "US", "name": "United States", "via": ["representative", "location"]},
        {"code": "UZ", "name": "Uzbekistan", "via": ["bloc"]},
    ],
    "topics": [{"id": "rare-earths", "name": "Rare-Earths", "path": ["critical-minerals", "rare-earths"]}],
    "sources": [
        {
            "url": "https://example.org/a",
            "title": "A report",
            "publisher": "A paper",
            "language": "de",
            "published": "2025-11-06",
            "official": True,
            "claims": "2025-11",
        }
    ],
    "relations": [{"kind": "follows", "event": "before", "title": "Before"}],
    "figures": [
        {
            "label": "Exports",
            "value": 3.07,
            "unit": "USD bn",
            "period": "2023",
            "reporter": "KZ",
            "partner": "CN",
            "source": "https://example.org/a",
        }
    ],
    "external_id": "curated:1",
    "disputed": False,
    "published_at": MOMENT,
    "updated_at": MOMENT,
}


@pytest.mark.usefixtures("summit")
def test_the_document_of_an_event(client):
    response = client.get("/api/v1/events/c5-1-leaders-summit-2025/")

    assert response["Content-Type"] == "application/json"
    assert response.json() == DOCUMENT
    assert list(response.json()) == list(DOCUMENT)


@pytest.mark.usefixtures("summit")
def test_the_document_in_another_language(client):
    german = client.get("/api/v1/events/c5-1-leaders-summit-2025/?lang=de").json()

    assert (german["title"], german["language"], german["date"]["display"]) == ("Gipfel", "de", "6. November 2025")
    assert german["relations"] == [{"kind": "follows", "event": "before", "title": "Zuvor"}]
    assert german["figures"][0]["label"] == "Ausfuhr"


@pytest.mark.usefixtures("summit")
def test_a_list_of_events(client):
    response = client.get("/api/v1/events/?country=UZ&page_size=1&lang=en")

    assert response.json() == {
        "dataset_version": 2,
        "next": None,
        "previous": None,
        "count_url": "http://testserver/api/v1/events/count/?country=UZ",
        "results": [DOCUMENT],
    }
    assert client.get(response.json()["count_url"]).json() == {"dataset_version": 2, "count": 1}


@pytest.mark.usefixtures("summit")
def test_only_the_chosen_fields(client):
    listed = client.get("/api/v1/events/?fields=title,url,effective&ordering=date").json()["results"]

    assert listed[0] == {"title": "Before", "url": "http://testserver/api/v1/events/before/"}
    assert list(listed[1].items()) == [(key, DOCUMENT[key]) for key in ("title", "url", "effective")]
    assert client.get("/api/v1/events/c5-1-leaders-summit-2025/?fields=id").json() == {"id": DOCUMENT["id"]}


@pytest.mark.usefixtures("summit")
def test_the_root_lists_the_addresses(client):
    body = client.get("/api/v1/").json()

    assert body == {
        "dataset_version": 2,
        "event_list": "http://testserver/api/v1/events/",
        "event_count": "http://testserver/api/v1/events/count/",
        "event_density": "http://testserver/api/v1/events/density/",
        "event_window": "http://testserver/api/v1/events/window/",
        "event_facets": "http://testserver/api/v1/events/facets/",
        "change_list": "http://testserver/api/v1/changes/",
        "country_list": "http://testserver/api/v1/countries/",
        "actor_list": "http://testserver/api/v1/actors/",
        "type_list": "http://testserver/api/v1/types/",
        "topic_list": "http://testserver/api/v1/topics/",
        "timeline_list": "http://testserver/api/v1/timelines/",
        "schema": "http://testserver/api/schema/",
        "docs": "http://testserver/api/docs/",
    }
    assert all(client.get(url).status_code == 200 for url in list(body.values())[1:])


def test_documents_of_the_vocabulary(client):
    soviet_union, russia = state("SUHH"), state("RU")
    soviet_union.alpha3, soviet_union.qid, soviet_union.aliases = "SUN", "Q15180", ["USSR"]
    soviet_union.save()
    soviet_union.successors.add(russia)
    person = actor("mikhail-gorbachev")
    member(soviet_union, person, "1990-03-15", "1991-12-25", role="president")
    summit = event_type("summit", "meeting")
    summit.plover = "CONSULT"
    summit.save()
    timeline = Timeline.objects.create(
        slug="cold-war", titles={"en": "Cold War", "de": "Kalter Krieg"}, summaries={"en": "S"}, query="type=summit"
    )
    publish_vocabulary(
        actors=[soviet_union, russia, person], types=[summit], topics=[topic("trade")], timelines=[timeline]
    )

    def get(path):
        return client.get(f"/api/v1/{path}").json()

    api = "http://testserver/api/v1"
    assert get("countries/SUHH/") == {
        "code": "SUHH",
        "url": f"{api}/countries/SUHH/",
        "name": "Soviet Union",
        "kind": "state",
        "actor": "soviet-union",
        "alpha3": "SUN",
        "wikidata": "Q15180",
        "aliases": ["USSR"],
        "former": True,
        "successors": ["RU"],
    }
    assert get("countries/RU/")["predecessors"] == ["SUHH"]
    assert get("actors/mikhail-gorbachev/") == {
        "id": "mikhail-gorbachev",
        "url": f"{api}/actors/mikhail-gorbachev/",
        "name": "Mikhail Gorbachev",
        "kind": "person",
        "memberships": [
            {
                "group": "soviet-union",
                "name": "Soviet Union",
                "role": "president",
                "since": "1990-03-15",
                "until": "1991-12-25",
            }
        ],
    }
    assert get("types/summit/") == {
        "id": "summit",
        "url": f"{api}/types/summit/",
        "name": "Summit",
        "path": ["meeting", "summit"],
        "plover": "CONSULT",
    }
    assert get("topics/trade/") == {"id": "trade", "url": f"{api}/topics/trade/", "name": "Trade", "path": ["trade"]}
    assert get("timelines/cold-war/") == {
        "id": "cold-war",
        "url": f"{api}/timelines/cold-war/",
        "title": "Cold War",
        "summary": "S",
        "language": "en",
        "query": "type=summit",
        "events_url": f"{api}/events/?timeline=cold-war",
    }
    assert get("timelines/cold-war/?lang=de")["events_url"] == f"{api}/events/?timeline=cold-war&lang=de"
    then = f"{api}/events/?timeline=cold-war&lang=de&as_of=1"
    assert get("timelines/cold-war/?lang=de&as_of=1")["events_url"] == then
    assert get("timelines/?lang=de&as_of=1&fields=events_url")["results"] == [{"events_url": then}]
    assert [entry["id"] for entry in get("actors/?kind=person")["results"]] == ["mikhail-gorbachev"]
    assert [entry["id"] for entry in get("types/")["results"]] == ["meeting", "summit"]
    assert get("countries/?page_size=1&fields=code") == {
        "dataset_version": 1,
        "next": get("countries/?page_size=1&fields=code")["next"],
        "previous": None,
        "results": [{"code": "RU"}],
    }


def test_a_timeline_is_its_saved_filter_and_its_picks(client):
    minerals, picked = published("minerals", topics=("trade",)), published("picked")
    published("other"), draft("secret", topics=("trade",))
    timeline = Timeline.objects.create(slug="both", titles={"en": "Both"}, query="topic=trade&from=2025")
    timeline.events.set([picked, minerals])
    filtered = Timeline.objects.create(slug="filtered", titles={"en": "Filtered"}, query="topic=trade")
    by_hand = Timeline.objects.create(slug="by-hand", titles={"en": "By hand"})
    by_hand.events.set([picked])
    empty = Timeline.objects.create(slug="empty", titles={"en": "Empty"})
    publish_vocabulary(timelines=[timeline, filtered, by_hand, empty])

    assert slugs(client, "timeline=both&ordering=date") == ["minerals", "picked"]
    assert slugs(client, "timeline=filtered") == ["minerals"]
    assert slugs(client, "timeline=by-hand") == ["picked"]
    assert slugs(client, "timeline=empty") == []
    assert slugs(client, "timeline=both&topic=trade&to=2024") == []

    timeline.events.clear()
    assert slugs(client, "timeline=both&ordering=date") == ["minerals", "picked"]
    publish_vocabulary(timelines=[timeline])
    assert slugs(client, "timeline=both&ordering=date") == ["minerals"]

    withdraw([minerals])
    assert slugs(client, "timeline=both") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=talks", ["bonn", "both"]), ("q=talks&lang=en", ["bonn", "both"]), ("q=Gespräche&lang=de", ["both"])],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_words_of_a_timeline_find_the_same_events_for_readers_of_every_language(client, query, found, language):
    published("both", titles={"en": "Talks", "de": "Gespräche"})
    published("bonn", titles={"de": "Talks in Bonn"})
    published("other", titles={"en": "Gespräche, as Germans say", "de": "Talks, wie man sagt"})
    timeline = Timeline.objects.create(slug="talks", titles={"en": "Talks"}, query=query)
    publish_vocabulary(timelines=[timeline])

    listed = client.get(f"/api/v1/events/?timeline=talks&lang={language}").json()

    assert [event["id"] for event in listed["results"]] == found
    assert client.get(listed["count_url"]).json()["count"] == len(found)
    # A program follows with its own header.
    counted = client.get(listed["count_url"], headers={"accept-language": language})
    assert counted.json()["count"] == len(found)
    for address in ("/timelines/talks/", "/embed/timelines/talks/"):
        page = client.get(f"{address}?lang={language}").text
        assert re.findall(r"/events/([a-z]+)/", page) == found
    feed = client.get(f"/api/v1/timelines/talks/?format=fullcalendar&lang={language}")
    assert [entry["id"] for entry in feed.json()] == found


# Queries: the page, and the vocabulary entries that the filters name where its events do not prove that they are known.
# An empty page is read again, once the dataset version is known. Before a page by several filters the database says
# what it expects. Summaries read those entries, the dataset version, and where no tally has the answer, that
# expectation.
LISTS = [
    ("events/", 1),
    ("events/?country=US&from=2025&to=2025-12", 1),
    ("events/?country=US&country=CN&type=meeting&topic=trade&actor=united-states", 4),
    ("events/?country_all=US&country_all=CN&in_force_on=2025-01-01", 5),
    ("events/?timeline=all&lang=de&fields=id", 3),
    ("events/?format=csv&page_size=10", 1),
    ("events/?format=timelinejs&timeline=all", 4),
    ("events/count/?country=US", 3),
    ("events/count/?country=US&from=2024-12-31&to=2025-01-02", 6),
    ("events/count/?country=US&type=meeting", 4),
    ("events/density/?country=US&highlights=0", 4),
    ("events/density/?country=US&from=2024&to=2026", 5),
    ("events/density/?country=US&type=meeting", 5),
    ("events/window/?country=US", 3),
    ("events/window/?country=US&topic=trade&from=2024&to=2026", 4),
    ("events/facets/?country=US", 6),
    ("timelines/all/", 2),
    ("timelines/all/?format=ics", 3),
    ("countries/", 2),
    ("actors/", 2),
    ("types/", 2),
    ("topics/", 2),
    ("timelines/", 2),
    ("events/event-0/", 1),
    ("countries/US/", 2),
]


@pytest.mark.parametrize(("path", "queries"), LISTS)
@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_rows(client, django_assert_num_queries, path, queries, rows):
    publish(
        draft(
            f"event-{number}",
            "2025",
            "US",
            "CN",
            f"A{'ABC'[number]}",
            type="meeting" if number == 0 else f"type-{number}",
            topics=("trade",) if number == 0 else (f"topic-{number}",),
        )
        for number in range(rows)
    )
    slugs = ["all", *(f"timeline-{number}" for number in range(1, rows))]
    publish_vocabulary(
        timelines=[Timeline.objects.create(slug=slug, titles={"en": "T"}, query="country=US") for slug in slugs]
    )

    with django_assert_num_queries(queries):
        response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200
    with django_assert_num_queries(1):
        assert client.get(f"/api/v1/{path}", headers={"if-none-match": response["ETag"]}).status_code == 304


def test_hostile_text_stays_text(client):
    hostile = '</script><b>"\\ \u202e ]]> =cmd|x \x7f \u2028 ' + "x" * 100
    published("event", titles={"en": hostile})

    body = client.get("/api/v1/events/").content
    assert json.loads(body)["results"][0]["title"] == hostile


def test_a_text_cannot_forge_an_address_of_ours(client):
    event = draft("event", titles={"en": '\x01/","url":"\x01'})
    event.texts.update(summary='url":"\x01')
    publish([event])

    document = client.get("/api/v1/events/event/").json()
    assert document["title"] == '\x01/","url":"\x01'
    assert document["summary"] == 'url":"\x01'
    assert document["url"] == "http://testserver/api/v1/events/event/"
