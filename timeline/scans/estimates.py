"""What the database expects it to cost to find events in the index by keys."""

from __future__ import annotations

import datetime

from django.db import connection
from django.db.models import Q

from timeline.querysets import PublicationQuerySet, long_before
from timeline.traits import TRAITS

SOON, MANY = 2_500, 25_000
"""What finding all that fits may be expected to cost, if it is soon found, and if many fit, whenever that is. An event
costs about 1."""

CORRELATED = 25
"""How many times as many events as the database expects may involve all of several countries in the same way: it takes
them for independent, but those of a bloc are involved together."""


def cost(found: PublicationQuerySet) -> float:
    """What the database expects it to cost to find all of them. One query, which is a plan. Raises `EmptyResultSet`.

    It is not asked about the window as it is asked for: several conditions on the same days seem to leave a small part
    of what they do leave.
    """
    wanted = found if found.whenever is None else found.whenever
    if since := began_before(found):
        wanted = wanted.filter(Q(start_min__gte=since) | Q(long=True))
    if found.window_last:
        wanted = wanted.filter(start_min__lte=found.window_last)
    columns = ["start_min", "event_id", "long", "disputed"]
    inner, values = wanted.order_by().values_list(*columns).query.sql_with_params()
    condition = " AND ".join(["true", *traits_of(found)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) SELECT FROM ({inner}) AS found ({', '.join(columns)}) WHERE {condition}", values
        )
        total: float = cursor.fetchone()[0][0]["Plan"]["Total Cost"]
    return total * (CORRELATED if found.correlated else 1)


def began_before(found: PublicationQuerySet) -> datetime.date | None:
    """The day before which only what is `long` can have begun, if it overlaps the window."""
    if found.window_first is None:
        return None
    since = long_before(found.window_first)
    assert isinstance(since, datetime.date)  # no place of one: that query is not prepared
    return since


def traits_of(found: PublicationQuerySet) -> list[str]:
    """SQL: that one of `found` has the traits that all of them are known to have."""
    return [has(f"ARRAY[{trait}]") for trait in found.traits]


def has(traits: str) -> str:
    """SQL: that one of `found` has any of the traits, an array."""
    return f"{TRAITS} && ({traits})"
