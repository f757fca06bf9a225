"""JSON-LD, expanded with pyld, offline: the loader serves a small context in place of schema.org's."""

from __future__ import annotations

import json

import pytest
from pyld import jsonld

from events.models import Participation
from tests.timeline.formats.samples import (
    MINIMAL,
    PART_OF,
    dated,
    document,
    each_hostile_text,
    hostile,
    legible,
    written,
)
from timeline.formats.jsonld import PARTS

SCHEMA = "https://schema.org/"
CONTEXT = {
    "@vocab": SCHEMA,
    **{name: {"@type": "@id"} for name in ("url", "eventStatus")},
    **{name: {"@type": f"{SCHEMA}Date"} for name in ("startDate", "endDate")},
}


def load(url, options):
    assert url == "https://schema.org"
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": CONTEXT},
    }


def expanded(*documents):
    return jsonld.expand(json.loads(written("jsonld", *documents)), {"documentLoader": load})


def events(*documents):
    return json.loads(written("jsonld", *documents))["@graph"]


def test_a_graph_of_events():
    assert json.loads(written("jsonld", document(relations=[PART_OF]))) == {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Event",
                "@id": "http://testserver/api/v1/events/c5-1-leaders-summit-2025/",
                "identifier": "c5-1-leaders-summit-2025",
                "url": "https://timeline.example.org/events/c5-1-leaders-summit-2025/?lang=de",
                "name": "Summit",
                "description": "What happened.",
                "inLanguage": "en",
                "startDate": "2025-11-06",
                "endDate": "2025-11-06",
                "eventStatus": "https://schema.org/EventScheduled",
                "location": {
                    "@type": "Place",
                    "name": "White House, Washington, D.C.",
                    "address": {"@type": "PostalAddress", "addressCountry": "US"},
                    "geo": {"@type": "GeoCoordinates", "latitude": 38.8977, "longitude": -77.0365},
                },
                "organizer": [{"@type": "Person", "name": "Donald Trump"}],
                "attendee": [{"@type": "Organization", "name": "C5+1"}],
                "about": [{"@type": "DefinedTerm", "termCode": "rare-earths", "name": "Rare-Earths"}],
                "superEvent": [{"@type": "Event", "@id": "http://testserver/api/v1/events/before/", "name": "Before"}],
                "subjectOf": [
                    {
                        "@type": "CreativeWork",
                        "url": "https://example.org/a",
                        "name": "A report",
                        "publisher": {"@type": "Organization", "name": "A paper"},
                        "inLanguage": "de",
                    }
                ],
            }
        ],
    }


def test_a_summary_in_another_language_than_the_title_says_so():
    [event] = expanded(document(summary="Eins.", summary_language="de"))

    assert event[f"{SCHEMA}description"] == [{"@language": "de", "@value": "Eins."}]
    assert event[f"{SCHEMA}inLanguage"] == [{"@value": "en"}]


def test_each_role_has_its_property():
    roles = Participation.Role.values
    parts = [{"actor": role, "name": f"The {role}", "kind": "state", "role": role} for role in roles]

    [event] = events(document(participants=parts))

    topic = {"@type": "DefinedTerm", "termCode": "rare-earths", "name": "Rare-Earths"}
    actors = {role: {"@type": "GovernmentOrganization", "name": f"The {role}"} for role in roles}
    assert {name: event[name] for name in ("organizer", "attendee", "performer", "about")} == {
        "organizer": [actors["host"], actors["imposer"]],
        "attendee": [actors[role] for role in ("visitor", "participant", "signatory", "mediator", "observer")],
        "performer": [actors["speaker"]],
        "about": [topic, actors["target"]],
    }
    assert set(PARTS) == set(roles)


def test_every_key_is_a_term_of_schema_org():
    [event] = expanded(document(relations=[PART_OF]))

    assert event["@type"] == [f"{SCHEMA}Event"]
    assert event[f"{SCHEMA}eventStatus"] == [{"@id": f"{SCHEMA}EventScheduled"}]
    assert event[f"{SCHEMA}startDate"] == [{"@type": f"{SCHEMA}Date", "@value": "2025-11-06"}]
    assert event[f"{SCHEMA}superEvent"][0]["@id"] == "http://testserver/api/v1/events/before/"
    assert all(key.startswith(("@", SCHEMA)) for key in event)


@pytest.mark.parametrize(
    ("edtf", "start", "end", "words"),
    [
        ("2025-11-06", "2025-11-06", "2025-11-06", None),
        ("2017-04-06/2017-04-07", "2017-04-06", "2017-04-07", None),
        ("2025-10-XX", "2025-10", "2025-10", "October 2025"),
        ("2025", "2025", "2025", "2025"),
        ("201X", "2010", "2019", "2010s"),
        ("2025-24", "2025-12", "2026-02", "winter 2025"),
        ("2025-11-06?", "2025-11-06", "2025-11-06", "6 November 2025 (uncertain)"),
        ("2025/2025-06-01", "2025", "2025-06-01", "2025 – 1 June 2025"),
        ("2025-04-04/..", "2025-04-04", None, "since 4 April 2025"),
        ("../2025", None, "2025", "until 2025"),
        ("0033", "0033", "0033", "33"),
    ],
)
def test_dates_say_as_much_as_is_known(edtf, start, end, words):
    [event] = events(dated(edtf))

    assert event.get("startDate") == start
    assert event.get("endDate") == end
    assert event.get("disambiguatingDescription") == words


def test_what_does_not_apply_is_left_out():
    [event] = events(MINIMAL)

    assert list(event) == [
        "@type", "@id", "identifier", "url", "name", "inLanguage", "startDate", "endDate", "eventStatus", "subjectOf",
    ]  # fmt: skip


def test_zero_is_a_coordinate():
    [event] = events(document(place={"latitude": 0.0, "longitude": 0.0}))

    assert event["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 0.0, "longitude": 0.0}


@each_hostile_text
def test_hostile_text_may_stand_in_a_script(text):
    raw = written("jsonld", hostile(text))

    assert not set("<>&\u2028\u2029") & set(raw)
    [event] = json.loads(raw)["@graph"]
    assert legible(event["name"]) == legible(event["location"]["name"]) == legible(text)


@pytest.mark.django_db
def test_curated_documents(curated_documents):
    found = events(*curated_documents)

    assert [event["identifier"] for event in found] == [one["id"] for one in curated_documents]
    assert len(expanded(*curated_documents[:10])) == 10
