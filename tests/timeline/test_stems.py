"""What PostgreSQL's stemmers make of words, and how much of it is remembered."""

import pytest

from timeline import stems
from timeline.stems import Stems

pytestmark = pytest.mark.django_db


def test_words_have_lexemes_and_take_positions(django_assert_num_queries):
    with django_assert_num_queries(1):
        known = Stems("english").of(["houses", "the", "2025", "007"]).words

    assert known == {
        "houses": ((("hous", 1),), 1),
        "the": ((), 1),
        "2025": ((("2025", 1),), 1),
        "007": ((("007", 1),), 1),
    }


def test_names_are_words_that_follow_each_other():
    known = Stems("english").of([], ["The House of Cars", "Trees"]).names

    assert known == {"The House of Cars": ((("hous", 2), ("car", 4)), 4), "Trees": ((("tree", 1),), 1)}


def test_what_is_known_is_not_asked_for_again(django_assert_num_queries):
    known = Stems("german")
    known.of([], ["Die Häuser"])

    with django_assert_num_queries(0):
        assert known.of([], ["Häuser, die"]).names == {"Häuser, die": ((("haus", 1),), 2)}
        assert known.of(["hauser"]).words["hauser"] == ((("haus", 1),), 1)


def test_what_is_remembered_is_bounded(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(stems, "MOST_KNOWN", 3)
    known = Stems("english")

    for queries, words in ((1, ["houses", "the"]), (0, ["the"]), (1, ["houses", "trees", "cars"]), (1, ["the"])):
        with django_assert_num_queries(queries):
            assert sorted(known.of(words).words) == sorted(words)


def test_what_is_long_is_not_remembered(django_assert_num_queries):
    known = Stems("english")

    for length, queries in ((40, 0), (41, 1)):
        known.of(["x" * length])
        with django_assert_num_queries(queries):
            assert known.of(["x" * length]).words == {"x" * length: ((("x" * length, 1),), 1)}


def test_words_of_a_language_without_a_stemmer_stay_as_they_are():
    assert stems.configuration("en") == "english"
    assert stems.configuration("uz") == "simple"
    assert stems.stems("simple").of(["houses"]).words["houses"] == ((("houses", 1),), 1)
