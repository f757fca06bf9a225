"""The parts of events: texts, topics, participants, sources, relations, figures.

A part that is there already keeps its row, so that the form of somebody who has the event open still knows it. Parts
have the order of their rows, so those after one that is new in their midst become new rows.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from events.copying import copy_rows, update_rows
from events.interchange.records import Values
from events.interchange.references import KnownActor
from events.models import Event, EventText, Figure, Participation, Relation, Source

SOURCE_TEXTS = ("url", "title", "publisher", "language", "published", "claims", "claims_effective")

Row = dict[str, Any]
"""The columns of a part by name, without its event."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in records lead to."""

    actors: Mapping[str, KnownActor]
    topics: Mapping[str, int]
    events: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of parts."""

    model: Any
    same: Sequence[str]
    """The columns by which two rows are one part; if there are none, their place among the event's."""
    rows: Callable[[Any, Names], Iterable[Row]]
    """The rows that the value of a record says."""
    ordered: bool = True


def _texts(texts: Values, names: Names) -> Iterable[Row]:
    for language, text in texts.items():
        yield {"language": language, "title": text["title"], "summary": text.get("summary", "")}


def _topics(slugs: Iterable[str], names: Names) -> Iterable[Row]:
    return ({"topic_id": names.topics[slug]} for slug in slugs)


def _participants(parts: Iterable[Values], names: Names) -> Iterable[Row]:
    for part in parts:
        actor = names.actors[part["actor"]]
        yield {"actor_id": actor.id, "role": part["role"], "name_as_printed": part.get("printed", "")}


def _sources(sources: Iterable[Values], names: Names) -> Iterable[Row]:
    for source in sources:
        accessed = source.get("accessed")
        yield {
            **{name: source.get(name, "") for name in SOURCE_TEXTS},
            "accessed": datetime.date.fromisoformat(accessed) if accessed else None,
            "official": source["official"],
        }


def _relations(relations: Iterable[Values], names: Names) -> Iterable[Row]:
    return ({"kind": relation["kind"], "target_id": names.events[relation["event"]][0]} for relation in relations)


KINDS = {
    "texts": Kind(EventText, ["language"], _texts, ordered=False),
    "topics": Kind(Event.topics.through, ["topic_id"], _topics, ordered=False),
    "participants": Kind(Participation, ["actor_id", "role"], _participants),
    "sources": Kind(Source, ["url"], _sources),
    "relations": Kind(Relation, ["kind", "target_id"], _relations),
}
"""By the key in a record; all but figures, which depend on sources."""
PARTS = [*KINDS, "figures"]


def write_parts(wanted: Mapping[str, Mapping[int, Any]], new: Set[int], names: Names) -> None:
    """Makes the parts of events what records say: by key, for the id of each event, the value of a record. Events in
    `new` have none yet."""
    for key, kind in KINDS.items():
        rows = {pk: list(kind.rows(value, names)) for pk, value in wanted[key].items()}
        _write(kind.model, rows, new, kind.same, kind.ordered)
    _write(Figure, _figures(wanted["figures"], names), new)


def _figures(wanted: Mapping[int, Sequence[Values]], names: Names) -> dict[int, list[Row]]:
    """After the sources, which they name."""
    events = [pk for pk, figures in wanted.items() if figures]
    rows = Source.objects.filter(event_id__in=events).values_list("event_id", "url", "pk") if events else ()
    sources = {(event_id, url): pk for event_id, url, pk in rows}

    def actor(figure: Values, name: str) -> int | None:
        return names.actors[figure[name]].id if name in figure else None

    return {
        pk: [
            {
                "labels": figure["labels"],
                "value": Decimal(str(figure["value"])),
                "unit": figure["unit"],
                "period": figure.get("period", ""),
                "reporter_id": actor(figure, "reporter"),
                "partner_id": actor(figure, "partner"),
                "source_id": sources.get((pk, figure.get("source", ""))),
            }
            for figure in figures
        ]
        for pk, figures in wanted.items()
    }


def _write(
    model: Any, wanted: Mapping[int, Sequence[Row]], new: Set[int], same: Sequence[str] = (), ordered: bool = False
) -> None:
    made = [(pk, row) for pk, rows in wanted.items() if pk in new for row in rows]
    there = [pk for pk in wanted if pk not in new]
    if there:
        changes = Changes(same, ordered)
        rows_there = _rows_there(model, there)
        for pk in there:
            changes.add(pk, rows_there[pk], wanted[pk])
        changes.write(model)
        made += changes.made
    if made:
        columns = list(made[0][1])
        copy_rows(model, ["event_id", *columns], ([pk, *map(_to_write, row.values())] for pk, row in made))


def _rows_there(model: Any, events: Sequence[int]) -> defaultdict[int, list[Row]]:
    """By event, its rows in their order."""
    found = defaultdict(list)
    for row in model._default_manager.filter(event_id__in=events).order_by("pk").values():
        found[row["event_id"]].append(row)
    return found


def _to_write(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value


class Changes:
    """What becomes of the rows of events that are there."""

    def __init__(self, same: Sequence[str], ordered: bool) -> None:
        self.same = same
        self.ordered = ordered
        self.gone: list[int] = []
        self.changed: list[tuple[int, Row]] = []
        self.made: list[tuple[int, Row]] = []

    def add(self, event_id: int, there: Sequence[Row], wanted: Sequence[Row]) -> None:
        left = {self._identity(place, row): row for place, row in enumerate(there)}
        last = 0
        made: list[tuple[int, Row]] = []
        for place, row in enumerate(wanted):
            identity = self._identity(place, row)
            old = left.get(identity)
            if old is None or (self.ordered and (made or old["id"] < last)):
                made.append((event_id, row))
                continue
            del left[identity]
            last = old["id"]
            if any(old[column] != value for column, value in row.items()):
                self.changed.append((old["id"], row))
        self.gone += [row["id"] for row in left.values()]
        self.made += made

    def _identity(self, place: int, row: Row) -> tuple[Any, ...]:
        return tuple(row[column] for column in self.same) if self.same else (place,)

    def write(self, model: Any) -> None:
        """Removes and changes rows; those that are `made` have room then."""
        if self.gone:
            model._default_manager.filter(pk__in=self.gone).delete()
        if self.changed:
            rows = [[pk, *map(_to_write, row.values())] for pk, row in self.changed]
            update_rows(model, list(self.changed[0][1]), rows)
