"""What is remembered of the last import of a data set; what becomes of it is in `test_importing`."""

from events.interchange.following import fingerprints

from .test_merging import THERE


def test_fingerprints_tell_which_field_says_something_else():
    before = fingerprints(THERE)
    assert list(before) == [
        "type", "date", "place.name", "place.country", "topics", "texts.en.title", "texts.en.summary", "texts.de.title",
        "sources",
    ]  # fmt: skip
    other = {**THERE, "slug": "other", "date": "2026", "texts": {**THERE["texts"], "de": {"title": "Neu"}}}
    sources = [{"title": "1", "url": "https://e.org/1", "official": True}]

    after = fingerprints({**other, "sources": sources})
    assert {field for field in before if before[field] != after[field]} == {"date", "texts.de.title"}
