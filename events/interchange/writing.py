"""What the database has, as records: what an export writes, and what an import compares a record with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Q, QuerySet
from django.db.models.functions import Coalesce

from events.interchange.records import Values
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

BATCH = 500
"""Events that are read at once."""

SOURCE_KEYS = (
    "url", "title", "publisher", "language", "published", "accessed", "official", "claims", "claims_effective",
)  # fmt: skip


def reference(path: str) -> Coalesce:
    """How records name the actor at `path`: by its code, else its slug."""
    return Coalesce(F(f"{path}code"), F(f"{path}slug"), output_field=CharField())


def without_blanks(values: Values) -> Values:
    """Without what says nothing: None, blank texts, empty lists and objects. False and 0 stay."""
    return {key: value for key, value in values.items() if value is not None and value != "" and value not in ([], {})}


def number(value: Decimal) -> int | float | str:
    """A JSON number, or a text where that would round."""
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else f"{value.normalize():f}"


def event_records(ids: Collection[int], related_by: str = "slug") -> dict[int, Values]:
    """The records of events, by id. A query for each kind of part.

    Relations name the other event by its slug, or, by `external_id`, by that where it has one.
    """
    found: dict[int, Values] = {}
    columns = ("id", "external_id", "slug", "type__slug", "date", "effective", "place_name", "latitude", "longitude")
    rows = Event.objects.filter(pk__in=ids).order_by("pk").values_list(*columns, reference("place_country__"))
    for pk, external_id, slug, kind, date, effective, place, latitude, longitude, country in rows:
        found[pk] = {
            "record": "event",
            "external_id": external_id,
            "slug": slug,
            "type": kind,
            "topics": [],
            "date": date,
            "effective": effective,
            "place": without_blanks(
                {
                    "name": place,
                    "country": country,
                    "latitude": None if latitude is None else float(latitude),
                    "longitude": None if longitude is None else float(longitude),
                }
            ),
            "texts": {},
            "participants": [],
            "sources": [],
            "relations": [],
            "figures": [],
        }
    _add_parts(found, ids, Coalesce(f"target__{related_by}", "target__slug", output_field=CharField()))
    return {pk: without_blanks(values) for pk, values in found.items()}


def _add_parts(found: dict[int, Values], ids: Collection[int], target: Coalesce) -> None:
    parts: Any = {"event_id__in": ids}
    topics = Event.topics.through._default_manager.filter(**parts)
    for pk, slug in topics.values_list("event_id", "topic__slug"):
        found[pk]["topics"].append(slug)
    for values in found.values():
        values["topics"].sort()  # as an import does; the database may have another order
    texts = EventText.objects.filter(**parts).order_by("pk")
    for pk, language, title, summary in texts.values_list("event_id", "language", "title", "summary"):
        found[pk]["texts"][language] = without_blanks({"title": title, "summary": summary})
    participations = Participation.objects.filter(**parts).order_by("pk")
    for pk, role, printed, actor in participations.values_list(
        "event_id", "role", "name_as_printed", reference("actor__")
    ):
        found[pk]["participants"].append(without_blanks({"actor": actor, "role": role, "printed": printed}))
    for pk, *source in Source.objects.filter(**parts).order_by("pk").values_list("event_id", *SOURCE_KEYS):
        values = dict(zip(SOURCE_KEYS, source, strict=True))
        values["accessed"] = values["accessed"] and values["accessed"].isoformat()
        found[pk]["sources"].append(without_blanks(values))
    relations = Relation.objects.filter(**parts).order_by("pk")
    for pk, kind, name in relations.values_list("event_id", "kind", target):
        found[pk]["relations"].append({"kind": kind, "event": name})
    figures = Figure.objects.filter(**parts).order_by("pk")
    for pk, labels, value, unit, period, source, reporter, partner in figures.values_list(
        "event_id", "labels", "value", "unit", "period", "source__url", reference("reporter__"), reference("partner__")
    ):
        found[pk]["figures"].append(
            without_blanks(
                {
                    "labels": labels,
                    "value": number(value),
                    "unit": unit,
                    "period": period,
                    "reporter": reporter,
                    "partner": partner,
                    "source": source,
                }
            )
        )


def actor_records(ids: Collection[int], listed: Collection[tuple[int, str]] = ()) -> dict[int, Values]:
    """The records of actors, by id, with what they belong to. Those who belong to them say so in their own records, so
    they stand here only as far as they are `listed`: a group's id and a role of its members for each."""
    found: dict[int, Values] = {}
    columns = ("id", "slug", "kind", "names", "aliases", "code", "alpha3", "qid")
    for row in Actor.objects.filter(pk__in=ids).order_by("slug").values(*columns):
        pk = row.pop("id")
        found[pk] = {"record": "actor", **row, "successors": [], "memberships": []}
    of_members: Any = {"member_id__in": ids}
    for pk, link in _terms("member_id", "group", Membership.objects.filter(**of_members)):
        found[pk]["memberships"].append(link)
    if listed:
        of_groups: Any = {"group_id__in": ids, "role__in": {role for _, role in listed}}
        for pk, link in _terms("group_id", "member", Membership.objects.filter(**of_groups)):
            if (pk, link["role"]) in listed:
                found[pk].setdefault("members", []).append(link)
    successors = Actor.successors.through._default_manager.filter(from_actor_id__in=ids)
    for pk, successor in successors.values_list("from_actor_id", reference("to_actor__")):
        found[pk]["successors"].append(successor)
    for values in found.values():
        values["successors"].sort()
    return {pk: without_blanks(values) for pk, values in found.items()}


