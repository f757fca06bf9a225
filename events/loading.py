"""Loads the data that comes with the project: states, blocs, types, topics, and the curated events.

The files hold records as an import takes them. Only what is missing is made: what is there may have been edited since,
and an editor's word stands.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from events.interchange import records
from events.interchange.importing import Import, Result
from events.interchange.outcomes import Existing, Status
from events.interchange.reading import Entry
from events.models import Actor, Event, EventType, Topic

DATA = Path(__file__).resolve().parent / "data"
Record = dict[str, Any]
VOCABULARY: dict[str, type[Model]] = {"type": EventType, "topic": Topic, "actor": Actor}
"""By the kind of their records."""


def read_records(path: Path) -> Any:
    """The JSON in a file of the data folder."""
    return json.loads(path.read_text(encoding="utf-8"))


class NotLoaded(Exception):
    """What editors have saved stands against some of the records; says which, and why. None was loaded."""


def reference_records() -> list[Record]:
    """States, blocs and their members, types and topics."""
    vocabulary = read_records(DATA / "vocabulary.json")
    states = read_records(DATA / "states.json")
    return [
        *({"record": "type", **kind} for kind in vocabulary["types"]),
        *({"record": "topic", **topic} for topic in vocabulary["topics"]),
        *({"record": "actor", "kind": Actor.Kind.STATE, **state} for state in states),
        *({"record": "actor", **group} for group in read_records(DATA / "groups.json")),
    ]


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Loads `reference_records`. Returns how many of each were new. Raises `NotLoaded`."""
    new = Counter(result.kind for result in _load(reference_records()))
    return {"types": new["type"], "topics": new["topic"], "states and blocs": new["actor"]}


@transaction.atomic
def load_curated() -> tuple[list[Event], list[Event]]:
    """The curated events with their persons and bodies. Returns the new ones: to be published, and drafts.

    Raises `NotLoaded`.
    """
    folder = DATA / "curated"
    files = sorted(path for path in folder.glob("*.json") if path.name != "actors.json")
    made = _load(
        [
            *({"record": "actor", **actor} for actor in read_records(folder / "actors.json")),
            *({"record": "event", **event} for path in files for event in read_records(path)),
        ]
    )
    events = Event.objects.in_bulk([result.event_id for result in made if result.event_id])
    new = [(events[result.event_id], result.publish) for result in made if result.event_id]
    return [event for event, publish in new if publish], [event for event, publish in new if not publish]


def _load(loaded: list[Record]) -> list[Result]:
    """Makes what is missing. Returns what was made. Raises `NotLoaded` with every reason if a record is refused.

    Where nothing is missing it waits for nobody: a server starts also while somebody else's import is one transaction.
    """
    if _is_there(loaded):
        return []

    def entries() -> Iterator[Entry]:
        for number, values in enumerate(loaded, 1):
            yield Entry(number, values, records.problems(values))

    results = [result for batch in Import(entries, Existing.KEEP).run() for result in batch]
    _raise_refusals(results)
    return [result for result in results if result.status is Status.CREATED]


def _is_there(loaded: Sequence[Record]) -> bool:
    """Whether all of them are there, whatever editors have made of them."""
    slugs: dict[str, set[str]] = defaultdict(set)
    for record in loaded:
        slugs[record["record"]].add(record["slug"])
    for kind, model in VOCABULARY.items():
        if model._default_manager.filter(slug__in=slugs[kind]).count() < len(slugs[kind]):
            return False
    events = [record for record in loaded if record["record"] == "event"]
    known = {record["external_id"] for record in events if "external_id" in record}
    found = Event.objects.filter(Q(slug__in=slugs["event"]) | Q(external_id__in=known))
    names = {name for row in found.values_list("slug", "external_id") for name in row}
    return all(not names.isdisjoint((event["slug"], event.get("external_id", event["slug"]))) for event in events)


def _raise_refusals(results: Iterable[Result]) -> None:
    reasons = [f"{result.key}: {problem}" for result in results for problem in result.left_out]
    if reasons:
        raise NotLoaded("Of the data that comes with the project, nothing was loaded:\n" + "\n".join(reasons))
