"""Records of events, with all that belongs to them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.functions import RandomUUID
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils import timezone

from events.copying import copy_rows, new_ids, update_rows
from events.fields import parse_or_none
from events.interchange.following import SAID, Fingerprints, Statement, remember, said_of
from events.interchange.import_parts import PARTS, Names, write_parts
from events.interchange.merging import lacking, merged, says_which_source
from events.interchange.moving import leaving
from events.interchange.outcomes import MERGING, Existing, Outcome, Status
from events.interchange.records import Values, is_external_id
from events.interchange.references import KnownActor, References
from events.interchange.shapes import Problem, decimal_text
from events.interchange.writing import event_records, number, without_blanks
from events.locking import Conflict, lock_in_tries
from events.models import Actor, Event, EventType, Topic

COLUMNS = [
    "slug", "external_id", "type_id", "date", "start_min", "start_max", "end_min", "end_max", "effective", "place_name",
    "place_country_id", "latitude", "longitude", "updated_at", "imported_at",
]  # fmt: skip
SIX_PLACES = Decimal("0.000001")

IsNew = Callable[[int, datetime.datetime], bool]
"""Whether what was saved at that moment, of the event of that id, was saved by somebody else since the run began."""

NothingInHand = Callable[[Collection[int]], Collection[int]]
"""Of the events of these ids, those that are public as they were saved last."""

MEANWHILE = "somebody has saved it in the admin since the import began: import it again, to take what is said here."

Targets = dict[str, tuple[int, str]]
"""For what a relation says, slug or external id: the event's id and slug."""


@dataclass(slots=True)
class _Draft:
    values: Values
    id: int = 0
    slug: str = ""
    """The slug that it is to have."""
    takes_from: _Draft | None = None
    """The record in the batch whose event still has that slug, and is to have another one."""
    there: Values | None = None
    """The record of the event as it is in the database."""
    wanted: Values = field(default_factory=dict)
    """The record of the event as it is to be."""
    edited_at: datetime.datetime | None = None
    """When the event that is there was edited last; None if imports alone have written it."""
    nothing_in_hand: bool = False
    """Whether it is public as it was edited last."""
    problems: list[Problem] = field(default_factory=list)
    saved_meanwhile: bool = False
    """Whether that is its only problem."""
    unlinked: list[Problem] = field(default_factory=list)
    waits: bool = False
    left: list[str] = field(default_factory=list)
    """What stays as editors have it, of what it says."""
    memory: Fingerprints = field(default_factory=dict)
    """What the next import of a data set is to know besides what it says."""

    def imported_at(self, now: datetime.datetime) -> datetime.datetime | None:
        imports_alone = self.edited_at is None or self.nothing_in_hand
        return now if imports_alone and self.values.get("publish") is not False else None


@dataclass(slots=True)
class _Known:
    """What the batch names."""

    references: References
    types: dict[str, int]
    topics: dict[str, int]
    targets: Targets = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)
    """Those of them that are another event's as soon as the whole file is written, or nobody's."""
    codes_moving: set[str] = field(default_factory=set)
    """The codes of actors of which the same is true."""


