"""Which states an event involves, and by which way.

A state is involved
- as `participant`: it takes part itself;
- through a `representative`: a person, ministry, agency or company takes part that speaks for it or belongs to it at
  the time, directly or through others (a minister through the ministry);
- through a `bloc` that takes part and has it as a member at the time;
- by `location`: the event takes place there.

A coded bloc (the EU) counts like a state where it takes part, is represented, or is a member of another bloc; its own
members are involved only when it takes part itself. Nobody becomes involved through a member of a member, and a state
that takes part does not involve its blocs.

"At the time" means: on at least one day on which the event may have been going on, every membership on the way may
have held.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from events.among import among
from events.dates import FIRST_DAY, LAST_DAY, EdtfDate
from events.models import Actor, Membership

MOST_REMEMBERED = 50_000
"""Answers to who speaks for whom on which days."""


class Way(StrEnum):
    """How a state is involved; in the order in which documents list them."""

    PARTICIPANT = "participant"
    REPRESENTATIVE = "representative"
    BLOC = "bloc"
    LOCATION = "location"


@dataclass(slots=True)
class Involvement:
    """A state's part in an event: the ways, each with the roles of those through whom it is involved that way."""

    actor: Actor
    roles: dict[Way, set[str]] = field(default_factory=dict)

    @property
    def ways(self) -> list[Way]:
        return [way for way in Way if way in self.roles]


@dataclass(frozen=True, slots=True)
class Link:
    """One membership seen from one side: the other actor, and the days on which it may have held."""

    actor: Actor
    role: str
    first: datetime.date
    last: datetime.date


class Belonging(Protocol):
    """What matters here of a `Membership`."""

    @property
    def member_id(self) -> int: ...
    @property
    def group_id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def since_min(self) -> datetime.date | None: ...
    @property
    def until_max(self) -> datetime.date | None: ...
    @property
    def member(self) -> Actor: ...
    @property
    def group(self) -> Actor: ...


class PlainMembership(NamedTuple):
    """That and nothing else, outside of the ORM: many share an actor, who is there once."""

    member_id: int
    group_id: int
    role: str
    since_min: datetime.date | None
    until_max: datetime.date | None
    member: Actor
    group: Actor


class Affiliations:
    """The memberships needed to say whom some actors speak for and who belongs to them."""

    def __init__(self, memberships: Iterable[Belonging]) -> None:
        self._represented: dict[tuple[int, datetime.date, datetime.date], dict[int, Actor]] = {}
        self.groups: dict[int, list[Link]] = defaultdict(list)
        self.members: dict[int, list[Link]] = defaultdict(list)
        for membership in memberships:
            days = (membership.since_min or FIRST_DAY, membership.until_max or LAST_DAY)
            self.groups[membership.member_id].append(Link(membership.group, membership.role, *days))
            self.members[membership.group_id].append(Link(membership.member, membership.role, *days))

    @classmethod
    def of(cls, actors: Iterable[Actor]) -> Affiliations:
        """Those of `actors`, of their groups and so on upwards, and the members of blocs. Two queries a step."""
        known = {actor.pk: actor for actor in actors}
        seen: dict[int, PlainMembership] = {}
        frontier = {pk for pk, actor in known.items() if actor.kind != Actor.Kind.STATE}
        blocs = {pk for pk, actor in known.items() if actor.kind == Actor.Kind.BLOC}
        visited: set[int] = set()
        while frontier:
            visited |= frontier
            found = _read(known, "member_id", frontier)
            seen |= found
            frontier = {m.group_id for m in found.values() if m.group.kind != Actor.Kind.STATE} - visited
        if blocs:
            seen |= _read(known, "group_id", blocs)
        return cls(seen.values())

    def represented(self, actor: Actor, when: EdtfDate) -> dict[int, Actor]:
        """The states (and coded blocs) that `actor`, none itself, speaks for or belongs to at the time, by id."""
        if actor.kind in (Actor.Kind.STATE, Actor.Kind.BLOC):
            return {}
        asked = actor.id, when.start_min, when.end_max
        if asked not in self._represented:
            if len(self._represented) >= MOST_REMEMBERED:
                self._represented.clear()
            self._represented[asked] = {state.id: state for state in self._above(*asked, frozenset())}
        return self._represented[asked]

    def _above(
        self, actor_id: int, first: datetime.date, last: datetime.date, passed: frozenset[int]
    ) -> Iterator[Actor]:
        for link in self.groups.get(actor_id, ()):
            link_first, link_last = max(first, link.first), min(last, link.last)
            if link_first > link_last or link.actor.id in passed:
                continue
            if link.actor.kind in (Actor.Kind.STATE, Actor.Kind.BLOC):
                if link.actor.code:
                    yield link.actor
            else:
                yield from self._above(link.actor.id, link_first, link_last, passed | {actor_id})

    def bloc_members(self, bloc: Actor, when: EdtfDate) -> dict[int, Actor]:
        """The coded members of `bloc` at the time, by id."""
        return {
            link.actor.id: link.actor
            for link in self.members.get(bloc.id, ())
            if link.actor.code and link.first <= when.end_max and link.last >= when.start_min
        }


def _read(known: dict[int, Actor], side: str, actors: Iterable[int]) -> dict[int, PlainMembership]:
    """By id, the memberships with one of the actors on this side. Puts the actors that they name among the `known`."""
    columns = ("id", "member_id", "group_id", "role", "since_min", "until_max")
    rows = list(Membership.objects.filter(among(side, actors)).order_by("id").values_list(*columns))
    named = {row[1] for row in rows} | {row[2] for row in rows}
    known |= {actor.pk: actor for actor in Actor.objects.filter(among("pk", named - known.keys()))}
    return {row[0]: PlainMembership._make([*row[1:], known[row[1]], known[row[2]]]) for row in rows}


def involvement(
    participants: Iterable[tuple[Actor, str]], place_country: Actor | None, when: EdtfDate, affiliations: Affiliations
) -> list[Involvement]:
    """The states involved in an event, sorted by code.

    `participants` are its actors with their roles, `affiliations` must cover them.
    """
    involved: dict[int, Involvement] = {}

    def add(state: Actor, way: Way, *roles: str) -> None:
        entry = involved.setdefault(state.id, Involvement(state))
        entry.roles.setdefault(way, set()).update(roles)

    for actor, role in participants:
        if actor.code:
            add(actor, Way.PARTICIPANT, role)
        for state in affiliations.represented(actor, when).values():
            add(state, Way.REPRESENTATIVE, role)
        if actor.kind == Actor.Kind.BLOC:
            for state in affiliations.bloc_members(actor, when).values():
                add(state, Way.BLOC, role)
    if place_country is not None and place_country.code:
        add(place_country, Way.LOCATION)
    return sorted(involved.values(), key=lambda entry: entry.actor.code or "")
