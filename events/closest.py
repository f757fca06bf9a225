"""The known word that somebody may have meant."""

from __future__ import annotations

import difflib
from bisect import bisect
from collections.abc import Iterable

MOST_COMPARED = 200
"""Words that one is compared with letter by letter, of which each takes some ten microseconds."""


def closest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of the known words that is spelt most like `word`; blank if none is as near as `cutoff`, up to 1.

    Of very many, only those that begin or end like it are looked at.
    """
    words = list(known)
    if len(words) > MOST_COMPARED:
        words = _alike(word, words)
    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=cutoff)), "")


def _alike(word: str, words: list[str]) -> list[str]:
    """Those that come next to it in alphabetical order, read forwards or backwards: a slip leaves one of its ends."""
    forwards = _beside(word, sorted(words))
    backwards = _beside(word[::-1], sorted(one[::-1] for one in words))
    return [*forwards, *(one[::-1] for one in backwards)]


def _beside(word: str, words: list[str]) -> list[str]:
    place, some = bisect(words, word), MOST_COMPARED // 4
    return words[max(0, place - some) : place + some]
