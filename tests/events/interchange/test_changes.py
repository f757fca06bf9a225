"""What a record changes, in words."""

import pytest

from events.interchange.changes import changes

THERE = {
    "date": "2025", "place": {"name": "Astana", "latitude": 51.0}, "topics": ["trade", "uranium"],
    "texts": {"en": {"title": "Old"}}, "participants": [{"actor": "US", "role": "host"}],
    "figures": [{"labels": {"en": "Exports"}, "value": 3.5, "unit": "t"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "sentences"),
    [
        ({}, []),
        ({"date": "2025-10"}, ["date: “2025” becomes “2025-10”"]),
        ({"effective": "2025/.."}, ["effective: nothing becomes “2025/..”"]),
        ({"place": {"name": "Astana", "latitude": 52.5}}, ["place.latitude: “51.0” becomes “52.5”"]),
        ({"place": {}}, ["place.name: “Astana” becomes nothing", "place.latitude: “51.0” becomes nothing"]),
        ({"texts": {"en": {"title": "Old"}, "de": {"title": "Alt"}}}, ["texts.de.title: nothing becomes “Alt”"]),
        ({"texts": {"en": {"title": "x" * 81}}}, [f"texts.en.title: “Old” becomes “{'x' * 80}…”"]),
        ({"topics": ["trade", "steel", "tea"]}, ["topics: without “uranium”, with “steel”, “tea”"]),
        ({"topics": ["uranium", "trade"]}, ["topics: in another order"]),
        ({"topics": ["trade", "uranium", "trade"]}, ["topics: with “trade”"]),
        (
            {"participants": [{"actor": "US", "role": "visitor"}]},
            ["participants: without “US host”, with “US visitor”"],
        ),
        ({"figures": []}, ["figures: without “Exports 3.5 t”"]),
        ({"sources": [{"url": "https://e.org", "official": True}]}, ["sources: with “https://e.org”"]),
        (
            {"date": "2024", "topics": ["trade"]},
            ["date: “2025” becomes “2024”", "topics: without “uranium”"],
        ),
    ],
)
def test_each_field_that_differs_is_named(more, sentences):
    assert changes(THERE, {**THERE, **more}) == sentences


def test_what_is_left_out_becomes_nothing():
    assert changes(THERE, {key: value for key, value in THERE.items() if key != "date"}) == [
        "date: “2025” becomes nothing"
    ]
