"""What follows a row in a total order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q


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
