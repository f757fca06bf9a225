"""Highlights: the most significant events of a window, found in the way that reads least for as many as there are."""

from __future__ import annotations

import datetime
import json
from bisect import bisect_right
from collections.abc import Sequence

from timeline.buckets import Buckets
from timeline.documents import Document, complete

KEYS = ("id", "url", "title", "date")
"""What a highlight says, of the keys of its document."""

DATE = '"date":'
_decoder = json.JSONDecoder()

CANDIDATES = 300
"""So many of the most significant events of a window are asked which bucket they begin in."""

RANKED, RANKED_OF_COUNTRY = (
    f"""
    SELECT first, last, 0, {pk} FROM (
        SELECT * FROM matched ORDER BY significance DESC, start_min DESC, event_id DESC LIMIT {CANDIDATES}
    ) AS ranked
    """
    for pk in ("id", "publication_id")
)
"""(first day, last day, 0, publication's id) of the most significant ones of `matched`, which needs these columns."""

RANKED_COLUMNS = ("id", "significance", "start_min", "event_id")
RANKED_OF_COUNTRY_COLUMNS = ("publication_id", "significance", "start_min", "event_id")

Candidate = tuple[int, datetime.date]
"""A publication's id, and the first day of its event."""


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
