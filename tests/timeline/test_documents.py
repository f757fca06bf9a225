"""What documents say of an event."""

from decimal import Decimal

import pytest

from timeline.documents import number


@pytest.mark.parametrize(
    ("entered", "shown"),
    [
        ("3.07", 3.07),
        ("1200.00", 1200),
        ("-0.5", -0.5),
        ("22139033690123456", 22139033690123456),
        ("22139033690123456.78", 22139033690123456),
    ],
)
def test_a_number_stays_as_it_is_when_it_was_read_from_json(entered, shown):
    found = number(Decimal(entered))

    assert repr(found) == repr(shown)
    assert repr(number(Decimal(repr(found)))) == repr(found)
