"""Traits: the numbers for when an event was, and what is rare about it."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.builders import draft, published
from timeline.models import Publication
from timeline.publishing import publish
from timeline.traits import DISPUTED, SAMPLED, SPARSE

pytestmark = pytest.mark.django_db

IN_NO_SAMPLE, IN_ONE, IN_BOTH = 5, 346, 237
"""Ids of events that are drawn for no sample, for that of one in 128, and for that of one in 256, too."""

OPEN_SINCE_1991 = (2000005, 2000009, 2000024, 2000050, 2000102, 2000575, 2001149, 2001648, 2002297, 2018375)
"""Nodes of `timeline.year_tree` for 1991 to 9999."""

CONTRADICTING = ({"claims": "2025-11-06"}, {"url": "https://example.org/other", "claims": "2025-11-07"})


def give_id(number):
    """Has the next event that is made get this id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('events_event', 'id'), %s, false)", [number])


@pytest.mark.parametrize(
    ("date", "values", "traits"),
    [
        ("2025-11-06", {}, [24311, -2025]),
        ("2025-11-06/2025-12-01", {}, [24311, -2025, 224312]),
        ("2025", {}, [24301, -2025, *range(224302, 224313)]),
        ("2024-01-01/2025-01-01", {}, [24289, -2024, *range(224290, 224302)]),  # 366 days later
        ("2024-01-01/2025-01-02", {}, [24289, -2024, 2009204]),
        ("1991-12/..", {}, [23904, -1991, *OPEN_SINCE_1991]),
        ("../0001-12", {}, [13, -1, *range(200014, 200025)]),
        ("2025-11-06", {"sources": CONTRADICTING}, [24311, -2025, DISPUTED]),
        ("2025-11-06", {"effective": "2026"}, [24311, -2025, 1018410]),
        ("2025-11-06", {"effective": "2025/2028"}, [24311, -2025, 1009205, 1018409, 1018412]),
        ("202X", {"sources": CONTRADICTING}, [24241, -2020, 2004601, 2004602, 2009206, DISPUTED]),
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
    assert Publication.objects.get().traits == sorted(traits)


def test_a_new_version_has_its_own_traits():
    give_id(IN_NO_SAMPLE)
    event = draft("event", "2025-11-06")
    publish([event])
    event.date = "1995-05-05"
    event.save()
    publish([event])

    assert Publication.objects.current().get().traits == [-1995, 23945]
    assert Publication.objects.get(version=1).traits == [-2025, 24311]
