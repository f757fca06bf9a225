"""Search vectors, put together here out of the lexemes that PostgreSQL's stemmers make of single words.

The database is asked once for each word, not once for each place where it stands: of a million documents the words are
the same few thousand, but for numbers. The vectors are those that `search.WORDS` gives, position by position; it makes
those that are too long to be put together here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import orjson
from django.db import connection

from events.copying import array_text
from timeline.search import WEIGHTS, WORDS, configuration

MOST_KNOWN = 20_000
"""Words remembered of a language, by each process: some megabytes. More would be rare ones, and numbers."""
LAST_POSITION, MOST_POSITIONS = 16_382, 254
"""A vector counts no further, nor notes more places of one lexeme: documents beyond are left to the database."""

Stemmed = tuple[tuple[tuple[str, int], ...], int]
"""Of a word: its lexemes, as the vector has them, with their positions from 1, and how many positions it takes. Of a
stop word there is no lexeme, but it takes a position."""

STEMMED = """
SELECT word, array_agg(lexeme ORDER BY position), array_agg(position ORDER BY position)
FROM unnest(%s::text[]) AS given (word),
    unnest(to_tsvector(%s::regconfig, word || ' 0')) AS stemmed (lexeme, positions, weights),
    unnest(positions) AS position
GROUP BY word
"""
"""The 0 tells where the next word would stand."""

BY_DATABASE = f"""
SELECT {WORDS} FROM ROWS FROM (json_to_recordset(%s::json) AS
    (language text, configuration text, a text, b text, c text, d text)) WITH ORDINALITY ORDER BY ordinality
"""


class Stems:
    """What words become in one language; remembered for the life of the process."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.known: dict[str, Stemmed] = {}

    def learn(self, words: Iterable[str]) -> None:
        """Makes sure that `words` are known."""
        wanted = set(words)
        new = wanted - self.known.keys()
        if not new:
            return
        if len(self.known) + len(new) > MOST_KNOWN:
            self.known.clear()
            new = wanted
        with connection.cursor() as cursor:
            cursor.execute(STEMMED, [array_text(new), configuration(self.language)])
            for word, lexemes, positions in cursor.fetchall():
                quoted = [f"'{self.language}:{lexeme}'" for lexeme in lexemes]
                self.known[word] = tuple(zip(quoted[:-1], positions[:-1], strict=True)), positions[-1] - 1


STEMS: dict[str, Stems] = {}


Words = Mapping[str, Sequence[str]]
"""The folded words of a document, by weight."""


def vectors(documents: Sequence[tuple[str, Words]]) -> list[str]:
    """The vector of each document, as text. A document is its language and its words."""
    words: dict[str, set[str]] = {}
    for language, by_weight in documents:
        known = words.setdefault(language, set())
        for weight in WEIGHTS:
            known.update(by_weight[weight])
    for language, needed in words.items():
        STEMS.setdefault(language, Stems(language)).learn(needed)
    found = [_vector(STEMS[language].known, by_weight) for language, by_weight in documents]
    others = [document for document, vector in zip(documents, found, strict=True) if vector is None]
    by_database = iter(_made_by_database(others) if others else ())
    return [next(by_database) if vector is None else vector for vector in found]


def _made_by_database(documents: Iterable[tuple[str, Words]]) -> list[str]:
    rows = [
        {
            "language": language,
            "configuration": configuration(language),
            **{weight.lower(): " ".join(words) for weight, words in by_weight.items()},
        }
        for language, by_weight in documents
    ]
    with connection.cursor() as cursor:
        cursor.execute(BY_DATABASE, [orjson.dumps(rows).decode()])
        return [text for (text,) in cursor.fetchall()]


def _vector(known: Mapping[str, Stemmed], by_weight: Words) -> str | None:
    """None stands for a document that is too long to be put together here."""
    places: dict[str, str] = {}
    last = 0
    for weight in WEIGHTS:
        # A part goes on behind the last position of the one before: stop words at the end of that are not counted.
        before = last
        for word in by_weight[weight]:
            lexemes, taken = known[word]
            for lexeme, position in lexemes:
                last = before + position
                if lexeme in places:
                    places[lexeme] += f",{last}{weight}"
                else:
                    places[lexeme] = f"{lexeme}:{last}{weight}"
            before += taken
    if last > LAST_POSITION:
        return None
    # Up to so many positions, no lexeme can have more; words have no commas.
    if last > MOST_POSITIONS and max(place.count(",") for place in places.values()) >= MOST_POSITIONS:
        return None
    return " ".join(places.values())
