"""Full-text search: what a document is found by, and what a reader's words mean.

Both sides are folded in Python (no accents, no case) and cut into words there; then PostgreSQL's stemmer of the
language applies, where it has one (see `timeline.stems`).

One search vector has the documents of an event in every language; its lexemes say of which one they are (`en:visit`).
So it stands in the event's row, and in the same index as all else that is asked for: words and other filters are found
together, inside the index.

A document whose texts nobody has translated has them in another language. They are stemmed in that one, while its names
are in its own, and its lexemes say both (`de.en:visit`): a reader's words are looked for in either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.search import SearchQuery

from timeline.beginnings import completions
from timeline.stems import UNSTEMMED, Stemmed, configuration, joined, stems
from timeline.text import words_of
from timeline.vectors import mark

LONGEST = 200
"""Characters of a query."""
MOST_BEGINNINGS = 4
"""Beginnings in a query: PostgreSQL reads all words that begin so, whatever else is asked for."""


class NothingToSearch(ValueError):
    """A query without a word that could be found."""


TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"*]+)(\*?))')
"""A minus, and a phrase, or a word and a star."""
END = re.compile(r'\s|"|\Z')
"""What may stand behind a star: a space, a phrase, or nothing."""

Part = tuple[bool, list[str], bool]
"""Of a query: whether it is excluded, its words, and whether the last of these is a beginning."""


def parse(text: str) -> list[Part]:
    """What `text` asks for: every word, every "phrase", nothing that stands behind a -; a word with * is a beginning.

    A word of several parts, such as C5+1 or rare-earth, is a phrase. Raises `NothingToSearch` if nothing is left: no
    word, only exclusions.
    """
    parts: list[Part] = []
    for minus, phrase, word, star in TOKEN.findall(text):
        if words := words_of(phrase or word):
            parts.append((bool(minus), words, bool(star)))
    if all(minus for minus, _, _ in parts):
        raise NothingToSearch
    return parts


def has_stray_star(text: str) -> bool:
    """Whether a * is anywhere but at the end of a word, where it says nothing: in a phrase, or within a word."""
    at_ends = [
        found for found in TOKEN.finditer(text) if found[4] and words_of(found[3]) and END.match(text, found.end())
    ]
    return len(at_ends) < text.count("*")


def queries(text: str, language: str) -> list[str]:
    """Any of these tsqueries finds what `text` asks for (see `parse`): the first one in documents with texts in their
    own `language`, the others where these are in another one. Stop words of the texts' language or of the reader's, in
    which names are, are not looked for; but a query of nothing else finds them, each by itself, where they stand in
    capitals, or where they are a word of the other language: WHO, IT.

    Takes a query for each stemmer that does not remember all the words, and one more for such beginnings.
    """
    parts = parse(text)
    languages = [language, *(other for other, _ in settings.LANGUAGES if other != language)]
    begun = stems(UNSTEMMED).of(words[-1] for _, words, beginning in parts if beginning)
    stemmers = {name: _Stemmer.of(name, parts, begun) for name in map(configuration, languages)}
    own = stemmers[configuration(language)]
    return [_all(parts, mark(language, other), stemmers[configuration(other)], own) for other in languages]


class Finding(SearchQuery):
    """Any of the tsqueries."""

    template = "%(expressions)s::tsquery"

    def __init__(self, *wanted: str) -> None:
        super().__init__(" | ".join(f"({query})" for query in wanted if query))


@dataclass(frozen=True, slots=True)
class _Stemmer:
    """What one configuration makes of the words of a query."""

    stemmed: Mapping[str, Stemmed]
    unstemmed: Mapping[str, Stemmed]
    """The beginnings as they are."""
    completed: Mapping[str, list[str]]
    """By beginning, the words that it may be of."""

    @classmethod
    def of(cls, configuration: str, parts: Sequence[Part], begun: Mapping[str, Stemmed]) -> _Stemmer:
        completed = {last: completions(last, configuration) for last in begun}
        wanted = {word for _, words, _ in parts for word in words}.union(*completed.values())
        return cls(stems(configuration).of(wanted), begun, completed)

    def phrase(self, words: Sequence[str], before: str) -> str:
        """A tsquery for words that follow each other, with the mark `before`. Of stop words alone it is empty."""
        return _phrase(joined(self.stemmed[word] for word in words), before)

    def begun(self, words: Sequence[str], before: str, *, excluded: bool) -> str:
        """The same for words of which the last one may be a beginning."""
        *others, last = words
        front = joined(self.stemmed[word] for word in others)
        lexemes, taken = front
        if lexemes and not self.stemmed[last][0] and not excluded:
            # Documents that go on with this very stop word do not have it: nothing that may fit is left out.
            return _phrase(front, before)
        # Stems may begin so, whatever the stemmer would make of the letters ("was" is nothing to it), or are shorter.
        begun = _any(
            _phrase(self.unstemmed[last], before, ":*"),
            *(self.phrase([word], before) for word in self.completed[last]),
        )
        if not lexemes or not begun:  # PostgreSQL's parser may know no letter in it
            return begun
        return f"{_phrase(front, before)} <{1 + taken - lexemes[-1][1]}> {begun}"


def _all(parts: Sequence[Part], before: str, of_texts: _Stemmer, own: _Stemmer) -> str:
    """A tsquery for all that is wanted and not excluded, with the mark `before`: each as either stemmer has it, as a
    document's texts and its names can be in two languages. What says nothing in one of these is not looked for beside
    what does: who asks for “Bosnien und Herzegowina” means the name, which has no “und” for the stemmer."""
    wanted: list[str] = []
    excluded: list[str] = []
    in_capitals: list[str] = []
    for minus, words, beginning in parts:
        in_texts, in_names = (
            one.begun(words, before, excluded=minus) if beginning else one.phrase(words, before)
            for one in (of_texts, own)
        )
        if in_texts and (in_names or minus or beginning):
            (excluded if minus else wanted).append(_any(in_texts, in_names))
        elif not (minus or beginning):
            in_capitals.append(_any(" & ".join(f"'{before}:{word}'" for word in words), in_texts, in_names))
    wanted = wanted or in_capitals
    return " & ".join([*wanted, *(f"!{query}" for query in excluded)]) if wanted else ""


def _any(*queries: str) -> str:
    """Each once, without those that are empty."""
    some = " | ".join(dict.fromkeys(filter(None, queries)))
    return some and f"({some})"


def _phrase(found: Stemmed, before: str, after: str = "") -> str:
    """Lexemes that stand as far from each other as they do here; `after` is how each of them may go on."""
    text, here = "", 0
    for lexeme, position in found[0]:
        text += f" <{position - here}> " if text else ""
        text += f"'{before}:{lexeme}'{after}"
        here = position
    return text
