"""What the names in records lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from events.interchange.shapes import Problem
from events.models import Actor


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

    @classmethod
    def of(cls, names: Iterable[str]) -> References:
        references = cls({})
        references.add(names)
        return references

    def add(self, names: Iterable[str]) -> None:
        """Finds these actors too."""
        names = set(names)
        rows = Actor.objects.filter(Q(slug__in=names) | Q(code__in=names)).values_list("id", "slug", "code", "kind")
        for pk, slug, code, kind in rows:
            self.actors[slug] = KnownActor(pk, code or slug, kind)
            if code:
                self.actors[code] = self.actors[slug]

    def actor(self, name: str, field: str) -> KnownActor | None:
        """The actor named at `field`; None, and a problem, if there is none."""
        if name not in self.actors:
            self.problems.append(
                Problem(field, f"there is no actor “{name}”: expected the code or slug of one that is there, or that "
                "stands earlier in the file.")
            )  # fmt: skip
        return self.actors.get(name)

    def branch(self, known: dict[str, Any], slug: str, field: str, what: str) -> Any:
        """The type or topic named at `field`; None, and a problem, if there is none."""
        if slug not in known:
            self.problems.append(
                Problem(field, f"there is no {what} “{slug}”: expected the slug of one that is there.")
            )
        return known.get(slug)
