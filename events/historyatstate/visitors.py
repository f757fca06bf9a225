"""The foreign leaders who visited: from a name as printed, "Prime Minister Tony Blair", to persons with offices.

A visitor is a person where the printed text is one known title and one name. Two visits are by the same person if state
and name are the same, but for accents and punctuation, and there are less than 20 years between one visit and the next:
the two Karamanlises are two. An office is held from the first visit that names it to the last one: what the data
attests, and no more. Whoever is here already, under that name and of that state at the time of one of the visits, is
that actor, also at the others.

Any other text is the state's own name as printed, and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.utils.text import slugify

from events.historyatstate.persons import Known, Term
from events.interchange.records import Values

OFFICES = [
    "Acting President", "Acting Prime Minister", "Chairman", "Chairman of the Presidency", "Chancellor",
    "Chief of State", "Federal Chancellor", "First Secretary", "General Secretary", "Governor General", "Head of State",
    "Interim President", "Interim Prime Minister", "Premier", "President", "President of the Council of Ministers",
    "Prime Minister", "Provisional President", "Taoiseach", "Vice Premier", "Vice President",
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
NO_NAME = re.compile(r"(?:^|\s)and |^(?:of|the) |&|;|/|,(?! (?:Jr\b|3rd))")
"""Several people, or the rest of a title."""
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
    if not found or NO_NAME.search(found["name"]):
        return None
    title = found["title"]
    name = printed if title.removesuffix("-elect") in DIGNITIES else found["name"]
    return Visit(code, name, title.lower(), first, last)


@dataclass(slots=True)
class Visitors:
    """Gives each visit its actor, and keeps the records of those who are not here yet, or came by an import."""

    known: Known
    undated: Set[str] = frozenset()
    """Names, as slugs, of those with a visit whose days cannot be read: what is here of their terms is not less."""
    records: list[Values] = field(default_factory=list)
    notices: list[tuple[Visit, str]] = field(default_factory=list)
    """Where one person, as the data has it, is several actors here, and a visit is of one of them or the other."""

    def find(self, visits: Sequence[Visit]) -> None:
        by_name: dict[tuple[str, str], list[Visit]] = {}
        for visit in sorted(visits, key=lambda visit: (visit.first, visit.last)):
            by_name.setdefault((visit.code, slugify(visit.name)), []).append(visit)
        for (code, name), theirs in by_name.items():
            self._settle(theirs, self.known.get((code, name), []))

    def _settle(self, visits: Sequence[Visit], terms: Sequence[Term]) -> None:
        """Those under one name: first those of whom it is known here whose they are."""
        plain = slugify(f"{visits[0].name} {visits[0].code}")
        groups = _same_person(visits)
        for number, group in enumerate(groups):
            own = _slug(plain, group[0], with_year=number > 0)
            for visit in group:
                visit.slug = _known_slug(visit, plain, own, terms)
        # Somebody who came later has it, if the source has had this earlier one only since then.
        plain_is_taken = any(visit.slug == plain for group in groups[1:] for visit in group)
        for number, group in enumerate(groups):
            self._settle_person(group, _slug(plain, group[0], with_year=number > 0 or plain_is_taken))
        here = terms if slugify(visits[0].name) in self.undated else ()
        for slug in dict.fromkeys(visit.slug for visit in visits):
            if _is_imported(slug, plain):
                own_terms = [term for term in here if term.slug == slug]
                self.records.append(_record(slug, [visit for visit in visits if visit.slug == slug], own_terms))

    def _settle_person(self, group: Sequence[Visit], new_slug: str) -> None:
        """Visits of one person: all go to the actor who has some of them; of several, to that of the nearest one."""
        known = [visit for visit in group if visit.slug]
        others = [visit for visit in group if not visit.slug]
        nearest = [min(known, key=partial(_days_between, visit)).slug if known else new_slug for visit in others]
        for visit, slug in zip(others, nearest, strict=True):
            visit.slug = slug
        actors = list(dict.fromkeys(visit.slug for visit in group))
        if others and len(actors) > 1:
            sentence = (
                f"“{others[0].name}” of {others[0].code} may be one person, and is here as {' and '.join(actors)}; "
                "visits that are of none of them yet are of the one with the nearest visit."
            )
            self.notices.append((others[0], sentence))


def _slug(plain: str, first: Visit, with_year: bool) -> str:
    """What an import calls the person whose first visit this is; `plain` is made of the name and the state."""
    return f"{plain}-{first.first[:4]}" if with_year else plain


def _is_imported(slug: str, plain: str) -> bool:
    return bool(re.fullmatch(rf"{re.escape(plain)}(-\d{{4}})?", slug))


def _same_person(visits: Iterable[Visit]) -> list[list[Visit]]:
    """Visits under one name, in the order of time, cut where there are too many years between two."""
    groups: list[list[Visit]] = []
    for visit in visits:
        if groups and int(visit.first[:4]) - int(groups[-1][-1].last[:4]) < APART:
            groups[-1].append(visit)
        else:
            groups.append([visit])
    return groups


def _known_slug(visit: Visit, plain: str, own: str, terms: Iterable[Term]) -> str:
    """Of the actor who was of that state, under that name, at the time of the visit; empty if that is not just one.

    One to whom an import gave it comes first: somebody of the same name who came here since is another one.
    """
    first, last = date.fromisoformat(visit.first), date.fromisoformat(visit.last)
    at_the_time = [term for term in terms if term.since <= last and term.until >= first]
    imported = {term.slug for term in at_the_time if _is_imported(term.slug, plain) and term.office == visit.office}
    found = imported or {term.slug for term in at_the_time if not _is_imported(term.slug, plain)}
    if own in found:
        return own
    return found.pop() if len(found) == 1 else ""


def _days_between(visit: Visit, other: Visit) -> int:
    ends = [(date.fromisoformat(one.first), date.fromisoformat(one.last)) for one in (visit, other)]
    (first, last), (other_first, other_last) = ends
    return max((other_first - last).days, (first - other_last).days, 0)


def _record(slug: str, visits: Sequence[Visit], here: Sequence[Term]) -> Values:
    """The person, with the terms that the visits show and those that are `here`."""
    offices: dict[str, list[tuple[str, str]]] = {}
    for visit in visits:
        offices.setdefault(visit.office, []).append((visit.first, visit.last))
    for term in here:
        offices.setdefault(term.office, []).append((term.since.isoformat(), term.until.isoformat()))
    return {
        "record": "actor",
        "slug": slug,
        "kind": "person",
        "names": {"en": visits[0].name},
        "memberships": [
            {
                "group": visits[0].code,
                "role": office,
                "since": min(first for first, _ in days),
                "until": max(last for _, last in days),
            }
            for office, days in offices.items()
        ],
    }
