from __future__ import annotations

from django.conf import settings

from events.models import Participation, Relation
from timeline.pages.words import WORDS, words_of


def test_every_language_has_every_word():
    assert list(WORDS) == [code for code, _ in settings.LANGUAGES]
    for words in WORDS.values():
        assert list(words) == list(WORDS["en"])
        assert all(words.values())


def test_every_role_and_relation_has_a_word():
    roles = {f"role {role}" for role in Participation.Role.values}
    relations = {f"relation {kind}{by}" for kind in Relation.Kind.values for by in ("", " by")}

    assert {name for name in WORDS["en"] if " " in name} == roles | relations


def test_a_language_without_words_gets_the_english_ones():
    assert words_of("fr") is WORDS["en"]
