"""Text folded for comparison, without accents and case. Not done in the database, which has no contrib extensions."""

from __future__ import annotations

import re
import unicodedata

PLAIN = {
    "æ": "ae", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "ø": "o", "œ": "oe", "ŧ": "t", "þ": "th",
    **dict.fromkeys("ʹʺʻʼʽʾʿ", "'"),
    **dict.fromkeys(("\xad", "\u2060", "\ufeff"), ""),
}  # fmt: skip
"""Letters that Unicode does not take apart, though people who lack them on the keyboard write them so: Łódź, Ørsted, or
Oʻzbekiston, whose ʻ is a letter, too. And what nobody sees in a word: where it may be hyphenated, or not be broken.
(Spaces without a width stay: they part words in Thai and Persian.)"""


MOST_FOLDED = 20_000
"""Characters that are remembered: there are a million."""


class _Folded(dict[int, str]):
    """What characters fold to. Each folds by itself: only marks change with their neighbours, and they are left out."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).casefold())
        letters = (character for character in decomposed if not unicodedata.combining(character))
        folded = "".join(PLAIN.get(letter, letter) for letter in letters)
        if len(self) < MOST_FOLDED:
            self[code] = folded
        return folded


_FOLDED = _Folded()


def fold(text: str) -> str:
    """`text` without accents and case: "Türkiye" and "TURKIYE" both give "turkiye", "Straße" gives "strasse",
    "Łódź" gives "lodz", "Oʻzbekiston" gives "o'zbekiston"."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


WORD = re.compile(r"[^\W_]{1,500}")
"""A word that is searched for. What is longer is cut: a lexeme has room for 2046 bytes."""


LETTER, NUMBER = r"[^\W\d_]", r"\d{1,3}(?!\w)"
ABBREVIATION = re.compile(
    rf"(?<!\w)(?:{LETTER}(?:(?:\.[ \xa0\u202f]?{LETTER})+\.|(?:\.{LETTER})+(?!\w))"
    rf"|{LETTER}{{1,3}}(?:&{LETTER}{{1,3}})+(?!\w)|(?<!-){LETTER}{{1,5}}[-\u2010-\u2013]{NUMBER})"
)
"""Single letters with full stops behind them, the last of which may be missing, as in “U.S.-China”, “J. D. Vance” and
“Washington, D.C”; a few letters around an ampersand, as in “R&D”; or a few with a hyphen and a number, as in “G-20”
(in print that may be a dash)."""
DOTTED, NUMBERED = re.compile(rf"\.[ \xa0\u202f]?{LETTER}(?!\w)"), re.compile(rf"-{NUMBER}")
DASHED = re.compile(rf"[\u2010-\u2013]{NUMBER}")
"""One of these, or else an ampersand, is in each of them; few other texts have it. They are found in a tenth of the
time."""


def contracted(text: str, *, in_any_case: bool = False) -> str:
    """`text` with abbreviations as one word, as others write them: “US-China”, “JD Vance”, “RD”, “G20”. Only those in
    capitals (not “i.e.”, “z. B.”), or `in_any_case`."""
    dashed = not text.isascii() and DASHED.search(text)
    if not (dashed or "&" in text or DOTTED.search(text) or NUMBERED.search(text)):
        return text

    def short(found: re.Match[str]) -> str:
        return re.sub(r"\W", "", found[0]) if in_any_case or found[0].isupper() else found[0]

    return ABBREVIATION.sub(short, text)


def words_of(*texts: str) -> list[str]:
    """The folded words of `texts` for a search, in their order."""
    return [word for text in texts for word in WORD.findall(fold(text))]


def words(text: str) -> list[str]:
    """The folded words of `text`, each once, in order of appearance. What has more than 300 letters, as many as the
    column of the words of a place takes, is several: folded, a text can be three times as long, such as one in Korean.
    """
    return list(dict.fromkeys(re.findall(r"\w{1,300}", fold(text))))


def words_to_find(text: str) -> list[str]:
    """The same with those that its abbreviations are as one word."""
    short = contracted(text)
    return words(text if short == text else f"{text} {short}")
