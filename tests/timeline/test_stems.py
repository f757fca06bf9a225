"""What PostgreSQL's stemmers make of words, and how much of it is remembered."""

import pytest

from timeline import stems
from timeline.stems import Stems, joined

pytestmark = pytest.mark.django_db


def test_words_have_lexemes_and_take_positions(django_assert_num_queries):
    with django_assert_num_queries(1):
        known = Stems("english").of(["houses", "the", "2025", "007"])

    assert known == {
        "houses": ((("hous", 1),), 1),
        "the": ((), 1),
        "2025": ((("2025", 1),), 1),
        "007": ((("007", 1),), 1),
    }


def test_words_that_follow_each_other_are_joined():
    known = Stems("english").of(["the", "house", "of", "cars"])

    assert joined(known[word] for word in ["the", "house", "of", "cars"]) == ((("hous", 2), ("car", 4)), 4)


def test_what_is_known_is_not_asked_for_again(django_assert_num_queries):
    known = Stems("german")
    known.of(["die", "hauser"])

    with django_assert_num_queries(0):
        assert known.of(["hauser"]) == {"hauser": ((("haus", 1),), 1)}


def test_what_is_remembered_is_bounded(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(stems, "MOST_KNOWN", 3)
    known = Stems("english")

    for queries, words in ((1, ["houses", "the"]), (0, ["the"]), (1, ["the", "trees", "cars"]), (0, ["the"])):
        with django_assert_num_queries(queries):
            assert sorted(known.of(words)) == sorted(words)
    with django_assert_num_queries(1):  # was not wanted when there was no room for all
        known.of(["houses"])


def test_no_more_is_remembered_of_what_is_wanted_at_once(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(stems, "MOST_KNOWN", 3)
    known = Stems("english")
    words = ["houses", "the", "trees", "cars"]
    known.of(words)

    with django_assert_num_queries(1):
        assert sorted(known.of(words)) == sorted(words)


def test_what_is_long_is_not_remembered(django_assert_num_queries):
    known = Stems("english")

    for length, queries in ((40, 0), (41, 1)):
        known.of(["x" * length])
        with django_assert_num_queries(queries):
            assert known.of(["x" * length]) == {"x" * length: ((("x" * length, 1),), 1)}


def test_words_of_a_language_without_a_stemmer_stay_as_they_are():
    assert stems.configuration("en") == "english"
    assert stems.configuration("uz") == "simple"
    assert stems.stems("simple").of(["houses"])["houses"] == ((("houses", 1),), 1)
