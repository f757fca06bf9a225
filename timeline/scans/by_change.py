"""Pages of events by their last change whose filters the index by keys has, or that are in a window of days.

Where not many are expected to fit, all are found by keys, and sorted. Else the next `NEAR` events by change are looked
at, until the page is full. If they do not fill it, few of them fit: the others are found by keys, block by block (see
`timeline.traits`), first in one block, then in the next two, then three, up to `LONGEST`, until the page is full. So it
takes bounded time wherever those that fit were written: what is entered as it happens, or in the order of dates, has
all of a time together, and another time far from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from timeline.keysets import in_order
from timeline.querysets import PublicationQuerySet
from timeline.scans import by_date, estimates
from timeline.scans.walking import all_sorted, one_by_one, public_then, step_by_step
from timeline.traits import FIRST_BLOCK

NEAR = 1_000

MANY = 6_000
"""To find so many that fit takes about as long as to look at what is near, and block by block."""

TOGETHER = 3
"""How many times as many events as the database expects may involve all of several countries: see `CORRELATED`."""

LONGEST = 6
"""Blocks in a step. In more there may be too many events, if those of some time lie together; of shorter steps, too
many would find nothing."""

KEYS = ("published_in", "event_id")

FEW = "WITH found ({names}) AS NOT MATERIALIZED ({found}) {sorted}"

BLOCK = "(SELECT traits[1] FROM timeline_publication WHERE id = {id})"
"""SQL: the trait of a publication's block, the lowest one."""

LAST_BLOCK = f"SELECT {BLOCK.format(id='last.id')} FROM timeline_publication AS last ORDER BY published_in DESC LIMIT 1"

STEPS = f"""\
WITH found ({{names}}) AS NOT MATERIALIZED ({{found}}),
walked AS MATERIALIZED ({{walked}}),
near AS MATERIALIZED ({{near}}),
edge AS MATERIALIZED (
    SELECT published_in, event_id, {BLOCK.format(id="final.id")} AS block FROM (
        SELECT * FROM walked ORDER BY published_in {{order}}, event_id {{order}} OFFSET {{length}} - 1 LIMIT 1
    ) AS final
),
steps AS MATERIALIZED (
    SELECT step, ARRAY(
        SELECT block {{away}} blocks_away FROM generate_series(begin, least(begin + size - 1, blocks)) AS blocks_away
    ) AS spans
    FROM (SELECT block, abs(block - ({{end}})) AS blocks FROM edge OFFSET 0) AS left_over
    CROSS JOIN LATERAL generate_series(1, {{longest}} + blocks / {{longest}}) AS step
    CROSS JOIN LATERAL (SELECT least(step, {{longest}})) AS blocks_in_step (size)
    CROSS JOIN LATERAL (SELECT size * (size - 1) / 2 + (step - size) * {{longest}}) AS blocks_before (begin)
    WHERE begin <= blocks
),
far AS MATERIALIZED ({{far}})
SELECT {{names}} FROM (SELECT * FROM near UNION ALL SELECT * FROM far) AS page
ORDER BY published_in {{order}}, event_id {{order}} LIMIT {{most}}
"""
"""`edge` is the last event that was looked at, if there may be others behind it. `OFFSET 0` keeps the database from
counting the blocks that are left wherever their number stands."""


def rows(
    found: PublicationQuerySet, columns: Sequence[str], change: int | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The first rows of `found`, up to `most`, in the order of change and id: published_in, event_id and `columns`.

    `change`, if given, is a dataset version before which there is none of them in this order. Two queries, of which one
    is a plan.
    """
    names = [*KEYS, *columns, "pk", "traits"]
    try:
        inner, values = found.order_by().values_list(*names).query.sql_with_params()
        few = estimates.of_all(found).rows * (TOGETHER if found.chosen.involving_several else 1) <= MANY
    except EmptyResultSet:  # Django knows without asking that nothing can match
        return []
    listed, in_window = ", ".join(names), by_date.in_window(found)
    if few and found.chosen.keyed:  # thousands may have lasted into a window, however short it is
        sql = FEW.format(names=listed, found=inner, sorted=all_sorted(KEYS, in_window, descending, most))
    else:
        walked, more_values = _walked(found, change, descending).query.sql_with_params()
        sql = STEPS.format(
            names=listed,
            found=inner,
            walked=walked,
            near=one_by_one("walked", KEYS, "true", descending, most),
            length=NEAR,
            longest=LONGEST,
            away="+" if descending else "-",
            end=FIRST_BLOCK if descending else LAST_BLOCK,
            far=step_by_step("steps", KEYS, in_window, "SELECT count(*) FROM near", descending, most),
            order="DESC" if descending else "ASC",
            most=most,
        )
        values = (*values, *more_values)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[:-2] for row in cursor.fetchall()]


def _walked(found: PublicationQuerySet, change: int | None, descending: bool) -> QuerySet[Any]:
    """The next events by change."""
    walked = public_then(found)
    if change is not None:
        walked = walked.filter(**{f"published_in__{'lte' if descending else 'gte'}": change})
    return walked.order_by(*in_order(KEYS, descending)).values_list(*KEYS, "id")[:NEAR]
