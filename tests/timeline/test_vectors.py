"""Search vectors put together here, against those that PostgreSQL makes."""

import orjson
import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.builders import draft, published
from timeline import search, vectors
from timeline.models import PublicationText
from timeline.publishing import publish

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
    "a_b",
    "x1",
    "Ωμέγα",
    "北京",
    "½",
    "²",
    "it's",
    "O’Brien",
    "naïve",
]
texts = st.lists(st.sampled_from(SOME) | st.text(max_size=8), max_size=8).map(" ".join)
documents = st.lists(st.tuples(st.sampled_from(["english", "german", "simple"]), st.tuples(texts, texts, texts, texts)))


def by_postgresql(found):
    """What `search.WORDS` makes of documents."""
    rows = [
        {"configuration": configuration, **{weight.lower(): " ".join(words[weight]) for weight in "ABCD"}}
        for configuration, words in found
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT ({search.WORDS})::text FROM ROWS FROM (json_to_recordset(%s::json) AS
                (configuration text, a text, b text, c text, d text)) WITH ORDINALITY ORDER BY ordinality""",
            [orjson.dumps(rows).decode()],
        )
        return [text for (text,) in cursor.fetchall()]


def normalised(found):
    """Vectors as PostgreSQL writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text::tsvector::text FROM unnest(%s::text[]) WITH ORDINALITY AS t (text, n) ORDER BY n", [found]
        )
        return [text for (text,) in cursor.fetchall()]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents)
@example([("english", ("the", "of the", "war the of", "of peace"))])  # stop words at the ends of parts
@example([("english", ("x" * 2100, "y " * 3, "z" * 2047, ""))])  # words that are too long to be found
def test_vectors_are_those_of_postgresql(given_documents):
    found = [
        (configuration, search.words_by_weight({weight: [text] for weight, text in zip("ABCD", parts, strict=True)}))
        for configuration, parts in given_documents
    ]

    assert normalised(vectors.vectors(found)) == by_postgresql(found)


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["houses"] * 254, True),
        (["houses"] * 255, False),
        (["the"] * 16_381 + ["end"], True),
        (["the"] * 16_382 + ["end"], False),
    ],
)
def test_only_as_long_as_vectors_count(words, made):
    document = ("english", {"A": [], "B": [], "C": [], "D": words})

    (vector,) = vectors.vectors([document])

    assert (vector is not None) == made
    if made:
        assert normalised([vector]) == by_postgresql([document])


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(vectors, "MOST_KNOWN", 3)
    stems = vectors.Stems("english")

    stems.learn(["houses", "the"])
    assert stems.known == {"houses": ((("'hous'", 1),), 1), "the": ((), 1)}
    stems.learn(["houses", "trees", "cars"])
    assert sorted(stems.known) == ["cars", "houses", "trees"]


def test_a_known_word_is_not_asked_for_again(django_assert_num_queries):
    document = ("simple", {"A": ["unasked"], "B": [], "C": [], "D": []})
    vectors.vectors([document])

    with django_assert_num_queries(0):
        assert vectors.vectors([document]) == ["'unasked':1A"]


def test_a_very_long_document_is_found(client):
    event = draft("long")
    event.texts.update(summary="houses " * 300 + "Rhubarb")
    publish([event])
    published("short")

    rows = PublicationText.objects.filter(language="en").order_by("publication__slug")
    assert ["'rhubarb'" in row.search for row in rows] == [True, False]
    results = client.get("/api/v1/events/?q=rhubarb").json()["results"]
    assert [result["id"] for result in results] == ["long"]
