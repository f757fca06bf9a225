"""Drafts with all their parts, as publishing reads them: a fixed number of queries, however many events there are.

The parts are plain rows under the names of the models' fields. Model instances would take several times the time, and
prefetched ones, which come with a query object for every part of every event, ten times.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model

from events.among import among
from events.models import Actor, Event, EventText, Figure, Participation, Relation, Source, Topic


class Text(NamedTuple):
    """Of `EventText`."""

    event_id: int
    language: str
    title: str
    summary: str


class Part(NamedTuple):
    """Of `Participation`."""

    actor: Actor
    role: str
    name_as_printed: str


class Reference(NamedTuple):
    """Of `Source`."""

    event_id: int
    url: str
    title: str
    publisher: str
    language: str
    published: str
    accessed: datetime.date | None
    official: bool
    claims: str
    claims_effective: str


class Link(NamedTuple):
    """Of `Relation`."""

    event_id: int
    kind: str
    target_id: int


@dataclass(slots=True)
class Draft:
    """An event as editors have it, each kind of part in its order."""

    event: Event
    texts: list[Text]
    participations: list[Part]
    topics: list[Topic]
    sources: list[Reference]
    relations: list[Link]
    figures: list[Figure]


def load_drafts(ids: Collection[int]) -> list[Draft]:
    """The drafts of these events, in the order of their ids."""
    events = list(Event.objects.filter(among("pk", ids)).order_by("pk"))
    participations = list(
        Participation.objects.filter(among("event_id", ids))
        .order_by("pk")
        .values_list("event_id", "actor_id", "role", "name_as_printed")
    )
    places = {event.place_country_id for event in events if event.place_country_id}
    actors = _actors({actor_id for _, actor_id, _, _ in participations} | places)
    parts: dict[int, list[Part]] = defaultdict(list)
    for event_id, actor_id, role, printed in participations:
        parts[event_id].append(Part(actors[actor_id], role, printed))
    for event in events:
        if event.place_country_id:
            event.place_country = actors[event.place_country_id]
    texts = _rows(EventText, Text, ids)
    topics = _topics(ids)
    sources = _rows(Source, Reference, ids)
    relations = _rows(Relation, Link, ids)
    figures: dict[int, list[Figure]] = defaultdict(list)
    for figure in (
        Figure.objects.filter(among("event_id", ids)).select_related("source", "reporter", "partner").order_by("pk")
    ):
        figures[figure.event_id].append(figure)
    return [
        Draft(
            event,
            texts[event.pk],
            parts[event.pk],
            topics[event.pk],
            sources[event.pk],
            relations[event.pk],
            figures[event.pk],
        )
        for event in events
    ]


def _rows(model: type[Model], row: Any, ids: Iterable[int]) -> dict[int, list[Any]]:
    """The parts of the events in the order of their ids, by event. The row's fields are columns of the model."""
    found: dict[int, list[Any]] = defaultdict(list)
    for values in model._default_manager.filter(among("event_id", ids)).order_by("pk").values_list(*row._fields):
        found[values[0]].append(row._make(values))
    return found


def _actors(ids: Iterable[int]) -> dict[int, Actor]:
    return {actor.pk: actor for actor in Actor.objects.filter(among("pk", ids))}


def _topics(ids: Iterable[int]) -> dict[int, list[Topic]]:
    pairs = list(
        Event.topics.through._default_manager.filter(among("event_id", ids)).values_list("event_id", "topic_id")
    )
    topics = Topic.objects.in_bulk({topic_id for _, topic_id in pairs})
    found: dict[int, list[Topic]] = defaultdict(list)
    for event_id, topic_id in pairs:
        found[event_id].append(topics[topic_id])
    return found
