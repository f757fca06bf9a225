"""The foreign leaders who visited: from a name as printed, "Prime Minister Tony Blair", to persons with offices.

A visitor is a person where the printed text is one known title and one name. Two visits are by the same person if state
and name are the same, but for accents and punctuation, and there are less than 20 years between one visit and the next:
the two Karamanlises are two. An office is held from the first visit that names it to the last one: what the data
attests, and no more. Whoever is here already, under that name and of that state at the time, is that actor.

Any other text is the state's own name as printed, and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.text import slugify

from events.historyatstate.persons import Known, Term
from events.interchange.records import Values

OFFICES = [
    "Acting President", "Acting Prime Minister", "Chancellor", "Chairman", "Chief of State", "Federal Chancellor",
    "First Secretary", "General Secretary", "Governor General", "Head of State", "Interim President",
    "Interim Prime Minister", "Premier", "President", "President of the Council of Ministers", "Prime Minister",
    "Provisional President", "Taoiseach", "Vice Premier", "Vice President",
]  # fmt: skip
"""Titles in front of a name that are no part of it."""

DIGNITIES = [
    "Amir", "Crown Prince", "Emir", "Emperor", "Empress", "Grand Duchess", "Grand Duke", "King", "Pope", "Prince",
    "Queen", "Shah", "Sheikh", "Sultan",
]  # fmt: skip
"""Titles that belong to the name: nobody says Hussein for King Hussein."""

VISITOR = re.compile(
    rf"(?P<title>(?:{'|'.join(sorted(OFFICES + DIGNITIES, key=len, reverse=True))})(?:-[Ee]lect)?) (?P<name>\S.*)"
)
SEVERAL = re.compile(r" and |&|;|/|,(?! (?:Jr\b|3rd))")
APART = 20
"""Years."""


@dataclass(slots=True)
class Visit:
    """A visit by a person who can be told: of the state with this code, in this office."""

    code: str
    name: str
    office: str
    first: str
    last: str
    slug: str = ""
    """The actor's, once `Visitors` has found it."""


def visit_by(printed: str, code: str, first: str, last: str) -> Visit | None:
    """The visit of one person; None if the text is something else."""
    found = VISITOR.fullmatch(printed)
    if not found or SEVERAL.search(found["name"]):
        return None
    title = found["title"]
    name = printed if title.removesuffix("-elect") in DIGNITIES else found["name"]
    return Visit(code, name, title.lower(), first, last)


@dataclass(slots=True)
class Visitors:
    """Gives each visit its actor, and keeps the records of those who are not here yet."""

    known: Known
    records: list[Values] = field(default_factory=list)

    def find(self, visits: Sequence[Visit]) -> None:
        by_name: dict[tuple[str, str], list[Visit]] = {}
        for visit in sorted(visits, key=lambda visit: (visit.first, visit.last)):
            by_name.setdefault((visit.code, slugify(visit.name)), []).append(visit)
        for (code, name), theirs in by_name.items():
            for number, group in enumerate(_same_person(theirs)):
                slug = slugify(f"{group[0].name} {code}") + (f"-{group[0].first[:4]}" if number else "")
                own = [visit for visit in group if not _is_known(visit, slug, self.known.get((code, name), []))]
                for visit in own:
                    visit.slug = slug
                if own:
                    self.records.append(_record(slug, own))


def _same_person(visits: Iterable[Visit]) -> list[list[Visit]]:
    """Visits under one name, in the order of time, cut where there are too many years between two."""
    groups: list[list[Visit]] = []
    for visit in visits:
        if groups and int(visit.first[:4]) - int(groups[-1][-1].last[:4]) < APART:
            groups[-1].append(visit)
        else:
            groups.append([visit])
    return groups


def _is_known(visit: Visit, own_slug: str, known: Iterable[Term]) -> bool:
    """Whether it is somebody who is here, though no import made that person; gives the visit that actor."""
    first, last = date.fromisoformat(visit.first), date.fromisoformat(visit.last)
    at_the_time = [term for term in known if term.since <= last and term.until >= first]
    if any(term.slug == own_slug and term.office == visit.office for term in at_the_time):
        return False  # An import gave it that person: somebody of the same name who came since is another one.
    slugs = {term.slug for term in at_the_time if term.slug != own_slug}
    if len(slugs) == 1:
        visit.slug = slugs.pop()
    return bool(visit.slug)


def _record(slug: str, visits: Sequence[Visit]) -> Values:
    offices: dict[str, list[Visit]] = {}
    for visit in visits:
        offices.setdefault(visit.office, []).append(visit)
    return {
        "record": "actor",
        "slug": slug,
        "kind": "person",
        "names": {"en": visits[0].name},
        "memberships": [
            {
                "group": visits[0].code,
                "role": office,
                "since": min(visit.first for visit in theirs),
                "until": max(visit.last for visit in theirs),
            }
            for office, theirs in offices.items()
        ],
    }
