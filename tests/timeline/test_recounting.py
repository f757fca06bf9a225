"""Tallies that are wrong are found, and mended."""

from __future__ import annotations

import datetime

import pytest

from tests.builders import actor, draft, published, state
from tests.timeline.test_import_commands import run
from tests.timeline.test_tallies import kept
from timeline.caching import dataset_version
from timeline.management.commands import recount
from timeline.models import Tally
from timeline.publishing import withdraw
from timeline.recounting import Wrong, mended_tallies, wrong_tallies

pytestmark = pytest.mark.django_db

MAY, JUNE, EVER = datetime.date(2025, 5, 1), datetime.date(2025, 6, 1), datetime.date(1, 1, 1)
COUNT = "/api/v1/events/count/?country=UZ"


def falsify(dimension, key, month, **numbers):
    assert Tally.objects.filter(dimension=dimension, key=key, month=month).update(**numbers) == 1


@pytest.fixture
def _events(db):
    """One from May to June, one of a day in May whose end is open, one that is no longer public."""
    uz = state("UZ")
    published("a", "2025-05-30/2025-06-02", uz)
    published("b", "2025-05-04/..", uz, actor("nato"))
    withdraw([published("c", "2025-05-05", uz)])
    draft("d", "2025-05-05", uz)


@pytest.mark.usefixtures("curated")
def test_what_publishing_keeps_is_right():
    assert Tally.objects.count() > 500
    assert list(wrong_tallies()) == [[], [], [], [], []]


@pytest.mark.usefixtures("_events")
def test_what_is_wrong_is_found_and_mended():
    right, version = kept(), dataset_version()
    assert list(wrong_tallies()) == [[], [], [], [], []]
    falsify("", "", MAY, starts=3)
    falsify("day", "", datetime.date(2025, 6, 2), ends=0)
    falsify("country", "UZ", JUNE, ends=7)
    falsify("countries", "UZ", EVER, starts=1, ends=1)
    Tally.objects.create(dimension="actor", key="gone", month=MAY, starts=1, ends=2)
    Tally.objects.filter(dimension="actors", key="nato").delete()
    Tally.objects.create(dimension="topic", key="nothing", month=MAY, starts=0, ends=0)
    found = [
        [
            Wrong("", "", MAY, 3, 0, 2, 0),
            Wrong("day", "", datetime.date(2025, 6, 2), 0, 0, 0, 1),
        ],
        [
            Wrong("countries", "UZ", EVER, 1, 1, 2, 2),
            Wrong("country", "UZ", JUNE, 0, 7, 0, 1),
        ],
        [
            Wrong("actor", "gone", MAY, 1, 2, 0, 0),
            Wrong("actors", "nato", EVER, 0, 0, 1, 1),
        ],
        [],
        [],
    ]
    wrong = kept()

    assert list(wrong_tallies()) == found
    assert kept() == wrong
    assert dataset_version() == version
    assert list(mended_tallies()) == found
    assert kept() == right
    assert dataset_version() == version + 1
    assert list(wrong_tallies()) == list(mended_tallies()) == [[], [], [], [], []]
    assert dataset_version() == version + 1


@pytest.mark.usefixtures("_events")
def test_a_client_with_a_wrong_number_is_told(client):
    falsify("countries", "UZ", EVER, starts=1)
    wrong = client.get(COUNT)
    asked = {"if-none-match": wrong["ETag"]}
    assert wrong.json()["count"] == 1
    assert client.get(COUNT, headers=asked).status_code == 304

    list(mended_tallies())

    assert client.get(COUNT, headers=asked).json()["count"] == 2


@pytest.mark.usefixtures("_events")
def test_all_are_counted_where_none_are_kept():
    right = kept()
    Tally.objects.all().delete()

    assert sum(map(len, mended_tallies())) == len(right)
    assert kept() == right


@pytest.mark.usefixtures("_events")
def test_the_command_says_what_was_wrong():
    right: tuple[list[str], list[str], str] = ["What is kept counted is right."], [], ""
    assert run("recount", "--dry-run") == run("recount") == right
    falsify("", "", MAY, starts=1_003)
    falsify("country", "UZ", JUNE, ends=7)
    lines = [
        "all 2025-05-01: kept are 1,003 that begin and 0 that end, published are 2 and 0.",
        "country UZ 2025-06-01: kept are 0 that begin and 7 that end, published are 0 and 1.",
    ]

    advice = "Numbers that are wrong: 2. Run this without --dry-run to mend them."
    assert run("recount", "--dry-run") == (lines, [], advice)
    assert run("recount") == ([*lines, "Numbers that were wrong, and are right now: 2."], [], "")
    assert run("recount", "--dry-run") == right


@pytest.mark.usefixtures("_events")
def test_the_command_lists_the_first_ones(monkeypatch):
    monkeypatch.setattr(recount, "SHOWN", 1)
    falsify("", "", MAY, starts=3)
    falsify("country", "UZ", JUNE, ends=7)

    lines = [
        "all 2025-05-01: kept are 3 that begin and 0 that end, published are 2 and 0.",
        "And 1 more.",
        "Numbers that were wrong, and are right now: 2.",
    ]
    assert run("recount") == (lines, [], "")
