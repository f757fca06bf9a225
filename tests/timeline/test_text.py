"""Folded text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timeline.text import PLAIN, fold, words, words_of


@given(st.text())
@example("Türkiye STRASSE Straße ΣΊΣΥΦΟΣ ﬁn 한국 q̣̇ Ǆ İ ⅻ")
def test_folding_is_that_of_the_whole_text(text):
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    for letter, written in PLAIN.items():
        plain = plain.replace(letter, written)
    assert fold(text) == plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("Lech WAŁĘSA", "lech walesa"),
        ("Ørsted", "orsted"),
        ("Diyarbakır", "diyarbakir"),
        ("İstanbul", "istanbul"),
        ("Đà Nẵng", "da nang"),
        ("Þórður", "thordur"),
        ("Æthelstan, Œuvre", "aethelstan, oeuvre"),
        ("Nukuʻalofa, Qurʼon, ʿAmmān, Maʾrib", "nuku'alofa, qur'on, 'amman, ma'rib"),
        ("Außen\xadminister, Welt\u2060rat, \ufeffRat", "aussenminister, weltrat, rat"),
    ],
)
def test_letters_of_their_own_fold_too(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize("apostrophe", "'’ʻʼʾʿ`´")
def test_an_apostrophe_parts_words_however_it_is_written(apostrophe):
    name = f"{apostrophe}Oli G{apostrophe}ijduvon{apostrophe}"
    assert words(name) == words_of(name) == ["oli", "g", "ijduvon"]


def test_spaces_without_a_width_part_words():
    # As in Thai and in Persian.
    assert words_of("ab\u200bcd\u200cef") == ["ab", "cd", "ef"]


def test_no_word_is_longer_than_its_column():
    # Korean syllables fold to two or three letters each.
    assert [len(word) for word in words("한" * 200)] == [300]
    assert [len(word) for word in words(f"{'한' * 100}다 읍")] == [300, 2, 3]
