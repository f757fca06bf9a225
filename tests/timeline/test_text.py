"""Folded text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timeline.text import PLAIN, contracted, fold, words, words_of


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


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("U.S.", "US"),
        ("the U.S.-China talks", "the US-China talks"),
        ("U.S-led", "US-led"),
        ("In the U.S. China is", "In the US China is"),
        ("(U.S.S.R.)’s", "(USSR)’s"),
        ("J. D. Vance and F.\xa0W. de Klerk", "JD Vance and FW de Klerk"),
        ("Washington, D.C.", "Washington, DC"),
        ("С.Ш.А.", "США"),
        ("AT&T, R&D", "ATT, RD"),
        ("G-20-Gipfel, COP\u201120, F-16s", "G20-Gipfel, COP20, F-16s"),
        ("the G–7’s, G\u201020", "the G7’s, G20"),
        ("A–B, 10–20, US–2026, US — 7", "A–B, 10–20, US–2026, US — 7"),
        ("Covid-19, UNSCR-1540, 2-2, 70-OF-202", "Covid-19, UNSCR-1540, 2-2, 70-OF-202"),
        ("Donald J. Trump", "Donald J. Trump"),
        ("Plan A. A second one", "Plan A. A second one"),
        ("i.e. at 5 p.m., z. B.", "i.e. at 5 p.m., z. B."),
        ("A.1, x_U.S., D.C4", "A.1, x_U.S., D.C4"),
        ("Johnson&Johnson & Co", "Johnson&Johnson & Co"),
    ],
)
def test_abbreviations_in_capitals_are_contracted(text, short):
    assert contracted(text) == short


def test_abbreviations_in_any_case_are_contracted():
    assert contracted("u.s.-china, at&t, i.e., g-7", in_any_case=True) == "us-china, att, ie, g7"
