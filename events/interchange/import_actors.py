"""Records of actors, with what they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg.types.json import Jsonb

from events.copying import copy_objects, copy_rows, new_ids
from events.fields import parse_or_none
from events.interchange.following_memberships import Said, Term, follow, remember
from events.interchange.outcomes import MERGING, Existing, Outcome, Status
from events.interchange.records import Values
from events.interchange.references import References
from events.interchange.shapes import Problem
from events.interchange.writing import actor_records
from events.locking import lock_in_tries
from events.models import Actor, Membership
from events.temporary_tables import empty_table

OWN: dict[str, Any] = {"kind": "", "names": {}, "aliases": [], "code": None, "alpha3": "", "qid": None}
"""The columns for what a record says of the actor alone, with what they hold where it does not."""
COLUMNS = ["id", "slug", *OWN]
UNIQUE = ("code", "qid")
"""Those of them that no two actors have alike."""


@dataclass(slots=True)
class _Draft:
    values: Values
    id: int = 0
    there: Actor | None = None
    outcome: Outcome = field(default_factory=lambda: Outcome(Status.UNCHANGED))

    @property
    def refused(self) -> bool:
        return self.outcome.status is Status.REFUSED

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Refuses it if there are any."""
        if problems:
            self.outcome = Outcome(Status.REFUSED, [*self.outcome.problems, *problems])


def write(records: Sequence[Values], existing: Existing, last: bool, explain: bool) -> list[Outcome]:
    """Writes the records of a batch. With `last`, a link to an actor who is not there is left out, else it waits, and
    so does one by a code that passes on. With `explain`, the outcomes say what changed."""
    there = {actor.slug: actor for actor in Actor.objects.filter(slug__in=[values["slug"] for values in records])}
    drafts = [_Draft(values, there=there.get(values["slug"])) for values in records]
    listed = {(draft.there.pk, role) for draft in drafts if draft.there for role in _listed_roles(draft.values)}
    before = actor_records([actor.pk for actor in there.values()], listed) if explain else {}
    for draft in drafts:
        draft.refuse([*_wrong_terms(draft.values), *_links_to_itself(draft, existing)])
        _check_kind(draft, existing, last)
    ready = [draft for draft in drafts if not draft.outcome.waits]
    written = [draft for draft in ready if not draft.there or existing is Existing.REPLACE]
    _check_unique(written)
    _free([draft for draft in written if not draft.refused])
    new = [draft for draft in ready if not draft.there and not draft.refused]
    for draft, pk in zip(new, new_ids(Actor, len(new)), strict=True):
        draft.id, draft.outcome.status = pk, Status.CREATED
    copy_rows(Actor, COLUMNS, ([draft.id, draft.values["slug"], *_row(draft.values)] for draft in new))
    for draft in ready:
        if draft.there and not draft.refused:
            draft.id = draft.there.pk
            if existing is Existing.REPLACE:
                _replace(draft, draft.there)
    _write_links([draft for draft in ready if not draft.refused and _has_say(draft, existing)], existing, last)
    changed = [draft.id for draft in ready if draft.outcome.status is Status.CHANGED]
    if changed:
        Actor.objects.filter(pk__in=changed).update(imported_at=timezone.now())
    if explain:
        after = actor_records(changed, listed)
        for draft in ready:
            if draft.id in after:
                draft.outcome.explain(before[draft.id], after[draft.id])
    return [draft.outcome for draft in drafts]


def _has_say(draft: _Draft, existing: Existing) -> bool:
    return not draft.there or existing is not Existing.KEEP


def _own(values: Values) -> Values:
    """The values of OWN."""
    return {name: values.get(name, blank) for name, blank in OWN.items()}


def _row(values: Values) -> list[Any]:
    """The same, as the driver takes it."""
    return [Jsonb(value) if name == "names" else value for name, value in _own(values).items()]


def _check_unique(drafts: Sequence[_Draft]) -> None:
    """No two actors have one code or one Wikidata id. What a record of the batch frees, another one may take: unless
    the first is refused, by which others may be, too."""
    held = {}
    for name in UNIQUE:
        wanted = {draft.values[name] for draft in drafts if name in draft.values}
        held[name] = dict(Actor.objects.filter(**{f"{name}__in": wanted}).values_list(name, "slug"))
    refused = {draft.values["slug"] for draft in drafts if draft.refused}
    while True:
        problems = _of_others(drafts, held, refused)
        if problems.keys() <= refused:
            break
        refused |= problems.keys()
    for draft in drafts:
        draft.refuse(problems.get(draft.values["slug"], []))


