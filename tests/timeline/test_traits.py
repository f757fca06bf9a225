"""Traits: the same, whether the database or the code says what an event's are, and in the search vector too."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.builders import draft, published
from timeline import vectors
from timeline.models import Publication
from timeline.publishing import publish
from timeline.traits import DISPUTED, MEASURE, TRAITS, traits_of

pytestmark = pytest.mark.django_db

CONTRADICTING = ({"claims": "2025-11-06"}, {"url": "https://example.org/other", "claims": "2025-11-07"})


def in_database(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


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
    published("event", date, **values)

    assert traits_of(Publication.objects.get()) == traits
    assert in_database(f"SELECT {TRAITS} FROM timeline_publication") == [traits]
    for language in ("en", "de"):
        words = in_database(
            "SELECT lexeme FROM timeline_publicationtext, unnest(tsvector_to_array(search)) AS lexeme "
            f"WHERE language = '{language}' AND lexeme LIKE '=%'"
        )
        assert sorted(words) == sorted(f"={language}{trait}" for trait in traits)


def test_a_new_version_has_its_own_traits():
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
