"""The known word that is nearest to another one."""

from difflib import get_close_matches

import pytest

from events.closest import MOST_COMPARED, closest


@pytest.mark.parametrize(
    ("word", "cutoff", "expected"),
    [
        ("contry", 0.6, "country"),
        ("country", 0.6, "country"),
        ("cuonrty", 0.6, "country"),
        ("cuonrty", 0.8, ""),
        ("date", 0.6, ""),
        ("", 0.6, ""),
    ],
)
def test_the_closest_word_that_is_near_enough(word, cutoff, expected):
    assert closest(word, iter(["counter", "country", "count"]), cutoff) == expected


@pytest.mark.parametrize("word", ["uzbekistn", "usbekistan", "zbekistan", "uzbekistann", "Uzbekistan", "uzebkistan"])
def test_of_thousands_of_words_few_are_compared(word, monkeypatch):
    compared = []

    def compare(word, words, n, cutoff):
        compared.append(len(words))
        return get_close_matches(word, words, n, cutoff)

    monkeypatch.setattr("events.closest.difflib.get_close_matches", compare)
    others = [f"{first}-{number}-{last}" for first in ("u", "uz", "x") for number in range(900) for last in ("n", "an")]

    assert closest(word, [*others, "uzbekistan", "kazakhstan"], 0.75) == "uzbekistan"
    [number] = compared
    assert number <= MOST_COMPARED
