"""Pages of events by how well they fit the words that are searched for.

To rank an event takes its words; a third of all events may have a word. So of those that fit, only the newest `RANKED`
are ranked. All the others follow, newest first, as if their rank were 0.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from timeline.consistency import one_state
from timeline.keysets import beyond
from timeline.querysets import PublicationQuerySet
from timeline.scans import by_date

RANKED = 1_000
MOST_RANKED = 8_000
"""While somebody turns the pages, those that were ranked stay it, up to so many with newer ones that came meanwhile.
With more, those that are not ranked any more come among the others, also if they were shown."""

NEWEST = """\
WITH newest (start_min, event_id, rank, pk) AS MATERIALIZED ({newest})
(
    SELECT rank, start_min, event_id, pk FROM newest
    WHERE {condition} ORDER BY rank {order}, start_min {order}, event_id {order} LIMIT {most}
) UNION ALL (
    SELECT NULL, start_min, event_id, NULL FROM newest ORDER BY start_min DESC, event_id DESC OFFSET {ranked} - 1
)
"""
"""SQL: those that are wanted, in order; and, without its rank, the oldest one that is ranked, if there are so many."""

Position = tuple[int, datetime.date, int]
"""A rank, a first day, and an event's id."""

Edge = tuple[datetime.date, int]
"""The first day and the event of the oldest one that is ranked: pages carry it on, so that nothing moves from those
that are ranked to the others because something was published or withdrawn meanwhile."""
ALL: Edge = (datetime.date.min, 0)
"""Whatever there is, is ranked."""


def rows(
    found: PublicationQuerySet, columns: Sequence[str], behind: Any, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The first rows of `found`, up to `most`, by rank, date and id: rank, start_min, event_id, the edge and `columns`.

    Those `behind` a position and an edge, if these are given; `found` has those before it, too. Three queries of one
    state of the data, of which one is a plan; or some more, where not all are ranked.
    """
    position: Position | None = behind[:3] if behind else None
    edge: Edge | None = behind[3:] if behind else None
    with one_state():
        try:
            if descending:
                keys, edge = _ranked(found, position, edge, descending, most)
                keys += _others(found, position, edge, descending, most - len(keys))
            else:
                assert edge  # it comes from a page
                keys = _others(found, position, edge, descending, most)
                more, edge = _ranked(found, position, edge, descending, most - len(keys))
                keys += more
            said = {pk: row for pk, *row in found.filter(pk__in=[key[-1] for key in keys]).values_list("pk", *columns)}
        except EmptyResultSet:  # Django knows without asking that nothing can match
            return []
    return [(*key[:-1], *edge, *said[key[-1]]) for key in keys]


def _ranked(
    found: PublicationQuerySet, position: Position | None, edge: Edge | None, descending: bool, most: int
) -> tuple[list[tuple[Any, ...]], Edge]:
    """Rank, first day, event and publication of those that are ranked, and the edge of these."""
    if edge and (not most or (position and position[0] == 0 and descending)):
        return [], edge
    conditions: list[str] = []
    values: list[Any] = []
    if position:
        conditions.append(f"(rank, start_min, event_id) {'<' if descending else '>'} (%s, %s, %s)")
        values += position
    if edge:
        conditions.append("(start_min, event_id) >= (%s, %s)")
        values += edge
    ranked = RANKED
    while True:
        newest, params = by_date.statement(found, ["rank", "pk"], None, True, ranked)
        sql = NEWEST.format(
            newest=newest,
            condition=" AND ".join(conditions) or "true",
            order="DESC" if descending else "ASC",
            most=most,
            ranked=ranked,
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, (*params, *values))
            keys = cursor.fetchall()
        oldest: Edge = next((key[1:3] for key in keys if key[0] is None), ALL)
        keys = [key for key in keys if key[0] is not None]
        if edge is None or oldest <= edge:
            return keys, edge or oldest
        if ranked >= MOST_RANKED:
            return keys, oldest
        ranked *= 2


def _others(
    found: PublicationQuerySet, position: Position | None, edge: Edge, descending: bool, most: int
) -> list[tuple[Any, ...]]:
    """The same of the others, whose rank is 0."""
    behind = position[1:] if position and position[0] == 0 else None
    if not most or edge == ALL or (behind is None and not descending):
        return []
    newer = behind if behind and descending else edge
    others, day = found.filter(beyond(by_date.KEYS, newer, descending=True)), newer[0]
    if behind and not descending:
        others, day = others.filter(beyond(by_date.KEYS, behind, descending)), behind[0]
    return [(0, *row) for row in by_date.rows(others, ["pk"], day, descending, most)]
