"""Pages of events by how well they fit the words that are searched for.

To rank an event takes its words; a third of all events may have a word. So of those that fit, only the newest `RANKED`
are ranked. All the others follow, newest first, as if their rank were 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from timeline.consistency import one_state
from timeline.keysets import beyond
from timeline.querysets import PublicationQuerySet
from timeline.scans import by_date

RANKED = 1_000

NEWEST = """\
SELECT rank, start_min, event_id, pk FROM ({newest}) AS newest (start_min, event_id, rank, pk)
WHERE {condition} ORDER BY rank {order}, start_min {order}, event_id {order} LIMIT {most}
"""

OLDEST_RANKED = """\
SELECT start_min, event_id FROM ({newest}) AS newest ORDER BY start_min DESC, event_id DESC OFFSET {ranked} - 1
"""

Position = tuple[int, Any, int]
"""A rank, a first day, and an event's id."""


def rows(
    found: PublicationQuerySet, columns: Sequence[str], position: Position | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The first rows of `found`, up to `most`, by rank, date and id: rank, start_min, event_id and `columns`.

    Those behind `position`, if it is given; `found` has those before it, too. Three queries of one state of the data,
    of which one is a plan; or some more, where not all are ranked.
    """
    parts = [_ranked, _others] if descending else [_others, _ranked]
    keys: list[tuple[Any, ...]] = []
    try:
        with one_state():
            for part in parts:
                all_were_ranked = part is _others and position is None and len(keys) < RANKED
                if len(keys) < most and not all_were_ranked:
                    keys += part(found, position, descending, most - len(keys))
            said = {pk: row for pk, *row in found.filter(pk__in=[key[-1] for key in keys]).values_list("pk", *columns)}
    except EmptyResultSet:  # Django knows without asking that nothing can match
        return []
    return [(*key[:-1], *said[key[-1]]) for key in keys]


def _ranked(
    found: PublicationQuerySet, position: Position | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """Rank, first day, event and publication of those that are ranked."""
    if position and position[0] == 0 and descending:
        return []
    newest, values = by_date.statement(found, ["rank", "pk"], None, True, RANKED)
    condition, behind = "true", list(position or ())
    if position:
        condition = f"(rank, start_min, event_id) {'<' if descending else '>'} (%s, %s, %s)"
    order = "DESC" if descending else "ASC"
    with connection.cursor() as cursor:
        cursor.execute(NEWEST.format(newest=newest, condition=condition, order=order, most=most), (*values, *behind))
        return cursor.fetchall()


def _others(
    found: PublicationQuerySet, position: Position | None, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The same of the others, whose rank is 0."""
    behind = position[1:] if position and position[0] == 0 else None
    if behind is None and not descending:
        return []
    newer = behind if behind and descending else _oldest_ranked(found)
    if newer is None:
        return []
    others, day = found.filter(beyond(by_date.KEYS, newer, descending=True)), newer[0]
    if behind and not descending:
        others, day = others.filter(beyond(by_date.KEYS, behind, descending)), behind[0]
    return [(0, *row) for row in by_date.rows(others, ["pk"], day, descending, most)]


def _oldest_ranked(found: PublicationQuerySet) -> tuple[Any, ...] | None:
    """First day and event of the last one by date that is ranked; None if there are not so many."""
    newest, values = by_date.statement(found, [], None, True, RANKED)
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_RANKED.format(newest=newest, ranked=RANKED), values)
        oldest: tuple[Any, ...] | None = cursor.fetchone()
        return oldest
