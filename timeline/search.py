"""Full-text search: what a document is found by, and what a reader's words mean.

Both sides are folded in Python (no accents, no case) and cut into words there, so that PostgreSQL's parser sees nothing
but words; then its stemmer of the language applies, where it has one.

One search vector has the documents of an event in every language; its lexemes say of which one they are (`en:visit`).
So it stands in the event's row, and in the same index as all else that is asked for: words and other filters are found
together, inside the index.

A document whose texts nobody has translated has them in another language. They are stemmed in that one, while its names
are in its own, and its lexemes say both (`de.en:visit`): a reader's words are looked for in either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchQueryField
from django.db.models import Func

from timeline.beginnings import completions
from timeline.text import fold

CONFIGURATIONS = {"en": "english", "de": "german"}
"""The stemmers; a language without one is searched word by word."""

LONGEST = 200
"""Characters of a query."""

WORD = re.compile(r"[^\W_]{1,500}")
"""What is longer is cut: a lexeme has room for 2046 bytes."""


class NothingToSearch(ValueError):
    """A query without a word that could be found."""


def configuration(language: str) -> str:
    """PostgreSQL's text search configuration for a language."""
    return CONFIGURATIONS.get(language, "simple")


WEIGHTS = "ABCD"
NAMES = "BC"
"""The weights of names, which come again and again; titles and summaries do not."""

_VECTOR = " || ".join(
    f"setweight(to_tsvector({'of_names' if weight in NAMES else 'of_texts'}::regconfig, {weight}), '{weight}')"
    for weight in WEIGHTS
)
_MARKED = r"regexp_replace(({lexemes})::text, '''([^'']+)''', '''' || {mark} || ':\1''', 'g')"
"""SQL: lexemes, of a vector or a query, as text, with their mark before each. Nothing but words is in them."""

WORDS = _MARKED.format(lexemes=_VECTOR, mark="mark")
"""SQL: the search vector of a document, as text, from columns `mark`; `of_names` and `of_texts`, configurations; a to
d, words by weight."""


def mark(language: str, of_texts: str) -> str:
    """What stands before the lexemes of a document: its language, and that of its texts if it is another one."""
    return language if of_texts == language else f"{language}.{of_texts}"


def words_of(*texts: str) -> list[str]:
    """The folded words of `texts`, in their order."""
    return [word for text in texts for word in WORD.findall(fold(text))]


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


def queries(text: str, language: str) -> list[SearchQuery]:
    """Any of these finds what `text` asks for (see `parse`): the first one in documents with texts in their own
    `language`, the others where these are in another one. Stop words of the texts' language are not looked for."""
    parts = parse(text)
    own = configuration(language)

    def in_either(words: list[str], beginning: bool, config: str) -> Func:
        return _UnlessStopWords("||", _part(words, beginning, config), _part(words, beginning, own))

    found: list[SearchQuery] = [_Marked(_all(parts, own, _part), language)]
    others = [other for other, _ in settings.LANGUAGES if other != language]
    found += [_Marked(_all(parts, configuration(other), in_either), mark(language, other)) for other in others]
    return found


def _all(parts: Sequence[Part], config: str, asked: Callable[[list[str], bool, str], Func]) -> Func:
    wanted = [(minus, asked(words, beginning, config)) for minus, words, beginning in parts]
    having = _Joined("&&", *(part for minus, part in wanted if not minus))
    without = [_Without(part) for minus, part in wanted if minus]
    return _UnlessStopWords("&&", having, _Joined("&&", *without)) if without else having


class _Marked(SearchQuery):
    """A query for lexemes with a mark."""

    def __init__(self, wanted: Func, before: str) -> None:
        super().__init__(wanted)
        self.template = f"{_MARKED.format(lexemes='%(expressions)s', mark=repr(before))}::tsquery"


class _UnlessStopWords(Func):
    """Two queries with an operator between them; the first one alone, which says nothing, if it is of stop words."""

    output_field = SearchQueryField()

    def __init__(self, operator: str, one: Func, other: Func) -> None:
        super().__init__(one, other)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        (one, params), (other, more) = map(compiler.compile, self.get_source_expressions())
        sql = f"(CASE numnode({one}) WHEN 0 THEN {one} ELSE {one} {self.operator} {other} END)"
        return sql, (*params, *params, *params, *more)


class _Joined(Func):
    """Queries with an operator between them."""

    template = "(%(expressions)s)"
    output_field = SearchQueryField()

    def __init__(self, operator: str, *parts: Func) -> None:
        super().__init__(*parts)
        self.arg_joiner = f" {operator} "


class _Without(Func):
    """A query for what another one does not find."""

    template = "!!(%(expressions)s)"
    output_field = SearchQueryField()


def _part(words: list[str], beginning: bool, config: str) -> Func:
    """A word, or several that follow each other, of which the last one may be a beginning."""
    if not beginning:
        return SearchQuery(" ".join(words), config=config, search_type="phrase" if len(words) > 1 else "plain")
    *before, last = words
    # Stems may begin so, whatever the stemmer would make of the letters ("was" is nothing to it), or are shorter.
    stems = SearchQuery(f"{last}:*", config="simple", search_type="raw")
    completed = " | ".join(completions(last, config))
    if not before:
        return _Joined("||", stems, SearchQuery(completed, config=config, search_type="raw"))
    # The second one knows how many stop words there are between two words.
    whole = SearchQuery(" <-> ".join([*before, f"({last}:* | {completed})"]), config=config, search_type="raw")
    return _Joined("||", _Joined("<->", _part(before, False, config), stems), whole)
