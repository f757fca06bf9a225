"""Traits: what the database makes of an event's columns."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.builders import published
from timeline.models import Publication
from timeline.traits import DISPUTED, SAMPLED, SPARSE, TRAITS

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
        ("202X", {"sources": CONTRADICTING}, [24241, -2020, 0, DISPUTED]),
    ],
)
def test_traits(date, values, traits):
    give_id(IN_NO_SAMPLE)
    published("event", date, **values)

    check_traits(traits)


@pytest.mark.parametrize(
    ("number", "traits"), [(IN_ONE, [24311, -2025, -10_003]), (IN_BOTH, [24311, -2025, -10_003, -10_004])]
)
def test_what_is_drawn_for_a_sample_has_its_trait(number, traits):
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


def check_traits(traits):
    """That they are those of the only publication."""
    assert in_database(f"SELECT {TRAITS} FROM timeline_publication") == [traits]
