"""Search vectors, put together here out of the lexemes that PostgreSQL's stemmers make of single words.

The database is asked once for each word, not once for each place where it stands. The vectors are those that `WORDS`
gives, position by position; it makes those that are too long to be put together here. Stop words are left out, but for
those in capitals: WHO and IT may be names. They have no position, so that no phrase has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import orjson
from django.db import connection

from timeline.stems import Stemmed, configuration, stems
from timeline.text import words_of

LAST_POSITION, MOST_POSITIONS = 16_382, 254
"""A vector counts no further, nor notes more places of one lexeme: documents beyond are left to the database."""

Texts = Mapping[str, Sequence[str]]
"""What a document is found by, by weight."""

WEIGHTS = "ABCD"
NAMES = "BC"
"""The weights of names, which come again and again; titles and summaries do not."""

_VECTOR = " || ".join(
    f"setweight(to_tsvector({'of_names' if weight in NAMES else 'of_texts'}::regconfig, {weight}), '{weight}')"
    for weight in WEIGHTS
)
BORDERS = [f"border{number}@border.border" for number in range(8)]
"""Stand behind each text or name, and take a position each, so that no phrase goes on from one into the next: it would
need as many stop words. To PostgreSQL they are addresses, which no word of a text is."""
_PARTED = f"ts_delete({_VECTOR}, '{{{','.join(BORDERS)}}}'::text[])"
WORDS = rf"regexp_replace({_PARTED}::text, '''([^'']+)''', '''' || mark || ':\1''', 'g')"
"""SQL: the search vector of a document, as text, from columns `mark`; `of_names` and `of_texts`, configurations; a to
d, words by weight. Nothing but words is in it, each of which gets the mark before it."""

BY_DATABASE = f"""
SELECT {WORDS} FROM ROWS FROM (json_to_recordset(%s::json) AS
    (mark text, of_names text, of_texts text, a text, b text, c text, d text)) WITH ORDINALITY ORDER BY ordinality
"""


IN_CAPITALS = re.compile("[A-Z]{2,}")
"""Or a part of a word: to look for the borders of all of them takes three times as long."""
LONGEST_STOP_WORD = 12

Found = tuple[str, str, Texts]
"""A document: its language, that of its texts, and what it is found by."""


def mark(language: str, of_texts: str) -> str:
    """What stands before the lexemes of a document: its language, and that of its texts if it is another one."""
    return language if of_texts == language else f"{language}.{of_texts}"


def vectors(documents: Sequence[Found]) -> list[str]:
    """The vector of each document, as text."""
    words: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    parts = [(language, of_texts, _cut(texts), _Capitals(texts)) for language, of_texts, texts in documents]
    for language, of_texts, by_weight, capitals in parts:
        for weight in WEIGHTS:
            wanted, of = (names, language) if weight in NAMES else (words, of_texts)
            wanted.setdefault(of, set()).update(chain.from_iterable(by_weight[weight]))
        for either in {language, of_texts}:
            words.setdefault(either, set()).update(capitals.found)
    known = {
        language: stems(configuration(language)).of(words.get(language, ()), names.get(language, ()))
        for language in words.keys() | names.keys()
    }
    found = [
        _vector(mark(language, of_texts), known[of_texts].words, known[language].names, by_weight)
        for language, of_texts, by_weight, _ in parts
    ]
    others = [document for document, vector in zip(documents, found, strict=True) if vector is None]
    by_database = iter(_made_by_database(others) if others else ())
    return [
        " ".join(
            [
                next(by_database) if vector is None else vector,
                *capitals.stop_words(mark(language, of_texts), known[language].words, known[of_texts].words),
            ]
        )
        for vector, (language, of_texts, _, capitals) in zip(found, parts, strict=True)
    ]


Parts = Mapping[str, Sequence[Sequence[str]]]
"""By weight, of each text its words, or of a name itself."""


def _cut(texts: Texts) -> Parts:
    return {weight: [[text] if weight in NAMES else words_of(text) for text in texts[weight]] for weight in WEIGHTS}


class _Capitals:
    """What stands in capitals in a document."""

    def __init__(self, texts: Texts) -> None:
        self._text = "\n".join(chain.from_iterable(texts.values()))
        found = IN_CAPITALS.findall(self._text)
        self.found = {word.lower() for word in found if len(word) <= LONGEST_STOP_WORD}
        """Without the capitals; and parts of words."""

    def stop_words(self, before: str, *known: Mapping[str, Stemmed]) -> list[str]:
        """With the mark `before` the lexemes of those words that say nothing in one of the languages."""
        found = (word for word in self.found if not all(words[word][0] for words in known))
        return [f"'{before}:{word}'" for word in found if re.search(rf"(?<!\w){word.upper()}(?!\w)", self._text)]


def _made_by_database(documents: Iterable[Found]) -> list[str]:
    rows = [
        {
            "mark": mark(language, of_texts),
            "of_names": configuration(language),
            "of_texts": configuration(of_texts),
            **{
                weight.lower(): " ".join(word for text in texts for word in (*words_of(text), *BORDERS))
                for weight, texts in by_weight.items()
            },
        }
        for language, of_texts, by_weight in documents
    ]
    with connection.cursor() as cursor:
        cursor.execute(BY_DATABASE, [orjson.dumps(rows).decode()])
        return [text for (text,) in cursor.fetchall()]


def _vector(before: str, words: Mapping[str, Stemmed], names: Mapping[str, Stemmed], parts: Parts) -> str | None:
    """With the mark `before` its lexemes. None stands for a document that is too long to be put together here."""
    places: dict[str, str] = {}
    start = last = 0
    for weight in WEIGHTS:
        known = names if weight in NAMES else words
        for text in parts[weight]:
            for part in text:
                lexemes, taken = known[part]
                for lexeme, position in lexemes:
                    last = start + position
                    if lexeme in places:
                        places[lexeme] += f",{last}{weight}"
                    else:
                        places[lexeme] = f"'{before}:{lexeme}':{last}{weight}"
                start += taken
            start += len(BORDERS)
    if last > LAST_POSITION:
        return None
    # Up to so many positions, no lexeme can have more; words have no commas.
    if last > MOST_POSITIONS and max(place.count(",") for place in places.values()) >= MOST_POSITIONS:
        return None
    return " ".join(places.values())
