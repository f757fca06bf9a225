"""The known word that is nearest to another one."""

import pytest

from events.closest import closest


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