def write(
    records: Sequence[Values],
    existing: Existing,
    last: bool,
    explain: bool,
    is_new: IsNew,
    nothing_in_hand: NothingInHand,
) -> list[Outcome]:
    """Writes the records of a batch, but for those of events that somebody has saved since the run began. With `last`,
    a relation to what is not there is left out, else it waits, and so does one by a slug that passes on, and whatever
    names somebody by such a code. With `explain`, the outcomes say what changed."""
    drafts = [_Draft(values) for values in records]
    _find_events(drafts, existing)
    kept = [draft for draft in drafts if draft.id and existing is Existing.KEEP]
    considered = _accepted([draft for draft in drafts if not (draft.id and existing is Existing.KEEP)])
    known = _known(considered)
    passed_on = existing is Existing.REPLACE and not last
    if passed_on:
        known.codes_moving = known.references.leaving()
    for draft in considered:
        _check_references(draft, known)
    considered = _accepted(considered)
    new = [draft for draft in considered if not draft.id]
    for draft, pk in zip(new, new_ids(Event, len(new)), strict=True):
        draft.id = pk
    created = {draft.id for draft in new}
    known.targets = _targets([*considered, *kept])
    for draft in considered:
        _check_relations(draft, known.targets)
    if any(draft.problems for draft in considered):
        considered = _accepted(considered)
        known.targets = _targets([*considered, *kept])
    if passed_on:
        known.moving = _moving(considered, known.targets)
    for draft in considered:
        if known.codes_moving:
            draft.waits = any(name in known.codes_moving for _, name in _named_actors(draft.values))
        _link(draft, known, last)
    there = event_records([draft.id for draft in considered if draft.id not in created])
    _rename_targets(there, considered)
    if existing in MERGING or known.codes_moving:
        _find_named(there.values(), known)
    for draft in considered:
        draft.there = there.get(draft.id)
    if existing is Existing.MERGE:
        for draft in considered:
            _check_sources(draft)
        considered = _accepted(considered)
    said = said_of({draft.id: draft.values for draft in considered}) if existing is Existing.FOLLOW else {}
    for draft in considered:
        _decide(draft, known, existing, said.get(draft.id))
        if existing is Existing.REPLACE and draft.waits:
            _keep(draft, known.codes_moving)
    if existing is Existing.MERGE:
        for draft in considered:
            _check_whole(draft)
        considered = _accepted(considered)
    for draft in considered:
        _check_edits(draft, is_new)
    considered = _accepted(considered)
    changed = [draft for draft in considered if draft.there is not None and draft.wanted != draft.there]
    edited = [draft for draft in changed if draft.edited_at]
    public = nothing_in_hand([draft.id for draft in edited]) if edited else ()
    for draft in edited:
        draft.nothing_in_hand = draft.id in public
    kept_back = [draft.id for draft in considered if draft.values.get("publish") is False]
    if kept_back:  # also what an import before this one has changed
        Event.objects.filter(pk__in=kept_back).update(imported_at=None)
    now = timezone.now()
    _write([draft for draft in considered if draft.id in created], changed, known, now)
    if said:
        remembered = {
            draft.id: {**said[draft.id].to_remember(unlinked=draft.waits or bool(draft.unlinked)), **draft.memory}
            for draft in considered
        }
        remember({pk: now for pk, now in remembered.items() if now != said[pk].before})
    return [_outcome(draft, created, now, existing, explain) for draft in drafts]


def _outcome(draft: _Draft, created: set[int], now: datetime.datetime, existing: Existing, explain: bool) -> Outcome:
    if draft.problems:
        return Outcome(Status.MEANWHILE if draft.saved_meanwhile else Status.REFUSED, draft.problems)
    outcome = Outcome(Status.UNCHANGED, event_id=draft.id, waits=draft.waits, unlinked=draft.unlinked, left=draft.left)
    if draft.id in created:
        outcome.status = Status.CREATED
    elif draft.there is not None and draft.there != draft.wanted:  # None: it is kept as it is, so not looked at
        outcome.status = Status.CHANGED
        if explain:
            own = dict(draft.wanted)
            if existing in MERGING and "figures" not in draft.values and "figures" in draft.there:
                own["figures"] = draft.there["figures"]  # which only have their source under another URL, or none
            outcome.explain(draft.there, own)
    if outcome.status is not Status.UNCHANGED and draft.imported_at(now) is None:
        outcome.edited_at, outcome.rewritten_at = draft.edited_at, now
    return outcome


# Which event is meant


