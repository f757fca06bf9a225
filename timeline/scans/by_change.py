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
from timeline.scans.walking import all_sorted, public_then, walk

NEAR, MEASURES = 12_000, 1_000
"""Of what is in force on a day, `MEASURES` are looked at, which should have its share."""

MANY = 9_000
"""Of so many that fit, a page should be among `NEAR`. To find all of them takes about as long."""

TOGETHER = 2
"""How many times as many events as the database expects may involve all of several countries: see `CORRELATED`."""

KEYS = ("published_in", "event_id")

FEW = "WITH found ({names}) AS NOT MATERIALIZED ({found}) {sorted}"


def rows(
    found: PublicationQuerySet, columns: Sequence[str], change: int | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The first rows of `found`, up to `most`, in the order of change and id: published_in, event_id and `columns`.

    `change`, if given, is a dataset version before which there is none of them in this order. Two queries, of which one
    is a plan.
    """
    names = [*KEYS, *columns, "pk"]
    try:
        inner, values = found.order_by().values_list(*names).query.sql_with_params()
        soon = estimates.of_all(found).rows * (TOGETHER if found.involving_several else 1) <= MANY
    except EmptyResultSet:  # Django knows without asking that nothing can match
        return []
    if soon:
        sql = FEW.format(names=", ".join(names), found=inner, sorted=all_sorted(KEYS, "true", descending, most))
    else:
        walked, more_values = _walked(found, change, descending).query.sql_with_params()
        sql = walk(inner, names, walked, _length(found), 1, descending=descending, most=most)
        values = (*values, *more_values)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[:-1] for row in cursor.fetchall()]


def _walked(found: PublicationQuerySet, change: int | None, descending: bool) -> QuerySet[Any]:
    """The next events by change."""
    walked = public_then(found)
    if change is not None:
        walked = walked.filter(**{f"published_in__{'lte' if descending else 'gte'}": change})
    return walked.order_by(*in_order(KEYS, descending)).values_list(*KEYS, "id")[: _length(found)]


def _length(found: PublicationQuerySet) -> int:
    return MEASURES if found.in_force else NEAR
