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
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.contrib.postgres.search import SearchQuery

from timeline.beginnings import completions
from timeline.stems import PLAIN, Stemmed, configuration, joined, stems
from timeline.text import words_of
from timeline.vectors import mark

LONGEST = 200
"""Characters of a query."""


class NothingToSearch(ValueError):
    """A query without a word that could be found."""


Part = tuple[bool, list[str], bool]
"""Of a query: whether it is excluded, its words, and whether the last of these is a beginning."""


def parse(text: str) -> list[Part]:
    """What `text` asks for: every word, every "phrase", nothing that stands behind a -; a word with * is a beginning.

    A word of several parts, such as C5+1 or rare-earth, is a phrase. Raises `NothingToSearch` if nothing is left: no
    word, only exclusions.
    """
    parts: list[Part] = []
    for minus, phrase, word, star in re.findall(r'(-?)(?:"([^"]*)"?|([^\s"*]+)(\*?))', text):
        if words := words_of(phrase or word):
            parts.append((bool(minus), words, bool(star)))
    if all(minus for minus, _, _ in parts):
        raise NothingToSearch
    return parts


def queries(text: str, language: str) -> list[str]:
    """Any of these tsqueries finds what `text` asks for (see `parse`): the first one in documents with texts in their
    own `language`, the others where these are in another one. Stop words of the texts' language are not looked for; a
    query of nothing else is empty, and finds nothing."""
    parts = parse(text)
    others = [other for other, _ in settings.LANGUAGES if other != language]
    return [
        _all(parts, language, [configuration(language)]),
        *(_all(parts, mark(language, other), [configuration(other), configuration(language)]) for other in others),
    ]


class Finding(SearchQuery):
    """Any of the tsqueries."""

    def __init__(self, *wanted: str) -> None:
        super().__init__(" | ".join(f"({query})" for query in wanted if query))
        self.template = "%(expressions)s::tsquery"


def _all(parts: Sequence[Part], before: str, configs: Sequence[str]) -> str:
    """A tsquery for lexemes with the mark `before`: of texts in the first configuration, of names in the last."""
    wanted: list[str] = []
    excluded: list[str] = []
    for minus, words, beginning in parts:
        in_texts, *in_names = (_part(words, beginning, config, before) for config in configs)
        if in_texts:
            (excluded if minus else wanted).append(_any([in_texts, *in_names]))
    return " & ".join([*wanted, *(f"!{query}" for query in excluded)]) if wanted else ""


def _any(wanted: Iterable[str]) -> str:
    """Each once, without those that find nothing."""
    some = " | ".join(dict.fromkeys(filter(None, wanted)))
    return some and f"({some})"


def _part(words: list[str], beginning: bool, config: str, before: str) -> str:
    """A word, or several that follow each other, of which the last one may be a beginning. Nothing but stop words is
    empty."""
    whole = completions(words[-1], config) if beginning else []
    stemmed = stems(config).of([*words, *whole]).words
    if not beginning:
        return _phrase(joined(stemmed[word] for word in words), before)
    *others, last = words
    lexemes, taken = front = joined(stemmed[word] for word in others)
    if lexemes and not stemmed[last][0]:
        return _phrase(front, before)  # no document has the stop word in "met with"
    # Stems may begin so, whatever the stemmer would make of the letters ("was" is nothing to it), or are shorter.
    begun = _phrase(stems(PLAIN).of([last]).words[last], before, ":*")
    completed = _any([begun, *(_phrase(stemmed[word], before) for word in whole)])
    if not lexemes or not completed:
        return completed
    return f"{_phrase(front, before)} <{1 + taken - lexemes[-1][1]}> {completed}"


def _phrase(found: Stemmed, before: str, after: str = "") -> str:
    """Lexemes that stand as far from each other as they do here; `after` is how each of them may go on."""
    text, here = "", 0
    for lexeme, position in found[0]:
        text += f" <{position - here}> " if text else ""
        text += f"'{before}:{lexeme}'{after}"
        here = position
    return text
