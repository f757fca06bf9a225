"""What the names in records lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from events.interchange.meant import MOST, actors_meant, branch_meant, branches_called, did_you_mean
from events.interchange.moving import leaving
from events.interchange.shapes import Problem
from events.models import Actor
from events.models.vocabulary import Branch


@dataclass(frozen=True, slots=True)
class KnownActor:
    id: int
    name: str
    """As records name it: its code, else its slug."""
    kind: str


@dataclass(slots=True)
class References:
    """Finds what a batch of records names, in few queries; what is not there becomes a problem."""

    actors: dict[str, KnownActor]
    problems: list[Problem] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _meant: dict[str, str] | None = None
    """What may be meant by those of them that are not there; read when the first of them is to be explained."""
    _branches: dict[type[Branch], dict[str, str]] = field(default_factory=dict)
    """What all types or topics are called; read likewise."""
    _explained: dict[tuple[type[Branch], str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Iterable[str]) -> References:
        references = cls({})
        references.add(names)
        return references

    def add(self, names: Iterable[str]) -> None:
        """Finds these actors too."""
        names = set(names)
        self._asked |= names
        rows = Actor.objects.filter(Q(slug__in=names) | Q(code__in=names)).values_list("id", "slug", "code", "kind")
        for pk, slug, code, kind in rows:
            self.actors[slug] = KnownActor(pk, code or slug, kind)
            if code:
                self.actors[code] = self.actors[slug]

    def leaving(self) -> set[str]:
        """The names of those that another one has, or nobody, as soon as the whole file is written."""
        return leaving("actor", {name: actor.id for name, actor in self.actors.items()})

    def actor(self, name: str, field: str) -> KnownActor | None:
        """The actor named at `field`; None, and a problem, if there is none."""
        if name not in self.actors:
            self.problems.append(
                Problem(field, f"there is no actor “{name}”: expected the code or slug of one that is there, or that "
                f"stands earlier in the file.{self.meant(name)}")
            )  # fmt: skip
        return self.actors.get(name)

    def meant(self, name: str) -> str:
        """The words " Did you mean UZ (Uzbekistan)?", of an actor who is not there; blank where nothing is near."""
        if self._meant is None:
            self._meant = actors_meant(self._asked - self.actors.keys())
        return did_you_mean(self._meant.get(name, ""))

    def branch(self, model: type[Branch], known: dict[str, Any], slug: str, field: str) -> Any:
        """The type or topic named at `field`; None, and a problem, if there is none."""
        if slug not in known:
            if (model, slug) not in self._explained and len(self._explained) < MOST:
                if model not in self._branches:
                    self._branches[model] = branches_called(model)
                self._explained[model, slug] = did_you_mean(branch_meant(self._branches[model], slug))
            meant = self._explained.get((model, slug), "")
            what = model._meta.verbose_name
            self.problems.append(
                Problem(field, f"there is no {what} “{slug}”: expected the slug of one that is there.{meant}")
            )
        return known.get(slug)
