"""What follows a row in a total order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Field, Func, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan

LARGEST = 2**63 - 1
"""The largest number that a column of ids or versions takes; no row has it."""


def in_order(keys: Sequence[str], descending: bool) -> list[str]:
    """What `order_by` takes."""
    return [f"-{key}" if descending else key for key in keys]


def beyond(keys: Sequence[str], position: Sequence[Any], descending: bool) -> Q:
    """Behind `position`, in the order of `keys`.

    The condition on the first key alone is implied by the others; it is what an index scan can begin at.
    """
    less = "lt" if descending else "gt"
    first, value = keys[0], position[0]
    behind = Q(**{f"{first}__{less}": value})
    if len(keys) == 1:
        return behind
    return Q(**{f"{first}__{less}e": value}) & (behind | beyond(keys[1:], position[1:], descending))


def between(keys: Sequence[str], low: Sequence[Any], high: Sequence[Any]) -> Q:
    """From the position `low` up to `high`, which is not in it, in the ascending order of `keys`.

    Rows are compared, which is one range of an index by these keys.
    """
    row = _row([F(key) for key in keys])
    return Q(GreaterThanOrEqual(row, _row(low))) & Q(LessThan(row, _row(high)))


def _row(values: Sequence[Any]) -> Func:
    return Func(*values, function="ROW", output_field=Field())
