"""What PostgreSQL's stemmers make of words, asked for once and remembered.

Of a million documents, and of what readers look for, the words are the same few thousand, but for numbers. Names come
again as a whole, and so do their lexemes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import connection

from events.copying import array_text
from timeline.text import words_of

CONFIGURATIONS = {"en": "english", "de": "german"}
"""PostgreSQL's text search configurations by language; the words of a language without one stay as they are."""
PLAIN = "simple"
"""The configuration for that."""

MOST_KNOWN = 20_000
"""Words remembered of a language, and names, by each process: some megabytes. More would be rare ones, and numbers."""

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
    return CONFIGURATIONS.get(language, PLAIN)


class Known(NamedTuple):
    """By word, and by name; there may be more than was asked for."""

    words: Mapping[str, Stemmed]
    names: Mapping[str, Stemmed]


class Stems:
    """What words and names become in one configuration; remembered for the life of the process.

    What it gives keeps all that is in it, whatever others learn or let it forget meanwhile.
    """

    def __init__(self, configuration: str) -> None:
        self.configuration = configuration
        self._words: dict[str, Stemmed] = {}
        self._names: dict[str, Stemmed] = {}

    def of(self, words: Iterable[str], names: Iterable[str] = ()) -> Known:
        """By word, for all the `words`, and by name, for all the `names`. One query, or none."""
        wanted = set(names)
        self._names = known = _with_room(self._names, wanted)
        new = {name: words_of(name) for name in wanted - known.keys()}
        of_words = self._of_words({*words, *(word for parts in new.values() for word in parts)})
        known |= {name: joined(of_words[word] for word in parts) for name, parts in new.items()}
        return Known(of_words, known)

    def _of_words(self, wanted: set[str]) -> Mapping[str, Stemmed]:
        self._words = known = _with_room(self._words, wanted)
        new = wanted - known.keys()
        # Every language has numbers as they are: nearly each event has one of its own.
        numbers = {word for word in new if word.isascii() and word.isdecimal()}
        known |= {number: (((number, 1),), 1) for number in numbers}
        if new := new - numbers:
            with connection.cursor() as cursor:
                cursor.execute(STEMMED, [array_text(new), self.configuration])
                for word, lexemes, positions in cursor.fetchall():
                    known[word] = tuple(zip(lexemes[:-1], positions[:-1], strict=True)), positions[-1] - 1
        return known


def _with_room(known: dict[str, Stemmed], wanted: set[str]) -> dict[str, Stemmed]:
    """What is known, or nothing, where it would become too much with what is `wanted`."""
    return known if len(known) + len(wanted - known.keys()) <= MOST_KNOWN else {}


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
