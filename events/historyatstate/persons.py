"""The persons who are here already, and when they were of which state."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.text import slugify

from events.dates import FIRST_DAY, LAST_DAY
from events.models import Actor, Membership


class Term(NamedTuple):
    """When a person who is here is of a state, and in which office."""

    slug: str
    office: str
    since: date
    until: date


Known = dict[tuple[str, str], list[Term]]
"""By the state, its code or else its slug, and name (as a slug): the terms of the persons who are here."""


def known_persons() -> Known:
    """Those who are here now. One query."""
    known: Known = {}
    memberships = Membership.objects.filter(member__kind=Actor.Kind.PERSON)
    member, group = ("member__slug", "member__names", "member__aliases"), ("group__code", "group__slug")
    rows = memberships.values_list(*member, *group, "role", "since_min", "until_max")
    for slug, names, aliases, code, state, role, since, until in rows:
        for name in {slugify(name) for name in [*names.values(), *aliases]}:
            known.setdefault((code or state, name), []).append(Term(slug, role, since or FIRST_DAY, until or LAST_DAY))
    return known