def _find_events(drafts: Sequence[_Draft], existing: Existing) -> None:
    """The event that each record is about, if it is there; locked, so that no editor is half-way through saving it."""
    # Not their keys: others may make relations to them.
    external_ids = [draft.values["external_id"] for draft in drafts if "external_id" in draft.values]
    slugs = [draft.values["slug"] for draft in drafts]
    columns = ("id", "slug", "external_id", "updated_at", "imported_at")
    found = Event.objects.filter(Q(external_id__in=external_ids) | Q(slug__in=slugs)).order_by("pk")
    rows = lock_in_tries(lambda: list(found.select_for_update(no_key=True).values_list(*columns)))
    by_external_id = {external_id: (pk, slug) for pk, slug, external_id, *_ in rows if external_id}
    by_slug = {slug: (pk, external_id) for pk, slug, external_id, *_ in rows}
    edited = {pk: updated_at for pk, _, _, updated_at, imported_at in rows if updated_at != imported_at}
    taken: dict[str, str] = {}
    renamed = {} if existing is Existing.FOLLOW else _renamed(drafts, by_external_id)
    for draft in drafts:
        slug, external_id = draft.values["slug"], draft.values.get("external_id")
        name = external_id or slug
        pk, slug_there = by_external_id.get(external_id or "", (0, slug))
        other, other_external_id = by_slug.get(slug, (0, None))
        draft.slug = slug_there if existing in (Existing.FOLLOW, Existing.KEEP) else slug
        if external_id is None and not other_external_id:
            pk = other
        if existing is Existing.KEEP and (pk or other):
            pk = pk or other  # an editor may have given it another external id, or made another event of that name
        elif external_id is None and other_external_id:
            message = f"the event “{slug}” has the external id “{other_external_id}”: give it."
            draft.problems = [Problem("external_id", message)]
        elif draft.slug == slug and other not in (0, pk) and other not in renamed:
            of = f"the external id “{other_external_id}”" if other_external_id else "no external id"
            draft.problems = [Problem("slug", f"another event, with {of}, is called “{slug}”: choose another slug.")]
        elif taken.setdefault(draft.slug, name) != name:
            draft.problems = [Problem("slug", f"“{taken[draft.slug]}” has the same: choose another slug.")]
        elif draft.slug == slug and other != pk:
            draft.takes_from = renamed.get(other)
        draft.id = pk
        draft.edited_at = edited.get(pk)


def _renamed(drafts: Sequence[_Draft], by_external_id: Targets) -> dict[int, _Draft]:
    """The records that give their event another slug than it has, by its id."""
    found = {}
    for draft in drafts:
        pk, slug = by_external_id.get(draft.values.get("external_id", ""), (0, ""))
        if pk and slug != draft.values["slug"]:
            found[pk] = draft
    return found


