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
"""By code of the state and name (as a slug): the terms of the persons who are here."""


def known_persons() -> Known:
    """Those who are here now. One query."""
    known: Known = {}
    memberships = Membership.objects.filter(member__kind=Actor.Kind.PERSON, group__code__isnull=False)
    columns = ("member__slug", "member__names", "member__aliases", "group__code", "role", "since_min", "until_max")
    for slug, names, aliases, code, role, since, until in memberships.values_list(*columns):
        for name in {slugify(name) for name in [*names.values(), *aliases]}:
            known.setdefault((code, name), []).append(Term(slug, role, since or FIRST_DAY, until or LAST_DAY))
    return known
