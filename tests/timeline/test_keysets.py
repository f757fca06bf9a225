"""What lies beyond a row, and between two, in a total order."""

import datetime
import itertools

import pytest

from tests.builders import published
from timeline.keysets import between, beyond, in_order
from timeline.models import Publication

pytestmark = pytest.mark.django_db

KEYS = ("start_min", "event_id")


@pytest.fixture
def positions():
    """Those of five events, of which three are of the same day, in order."""
    for number, day in enumerate(["2025-01-02", "2025-01-01", "2025-01-02", "2025-01-02", "2025-01-03"]):
        published(f"e{number}", day)
    return sorted(Publication.objects.values_list(*KEYS))


def found(condition, descending=False):
    return list(Publication.objects.filter(condition).order_by(*in_order(KEYS, descending)).values_list(*KEYS))


def test_what_lies_between_two_positions_has_the_first_one_and_not_the_last_one(positions):
    ends = [*positions, (datetime.date.min, 0), (datetime.date.max, 2**63 - 1)]
    for low, high in itertools.product(ends, repeat=2):
        assert found(between(KEYS, low, high)) == [row for row in positions if low <= row < high]


@pytest.mark.parametrize("descending", [False, True])
def test_what_lies_beyond_a_position_does_not_have_it(positions, descending):
    for position in positions:
        after = [row for row in positions if (row < position if descending else row > position)]
        assert found(beyond(KEYS, position, descending), descending) == (after[::-1] if descending else after)
