"""Search vectors, put together here out of the lexemes that PostgreSQL's stemmers make of single words.

The database is asked once for each word, not once for each place where it stands. The vectors are those that `WORDS`
gives, position by position; it makes those that are too long to be put together here. Stop words are left out, but for
those in capitals: WHO and IT may be names. They have no position, so that no phrase has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from itertools import chain

import orjson
from django.db import connection

from timeline.stems import Stemmed, configuration, joined, stems
from timeline.text import contracted, words_of

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

END = ""
"""Stands behind the words of a text, or a name, in place of the `BORDERS`; no word is empty."""

Found = tuple[str, str, Texts]
"""A document: its language, that of its texts, and what it is found by."""
Parts = Mapping[str, Sequence[str]]
"""By weight, the words of texts, and names as they are."""


def mark(language: str, of_texts: str) -> str:
    """What stands before the lexemes of a document: its language, and that of its texts if it is another one."""
    return language if of_texts == language else f"{language}.{of_texts}"


def vectors(documents: Sequence[Found]) -> list[str]:
    """The vector of each document, as text. A text with abbreviations is found as it is, and with these contracted."""
    every = _texts(documents, WEIGHTS)
    short = {text: without for text in every if (without := contracted(text)) != text}
    documents = _with_contractions(documents, short)
    # Each name once: they come again in each language, and in many events.
    names = {name: words_of(name) for name in _texts(documents, NAMES)}
    capitals = _Capitals(every.union(short.values()))
    parts = [_parts(texts) for *_, texts in documents]
    words: dict[str, set[str]] = {language: set() for either in documents for language in either[:2]}
    for (_, of_texts, _), by_weight in zip(documents, parts, strict=True):
        words[of_texts].update(*(by_weight[weight] for weight in WEIGHTS if weight not in NAMES))
    in_all = capitals.words.union(*names.values())
    known = {language: stems(configuration(language)).of((own | in_all) - {END}) for language, own in words.items()}
    lexemes = {
        both: _Lexemes(mark(*both), known[both[0]], known[both[1]], names)
        for both in {(language, of_texts) for language, of_texts, _ in documents}
    }
    found = [
        _vector(lexemes[language, of_texts], by_weight)
        for (language, of_texts, _), by_weight in zip(documents, parts, strict=True)
    ]
    others = [document for document, vector in zip(documents, found, strict=True) if vector is None]
    by_database = iter(_made_by_database(others) if others else ())
    silent = {language: capitals.silent_in(stemmed) for language, stemmed in known.items()}
    return [
        " ".join(
            [
                next(by_database) if vector is None else vector,
                *capitals.stop_words(mark(language, of_texts), texts, silent[language] | silent[of_texts]),
            ]
        )
        for vector, (language, of_texts, texts) in zip(found, documents, strict=True)
    ]


def _with_contractions(documents: Sequence[Found], short: Mapping[str, str]) -> Sequence[Found]:
    """With each text that is in `short` also the one that it is there, if the document has not got it."""
    return [
        (
            language,
            of_texts,
            {weight: _with_short(given, short) for weight, given in texts.items()},
        )
        for language, of_texts, texts in documents
    ]


def _with_short(given: Sequence[str], short: Mapping[str, str]) -> Sequence[str]:
    if short.keys().isdisjoint(given):  # as most are, which is seen at once
        return given
    return [*given, *(short[text] for text in given if text in short and short[text] not in given)]


def _texts(documents: Iterable[Found], weights: str) -> set[str]:
    found: set[str] = set()
    return found.union(*(texts[weight] for *_, texts in documents for weight in weights))


def _parts(texts: Texts) -> Parts:
    return {
        weight: texts[weight]
        if weight in NAMES
        else [word for text in texts[weight] for word in (*words_of(text), END)]
        for weight in WEIGHTS
    }


class _Capitals:
    """What stands in capitals in texts, without the capitals."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._found = {
            text: {word.lower() for word in found if len(word) <= LONGEST_STOP_WORD}
            for text in texts
            if (found := IN_CAPITALS.findall(text))
        }
        self.words: set[str] = set().union(*self._found.values())
        """And parts of words."""

    def silent_in(self, stemmed: Mapping[str, Stemmed]) -> set[str]:
        """Those of the words that say nothing in a language."""
        return {word for word in self.words if not stemmed[word][0]}

    def stop_words(self, before: str, texts: Texts, silent: Set[str]) -> list[str]:
        """With the mark `before` the lexemes of those of the `silent` words that stand in the texts of a document."""
        found = {
            word
            for text in chain.from_iterable(texts.values())
            if text in self._found
            for word in self._found[text] & silent
            if re.search(rf"(?<!\w){word.upper()}(?!\w)", text)
        }
        return [f"'{before}:{word}'" for word in found]


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


class _Lexemes:
    """What words and names become in documents of one language with texts in one: lexemes, with their mark."""

    def __init__(
        self,
        before: str,
        of_names: Mapping[str, Stemmed],
        of_texts: Mapping[str, Stemmed],
        names: Mapping[str, Sequence[str]],
    ) -> None:
        self.words = _marked(before, of_texts)
        in_names = self.words if of_names is of_texts else _marked(before, of_names)
        self.names = {name: joined(in_names[word] for word in (*words, END)) for name, words in names.items()}


def _marked(before: str, stemmed: Mapping[str, Stemmed]) -> dict[str, Stemmed]:
    """By word, its lexemes as they stand in a vector before their places."""
    found: dict[str, Stemmed] = {
        word: (tuple((f"'{before}:{lexeme}':", position) for lexeme, position in lexemes), taken)
        for word, (lexemes, taken) in stemmed.items()
    }
    return found | {END: ((), len(BORDERS))}


def _vector(lexemes: _Lexemes, parts: Parts) -> str | None:
    """None stands for a document that is too long to be put together here."""
    found: dict[str, str] = {}
    start = 0
    try:
        for weight in WEIGHTS:
            known = lexemes.names if weight in NAMES else lexemes.words
            places = _places(weight)
            for part in parts[weight]:
                in_part, taken = known[part]
                for lexeme, position in in_part:
                    if lexeme in found:
                        found[lexeme] += "," + places[start + position]
                    else:
                        found[lexeme] = lexeme + places[start + position]
                start += taken
    except IndexError:
        return None
    # Lexemes have no commas. To count those in all of them takes longer than to see that none has room for so many.
    longest = max(map(len, found.values()), default=0)
    if longest > 2 * MOST_POSITIONS and max(where.count(",") for where in found.values()) >= MOST_POSITIONS:
        return None
    return " ".join(found.values())


@cache
def _places(weight: str) -> list[str]:
    """By position, how a vector has it: to write them again and again takes longer than all else."""
    return [f"{position}{weight}" for position in range(1 + LAST_POSITION)]
