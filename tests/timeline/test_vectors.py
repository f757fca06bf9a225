"""Search vectors put together here, against those that PostgreSQL makes."""

import importlib
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.models import EventText
from tests.builders import draft, published, state
from timeline import text as folding
from timeline import vectors, versions
from timeline.models import Publication
from timeline.publishing import publish
from timeline.text import contracted, words_of
from timeline.traits import DISPUTED

migration = importlib.import_module("timeline.migrations.0011_words_among_keys")
blocks = importlib.import_module("timeline.migrations.0014_blocks")
languages_of_texts = importlib.import_module("timeline.migrations.0018_languages_of_texts")
apostrophes = importlib.import_module("timeline.migrations.0027_apostrophes")
abbreviations = importlib.import_module("timeline.migrations.0028_abbreviations")

pytestmark = pytest.mark.django_db

SOME = [
    "The",
    "the",
    "running",
    "Häuser",
    "häuser",
    "Staaten",
    "des",
    "und",
    "of",
    "C5+1",
    "1e5",
    "1.5",
    "2025",
    "007",
    "٣",
    "a_b",
    "x1",
    "Ωμέγα",
    "北京",
    "½",
    "²",
    "it's",
    "WHO",
    "US",
    "who",
    "O’Brien",
    "naïve",
    "Oʻzbekiston",
    "Außen\xadminister",
    "U.S.-China",
    "W.H.O.",
    "R&D",
    "i.e.",
]
texts = st.lists(st.lists(st.sampled_from(SOME) | st.text(max_size=8), max_size=8).map(" ".join), max_size=3)
languages = st.sampled_from(["en", "de", "uz"])
documents = st.lists(st.tuples(languages, languages, st.tuples(texts, texts, texts, texts)))


CONFIGURATIONS = {"en": "english", "de": "german", "uz": "simple"}
ADDRESSES = [f"{letter}@example.org" for letter in "abcdefgh"]


def by_postgresql(found):
    """What PostgreSQL makes of documents by itself, with the languages before each lexeme."""
    if not found:
        return []
    found = [(*languages, {weight: with_short(texts[weight]) for weight in "ABCD"}) for *languages, texts in found]
    parts = []
    for language, of_texts, texts in found:
        configured = {weight: CONFIGURATIONS[language if weight in "BC" else of_texts] for weight in "ABCD"}
        # Addresses behind each text take a position each, and no word is one.
        apart = {
            weight: " ".join(" ".join([*words_of(text), *ADDRESSES]) for text in texts[weight]) for weight in "ABCD"
        }
        parts += [(configured[weight], apart[weight], weight) for weight in "ABCD"]
    document = (
        f"ts_delete({'||'.join(['setweight(to_tsvector(%s, %s), %s)'] * 4)}, '{{{','.join(ADDRESSES)}}}'::text[])"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT unnest(ARRAY[{','.join([document] * len(found))}])::text",
            [value for part in parts for value in part],
        )
        made = [text for (text,) in cursor.fetchall()]
    before = [language if language == of_texts else f"{language}.{of_texts}" for language, of_texts, _ in found]
    return [
        " ".join([*(f"'{mark}:{lexeme[1:]}" for lexeme in text.split()), *in_capitals(mark, both, texts)])
        for mark, text, (*both, texts) in zip(before, made, found, strict=True)
    ]


def with_short(texts):
    """The texts, and behind them those with abbreviations once more, with these contracted."""
    return [*texts, *(short for text in texts if (short := contracted(text)) not in texts)]


def in_capitals(mark, languages, texts):
    """The stop words of one of the languages among what stands in capitals, without positions."""
    words = {word for part in texts.values() for text in part for word in re.split(r"\W+", text)}
    capitals = [word for word in words if re.fullmatch("[A-Z]{2,12}", word)]
    if not capitals:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT lower(word) FROM unnest(%s::text[]) AS word, unnest(%s::regconfig[]) AS configuration "
            "WHERE to_tsvector(configuration, word) = ''",
            [capitals, [CONFIGURATIONS[language] for language in languages]],
        )
        return [f"'{mark}:{word}'" for (word,) in cursor.fetchall()]