def _accepted(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Those without problems. What takes the slug of one that is refused or left, which keeps it, is as well."""
    while stuck := [draft for draft in drafts if not draft.problems and draft.takes_from and draft.takes_from.problems]:
        for draft in stuck:
            assert draft.takes_from is not None
            draft.saved_meanwhile = draft.takes_from.saved_meanwhile
            why = MEANWHILE if draft.saved_meanwhile else "since its own record is refused: put that one right."
            message = f"the event “{draft.takes_from.values['external_id']}” keeps “{draft.slug}”, {why}"
            draft.problems = [Problem("slug", message)]
    return [draft for draft in drafts if not draft.problems]


# What it names


def _known(drafts: Sequence[_Draft]) -> _Known:
    types = {draft.values["type"] for draft in drafts}
    topics = {slug for draft in drafts for slug in draft.values.get("topics", ())}
    return _Known(
        References.of(name for draft in drafts for _, name in _named_actors(draft.values)),
        _types(types),
        dict(Topic.objects.filter(slug__in=topics).values_list("slug", "pk")),
    )


def _types(slugs: Collection[str]) -> dict[str, int]:
    return dict(EventType.objects.filter(slug__in=slugs).values_list("slug", "pk")) if slugs else {}


def _find_named(there: Collection[Values], known: _Known) -> None:
    """Finds what events that are there name, too: it stays where a record says nothing of it.

    Raises `Conflict` if somebody has renamed or deleted some of it since they were read: nobody holds it.
    """
    actors = {name for values in there for _, name in _named_actors(values)}
    types = {values["type"] for values in there}
    known.references.add(actors)
    known.types |= _types(types - known.types.keys())
    if gone := (actors - known.references.actors.keys()) | (types - known.types.keys()):
        raise Conflict(f"“{min(gone)}” is renamed or deleted, which an event in the file names.")


def _named_actors(values: Values) -> Iterator[tuple[str, str]]:
    """Each actor that a record names, and where."""
    if country := values.get("place", {}).get("country"):
        yield "place.country", country
    for place, part in enumerate(values.get("participants", ())):
        yield f"participants[{place}].actor", part["actor"]
    for place, figure in enumerate(values.get("figures", ())):
        for name in ("reporter", "partner"):
            if name in figure:
                yield f"figures[{place}].{name}", figure[name]


def _check_references(draft: _Draft, known: _Known) -> None:
    """Does not look at whoever has a code that passes on: in the end the record means another one."""
    references = known.references
    references.problems = draft.problems
    references.branch(EventType, known.types, draft.values["type"], "type")
    for place, slug in enumerate(draft.values.get("topics", ())):
        references.branch(Topic, known.topics, slug, f"topics[{place}]")
    for where, name in _named_actors(draft.values):
        actor = references.actor(name, where)
        if actor and where == "place.country" and name not in known.codes_moving and actor.kind != Actor.Kind.STATE:
            draft.problems.append(Problem(where, f"“{name}” is a {actor.kind}: expected a state, such as US."))
    seen: dict[tuple[int, str], int] = {}
    for place, part in enumerate(draft.values.get("participants", ())):
        actor = None if part["actor"] in known.codes_moving else references.actors.get(part["actor"])
        if actor and seen.setdefault((actor.id, part["role"]), place) != place:
            message = f"it repeats participants[{seen[actor.id, part['role']]}] by another name: leave one of them out."
            draft.problems.append(Problem(f"participants[{place}]", message))


def _targets(drafts: Sequence[_Draft]) -> Targets:
    """The events that relations lead to: in the database, or in the batch itself."""
    named = _named_events(drafts)
    if not named:
        return {}
    targets: Targets = {}
    slugs = {draft.id: draft.slug for draft in drafts}
    external_ids = {name for name in named if is_external_id(name)}
    rows = Event.objects.filter(external_id__in=external_ids) | Event.objects.filter(slug__in=named - external_ids)
    for pk, slug, external_id in rows.values_list("id", "slug", "external_id"):
        if external_id:
            targets[external_id] = pk, slug
        if slugs.get(pk, slug) == slug:  # else its record leaves that slug
            targets[slug] = pk, slug
    for draft in drafts:
        for name in (draft.slug, draft.values["slug"], draft.values.get("external_id", draft.slug)):
            targets[name] = draft.id, draft.slug
    return targets


def _named_events(drafts: Iterable[_Draft]) -> set[str]:
    """The names by which records say what their relations lead to."""
    return {relation["event"] for draft in drafts for relation in draft.values.get("relations", ())}


def _moving(drafts: Sequence[_Draft], targets: Targets) -> set[str]:
    """The names of relations that lead to events which are still to leave them."""
    named = _named_events(drafts)
    return leaving("event", {name: targets[name][0] for name in named & targets.keys() if not is_external_id(name)})


def _check_relations(draft: _Draft, targets: Targets) -> None:
    for place, relation in enumerate(draft.values.get("relations", ())):
        if relation["event"] in targets and targets[relation["event"]][0] == draft.id:
            message = "an event cannot have a relation to itself: name another event."
            draft.problems.append(Problem(f"relations[{place}].event", message))


def _link(draft: _Draft, known: _Known, last: bool) -> None:
    """Notes what is left out, and whether something waits."""
    targets = known.targets
    first: dict[tuple[str, int], int] = {}
    for place, relation in enumerate(draft.values.get("relations", ())):
        name = relation["event"]
        if name in targets and name not in known.moving:
            # Perhaps only the end of the file tells, when the rest is written: too late to refuse it all.
            same = first.setdefault((relation["kind"], targets[name][0]), place)
            if same != place:
                message = f"it repeats relations[{same}] by another name. The rest of the record is imported."
                draft.unlinked.append(Problem(f"relations[{place}]", message))
        elif last:
            message = f"there is no event “{name}”, in the file or the database. The rest of the record is imported."
            draft.unlinked.append(Problem(f"relations[{place}].event", message))
        else:
            draft.waits = True


# What it says


def _rename_targets(there: Mapping[int, Values], drafts: Sequence[_Draft]) -> None:
    """Lets what is there call the targets of relations as the batch does: a slug may be that of another event by it."""
    renamed = {there[draft.id]["slug"]: draft.slug for draft in drafts if draft.id in there}
    for values in there.values():
        for relation in values.get("relations", ()):
            relation["event"] = renamed.get(relation["event"], relation["event"])


def _check_sources(draft: _Draft) -> None:
    if draft.there and not says_which_source(draft.there, draft.values):
        message = "the event has several: give the URL of one of them, or leave the source out."
        draft.problems.append(Problem("sources", message))


def _check_whole(draft: _Draft) -> None:
    if draft.wanted != draft.there:
        draft.problems = lacking(draft.there, draft.wanted)


def _check_edits(draft: _Draft, is_new: IsNew) -> None:
    if draft.edited_at and is_new(draft.id, draft.edited_at) and draft.there not in (None, draft.wanted):
        draft.problems, draft.saved_meanwhile = [Problem("", MEANWHILE)], True


def _decide(draft: _Draft, known: _Known, existing: Existing, statement: Statement | None) -> None:
    """Finds the record as `event_records` would give it once it is written. The `statement` is that of a data set."""
    said, standing = _said(draft.values, known), set[str]()
    if statement:
        words = draft.values.get(SAID, {})
        if "sources" in said:
            said["sources"] = _sources(said["sources"])
        followed = statement.follow(draft.there or {}, said, words, known.references.actors)
        said, standing, draft.memory, draft.left = followed.values, followed.standing, followed.memory, followed.left
    if existing in MERGING and draft.there is not None:
        said = {**merged(draft.there, said, standing, whole=bool(statement)), "slug": draft.slug}
    draft.wanted = _in_order(said)


def _keep(draft: _Draft, codes_moving: Collection[str]) -> None:
    """Leaves the event what it has, until it comes once more: its relations, which may be named later; and all in which
    somebody is named by a code that passes on, who is not meant as yet."""
    there, wanted = draft.there or {}, draft.wanted
    own, new = there.get("relations", []), wanted.get("relations", [])
    if own:
        wanted["relations"] = [*own, *(relation for relation in new if relation not in own)]
    kept = {where.split(".")[0].split("[")[0] for where, name in _named_actors(draft.values) if name in codes_moving}
    if "figures" in kept:
        kept.add("sources")  # which they name
    for key in kept:
        wanted[key] = there.get(key)
    draft.wanted = without_blanks(wanted)


def _said(values: Values, known: _Known) -> Values:
    """What the record says, as `event_records` would name it."""
    actors = known.references.actors
    said: Values = {key: values[key] for key in ("record", "external_id", "slug", "type") if key in values}
    for key in ("date", "effective", "texts", "sources", "topics"):
        if key in values:
            said[key] = values[key]
    if "place" in values:
        said["place"] = _place(values["place"], actors)
    if "participants" in values:
        said["participants"] = [
            without_blanks({**part, "actor": actors[part["actor"]].name}) for part in values["participants"]
        ]
    if "relations" in values:
        links = [
            (relation["kind"], known.targets[relation["event"]][1])
            for relation in values["relations"]
            if relation["event"] in known.targets and relation["event"] not in known.moving
        ]
        said["relations"] = [{"kind": kind, "event": slug} for kind, slug in dict.fromkeys(links)]
    if "figures" in values:
        said["figures"] = [_figure(figure, actors) for figure in values["figures"]]
    return said


def _in_order(wanted: Values) -> Values:
    """The same without blanks, and as what is there is read."""
    if "topics" in wanted:
        wanted["topics"] = sorted(wanted["topics"])
    if "place" in wanted:
        wanted["place"] = without_blanks(wanted["place"])
    if "sources" in wanted:
        wanted["sources"] = _sources(wanted["sources"])
    wanted["texts"] = without_blanks({language: without_blanks(text) for language, text in wanted["texts"].items()})
    return without_blanks(wanted)


def _sources(sources: Sequence[Values]) -> list[Values]:
    said = [without_blanks(source) for source in sources]
    return [{"official": False, **source} for source in said if source]


def _place(place: Values, actors: Mapping[str, KnownActor]) -> Values:
    """The same with rounded degrees, and the actor's name. None stays."""
    found = dict(place)
    if place.get("country"):
        found["country"] = actors[place["country"]].name
    for name in ("latitude", "longitude"):
        if place.get(name) is not None:
            found[name] = round(float(place[name]), 6)
    return found


def _figure(figure: Values, actors: Mapping[str, KnownActor]) -> Values:
    named: Values = {name: actors[figure[name]].name for name in ("reporter", "partner") if name in figure}
    value = Decimal(decimal_text(figure["value"])).quantize(SIX_PLACES)
    return without_blanks({**figure, **named, "value": number(value)})


# Writing it


def _write(new: Sequence[_Draft], changed: Sequence[_Draft], known: _Known, now: datetime.datetime) -> None:
    _free_slugs([*new, *changed])
    copy_rows(
        Event,
        ["id", *COLUMNS, "created_at"],
        ([draft.id, *_columns(draft, known, now), now] for draft in new),
    )
    parts: dict[str, dict[int, Any]] = {name: {draft.id: _part(draft, name) for draft in new} for name in PARTS}
    update_rows(Event, COLUMNS, [[draft.id, *_columns(draft, known, now)] for draft in changed])
    for draft in changed:
        assert draft.there is not None
        different = {name for name in PARTS if draft.wanted.get(name) != draft.there.get(name)}
        if "sources" in different:
            different.add("figures")  # which name them
        for name in different:
            parts[name][draft.id] = _part(draft, name)
    names = Names(known.references.actors, known.topics, _all_targets(parts["relations"].values(), known.targets))
    write_parts(parts, {draft.id for draft in new}, names)


def _all_targets(relations: Iterable[Sequence[Values]], named: Targets) -> Targets:
    """Those that records name, and those of relations that events keep beside. One query, or none.

    Raises `Conflict` if somebody has renamed or deleted one of these since it was read: nobody holds them.
    """
    kept = {relation["event"] for some in relations for relation in some} - named.keys()
    if not kept:
        return named
    there = {slug: (pk, slug) for pk, slug in Event.objects.filter(slug__in=kept).values_list("id", "slug")}
    if gone := kept - there.keys():
        raise Conflict(f"“{min(gone)}” is renamed or deleted, to which an event in the file has a relation.")
    return {**named, **there}


def _free_slugs(drafts: Sequence[_Draft]) -> None:
    """Gives events whose slugs others take a name that nothing has, until they get theirs: no two may have the same
    even for a moment, and they may change places."""
    left = [draft.takes_from.id for draft in drafts if draft.takes_from]
    if left:
        Event.objects.filter(pk__in=left).update(slug=Cast(RandomUUID(), CharField()))


def _part(draft: _Draft, name: str) -> Any:
    return draft.wanted.get(name, {} if name == "texts" else ())


def _columns(draft: _Draft, known: _Known, now: datetime.datetime) -> list[Any]:
    """The values of COLUMNS."""
    wanted = draft.wanted
    place = wanted.get("place", {})
    when = parse_or_none(wanted.get("date", ""))
    country = place.get("country")
    return [
        wanted["slug"],
        wanted.get("external_id"),
        known.types[wanted["type"]],
        wanted.get("date", ""),
        *((when.start_min, when.start_max, when.end_min, when.end_max) if when else (None,) * 4),
        wanted.get("effective", ""),
        place.get("name", ""),
        country and known.references.actors[country].id,
        *(f"{place[name]:.6f}" if name in place else None for name in ("latitude", "longitude")),
        now,
        draft.imported_at(now),
    ]