def _of_others(
    drafts: Sequence[_Draft], held: Mapping[str, Mapping[str, str]], refused: Set[str]
) -> dict[str, list[Problem]]:
    """By slug, which of its values are another actor's. In the database they are those of the actors in `held`; who is
    `refused` keeps them."""
    found: dict[str, list[Problem]] = {}
    changing = {draft.values["slug"]: draft.values for draft in drafts if draft.values["slug"] not in refused}
    for name, holders in held.items():
        taken = {
            value: slug for value, slug in holders.items() if slug not in changing or changing[slug].get(name) == value
        }
        for draft in drafts:
            value, slug = draft.values.get(name), draft.values["slug"]
            if value is not None and taken.setdefault(value, slug) != slug:
                message = f"“{value}” is that of “{taken[value]}”: name that actor, or correct one of them."
                found.setdefault(slug, []).append(Problem(name, message))
    return found


def _free(drafts: Sequence[_Draft]) -> None:
    """Empties what actors have no more: as each row is written by itself, another one may get it before."""
    for name in UNIQUE:
        changing = [draft.there.pk for draft in drafts if draft.there and _loses(draft.there, name, draft.values)]
        if changing:
            Actor.objects.filter(pk__in=changing).update(**{name: None})


def _loses(actor: Actor, name: str, values: Values) -> bool:
    return getattr(actor, name) not in (None, values.get(name))


def _replace(draft: _Draft, actor: Actor) -> None:
    own = _own(draft.values)
    if any(getattr(actor, name) != value for name, value in own.items()):
        Actor.objects.filter(pk=actor.pk).update(**own)
        draft.outcome.status = Status.CHANGED


def _write_links(drafts: Sequence[_Draft], existing: Existing, last: bool) -> None:
    references = References.of(name for draft in drafts for _, name in _places(draft.values))
    if existing is Existing.REPLACE and not last:
        for name in references.leaving():
            del references.actors[name]
    for draft in drafts:
        gone = [(place, name) for place, name in _places(draft.values) if name not in references.actors]
        draft.outcome.waits = bool(gone) and not last  # later in the file, it may be there
        if last:
            draft.outcome.unlinked = [
                Problem(place, f"there is no actor “{name}”, in the file or the database. The rest is imported."
                        f"{references.meant(name)}")
                for place, name in gone
            ]  # fmt: skip
    _write_memberships(drafts, references, existing, last)
    _write_successors(drafts, references, existing)


def _places(values: Values) -> Iterator[tuple[str, str]]:
    """Each actor that a record names, and where."""
    for number, link in enumerate(values.get("memberships", ())):
        yield f"memberships[{number}].group", link["group"]
    for number, link in enumerate(values.get("members", ())):
        yield f"members[{number}].member", link["member"]
    for number, name in enumerate(values.get("successors", ())):
        yield f"successors[{number}]", name


def _listed_roles(values: Values) -> set[str]:
    """The roles of which a record says who has them in its actor."""
    return {link["role"] for link in values.get("members", ())}


def _wrong_terms(values: Values) -> Iterator[Problem]:
    for key in ("memberships", "members"):
        for number, link in enumerate(values.get(key, ())):
            since, until = parse_or_none(link.get("since", "")), parse_or_none(link.get("until", ""))
            if since and until and since.start_min > until.end_max:
                message = f"“{link['until']}” is before since, “{link['since']}”: expected that or later."
                yield Problem(f"{key}[{number}].until", message)


def _links_to_itself(draft: _Draft, existing: Existing) -> Iterator[Problem]:
    """A record that does not replace the actor leaves it the code that it has."""
    kept = draft.there if existing is not Existing.REPLACE else None
    own = (draft.values["slug"], kept.code if kept else draft.values.get("code"))
    for place, name in _places(draft.values):
        if name in own:
            what = "its own successor" if place.startswith("successors") else "a member of itself"
            yield Problem(place, f"an actor cannot be {what}.")