def normalised(found):
    """Vectors as PostgreSQL writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text::tsvector::text FROM unnest(%s::text[]) WITH ORDINALITY AS t (text, n) ORDER BY n", [found]
        )
        return [text for (text,) in cursor.fetchall()]


@settings(max_examples=200)
@given(documents)
@example([("en", "en", (["the"], ["of the"], ["war the of"], ["of peace"]))])  # stop words at the ends of parts
@example([("en", "en", ([], ["the war of the", "the", "peace of", "war"], [], ["the end"]))])  # and of names
@example([("en", "en", (["x" * 2100], ["y " * 3], ["😀𝔸" * 1200], []))])  # longer than a lexeme can be
def test_vectors_are_those_of_postgresql(given_documents):
    found = [(*languages, dict(zip("ABCD", parts, strict=True))) for *languages, parts in given_documents]

    assert normalised(vectors.vectors(found)) == normalised(by_postgresql(found))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("houses " * 254, True),
        ("houses " * 255, False),
        ("the " * 16_381 + "end", True),
        ("the " * 16_382 + "end", False),
    ],
)
@pytest.mark.parametrize("weight", ["B", "D"])
def test_what_is_longer_than_vectors_count_is_left_to_the_database(text, made, weight, django_assert_num_queries):
    document = ("en", "en", {"A": [], "B": [], "C": [], "D": [], weight: [text]})
    other = ("en", "en", {"A": ["house"], "B": [], "C": [], "D": []})
    vectors.vectors([document, other])

    with django_assert_num_queries(0 if made else 1):
        found = vectors.vectors([document, other])

    assert normalised(found) == normalised(by_postgresql([document, other]))


def test_stop_words_in_capitals_are_kept_in_what_the_database_makes_too():
    [vector] = vectors.vectors([("en", "en", {"A": ["the WHO"], "B": [], "C": [], "D": ["war " * 300]})])

    assert vector.split()[-1] == "'en:who'"


def test_a_known_word_is_not_asked_for_again(django_assert_num_queries):
    document = ("uz", "uz", {"A": ["unasked"], "B": [], "C": [], "D": []})
    vectors.vectors([document])

    with django_assert_num_queries(0):
        assert vectors.vectors([document]) == ["'uz:unasked':1A"]


def test_numbers_are_not_asked_for(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert vectors.vectors([("uz", "uz", {"A": ["31.12.1999"], "B": [], "C": [], "D": []})]) == [
            "'uz:31':1A 'uz:12':2A 'uz:1999':3A"
        ]


def test_a_very_long_document_is_found(client):
    event = draft("long")
    event.texts.update(summary="houses " * 300 + "Rhubarb")
    publish([event])
    published("short")

    rows = Publication.objects.order_by("slug")
    assert ["'en:rhubarb'" in row.search for row in rows] == [True, False]
    results = client.get("/api/v1/events/?q=rhubarb").json()["results"]
    assert [result["id"] for result in results] == ["long"]


@pytest.mark.usefixtures("curated")
def test_the_migration_keeps_the_words_of_what_was_published_before():
    rows = Publication.objects.order_by("pk")
    before = dict(rows.values_list("pk", "search"))
    traits = dict(rows.values_list("pk", "traits"))
    old = [
        (pk, language, " ".join(f"'{lexeme[4:]}" for lexeme in vector.split() if lexeme.startswith(f"'{language}:")))
        for pk, vector in before.items()
        for language in ("en", "de")
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger in (("publication", "append_only"), ("publicationtext", "fixed")):
            cursor.execute(f"ALTER TABLE timeline_{table} DISABLE TRIGGER {trigger}")
        cursor.execute("UPDATE timeline_publication SET search = '', traits = '{}'")
        cursor.execute("ALTER TABLE timeline_publicationtext ADD search tsvector")
        for pk, language, vector in old:
            cursor.execute(
                "UPDATE timeline_publicationtext SET search = %s WHERE publication_id = %s AND language = %s",
                [f"{vector} '={language}24311' '={language}-2025'", pk, language],
            )
        cursor.execute(migration.WORDS_AND_TRAITS)
        cursor.execute(blocks.BLOCKS)

    assert dict(rows.values_list("pk", "search")) == before
    assert min(map(len, before.values())) > 500
    assert dict(rows.values_list("pk", "traits")) == traits
    assert DISPUTED in {trait for found in traits.values() for trait in found}
    assert max(map(len, traits.values())) > 10


def test_the_migration_marks_untranslated_texts_of_what_was_published_before(monkeypatch):
    titles = {"en": "The world’s armistice, attended by ministers"}
    new = published("new", "2025", (state("UZ"), "host"), titles=titles, place_name="Reims of the north")
    translated = published("translated", titles={"en": "Talks", "de": "Gespräche"})
    monkeypatch.setattr(
        versions,
        "vectors",
        lambda found: vectors.vectors([(language, language, texts) for language, _, texts in found]),
    )
    old = published("old", "2025", (state("UZ"), "host"), titles=titles, place_name="Reims of the north")
    assert weighted(old) != weighted(new)
    before = weighted(translated)

    with connection.cursor() as cursor:
        cursor.execute(languages_of_texts.TEXTS)

    assert weighted(old) == weighted(new)
    assert weighted(translated) == before
    assert {("de.en:armistic", "A"), ("en:armistic", "A"), ("de.en:of", "C")} <= set(weighted(old))


def test_the_migration_parts_words_at_apostrophes_in_what_was_published_before(monkeypatch):
    uz = state("UZ")
    uz.names, uz.aliases = {"en": "Oʻzbekiston", "de": "Usbekistan"}, ["ʻOʻzbekiston"]
    uz.save()
    titles = {"en": "The WHO visits of Nukuʻalofa, the war at Nukuʻalofa and Baʿathists"}
    values = {"titles": titles, "place_name": "Tongatapu, ʻOtuʻanga near Nukuʻalofa ʼ Otu"}
    place = ["tongatapu", "otu", "anga", "near", "nuku", "alofa"]
    new = published("new", "2025", (uz, "host"), **values)
    with monkeypatch.context() as before:
        for letter in map(ord, "ʻʼʿ"):
            before.setitem(folding._FOLDED, letter, chr(letter))
        old = published("old", "2025", (uz, "host"), **values)
        other = published("other", titles={"en": "The WHO talks"}, place_name="Łódź")
    assert found_by(new)[1:] == (place,) != found_by(old)[1:]
    untouched = found_by(other)

    with connection.cursor() as cursor:
        cursor.execute(apostrophes.PARTED)

    assert found_by(old) == found_by(new)
    assert found_by(other) == untouched


def test_the_migration_finds_abbreviations_as_one_word_in_what_was_published_before(monkeypatch):
    us = state("US")
    us.names = {"en": "U.S. of America", "de": "USA"}
    us.save()
    values: Any = {"titles": {"en": "U.S.-China talks", "de": "Gespräche"}, "place_name": "Washington, D.C."}
    new, old = (draft(slug, "2025", (us, "host"), **values) for slug in ("new", "old"))
    EventText.objects.update(summary="The U.N. and the R&D of W.H.O.")
    publish([new])
    with monkeypatch.context() as before:
        for module in (vectors, folding):
            before.setattr(module, "contracted", lambda text: text)
        publish([old])
        other = published("other", titles={"en": "The WHO talks at 5 p.m."}, place_name="Łódź")
    as_new, untouched = weighted(new), found_by(other)
    assert as_new != weighted(old)

    with connection.schema_editor() as editor:
        abbreviations.as_one_word(apps, editor)

    assert weighted(old) == as_new
    assert found_by(old)[1] == found_by(new)[1] == ["washington", "d", "c", "dc"]
    assert found_by(other) == untouched
    assert events_with("'en:us' <-> 'en:china' <-> 'en:talk'") == events_with("'en:dc'") == {old, new}
    assert events_with("'en:who' & 'en:un' & 'en:rd'") == {old, new}
    assert not events_with("'en:o' <-> 'en:us'")


def events_with(query):
    """The events that the tsquery finds."""
    found = Publication.objects.extra(where=["search @@ %s::tsquery"], params=[query])
    return {publication.event for publication in found.select_related("event")}


def found_by(event):
    """The search vector, as PostgreSQL writes it, and the words of the place."""
    return Publication.objects.values_list("search", "place_words").get(event=event)


def weighted(event):
    """The lexemes by which an event is found, each with its weights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, weight FROM timeline_publication, unnest(search), unnest(weights) AS weight "
            "WHERE event_id = %s ORDER BY lexeme, weight",
            [event.pk],
        )
        return cursor.fetchall()
