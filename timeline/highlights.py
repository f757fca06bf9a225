"""Highlights: the most significant events of a window, found in the way that reads least for as many as there are."""

from __future__ import annotations

import datetime
import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from timeline.buckets import Buckets
from timeline.documents import Document, complete
from timeline.querysets import together

KEYS = ("id", "url", "title", "date")
"""What a highlight says, of the keys of its document."""

DATE = '"date":'
_decoder = json.JSONDecoder()

CANDIDATES = 300
"""So many of the most significant events of a window are asked which bucket they begin in."""

FEW_OF_COUNTRY, MANY_OF_COUNTRY = 1_500, 30_000
"""Of a country, up to so many events are looked up and sorted; above the other number, candidates are soon found among
all events. In between it is quicker to know the country's events by heart and to meet them among all."""

RANKED = f"""
SELECT first, last, 0, id FROM (
    SELECT * FROM matched ORDER BY significance DESC, start_min DESC, event_id DESC LIMIT {CANDIDATES}
) AS ranked
"""
"""(first day, last day, 0, id) of the most significant ones of `matched`, which needs the columns below."""

RANKED_COLUMNS = ("id", "significance", "start_min", "event_id")

MET = f"""
SELECT publication.id, ranked.start_min FROM (
    SELECT event_id, start_min, significance FROM timeline_publication
    WHERE superseded_in IS NULL AND NOT withdrawn AND (event_id IN ({{events}})) IS TRUE
    ORDER BY significance DESC, start_min DESC, event_id DESC LIMIT {CANDIDATES}
) AS ranked
JOIN timeline_publication AS publication ON publication.event_id = ranked.event_id AND publication.superseded_in IS NULL
ORDER BY ranked.significance DESC, ranked.start_min DESC, ranked.event_id DESC
"""
"""(id, first day) of the most significant ones of `events`.

IS TRUE changes nothing but the plan: without it the database makes a join, and loses the order that its index has.
"""

Candidate = tuple[int, datetime.date]
"""A publication's id, and the first day of its event."""


def met(parts: Sequence[QuerySet[Any]]) -> list[Candidate]:
    """The most significant current publications of the events that the parts have; each with a column `event_id`."""
    parts = [part.order_by().values_list("event_id") for part in parts]
    try:
        events, values = together(parts).query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that nothing can match
        return []
    with connection.cursor() as cursor:
        cursor.execute(MET.format(events=events), values)
        return cursor.fetchall()


def begin_in(buckets: Buckets, candidates: Sequence[Candidate], most: int) -> list[list[int]]:
    """For each bucket the first `most` of the candidates that begin in it, or for the first one before it."""
    chosen: list[list[int]] = [[] for _ in buckets.starts] if most else []
    for pk, first in candidates if most else ():
        at = max(bisect_right(buckets.starts, first) - 1, 0)
        if len(chosen[at]) < most:
            chosen[at].append(pk)
    return chosen


def entry_of(document: str, base_url: str) -> Document:
    """What a highlight says, out of its stored document.

    That is read up to its date only, the last of `KEYS`: the rest is several times as long, and there may be hundreds
    of highlights. Within a string, quotes as those of `DATE` would have a backslash.
    """
    _, end = _decoder.raw_decode(document, document.index(DATE) + len(DATE))
    loaded = complete(document[:end] + "}", base_url)
    return {key: loaded[key] for key in KEYS}