def _check_kind(draft: _Draft, existing: Existing, last: bool) -> None:
    """What becomes something else than a state waits while events take place there, which may come later."""
    there, state = draft.there, Actor.Kind.STATE
    leaves = there and existing is Existing.REPLACE and there.kind == state != draft.values["kind"]
    if there and leaves and not draft.refused and (why := there.why_a_state()):
        draft.outcome.waits = not last
        draft.refuse([Problem("kind", why)] if last else [])


def _write_memberships(drafts: Sequence[_Draft], references: References, existing: Existing, last: bool) -> None:
    """Makes and changes what the records say of memberships, those of actors and of `members` alike. Where two records
    of the file contradict each other, the first has its way.

    A record that is the whole truth ends the others of its actor. Its `members` are all who belong to it in one of the
    roles that stand there: whoever heads it, for one, says so in a record of their own. What one record leaves out may
    stand in one that comes later: it ends when the whole file has been read, with `last`.

    Public is what somebody belongs to, not who belongs to something: so the outcomes name the members.
    """
    by_id = {draft.id: draft for draft in drafts}
    stated = list(_stated(drafts, references))
    first = _said_before(term for term, *_ in stated) if existing is Existing.REPLACE else {}
    wanted: dict[Term, tuple[str, _Draft]] = {}
    for term, until, draft, key, number in stated:
        slug = draft.values["slug"]
        said, by = first.setdefault(term, (until, slug))
        if term in wanted and wanted[term][1] is draft:
            message = f"it repeats another of the {key} by another name. The rest is imported."
            draft.outcome.unlinked.append(Problem(f"{key}[{number}]", message))
        elif said != until:
            message = (
                f"{_until(until)} here, but {_until(said)} in the record of “{by}”, which speaks of the same: correct "
                "one of them. The rest is imported."
            )
            draft.outcome.unlinked.append(Problem(f"{key}[{number}].until", message))
        else:
            wanted[term] = until, draft
    listed = {(draft.id, role): draft for draft in drafts for role in _listed_roles(draft.values)}
    rows = Membership.objects.filter(
        Q(member__in=by_id)
        | Q(member__in={key[0] for key in wanted}, group__in={key[1] for key in wanted})
        | Q(group__in={group for group, _ in listed}, role__in={role for _, role in listed})
    )
    _lock_members({*by_id, *(member for member, *_ in wanted)}, rows)
    there = {(row.member_id, row.group_id, row.role, row.since): row for row in rows}
    spoken_of = [(term[0], draft) for term, (_, draft) in wanted.items()]
    changed: list[tuple[int, _Draft]] = []
    if existing is Existing.FOLLOW:
        wanted = _to_be_made(wanted, there.values(), drafts)
    for term, (until, draft) in wanted.items():
        row = there.get(term)
        if row is None or row.until == until or (existing in MERGING and not _later(until, row.until)):
            continue
        row.until = until
        row.save()
        changed.append((term[0], draft))
    new = [(term, until, draft) for term, (until, draft) in wanted.items() if term not in there]
    copy_objects(
        [
            Membership(member_id=member, group_id=group, role=role, since=since, until=until)
            for (member, group, role, since), until, _ in new
        ]
    )
    changed += [(term[0], draft) for term, _, draft in new]
    if existing is Existing.REPLACE:
        _note_said({term: (until, draft.values["slug"]) for term, (until, draft) in wanted.items()})
        named = _said_before(there).keys() if last else first.keys()
        for term, row in there.items():
            member, group, role, _ = term
            draft_without = by_id.get(member) or listed.get((group, role))
            if not draft_without or term in named:
                continue
            if last:
                row.delete()
                changed.append((member, draft_without))
            else:
                draft_without.outcome.waits = True
    for _, draft in changed:
        _mark_changed(draft)
    _note_members([*spoken_of, *changed], {member for member, draft in changed if member != draft.id})


def _lock_members(ids: Collection[int], memberships: QuerySet[Membership]) -> None:
    """Locks these actors and those who have these memberships: before the memberships, as a form of theirs does."""
    members = Actor.objects.filter(Q(pk__in=ids) | Q(pk__in=memberships.values("member"))).order_by("pk")
    lock_in_tries(lambda: list(members.select_for_update(no_key=True).values_list("pk")))


