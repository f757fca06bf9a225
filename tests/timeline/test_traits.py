"""Traits: the same, whether the database or the code says what an event's are, and in the search vector too."""

from __future__ import annotations

import importlib

import pytest
from django.db import connection

from tests.builders import draft, published
from timeline import vectors
from timeline.models import Publication, PublicationText
from timeline.publishing import publish
from timeline.traits import DISPUTED, MEASURE, SAMPLED, SPARSE, TRAITS, traits_of

migration = importlib.import_module("timeline.migrations.0009_faster_summaries")

pytestmark = pytest.mark.django_db

IN_NO_SAMPLE, IN_ONE, IN_BOTH = 5, 346, 237
"""Ids of events that are drawn for no sample, for that of one in 128, and for that of one in 256, too."""

CONTRADICTING = ({"claims": "2025-11-06"}, {"url": "https://example.org/other", "claims": "2025-11-07"})


def in_database(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def give_id(number):
    """Has the next event that is made get this id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('events_event', 'id'), %s, false)", [number])


@pytest.mark.parametrize(
    ("date", "values", "traits"),
    [
        ("2025-11-06", {}, [24311, -2025]),
        ("2025", {}, [24301, -2025]),
        ("2024-01-01/2025-01-01", {}, [24289, -2024]),  # 366 days later
        ("2024-01-01/2025-01-02", {}, [24289, -2024, 0]),
        ("1991-12/..", {}, [23904, -1991, 0]),
        ("../0001-12", {}, [13, -1]),
        ("2025-11-06", {"sources": CONTRADICTING}, [24311, -2025, DISPUTED]),
        ("2025-11-06", {"effective": "2026"}, [24311, -2025, MEASURE]),
        ("202X", {"effective": "2026", "sources": CONTRADICTING}, [24241, -2020, 0, DISPUTED, MEASURE]),
    ],
)
@pytest.mark.parametrize("by_database", [False, True])
def test_traits(date, values, traits, by_database, monkeypatch):
    if by_database:  # as it is for long documents
        monkeypatch.setattr(vectors, "LAST_POSITION", 0)
    give_id(IN_NO_SAMPLE)
    published("event", date, **values)

    check_traits(traits)


@pytest.mark.parametrize(
    ("number", "traits"), [(IN_ONE, [24311, -2025, -10_003]), (IN_BOTH, [24311, -2025, -10_003, -10_004])]
)
@pytest.mark.parametrize("by_database", [False, True])
def test_what_is_drawn_for_a_sample_has_its_trait(number, traits, by_database, monkeypatch):
    if by_database:
        monkeypatch.setattr(vectors, "LAST_POSITION", 0)
    give_id(number)
    published("event")

    check_traits(traits)
    assert Publication.objects.get().sample is True


@pytest.mark.parametrize("one_in", [SAMPLED, SPARSE])
def test_a_sample_is_the_same_in_whichever_index_it_is_found(one_in):
    for number in (IN_NO_SAMPLE, IN_ONE, IN_BOTH):
        give_id(number)
        published(f"event-{number}")
    events = Publication.objects.current()
    wanted = [IN_BOTH] if one_in == SPARSE else [IN_BOTH, IN_ONE]

    for found in (events, events.of_type(["meeting"]), events.matching("event", "en"), events.matching("event", "de")):
        assert found.count() == 3
        assert sorted(found.in_sample(one_in).values_list("event_id", flat=True)) == wanted


def test_the_migration_names_the_samples_of_what_was_published_before():
    for number in (IN_NO_SAMPLE, IN_ONE, IN_BOTH):
        give_id(number)
        published(f"event-{number}")
    texts = PublicationText.objects.order_by("pk")
    vectors = dict(texts.values_list("pk", "search"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE timeline_publicationtext DISABLE TRIGGER fixed")
        cursor.execute(
            "UPDATE timeline_publicationtext SET search = ts_delete("
            "search, ARRAY['=en-10003', '=en-10004', '=de-10003', '=de-10004'])"
        )
        assert sum(vectors[pk] != search for pk, search in texts.values_list("pk", "search")) == 4
        cursor.execute(migration.SEARCH)

    assert dict(texts.values_list("pk", "search")) == vectors


def check_traits(traits):
    """That they are those of the only publication, and of its documents."""
    assert traits_of(Publication.objects.get()) == traits
    assert in_database(f"SELECT {TRAITS} FROM timeline_publication") == [traits]
    for language in ("en", "de"):
        words = in_database(
            "SELECT lexeme FROM timeline_publicationtext, unnest(tsvector_to_array(search)) AS lexeme "
            f"WHERE language = '{language}' AND lexeme LIKE '=%'"
        )
        assert sorted(words) == sorted(f"={language}{trait}" for trait in traits)


def test_a_new_version_has_its_own_traits():
    give_id(IN_NO_SAMPLE)
    event = draft("event", "2025-11-06")
    publish([event])
    event.date = "1995-05-05"
    event.save()
    publish([event])

    assert in_database(
        "SELECT lexeme FROM timeline_publicationtext JOIN timeline_publication AS p ON p.id = publication_id "
        "CROSS JOIN unnest(tsvector_to_array(search)) AS lexeme "
        "WHERE language = 'en' AND lexeme LIKE '=%' AND superseded_in IS NULL ORDER BY 1"
    ) == ["=en-1995", "=en23945"]
