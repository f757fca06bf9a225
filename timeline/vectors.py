"""Search vectors, put together here out of the lexemes that PostgreSQL's stemmers make of single words.

The database is asked once for each word, not once for each place where it stands: of a million documents the words are
the same few thousand, but for numbers. Names come again as a whole, and so do their lexemes. The vectors are those that
`search.WORDS` gives, position by position; it makes those that are too long to be put together here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import orjson
from django.db import connection

from events.copying import array_text
from timeline.search import NAMES, WEIGHTS, WORDS, configuration, mark, words_of

MOST_KNOWN = 20_000
"""Words remembered of a language, and names, by each process: some megabytes. More would be rare ones, and numbers."""
LAST_POSITION, MOST_POSITIONS = 16_382, 254
"""A vector counts no further, nor notes more places of one lexeme: documents beyond are left to the database."""

Stemmed = tuple[tuple[tuple[str, int], ...], int]
"""Of a word or a name: its lexemes, with their positions from 1, and how many positions it takes. Of a stop word there
is no lexeme, but it takes a position."""

Texts = Mapping[str, Sequence[str]]
"""What a document is found by, by weight."""

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
    (mark text, of_names text, of_texts text, a text, b text, c text, d text)) WITH ORDINALITY ORDER BY ordinality
"""


class Stems:
    """What words and names become in one language; remembered for the life of the process."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: dict[str, Stemmed] = {}
        self.names: dict[str, Stemmed] = {}

    def learn(self, words: Iterable[str], names: Iterable[str] = ()) -> None:
        """Makes sure that `words` and `names` are known."""
        new_names = {name: words_of(name) for name in _unknown(set(names), self.names)}
        self._learn_words({*words, *(word for parts in new_names.values() for word in parts)})
        for name, parts in new_names.items():
            self.names[name] = _joined(self.words[word] for word in parts)

    def _learn_words(self, wanted: set[str]) -> None:
        new = _unknown(wanted, self.words)
        # Every language has numbers as they are: nearly each event has one of its own.
        numbers = {word for word in new if word.isascii() and word.isdecimal()}
        self.words |= {number: (((number, 1),), 1) for number in numbers}
        new -= numbers
        if not new:
            return
        with connection.cursor() as cursor:
            cursor.execute(STEMMED, [array_text(new), configuration(self.language)])
            for word, lexemes, positions in cursor.fetchall():
                self.words[word] = tuple(zip(lexemes[:-1], positions[:-1], strict=True)), positions[-1] - 1


def _unknown(wanted: set[str], known: dict[str, Stemmed]) -> set[str]:
    """Those to be learned now. Forgets all that is known where it would become too much."""
    new = wanted - known.keys()
    if len(known) + len(new) <= MOST_KNOWN:
        return new
    known.clear()
    return wanted


def _joined(words: Iterable[Stemmed]) -> Stemmed:
    """What words become that follow each other."""
    lexemes: list[tuple[str, int]] = []
    before = 0
    for found, taken in words:
        lexemes += [(lexeme, before + position) for lexeme, position in found]
        before += taken
    return tuple(lexemes), before


STEMS: dict[str, Stems] = {}
"""By language."""

Found = tuple[str, str, Texts]
"""A document: its language, that of its texts, and what it is found by."""


def vectors(documents: Sequence[Found]) -> list[str]:
    """The vector of each document, as text."""
    words: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    parts = [(language, of_texts, _cut(texts)) for language, of_texts, texts in documents]
    for language, of_texts, by_weight in parts:
        for weight in WEIGHTS:
            wanted, of = (names, language) if weight in NAMES else (words, of_texts)
            wanted.setdefault(of, set()).update(by_weight[weight])
    for language in words.keys() | names.keys():
        STEMS.setdefault(language, Stems(language)).learn(words.get(language, ()), names.get(language, ()))
    found = [
        _vector(mark(language, of_texts), STEMS[of_texts].words, STEMS[language].names, by_weight)
        for language, of_texts, by_weight in parts
    ]
    others = [document for document, vector in zip(documents, found, strict=True) if vector is None]
    by_database = iter(_made_by_database(others) if others else ())
    return [next(by_database) if vector is None else vector for vector in found]


def _cut(texts: Texts) -> Texts:
    """Names as they are, and the words of the other texts, by weight."""
    return {weight: texts[weight] if weight in NAMES else words_of(*texts[weight]) for weight in WEIGHTS}


def _made_by_database(documents: Iterable[Found]) -> list[str]:
    rows = [
        {
            "mark": mark(language, of_texts),
            "of_names": configuration(language),
            "of_texts": configuration(of_texts),
            **{weight.lower(): " ".join(words_of(*texts)) for weight, texts in by_weight.items()},
        }
        for language, of_texts, by_weight in documents
    ]
    with connection.cursor() as cursor:
        cursor.execute(BY_DATABASE, [orjson.dumps(rows).decode()])
        return [text for (text,) in cursor.fetchall()]


def _vector(before: str, words: Mapping[str, Stemmed], names: Mapping[str, Stemmed], parts: Texts) -> str | None:
    """With the mark `before` its lexemes. None stands for a document that is too long to be put together here."""
    places: dict[str, str] = {}
    last = 0
    for weight in WEIGHTS:
        known = names if weight in NAMES else words
        # A part goes on behind the last position of the one before: stop words at the end of that are not counted.
        start = last
        for part in parts[weight]:
            lexemes, taken = known[part]
            for lexeme, position in lexemes:
                last = start + position
                if lexeme in places:
                    places[lexeme] += f",{last}{weight}"
                else:
                    places[lexeme] = f"'{before}:{lexeme}':{last}{weight}"
            start += taken
    if last > LAST_POSITION:
        return None
    # Up to so many positions, no lexeme can have more; words have no commas.
    if last > MOST_POSITIONS and max(place.count(",") for place in places.values()) >= MOST_POSITIONS:
        return None
    return " ".join(places.values())