def _note_members(spoken_of: Iterable[tuple[int, _Draft]], changed: Collection[int]) -> None:
    """Notes in the outcomes those of whom another actor's record speaks, by id, of whom some have `changed`."""
    others = [(member, draft) for member, draft in spoken_of if member != draft.id]
    if not others:
        return
    slugs = dict(Actor.objects.filter(pk__in={member for member, _ in others}).values_list("pk", "slug"))
    for member, draft in others:
        draft.outcome.members.append(slugs[member])
    if changed:
        Actor.objects.filter(pk__in=changed).update(imported_at=timezone.now())


def _stated(drafts: Sequence[_Draft], references: References) -> Iterator[tuple[Term, str, _Draft, str, int]]:
    """What the records say of memberships: each term with its end, and where it stands."""
    for draft in drafts:
        for key, other in (("memberships", "group"), ("members", "member")):
            for number, link in enumerate(draft.values.get(key, ())):
                if known := references.actors.get(link[other]):
                    pair = (draft.id, known.id) if key == "memberships" else (known.id, draft.id)
                    yield (*pair, link["role"], link.get("since", "")), link.get("until", ""), draft, key, number


def _until(until: str) -> str:
    return f"it ends “{until}”" if until else "it has no end"


def _to_be_made(
    wanted: Mapping[Term, tuple[str, _Draft]], rows: Iterable[Membership], drafts: Sequence[_Draft]
) -> dict[Term, tuple[str, _Draft]]:
    """What is wanted, without what actors' own records say of memberships that are there, or that an editor removed."""
    before: dict[int, Said | None] = {draft.id: draft.there.imported if draft.there else [] for draft in drafts}
    said = {term: until for term, (until, draft) in wanted.items() if term[0] == draft.id}
    settled = follow(said, rows, before)
    remember(said, before)
    for term, changed in settled.items():
        if changed:
            _mark_changed(wanted[term][1])
    return {term: what for term, what in wanted.items() if term not in settled}


# The memberships that the file has named: in a table of this connection, as part of the transaction that makes them.

_TERM = 'member, "group", role, since'
_TERMS = f"unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS named ({_TERM})"


def start() -> None:
    """Before the first batch of a file."""
    columns = 'member bigint, "group" bigint, role text, since text, until text, record text'
    empty_table("interchange_said", f"{columns}, PRIMARY KEY ({_TERM})")


def _note_said(ends: Mapping[Term, tuple[str, str]]) -> None:
    """Each with its end, and the slug of the record that says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO interchange_said SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], "
            "%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            _columns(((*term, *end) for term, end in ends.items()), 6),
        )


def _said_before(terms: Iterable[Term]) -> dict[Term, tuple[str, str]]:
    """Those of them that were noted, likewise."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM interchange_said JOIN {_TERMS} USING ({_TERM})", _columns(terms, 4))
        return {
            (member, group, role, since): (until, record)
            for member, group, role, since, until, record in cursor.fetchall()
        }


def _columns(terms: Iterable[tuple[Any, ...]], number: int) -> list[list[Any]]:
    rows = list(terms)
    return [[row[column] for row in rows] for column in range(number)]


def _later(until: str, than: str) -> bool:
    """Whether a term that ended `than` goes on longer; one without an end goes on."""
    ends, ended = parse_or_none(until), parse_or_none(than)
    return ended is not None and (ends is None or ends.end_max > ended.end_max)


def _write_successors(drafts: Sequence[_Draft], references: References, existing: Existing) -> None:
    through: Any = Actor.successors.through
    there: dict[int, set[int]] = {draft.id: set() for draft in drafts}
    for one, other in through.objects.filter(from_actor_id__in=there).values_list("from_actor_id", "to_actor_id"):
        there[one].add(other)
    new: list[tuple[int, int]] = []
    for draft in drafts:
        own, names = there[draft.id], draft.values.get("successors", ())
        wanted = {references.actors[name].id for name in names if name in references.actors}
        # One that waits may name those of them later.
        gone = own - wanted if existing is Existing.REPLACE and not draft.outcome.waits else set()
        if wanted - own or gone:
            _mark_changed(draft)
        new += [(draft.id, other) for other in sorted(wanted - own)]
        if gone:
            through.objects.filter(from_actor_id=draft.id, to_actor_id__in=gone).delete()
    copy_rows(through, ["from_actor_id", "to_actor_id"], new)


def _mark_changed(draft: _Draft) -> None:
    if draft.outcome.status is Status.UNCHANGED:
        draft.outcome.status = Status.CHANGED
