"""Traits: the numbers for when an event was, and what is rare about it."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection, transaction
from django.db.models import Max
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import draft, published
from timeline.models import Publication
from timeline.publishing import publish, withdraw
from timeline.traits import DISPUTED, FIRST_BLOCK, SAMPLED, SPARSE, with_block

migration = import_module("timeline.migrations.0014_blocks")

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
    """That they are those of the only publication, besides that of its block."""
    assert Publication.objects.get().traits[1:] == sorted(traits)


def test_a_new_version_has_its_own_traits():
    give_id(IN_NO_SAMPLE)
    event = draft("event", "2025-11-06")
    publish([event])
    event.date = "1995-05-05"
    event.save()
    publish([event])

    assert Publication.objects.current().get().traits[1:] == [-1995, 23945]
    assert Publication.objects.get(version=1).traits[1:] == [-2025, 24311]


def written(count):
    """Has `count` versions been written by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('timeline_publication', 'id'), %s)", [count])


def blocks(slug):
    """Those of the versions of an event, from the first one on."""
    return [FIRST_BLOCK - row.traits[0] for row in Publication.objects.filter(slug=slug).order_by("version")]


def test_every_version_has_the_block_of_its_edition():
    written(4_094)
    publish([draft(f"event-{number}") for number in range(5)])
    target = published("target")
    written(4_096 * 3)
    published("naming", relations=(("follows", target),))
    written(4_096 * 4 - 1)
    target.texts.update(title="Renamed")
    publish([target])
    written(4_096 * 7)
    withdraw([target])

    assert [blocks(f"event-{number}") for number in range(5)] == [[0]] * 5
    assert blocks("target") == [1, 3, 7]
    assert blocks("naming") == [3, 3, 7]  # it follows the new title, then the withdrawal
    assert all(min(row.traits[1:]) > FIRST_BLOCK for row in Publication.objects.all())


def test_traits_have_one_block():
    assert with_block([-2025, 24311], 2) == [-20_002, -2025, 24311]
    assert with_block([-20_002, DISPUTED, -2025], 0) == [-20_000, DISPUTED, -2025]


@given(st.lists(st.integers(1, 3), min_size=1, max_size=6))
@settings(max_examples=20)
def test_the_migration_finds_blocks_in_the_order_of_the_editions(sizes):
    with transaction.atomic():
        for size in sizes:
            written(Publication.objects.aggregate(last=Max("pk", default=0))["last"] + 2_000 * size)
            published(f"event-{Publication.objects.count()}")
        rows = Publication.objects.order_by("published_in")
        with_blocks = dict(rows.values_list("pk", "traits"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE timeline_publication DISABLE TRIGGER append_only")
            cursor.execute("UPDATE timeline_publication SET traits = traits[2:]")
            cursor.execute(migration.BLOCKS)

        assert dict(rows.values_list("pk", "traits")) == with_blocks
        transaction.set_rollback(True)
