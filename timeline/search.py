"""Full-text search: what a document is found by, and what a reader's words mean.

Both sides are folded in Python (no accents, no case) and cut into words there, so that PostgreSQL's parser sees nothing
but words; then its stemmer of the language applies, where it has one.

One search vector has the documents of an event in every language; its lexemes say of which one they are (`en:visit`).
So it stands in the event's row, and in the same index as all else that is asked for: words and other filters are found
together, inside the index.
"""

from __future__ import annotations

import re

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

_VECTOR = " || ".join(f"setweight(to_tsvector(configuration::regconfig, {weight}), '{weight}')" for weight in WEIGHTS)
_OF_LANGUAGE = r"regexp_replace(({lexemes})::text, '''([^'']+)''', '''' || {language} || ':\1''', 'g')"
"""SQL: lexemes, of a vector or a query, as text, with their language before each. Nothing but words is in them."""

WORDS = _OF_LANGUAGE.format(lexemes=_VECTOR, language="language")
"""SQL: the search vector of a document, as text, from columns `language`, `configuration`, a to d: words by weight."""


def words_of(*texts: str) -> list[str]:
    """The folded words of `texts`, in their order."""
    return [word for text in texts for word in WORD.findall(fold(text))]


def query(text: str, language: str) -> SearchQuery:
    """What `text` asks for: every word, every "phrase", nothing that stands behind a -; a word with * is a beginning.

    A word of several parts, such as C5+1 or rare-earth, is a phrase. Raises `NothingToSearch` if nothing is left to
    find: no word, only exclusions.
    """
    wanted: list[Func] = []
    only_without = True
    for minus, phrase, word, star in re.findall(r'(-?)(?:"([^"]*)"?|([^\s"*]+)(\*?))', text):
        words = words_of(phrase or word)
        if words:
            part = _part(words, bool(star), configuration(language))
            wanted.append(_Without(part) if minus else part)
            only_without &= bool(minus)
    if only_without:
        raise NothingToSearch
    return _InLanguage(_Joined("&&", *wanted), language)


class _InLanguage(SearchQuery):
    """A query for lexemes of a language."""

    def __init__(self, wanted: Func, language: str) -> None:
        super().__init__(wanted)
        self.template = f"{_OF_LANGUAGE.format(lexemes='%(expressions)s', language=repr(language))}::tsquery"


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