def _terms(whose: str, other: str, memberships: QuerySet[Membership]) -> Iterator[tuple[int, Values]]:
    """Of each membership, the actor in the column `whose`, and the link to the `other` one."""
    said = ("role", "since", "until")
    # Not in the order in which they were made: an import makes those of groups that it has not met yet last.
    for pk, name, *term in sorted(memberships.values_list(whose, reference(f"{other}__"), *said)):
        yield pk, without_blanks({other: name, **dict(zip(said, term, strict=True))})


def branch_record(node: EventType | Topic) -> Values:
    """The record of a type or topic."""
    return without_blanks(
        {
            "record": "type" if isinstance(node, EventType) else "topic",
            "slug": node.slug,
            "names": node.names,
            "parent": node.parent and node.parent.slug,
            "plover": getattr(node, "plover", ""),
        }
    )


def export(events: QuerySet[Event] | None = None) -> Iterator[tuple[int | None, Values]]:
    """All records; or those of `events` and of all that they need: types, topics, actors with those they belong to. In
    an order in which an import finds what they name. Beside an event's record stands its id."""
    for model, field in ((EventType, "type"), (Topic, "topics")):
        paths = model.paths()
        used = paths if events is None else set(events.order_by().values_list(field, flat=True).distinct())
        yield from ((None, branch_record(node)) for node in _with_those_above(paths, used))
    needed = Actor.objects.all() if events is None else Actor.objects.filter(pk__in=_needed_actors(events))
    actors = list(needed.order_by("slug").values_list("pk", flat=True))
    for start in range(0, len(actors), BATCH):
        yield from ((None, values) for values in actor_records(actors[start : start + BATCH]).values())
    if events is None:
        events = Event.objects.all()
    last = 0
    while ids := list(events.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True).distinct()[:BATCH]):
        # By slugs, a link would lead astray where the file renames both events, of which one takes the other's slug.
        for pk, values in event_records(ids, related_by="external_id").items():
            yield pk, {**values, "texts": values.get("texts", {})}  # which an event must not leave out
        last = ids[-1]


def _with_those_above(paths: Mapping[int, Sequence[Any]], used: Iterable[int | None]) -> Iterator[Any]:
    """The types or topics that are used (by id), and those above them before them."""
    needed = {node.pk: paths[node.pk] for pk in used if pk for node in paths[pk]}
    for path in sorted(needed.values(), key=lambda path: (len(path), path[-1].slug)):
        path[-1].parent = path[-2] if len(path) > 1 else None
        yield path[-1]


def _needed_actors(events: QuerySet[Event]) -> set[int]:
    """Whoever the events name, whoever these belong to and so on, the members of their blocs, and successors."""
    within = events.order_by().values("pk")
    named: list[Iterable[Any]] = [
        Participation.objects.filter(event__in=within).values_list("actor", flat=True),
        events.order_by().values_list("place_country", flat=True),
        Figure.objects.filter(event__in=within).values_list("reporter", flat=True),
        Figure.objects.filter(event__in=within).values_list("partner", flat=True),
    ]
    needed: set[int] = set()
    new = {pk for column in named for pk in column.distinct() if pk}  # type: ignore[attr-defined]
    while new:
        needed |= new
        links = Membership.objects.filter(Q(member__in=new) | Q(group__in=new, group__kind=Actor.Kind.BLOC))
        new = {pk for pair in links.values_list("member", "group") for pk in pair}
        new |= set(Actor.objects.filter(predecessors__in=needed).values_list("pk", flat=True))
        new -= needed
    return needed
