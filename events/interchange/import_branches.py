"""Records of types and topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from events.interchange.meant import branch_meant, did_you_mean
from events.interchange.outcomes import Existing, Outcome, Status
from events.interchange.records import Values
from events.interchange.shapes import Problem
from events.interchange.writing import branch_record, without_blanks
from events.models import EventType, Topic


def write_types(records: Sequence[Values], existing: Existing, last: bool, explain: bool) -> list[Outcome]:
    return _write(EventType, records, existing, explain)


def write_topics(records: Sequence[Values], existing: Existing, last: bool, explain: bool) -> list[Outcome]:
    return _write(Topic, records, existing, explain)


def _write(model: type[Any], records: Sequence[Values], existing: Existing, explain: bool) -> list[Outcome]:
    nodes = {node.pk: node for node in model.objects.order_by("pk")}
    for node in nodes.values():
        if node.parent_id:
            node.parent = nodes[node.parent_id]  # the same object, so that who looks above sees what this import moved
    known = {node.slug: node for node in nodes.values()}
    return [_one(model, values, known, existing, explain) for values in records]


def _one(model: type[Any], values: Values, known: dict[str, Any], existing: Existing, explain: bool) -> Outcome:
    node = known.get(values["slug"])
    if node and existing is not Existing.REPLACE:
        return Outcome(Status.UNCHANGED)
    there, said = branch_record(node) if node else {}, without_blanks(values)
    if there == said:
        return Outcome(Status.UNCHANGED)
    parent = known.get(values.get("parent", ""))
    if "parent" in values and parent is None:
        missing = (
            f"there is no “{values['parent']}”: expected the slug of one that is there or stands before this."
            + did_you_mean(branch_meant({slug: slug for slug in known if slug != values["slug"]}, values["parent"]))
        )
        return Outcome(Status.REFUSED, [Problem("parent", missing)])
    status = Status.CHANGED if node else Status.CREATED
    node = node or model(slug=values["slug"])
    before = {name: getattr(node, name) for name in ("names", "parent")}
    node.names, node.parent = values["names"], parent
    if model is EventType:
        node.plover = values.get("plover", "")
    try:
        node.clean()
    except ValidationError:
        vars(node).update(names=before["names"])
        node.parent = before["parent"]
        return Outcome(Status.REFUSED, [Problem("parent", "it stands below this one: choose one that does not.")])
    node.save()
    known[node.slug] = node
    outcome = Outcome(status)
    if explain and there:
        outcome.explain(there, said)
    return outcome
