"""What changed between two versions of an event, field by field."""

from __future__ import annotations

from events.interchange.changes import missing
from timeline.documents import ADDED, Document

NOT_COMPARED = {"url", *ADDED}
"""Differ between versions without anybody having changed the event."""


def differences(before: Document, after: Document) -> list[Document]:
    """The fields that differ, in the order of the document.

    Each is `{"field", "before", "after"}`, without `before` or `after` where the field was not there; for a list it is
    `{"field", "removed", "added"}`, with the entries that went and came. An entry that changed went and came; a list
    that has only another order has neither.
    """
    keys = dict.fromkeys([*after, *before])
    return [_difference(key, before, after) for key in keys if key not in NOT_COMPARED and _differ(key, before, after)]


def _differ(key: str, before: Document, after: Document) -> bool:
    return bool(before.get(key) != after.get(key))


def _difference(key: str, before: Document, after: Document) -> Document:
    old, new = before.get(key), after.get(key)
    if isinstance(old, list) or isinstance(new, list):
        return {"field": key, "removed": missing(old, new), "added": missing(new, old)}
    sides = {"before": old, "after": new}
    return {"field": key, **{side: value for side, value in sides.items() if value is not None}}
