"""Search vectors, put together here out of the lexemes that PostgreSQL's stemmers make of single words.

The database is asked once for each word, not once for each place where it stands: of a million documents the words are
the same few thousand, but for numbers. The vectors are those that `search.WORDS` gives, position by position.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from timeline.search import WEIGHTS, words_of

MOST_KNOWN = 50_000
"""Words, and as many units of each weight, remembered of a configuration: some megabytes."""
NAMES = "BC"
"""The weights whose texts are names, which many documents share: a unit is a whole text. Elsewhere it is a word."""
LAST_POSITION, MOST_POSITIONS = 16_382, 254
"""A vector counts no further, nor notes more places of one lexeme: documents beyond are left to the database."""

Stem = tuple[tuple[str, ...], tuple[int, ...], int]
"""Of a word: its lexemes, quoted, their positions from 1, and how many positions it takes. Of a stop word there is no
lexeme, but it takes a position."""
Piece = tuple[str, tuple[int, ...], int]
"""The same of a unit with a weight, as it stands in a vector, where %d is each position."""

STEMMED = """
SELECT word, array_agg(lexeme ORDER BY position), array_agg(position ORDER BY position)
FROM unnest(%s::text[]) AS given (word),
    unnest(to_tsvector(%s::regconfig, word || ' 0')) AS stemmed (lexeme, positions, weights),
    unnest(positions) AS position
GROUP BY word
"""
"""The 0 tells where the next word would stand."""


class Stems:
    """What words become in one configuration, such as `english`; remembered for the life of the process."""

    def __init__(self, configuration: str) -> None:
        self.configuration = configuration
        self.known: dict[str, Stem] = {}
        self.pieces: dict[str, dict[str, Piece]] = {weight: {} for weight in WEIGHTS}

    def learn(self, words: Iterable[str]) -> None:
        """Makes sure that `words` are known, but for numbers: each is its own lexeme, and there is no end of them."""
        wanted = {word for word in words if not _is_number(word)}
        new = wanted - self.known.keys()
        if not new:
            return
        if len(self.known) + len(new) > MOST_KNOWN:
            self.known.clear()
            new = wanted
        with connection.cursor() as cursor:
            cursor.execute(STEMMED, [list(new), self.configuration])
            for word, lexemes, positions in cursor.fetchall():
                quoted = ["'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'" for lexeme in lexemes[:-1]]
                self.known[word] = tuple(quoted), tuple(positions[:-1]), positions[-1] - 1

    def learn_units(self, units: Mapping[str, set[str]]) -> None:
        """Makes sure that there are pieces of the units, which are given by weight."""
        for weight, wanted in units.items():
            if len(self.pieces[weight]) + len(wanted) > MOST_KNOWN:
                self.pieces[weight].clear()
        new = {
            weight: {unit: words_of(unit) for unit in wanted - self.pieces[weight].keys()}
            for weight, wanted in units.items()
        }
        self.learn({word for some in new.values() for words in some.values() for word in words})
        for weight, some in new.items():
            self.pieces[weight].update((unit, self._piece(words, weight)) for unit, words in some.items())

    def _piece(self, words: Iterable[str], weight: str) -> Piece:
        lexemes: list[str] = []
        places: list[int] = []
        before = 0
        for word in words:
            some, positions, taken = self.known.get(word) or ((f"'{word}'",), (1,), 1)
            lexemes += some
            places += [before + position for position in positions]
            before += taken
        return " ".join([f"{lexeme}:%d{weight}" for lexeme in lexemes]), tuple(places), before


STEMS: dict[str, Stems] = {}


def vectors(documents: Sequence[tuple[str, Mapping[str, Sequence[str]]]]) -> list[str | None]:
    """The vector of each document, as text. A document is its configuration and its texts by weight.

    None stands for one that is too long to be put together here.
    """
    in_units = [(configuration, _units(texts)) for configuration, texts in documents]
    wanted: dict[str, dict[str, set[str]]] = {}
    for configuration, units in in_units:
        known = wanted.setdefault(configuration, {weight: set() for weight in WEIGHTS})
        for weight, some in units.items():
            known[weight].update(some)
    for configuration, needed in wanted.items():
        STEMS.setdefault(configuration, Stems(configuration)).learn_units(needed)
    return [_vector(STEMS[configuration].pieces, units) for configuration, units in in_units]


def _units(texts: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {
        weight: texts[weight] if weight in NAMES else [word for text in texts[weight] for word in words_of(text)]
        for weight in WEIGHTS
    }


def _vector(pieces: Mapping[str, Mapping[str, Piece]], units: Mapping[str, Sequence[str]]) -> str | None:
    found: list[str] = []
    places: list[int] = []
    for weight, some in units.items():
        known = pieces[weight]
        # A part goes on behind the last position of the one before: stop words at the end of that are not counted.
        before = places[-1] if places else 0
        for unit in some:
            piece, positions, taken = known[unit]
            if piece:
                found.append(piece)
                for position in positions:
                    places.append(before + position)
            before += taken
    together = " ".join(found)  # a lexeme may be there several times, each with one position
    if places and (places[-1] > LAST_POSITION or (len(places) > MOST_POSITIONS and _most(together) > MOST_POSITIONS)):
        return None
    return together % tuple(places)


def _most(vector: str) -> int:
    """How many positions the lexeme has that has most."""
    return max(Counter(entry.rpartition(":")[0] for entry in vector.split(" ")).values())


def _is_number(word: str) -> bool:
    return len(word) < 20 and word.isascii() and word.isdigit()
