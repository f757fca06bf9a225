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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.search import SearchQuery

from timeline.beginnings import completions
from timeline.stems import UNSTEMMED, Stemmed, configuration, joined, stems
from timeline.text import LETTER, NUMBER, contracted, words_of
from timeline.vectors import NAMES, mark

LONGEST = 200
"""Characters of a query."""
MOST_BEGINNINGS = 4
"""Beginnings in a query: PostgreSQL reads all words that begin so, whatever else is asked for."""


NO_ENDING = "zzk"
"""No stemmer takes this off a word, and none changes what stands before it as it would an ending."""
SHORTEST_WRITTEN = 3
"""Letters of a beginning that lost its last one: "boe*" is not to find all that begins with "bo"."""


class NothingToSearch(ValueError):
    """A query without a word that could be found."""


HYPHEN = rf"(?<={LETTER})–(?={NUMBER})"
"""A dash that is one, as in “G–20”."""
TOKEN = re.compile(rf'(-?)(?:"([^"]*)"?|((?:[^\s"*–—]|{HYPHEN})+)(\*?))')
"""A minus, and a phrase, or a word and a star. Dashes part words, as in “Trump–Xi”; hyphens do not."""
END = re.compile(r'[\s–—]|"|\Z')
"""What may stand behind a star: a space or dash, a phrase, or nothing."""


class Part(NamedTuple):
    """Of a query: what a document has, or does not have."""

    excluded: bool
    readings: list[list[str]]
    """Words, one after the other; of several readings any is meant."""
    beginning: bool
    """Whether the last word is the beginning of one."""


def parse(text: str) -> list[Part]:
    """What `text` asks for: every word, every "phrase", nothing that stands behind a -; a word with * is a beginning.

    A word of several parts, such as C5+1 or rare-earth, is a phrase. U.S.-China is both “u s china” and “us china”.
    Raises `NothingToSearch` if nothing is left: no word, only exclusions.
    """
    parts: list[Part] = []
    for minus, phrase, word, star in TOKEN.findall(text):
        asked = phrase or word
        if words := words_of(asked):
            short = words_of(contracted(asked, in_any_case=True))
            parts.append(Part(bool(minus), [words] if short == words else [words, short], bool(star)))
    if all(part.excluded for part in parts):
        raise NothingToSearch
    return parts


def has_stray_star(text: str) -> bool:
    """Whether a * is anywhere but at the end of a word, where it says nothing: in a phrase, or within a word."""
    at_ends = [
        found for found in TOKEN.finditer(text) if found[4] and words_of(found[3]) and END.match(text, found.end())
    ]
    return len(at_ends) < text.count("*")


