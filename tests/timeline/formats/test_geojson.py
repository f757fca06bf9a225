"""GeoJSON, checked against RFC 7946 by the geojson library."""

from __future__ import annotations

import json

import geojson
import pytest

from tests.timeline.formats.samples import MINIMAL, dated, document, each_hostile_text, hostile, legible, written


def features(*documents):
    text = written("geojson", *documents)
    collection = geojson.loads(text)
    assert collection.is_valid, collection.errors()
    return json.loads(text)["features"]


def test_a_feature():
    assert features(document()) == [
        {
            "type": "Feature",
            "id": "c5-1-leaders-summit-2025",
            "geometry": {"type": "Point", "coordinates": [-77.0365, 38.8977]},
            "properties": {
                "id": "c5-1-leaders-summit-2025",
                "url": "http://testserver/api/v1/events/c5-1-leaders-summit-2025/",
                "title": "Summit",
                "summary": "What happened.",
                "language": "en",
                "type": "summit",
                "start": "2025-11-06",
                "end": "2025-11-06",
                "date": "2025-11-06",
                "precision": "day",
                "approximate": False,
                "uncertain": False,
                "effective": "2025-11-10/2026-11-10",
                "place": "White House, Washington, D.C.",
                "country": "US",
                "countries": ["US", "UZ"],
                "participants": ["donald-trump (host)", "c5-1 (visitor)"],
                "topics": ["rare-earths"],
                "sources": ["https://example.org/a"],
                "disputed": False,
                "version": 1,
                "updated_at": "2031-11-07T12:00:00.000000Z",
                "display": "6 November 2025",
            },
        }
    ]


def test_no_events_are_an_empty_collection():
    assert json.loads(written("geojson")) == {"type": "FeatureCollection", "features": []}


def test_without_coordinates_the_geometry_is_null():
    [nowhere, half] = features(MINIMAL, document(place={"name": "Somewhere", "longitude": 1.5}))

    assert nowhere["geometry"] is None
    assert half["geometry"] is None
    assert None not in nowhere["properties"].values()


def test_zero_is_a_coordinate():
    [feature] = features(document(place={"latitude": 0.0, "longitude": 0.0}))

    assert feature["geometry"] == {"type": "Point", "coordinates": [0.0, 0.0]}


def test_an_imprecise_date_says_so():
    [feature] = features(dated("2025-10-XX"))

    assert {key: feature["properties"][key] for key in ("start", "end", "date", "precision", "display")} == {
        "start": "2025-10-01",
        "end": "2025-10-31",
        "date": "2025-10-XX",
        "precision": "month",
        "display": "October 2025",
    }


@each_hostile_text
def test_hostile_text(text):
    [feature] = features(hostile(text))

    assert legible(feature["properties"]["title"]) == legible(text)
    assert legible(feature["properties"]["place"]) == legible(text)


@pytest.mark.django_db
def test_curated_documents(curated_documents):
    found = features(*curated_documents)

    assert [feature["id"] for feature in found] == [one["id"] for one in curated_documents]
    assert [feature["geometry"] is not None for feature in found] == [
        "latitude" in one.get("place", {}) for one in curated_documents
    ]
