"""What is remembered of the last import of a data set; what becomes of it is in `test_importing`."""

from events.interchange.following import SAID, fingerprints

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


def test_fingerprints_are_of_the_data_sets_own_words_where_a_record_has_them():
    made = {**THERE, SAID: {"topics": ["Trade"], "place.country": "Turkey"}}
    before = fingerprints(made)
    assert list(before) == [
        "type", "date", "place.name", "texts.en.title", "texts.en.summary", "texts.de.title", "sources",
        "said.topics", "said.place.country",
    ]  # fmt: skip

    assert fingerprints({**made, "topics": ["commerce"], "place": {**THERE["place"], "country": "TM"}}) == before
    after = fingerprints({**made, SAID: {"topics": ["Trade"], "place.country": "Türkiye"}})
    assert {field for field in before if before[field] != after[field]} == {"said.place.country"}
