"""Loads the data that comes with the project: states, blocs, types, topics, and the curated events.

Only what is missing is made: what is there may have been edited since, and an editor's word stands. References between
records go by slug, or by code for states.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from events.models import (
    Actor,
    Event,
    EventText,
    EventType,
    Figure,
    Membership,
    Participation,
    Relation,
    Source,
    Topic,
)

DATA = Path(__file__).resolve().parent / "data"
Record = dict[str, Any]


def read_records(path: Path) -> Any:
    """The JSON in a file of the data folder."""
    return json.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def load_reference() -> dict[str, int]:
    """States, blocs and their members, types and topics. Returns how many of each were new."""
    vocabulary = read_records(DATA / "vocabulary.json")
    states = read_records(DATA / "states.json")
    groups = read_records(DATA / "groups.json")
    return {
        "types": _load_branches(EventType, vocabulary["types"], ("plover",)),
        "topics": _load_branches(Topic, vocabulary["topics"], ()),
        "states and blocs": len(load_actors([{"kind": Actor.Kind.STATE, **state} for state in states] + groups)),
    }


@transaction.atomic
def load_curated() -> tuple[list[Event], list[Event]]:
    """The curated events with their persons and bodies. Returns the new ones: to be published, and drafts."""
    folder = DATA / "curated"
    load_actors(read_records(folder / "actors.json"))
    files = sorted(path for path in folder.glob("*.json") if path.name != "actors.json")
    records = [record for path in files for record in read_records(path)]
    made = load_events(records)
    publishable = {record["slug"] for record in records if record["publish"]}
    return (
        [event for event in made if event.slug in publishable],
        [event for event in made if event.slug not in publishable],
    )


def _load_branches(model: type[Any], records: Iterable[Record], optional: Iterable[str]) -> int:
    known = {node.slug: node for node in model._default_manager.all()}
    made = 0
    for record in records:
        if record["slug"] in known:
            continue
        node = model(
            slug=record["slug"],
            names=record["names"],
            parent=known[record["parent"]] if "parent" in record else None,
            **{name: record[name] for name in optional if name in record},
        )
        checked(node).save()
        known[node.slug] = node
        made += 1
    return made


def load_actors(records: Iterable[Record]) -> list[Actor]:
    """Makes the actors that are missing, with their memberships and successors."""
    records = list(records)
    there = set(Actor.objects.values_list("slug", flat=True))
    new = [record for record in records if record["slug"] not in there]
    actors = [
        Actor(
            kind=record["kind"],
            slug=record["slug"],
            names=record["names"],
            aliases=record.get("aliases", []),
            code=record.get("code"),
            alpha3=record.get("alpha3", ""),
            qid=record.get("qid"),
        )
        for record in new
    ]
    Actor.objects.bulk_create(map(checked, actors))
    find = _actor_finder()
    memberships = [
        Membership(
            member=find(member),
            group=find(group),
            role=link["role"],
            since=link.get("since", ""),
            until=link.get("until", ""),
        )
        for record in new
        for member, group, link in _links(record)
    ]
    Membership.objects.bulk_create(map(checked, memberships))
    for record in new:
        if "successors" in record:
            find(record["slug"]).successors.set(map(find, record["successors"]))
    return actors


def _links(record: Record) -> Iterable[tuple[str, str, Record]]:
    """(member, group, membership) for the groups an actor is in and the members it has."""
    for link in record.get("memberships", ()):
        yield record["slug"], link["group"], link
    for link in record.get("members", ()):
        yield link["member"], record["slug"], link


class UnknownReference(LookupError):
    """A record names something that is not there."""


def _actor_finder() -> Any:
    actors = list(Actor.objects.all())
    known = {actor.slug: actor for actor in actors} | {actor.code: actor for actor in actors if actor.code}

    def find(reference: str) -> Actor:
        if reference not in known:
            raise UnknownReference(f"there is no actor '{reference}'")
        return known[reference]

    return find


def load_events(records: Iterable[Record]) -> list[Event]:
    """Makes the events that are missing, by external id, with all that belongs to them."""
    there = set(Event.objects.exclude(external_id=None).values_list("external_id", flat=True))
    new = [record for record in records if record["external_id"] not in there]
    find_actor = _actor_finder()
    types = {node.slug: node for node in EventType.objects.all()}
    topics = {node.slug: node for node in Topic.objects.all()}
    made = Event.objects.bulk_create(checked(_event(record, types, find_actor)) for record in new)
    pairs = list(zip(made, new, strict=True))
    Event.topics.through.objects.bulk_create(
        Event.topics.through(event=event, topic=topics[slug])
        for event, record in pairs
        for slug in record.get("topics", ())
    )
    EventText.objects.bulk_create(
        checked(EventText(event=event, language=language, **text))
        for event, record in pairs
        for language, text in record["texts"].items()
    )
    Participation.objects.bulk_create(
        checked(
            Participation(
                event=event,
                actor=find_actor(part["actor"]),
                role=part["role"],
                name_as_printed=part.get("printed", ""),
            )
        )
        for event, record in pairs
        for part in record.get("participants", ())
    )
    sources = Source.objects.bulk_create(
        checked(Source(event=event, **source)) for event, record in pairs for source in record.get("sources", ())
    )
    _load_figures(pairs, {(source.event_id, source.url): source for source in sources}, find_actor)
    _load_relations(pairs)
    return made


def _load_figures(
    pairs: Iterable[tuple[Event, Record]], sources: Mapping[tuple[int, str], Source], find_actor: Any
) -> None:
    Figure.objects.bulk_create(
        checked(
            Figure(
                event=event,
                labels=figure["labels"],
                value=figure["value"],
                unit=figure["unit"],
                period=figure.get("period", ""),
                reporter=find_actor(figure["reporter"]) if "reporter" in figure else None,
                partner=find_actor(figure["partner"]) if "partner" in figure else None,
                source=sources[event.pk, figure["source"]] if "source" in figure else None,
            )
        )
        for event, record in pairs
        for figure in record.get("figures", ())
    )


def _load_relations(pairs: Iterable[tuple[Event, Record]]) -> None:
    wanted = [(event, relation) for event, record in pairs for relation in record.get("relations", ())]
    targets = Event.objects.in_bulk({relation["event"] for _, relation in wanted}, field_name="slug")
    for event, relation in wanted:
        if relation["event"] not in targets:
            raise UnknownReference(f"{event.slug}: there is no event '{relation['event']}'")
    Relation.objects.bulk_create(
        checked(Relation(event=event, kind=relation["kind"], target=targets[relation["event"]]))
        for event, relation in wanted
    )


def _event(record: Record, types: Mapping[str, EventType], find_actor: Any) -> Event:
    place = record.get("place", {})
    return Event(
        slug=record["slug"],
        type=types[record["type"]],
        date=record["date"],
        effective=record.get("effective", ""),
        place_name=place.get("name", ""),
        place_country=find_actor(place["country"]) if "country" in place else None,
        latitude=_six_places(place.get("latitude")),
        longitude=_six_places(place.get("longitude")),
        external_id=record["external_id"],
    )


def _six_places(degrees: float | None) -> str | None:
    return None if degrees is None else f"{degrees:.6f}"


Checked = TypeVar("Checked", bound=Model)


def checked(record: Checked) -> Checked:
    """`record`, if its own values are valid; what concerns other rows the database checks when it is saved.

    Raises Django's ValidationError.
    """
    record.clean_fields(exclude={field.name for field in record._meta.concrete_fields if field.is_relation})
    record.clean()
    return record
