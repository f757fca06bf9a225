"""What PostgreSQL's stemmers make of words, asked for once and remembered.

Of a million documents, and of what readers look for, the words are the same few thousand, but for numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from django.db import connection

from events.copying import array_text

CONFIGURATIONS = {"en": "english", "de": "german"}
"""PostgreSQL's text search configurations by language; the words of a language without one stay as they are."""
UNSTEMMED = "simple"
"""The configuration for that."""

MOST_KNOWN, LONGEST_KNOWN = 10_000, 40
"""Words, of so many characters at most, that each process remembers of a configuration: three megabytes. More would be
rare ones. Names are put together of them anew: remembered, they would take ten."""

Stemmed = tuple[tuple[tuple[str, int], ...], int]
"""Of a word or a name: its lexemes, with their positions from 1, and how many positions it takes. Of a stop word there
is no lexeme, but it takes a position."""

STEMMED = """
SELECT word, array_agg(lexeme ORDER BY position), array_agg(position ORDER BY position)
FROM unnest(%s::text[]) AS given (word),
    unnest(to_tsvector(%s::regconfig, word || ' 0')) AS stemmed (lexeme, positions, weights),
    unnest(positions) AS position
GROUP BY word
"""
"""The 0 tells where the next word would stand."""


def configuration(language: str) -> str:
    """The one for a language."""
    return CONFIGURATIONS.get(language, UNSTEMMED)


class Stems:
    """What words and names become in one configuration; of words remembered for the life of the process."""

    def __init__(self, configuration: str) -> None:
        self.configuration = configuration
        self._known: dict[str, Stemmed] = {}

    def of(self, words: Iterable[str]) -> dict[str, Stemmed]:
        """What each of the words becomes. One query, or none."""
        wanted = set(words)
        # Every language has numbers as they are: nearly each event has one of its own.
        numbers: dict[str, Stemmed] = {
            word: (((word, 1),), 1) for word in wanted if word.isascii() and word.isdecimal()
        }
        wanted -= numbers.keys()
        # Those that are known; others may let them be forgotten meanwhile.
        found = {word: stemmed for word in wanted if (stemmed := self._known.get(word)) is not None}
        if new := wanted.difference(found):
            with connection.cursor() as cursor:
                cursor.execute(STEMMED, [array_text(new), self.configuration])
                found |= {
                    word: (tuple(zip(lexemes[:-1], positions[:-1], strict=True)), positions[-1] - 1)
                    for word, lexemes, positions in cursor.fetchall()
                }
            self._remember({word: stemmed for word, stemmed in found.items() if len(word) <= LONGEST_KNOWN})
        return numbers | found

    def _remember(self, wanted: Mapping[str, Stemmed]) -> None:
        """Where it would become too much, forgets what was not wanted now: words that come again and again stay."""
        if len(self._known.keys() | wanted.keys()) > MOST_KNOWN:
            self._known.clear()
        self._known.update(islice(wanted.items(), MOST_KNOWN))


def joined(words: Iterable[Stemmed]) -> Stemmed:
    """What words become that follow each other."""
    lexemes: list[tuple[str, int]] = []
    before = 0
    for found, taken in words:
        lexemes += [(lexeme, before + position) for lexeme, position in found]
        before += taken
    return tuple(lexemes), before


STEMS: dict[str, Stems] = {}
"""By configuration."""


def stems(configuration: str) -> Stems:
    """Those of a configuration."""
    return STEMS.setdefault(configuration, Stems(configuration))
