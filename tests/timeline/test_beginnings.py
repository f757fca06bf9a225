"""Beginnings of words against PostgreSQL's stemmers."""

from __future__ import annotations

import pytest
from django.db import connection

from timeline.beginnings import completions

WORDS = {
    "english": (
        "meetings negotiation negotiated conferences discussions relations relational minerals japanese stopped "
        "settings representatives announcement announced happiness agencies economies italy activity organization "
        "ministers exports controls embargoes suspended effective presidential security gallium magnets semiconductors "
        "visited"
    ),
    "german": (
        "vereinbarung vereinbarungen verhandlungen massnahmen gesprache sicherheit freundschaftlich ministerin "
        "wirtschaft ausfuhren verbietet treffen besuche erklarungen europaische regierungen "
        "handels ergebnisse gemeinsamer"
    ),
}


def stems(words, configuration):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, (ts_lexize(%s::regdictionary, word))[1] FROM unnest(%s::text[]) AS given (word)",
            [f"{configuration}_stem", list(words)],
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("configuration", WORDS)
def test_whatever_a_word_begins_with_has_its_stem(configuration):
    words = WORDS[configuration].split()
    beginnings = {word[:length] for word in words for length in range(1, len(word) + 1)}
    completed = {beginning: completions(beginning, configuration) for beginning in beginnings}
    stem = stems({*words, *(word for found in completed.values() for word in found)}, configuration)

    for word in words:
        for length in range(1, len(word) + 1):
            beginning = word[:length]
            shorter = {stem[found] for found in completed[beginning]}
            assert stem[word].startswith(beginning) or stem[word] in shorter, beginning


def test_completions_begin_so_and_are_few():
    assert completions("in", "english") == ["in"]
    assert completions("meeti", "simple") == ["meeti"]
    for word in ["representatives", "internationalization", "announcement"]:
        for length in range(1, len(word) + 1):
            found = completions(word[:length], "english")
            assert found[0] == word[:length]
            assert all(one.startswith(word[:length]) for one in found)
            assert len(found) == len(set(found)) <= 60
