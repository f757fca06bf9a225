"""How many events the database expects to find in the index by keys, and at what cost."""

from __future__ import annotations

from timeline.plans import Expected, expected
from timeline.querysets import PublicationQuerySet

SOON, MANY = 2_500, 25_000
"""What finding all that fits may be expected to cost, if it is soon found, and if many fit, whenever that is. An event
costs about 1."""

CORRELATED = 25
"""How many times as many events as the database expects may involve all of several countries in the same way: it takes
them for independent, but those of a bloc are involved together."""

OF_MEASURES = 5
"""How many times as many measures as the database expects may be of a type, say, which few other events are of."""


def of_all(found: PublicationQuerySet) -> Expected:
    """How many of them there should be, and what finding them all should cost. One query. Raises `EmptyResultSet`.

    The database is not asked about the window as it is asked for: several conditions on the same days seem to leave a
    small part of what they do leave.
    """
    wanted = found if found.whenever is None else found.whenever
    if found.chosen.window_first:  # few began before it
        wanted = wanted.filter(start_min__gte=found.chosen.window_first)
    if found.chosen.window_last:
        wanted = wanted.filter(start_min__lte=found.chosen.window_last)
    planned = expected(*wanted.order_by().values_list("start_min", "event_id").query.sql_with_params())
    times = (CORRELATED if found.chosen.correlated else 1) * (OF_MEASURES if found.chosen.in_force else 1)
    return Expected(planned.rows * times, planned.cost * times)
