"""Full-text search: what a document is found by, and what a reader's words mean.

Both sides are folded in Python (no accents, no case) and cut into words there, so that PostgreSQL's parser sees nothing
but words; then its stemmer of the language applies, where it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from operator import and_

from django.contrib.postgres.search import SearchQuery

from timeline.text import fold
from timeline.traits import TRAITS

CONFIGURATIONS = {"en": "english", "de": "german"}
"""The stemmers; a language without one is searched word by word."""

LONGEST = 200
"""Characters of a query."""


class NothingToSearch(ValueError):
    """A query without a word that could be found."""


def configuration(language: str) -> str:
    """PostgreSQL's text search configuration for a language."""
    return CONFIGURATIONS.get(language, "simple")


WEIGHTS = "ABCD"
NAMES = "BC"
"""The weights of names, which come again and again; titles and summaries do not."""

WORDS = " || ".join(f"setweight(to_tsvector(configuration::regconfig, {weight}), '{weight}')" for weight in WEIGHTS)

TRAIT_WORDS = f"""(
    SELECT array_to_tsvector(array_agg('=' || language || trait)) FROM timeline_publication, unnest({TRAITS}) AS trait
    WHERE id = publication_id
)"""
"""SQL: the traits of a publication (see `timeline.traits`) as words that no reader can write, in a language.

So the index knows which of many documents with a word are in the language, and about events of a month.
"""

VECTOR = f"{WORDS} || {TRAIT_WORDS}"
"""SQL: the search vector, from columns `publication_id`, `language`, `configuration`, and a to d: words by weight."""


def any_trait(traits: str, language: str) -> str:
    """SQL: the query for documents in the language of publications with any of the traits, an array in SQL."""
    return f"SELECT string_agg(quote_literal('={language}' || trait), '|')::tsquery FROM unnest(({traits})) AS trait"


def words_by_weight(parts: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The folded words of a document; `parts` are its texts by weight."""
    return {
        weight: [word for text in parts[weight] for word in (_words_of_name if weight in NAMES else _words)(text)]
        for weight in WEIGHTS
    }


def query(text: str, language: str) -> SearchQuery:
    """What `text` asks for: every word, every "phrase", nothing that stands behind a -; a word with * is a beginning.

    A word of several parts, such as C5+1 or rare-earth, is a phrase. Raises `NothingToSearch` if nothing is left to
    find: no word, only exclusions.
    """
    wanted = []
    for minus, phrase, word, star in re.findall(r'(-?)(?:"([^"]*)"?|([^\s"*]+)(\*?))', text):
        words = _words(phrase or word)
        if not words:
            continue
        part = _part(words, bool(star), configuration(language))
        wanted.append((bool(minus), ~part if minus else part))
    if not any(not minus for minus, _ in wanted):
        raise NothingToSearch
    return reduce(and_, (part for _, part in wanted))


def _part(words: list[str], beginning: bool, config: str) -> SearchQuery:
    if beginning:
        return SearchQuery(" <-> ".join([*words[:-1], f"{words[-1]}:*"]), config=config, search_type="raw")
    return SearchQuery(" ".join(words), config=config, search_type="phrase" if len(words) > 1 else "plain")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


_words_of_name = lru_cache(maxsize=10_000)(_words)
