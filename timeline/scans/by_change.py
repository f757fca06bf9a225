"""Pages of events by their last change whose filters the index by keys has.

Where not many are expected to fit, all are found by keys, and sorted. Else the next `NEAR` events by change are looked
at, until the page is full; if they do not fill it, few fit, and all the others are found by keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from timeline.keysets import in_order
from timeline.querysets import PublicationQuerySet
from timeline.scans import estimates
from timeline.scans.estimates import traits_of
from timeline.scans.walking import walk

NEAR = 20_000

MANY = 8_000
"""What finding all that fits may be expected to cost, if it is not many. An event costs about 1."""

KEYS = ("published_in", "event_id")

FEW = """\
SELECT {names} FROM ({found}) AS found ({columns}) WHERE {traits}
ORDER BY published_in + 0 {order}, event_id {order} LIMIT {most}
"""


def rows(
    found: PublicationQuerySet, columns: Sequence[str], change: int | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The first rows of `found`, up to `most`, in the order of change and id: published_in, event_id and `columns`.

    `change`, if given, is a dataset version before which there is none of them in this order. Two queries, of which one
    is a plan; or three, with another plan, where they overlap a window.
    """
    names = [*KEYS, *columns]
    needed = ["start_min", "long", "disputed"]
    try:
        inner, values = found.order_by().values_list(*names, *needed).query.sql_with_params()
        soon = estimates.cost(found) <= MANY
    except EmptyResultSet:  # Django knows without asking that nothing can match
        return []
    traits = " AND ".join(["true", *traits_of(found)])
    if soon:
        order = "DESC" if descending else "ASC"
        columns = ", ".join([*names, *needed])
        sql = FEW.format(names=", ".join(names), columns=columns, found=inner, traits=traits, order=order, most=most)
    else:
        walked, more_values = _walked(found, change, descending).query.sql_with_params()
        sql = walk(inner, [*names, *needed], walked, NEAR, traits, descending=descending, most=most)
        values = (*values, *more_values)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[: len(names)] for row in cursor.fetchall()]


def _walked(found: PublicationQuerySet, change: int | None, descending: bool) -> QuerySet[Any]:
    """The next events by change, of which the last one ends what is near."""
    walked = found.model._default_manager.as_of(found.at)
    if change is not None:
        walked = walked.filter(**{f"published_in__{'lte' if descending else 'gte'}": change})
    return walked.order_by(*in_order(KEYS, descending)).values_list(*KEYS)[:NEAR]