def queries(text: str, language: str) -> list[str]:
    """Any of these tsqueries finds what `text` asks for (see `parse`), in documents with texts in their own `language`,
    with texts in another one, and with texts in both. Stop words are not looked for, in texts those of the texts'
    language, in names those of `language`; but a query of nothing else finds them, each by itself, where they stand in
    capitals, or in a name that is in another language: WHO, IT.

    Takes a query for each stemmer that does not remember all the words, and one more for such beginnings.
    """
    parts = parse(text)
    languages = [language, *(other for other, _ in settings.LANGUAGES if other != language)]
    begun = stems(UNSTEMMED).of(words[-1] for part in parts if part.beginning for words in part.readings)
    stemmers = {name: _Stemmer.of(name, parts, begun) for name in map(configuration, languages)}
    own = stemmers[configuration(language)]
    return _put_together(
        [_asked(parts, mark(language, other), stemmers[configuration(other)], own) for other in languages]
    )


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
        wanted = {word for part in parts for words in part.readings for word in words}.union(*completed.values())
        return cls(stems(configuration).of(wanted | {last + NO_ENDING for last in begun}), begun, completed)

    def readings(self, part: Part) -> list[list[str]]:
        """Those that say all that is meant: not the letters of “U.S.” if one of them says nothing, as the other one
        would find U Thant."""
        spelled, *short = part.readings
        return short if short and not all(self.stemmed[word][0] for word in spelled) else part.readings

    def kept(self, part: Part, words: Sequence[str]) -> set[str]:
        """Those of the words of one of its readings that say something, as any beginning does."""
        return {word for word in words if self.stemmed[word][0]}.union(words[-1:] if part.beginning else ())

    def asked(self, part: Part, words: Sequence[str], before: str, weights: str = "") -> str:
        """A tsquery for one of its readings with the mark `before`, in places of these `weights`, or of all. Of stop
        words alone it is empty."""
        if part.beginning:
            return self._begun(words, before, weights, excluded=part.excluded)
        return self._phrase(words, before, weights)

    def _phrase(self, words: Sequence[str], before: str, weights: str) -> str:
        """For words that follow each other."""
        return _phrase(joined(self.stemmed[word] for word in words), before, weights and f":{weights}")

    def _begun(self, words: Sequence[str], before: str, weights: str, *, excluded: bool) -> str:
        """The same for words of which the last one may be a beginning."""
        *others, last = words
        front = joined(self.stemmed[word] for word in others)
        lexemes, taken = front
        if lexemes and not self.stemmed[last][0] and not excluded:
            # Documents that go on with this very stop word do not have it: nothing that may fit is left out.
            return self._phrase(others, before, weights)
        # Stems may begin so, whatever the stemmer would make of the letters ("was" is nothing to it), or are shorter.
        begun = _any(
            *(_phrase(letters, before, f":*{weights}") for letters in (self.unstemmed[last], self._written(last))),
            *(self._phrase([word], before, weights) for word in self.completed[last]),
        )
        if not lexemes or not begun:  # PostgreSQL's parser may know no letter in it
            return begun
        return f"{self._phrase(others, before, weights)} <{1 + taken - lexemes[-1][1]}> {begun}"

    def _written(self, last: str) -> Stemmed:
        """A beginning as the stemmer writes it: since PostgreSQL 18 the German one makes "isral" of "israel"."""
        lexemes, taken = self.stemmed[last + NO_ENDING]
        if not self.unstemmed[last][0] or not lexemes or not lexemes[-1][0].endswith(NO_ENDING):
            return (), 0
        *front, (lexeme, position) = lexemes
        written = lexeme.removesuffix(NO_ENDING)
        if len(written) < SHORTEST_WRITTEN and last.startswith(written):
            return (), 0
        return (*front, (written, position)), taken


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of documents with one mark: tsqueries, of parts by their number."""

    wanted: Mapping[int, str]
    excluded: Mapping[int, str]
    instead: str
    """What is enough where not all that is wanted is there, or nothing is."""

    def fitting(self) -> str:
        return _any(" & ".join(self.wanted.values()), self.instead)


def _put_together(asked: Sequence[_Asked]) -> list[str]:
    """A tsquery for each mark, or one for all of them where the same parts say something in all.

    A document whose title and summary are in two languages has the marks of both, and in both of them each stemmer has
    made what it can of the words of the other language. So it has what is wanted if it has each part with any of the
    marks, and is excluded if it has the part with any.
    """
    first = asked[0]
    same = all((*one.wanted, *one.excluded, one.instead) == (*first.wanted, *first.excluded, "") for one in asked)
    if same and len(first.wanted) > 1:
        fitting = " & ".join(_any(*(one.wanted[part] for one in asked)) for part in first.wanted)
        return [_without(fitting, [query for one in asked for query in one.excluded.values()])]
    in_all = [part for part in first.excluded if all(part in one.excluded for one in asked)]
    by_any = [one.excluded[part] for one in asked for part in in_all]
    return [_without(one.fitting(), [*one.excluded.values(), *by_any]) for one in asked]


def _without(fitting: str, excluded: Iterable[str]) -> str:
    return " & ".join([fitting, *(f"!{query}" for query in dict.fromkeys(excluded))]) if fitting else ""


def _asked(parts: Sequence[Part], before: str, of_texts: _Stemmer, own: _Stemmer) -> _Asked:
    """What is wanted and what is excluded, with the mark `before`. What says nothing in the texts is not looked for
    beside what does.

    A document's names can be in another language than its texts. There, more words may say nothing: “und” in “Bosnien
    und Herzegowina”. So it also fits what is asked without these, if all else is in its names; in a text that has them,
    they are words (“war” in “Korean War”, in an English text for a German reader). Where either language has words of
    the query that say nothing in the other one, it is that of the texts.
    """
    wanted: dict[int, str] = {}
    named: list[str] = []
    excluded: dict[int, str] = {}
    in_capitals: list[str] = []
    by_texts: set[str] = set()
    by_names: set[str] = set()
    for number, part in enumerate(parts):
        fits: list[str] = []
        in_names: list[str] = []
        silent: list[str] = []
        for words in of_texts.readings(part):
            in_texts, in_names_alone = of_texts.asked(part, words, before), own.asked(part, words, before, NAMES)
            of_part, of_names = of_texts.kept(part, words), own.kept(part, words)
            if not in_texts:
                silent += [" & ".join(f"'{before}:{word}'" for word in words), own.asked(part, words, before)]
            else:
                same = own.asked(part, words, before) if of_names == of_part else ""
                fits += [in_texts, same, in_names_alone if of_names < of_part else ""]
            if not part.excluded:
                in_names.append(in_names_alone)
                by_texts |= of_part
                by_names |= of_names
        if fits:
            (excluded if part.excluded else wanted)[number] = _any(*fits, *silent)
        elif not (part.excluded or part.beginning):
            in_capitals.append(_any(*silent))
        if not part.excluded:
            named.append(_any(*in_names))
    instead = "" if wanted else " & ".join(in_capitals)
    if wanted and not all(named) and any(named) and by_names < by_texts:
        instead = " & ".join(filter(None, named))
    return _Asked(wanted, excluded, instead)


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
