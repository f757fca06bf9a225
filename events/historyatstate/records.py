"""Trips and visits as records: actors first, then summits if wanted, then a record for each row."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from django.db.models import Q
from django.utils.text import slugify

from events.fields import translated
from events.historyatstate.officials import OFFICES, Officials
from events.historyatstate.persons import known_persons
from events.historyatstate.reading import Files, Row, rows
from events.historyatstate.states import code_of, contradiction, in_a_sentence, in_own_words
from events.historyatstate.summits import Guest, Summit, summits
from events.historyatstate.visitors import Visit, Visitors, visit_by
from events.interchange.following import BESIDES, CALLED_OTHERWISE, RELATIONS, SAID
from events.interchange.reading import Entry
from events.interchange.records import Values, problems
from events.interchange.shapes import Problem
from events.models import Actor, Relation

TRAVELS, VISITS, SUMMITS = "has-travels", "has-visits", "has-summits"
SITE = "https://history.state.gov/departmenthistory"
PUBLISHER = "Office of the Historian, U.S. Department of State"
TRAVELLERS = {"president": "President", "secretary": "Secretary of State"}
PAGES = {"president": "Travels abroad of the President", "secretary": "Travels abroad of the Secretary of State"}
HOST = {"actor": "US", "role": "host"}
"""Of the visits."""
KINDS = {"state visit": "state-visit", "official visit": "official-visit", "working visit": "working-visit"}
"""The first two words of a visit's description: the type. Any other visit is a `visit`."""


class Part(NamedTuple):
    """A participant."""

    values: Values
    """As the record has it."""
    words: Values
    """In the data's own words, for `SAID`."""
    called_otherwise: bool = False
    """Whether it has a name as printed because the actor is called otherwise here, and only as long."""


class Open(StrEnum):
    """What rows can leave open."""

    STATE = "a state that is not known here, imported without a code"
    ENDED = "a state that had ended by their day, taken as printed"
    TERM = "a traveller whose time in office is not known, imported without it"
    VISITOR = "a visitor who is not a known title and one name, left as printed"
    PERSON = "a visitor who is here as several actors, taken for the one with the nearest visit"


@dataclass(slots=True)
class HistoryAtState:
    """The records of a folder. Read once: the whole data is some megabytes."""

    entries: list[Entry] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    """Where each entry stands: file and line."""
    notices: list[tuple[Open, str]] = field(default_factory=list)
    """What could not be resolved, by its kind, and in a sentence that says where, and how it was imported."""
    namespaces: list[str] = field(default_factory=list)
    """Of the external ids: the data sets that the folder has."""

    @classmethod
    def under(cls, folder: Path, group_summits: bool = False) -> HistoryAtState:
        """Raises `Unreadable`."""
        return _Reading(Files.under(folder), group_summits).result()


class _Reading:
    def __init__(self, files: Files, group_summits: bool) -> None:
        actors = list(Actor.objects.filter(kind__in=[Actor.Kind.STATE, Actor.Kind.PERSON]))
        self.slugs = {actor.slug: actor.code for actor in actors if actor.kind == Actor.Kind.STATE and actor.code}
        # The data is in English: the name in use is lost to its readers, if that is what the state was called in it.
        self.names = {actor.code or actor.slug: translated(actor.names, "en") for actor in actors}
        there = {TRAVELS: files.trips, VISITS: files.visits, SUMMITS: group_summits and files.visits}
        self.found = HistoryAtState(namespaces=[name for name, found in there.items() if found])
        known = known_persons()
        self.officials = Officials(rows(files.presidents), known)
        self.unknown_states: dict[str, Values] = {}
        trips = [(row, self._trip(row)) for row in rows(files.trips)]
        visits = list(rows(files.visits))
        by_row = self._visits_by_persons(visits)
        undated = [visit_by(row["visitor"], "", "", "") for row in visits if _date_problems(row)]
        self.visitors = Visitors(known, {slugify(visit.name) for visit in undated if visit})
        self.visitors.find([visit for visit in by_row.values() if visit])
        rows_of = {id(visit): visits[number] for number, visit in by_row.items()}
        for visit, sentence in self.visitors.notices:
            self._notice(Open.PERSON, rows_of[id(visit)], sentence)
        self.events = trips + [(row, self._visit(row, by_row.get(number))) for number, row in enumerate(visits)]
        self.summits = self._summits(visits) if group_summits else []
        self.relations = _relations_there() if group_summits else {}

    def result(self) -> HistoryAtState:
        actors = [*self.unknown_states.values(), *self.officials.records.values(), *self.visitors.records]
        for values in sorted(actors, key=lambda values: str(values["slug"])):
            self._add(values, "")
        part_of: dict[str, str] = {}
        for summit in self.summits:
            self._add(_summit_record(summit), "")
            part_of |= {guest.external_id: summit.external_id for guest in summit.guests}
        for row, values in self.events:
            if SUMMITS in self.found.namespaces:
                summit_id = part_of.get(values["external_id"])
                said = [{"kind": "part_of", "event": summit_id}] if summit_id else []
                there = self.relations.get(values["external_id"], [])
                values[RELATIONS] = [*there, *([] if any(map(_is_part_of_summit, there)) else said)]
                values[SAID][RELATIONS] = said
            self._add(values, f"{row.file}:{row.line}", _date_problems(row))
        return self.found

    def _add(self, values: Values, place: str, wrong: list[Problem] | None = None) -> None:
        number = len(self.found.entries) + 1
        wrong = wrong or problems({key: value for key, value in values.items() if key not in (SAID, CALLED_OTHERWISE)})
        self.found.entries.append(Entry(number, values, wrong, number))
        self.found.places[number] = place or f"made from several rows: {values['slug']}"

    def _notice(self, kind: Open, row: Row, text: str) -> None:
        self.found.notices.append((kind, f"{row.file}:{row.line}: {row['id']}: {text}"))

    def _state(self, row: Row, element: str) -> str:
        """The code of the row's state; for one that is not known, the slug of an actor without a code."""
        state_id, printed = row.ids.get(element, ""), row[element]
        code = code_of(state_id, printed, row["start-date"], self.slugs)
        if code:
            if sentence := contradiction(code, printed, row["start-date"]):
                self._notice(Open.ENDED, row, sentence)
            return code
        slug = _slug_of(state_id)
        self.unknown_states.setdefault(
            slug, {"record": "actor", "slug": slug, "kind": "state", "names": {"en": printed}}
        )
        text = f"no state here is “{printed}” (id {state_id}); it is imported by that name, without a code."
        self._notice(Open.STATE, row, text)
        return slug

    def _state_part(self, state: str, role: str, row: Row, element: str) -> Part:
        """The part of the row's state, with its name as printed where that is another one."""
        printed = row[element]
        words = {"state": _said_state(row, element), "role": role, "printed": printed}
        return self._part(state, printed, printed, {"role": role}, words)

    def _part(self, actor: str, own_name: str, printed: str, said: Values, words: Values) -> Part:
        """The part of an actor who is called `own_name` if not here yet."""
        differs = printed != self.names.get(actor, own_name)
        return Part({"actor": actor, **said, **({"printed": printed} if differs else {})}, words, differs)

    def _trip(self, row: Row) -> Values:
        who, office = row.ids.get("trip", ""), row["role"]
        state = self._state(row, "country")
        place = f" ({row['locale']})" if row["locale"] else ""
        title = f"{self._traveller(row)} {row['name']} visits {in_a_sentence(row['country'])}{place}"
        values: Values = {
            "record": "event",
            "external_id": f"{TRAVELS}:{row['id']}",
            "slug": f"trip-{row['id']}-{who}",
            "type": "visit",
            "date": _dates(row),
            "place": {"country": state, **({"name": row["locale"]} if row["locale"] else {})},
            "texts": _texts(title, row["remarks"]),
            "sources": [_source(f"travels/{office}/{who}", f"{PAGES.get(office, office)}: {row['name']}")],
        }
        parts = [self._state_part(state, "host", row, "country")]
        if office in OFFICES:
            person = self.officials.record(who, row["name"], office)
            if not person["memberships"]:
                self._notice(Open.TERM, row, f"nothing here says when {row['name']} ({who}) was in office.")
            name, said = person["names"]["en"], {"role": "visitor"}
            words = {"who": who, **said, **({} if row["name"] == name else {"printed": row["name"]})}
            parts.append(self._part(person["slug"], name, row["name"], said, words))
        parts.append(_same({"actor": "US", "role": "visitor"}))
        return values | _participants(parts, {"place.country": _said_state(row, "country")})

    def _traveller(self, row: Row) -> str:
        """What the traveller was at the time."""
        who, office = row.ids.get("trip", ""), row["role"]
        terms = self.officials.record(who, row["name"], office)["memberships"] if office == "president" else []
        elect = "-elect" if terms and row["end-date"] < min(term["since"] for term in terms) else ""
        return TRAVELLERS.get(office, office) + elect

    def _visits_by_persons(self, visits: list[Row]) -> dict[int, Visit | None]:
        found: dict[int, Visit | None] = {}
        for number, row in enumerate(visits):
            if _date_problems(row):
                continue
            state = self._state(row, "from")
            found[number] = visit_by(row["visitor"], state, row["start-date"], row["end-date"])
            if found[number] is None:
                text = f"“{row['visitor']}” is not a known title and one name; it stands as printed."
                self._notice(Open.VISITOR, row, text)
        return found

    def _visit(self, row: Row, visit: Visit | None) -> Values:
        state = visit.code if visit else self._known_state(row)
        parts = [_same(HOST)]
        if visit:
            said = {"role": "visitor", "printed": row["visitor"]}
            words = {**said, BESIDES: _said_state(row, "from")}  # who is meant by a name depends on the state
            parts += [Part({"actor": visit.slug, **said}, words), self._state_part(state, "visitor", row, "from")]
        else:
            printed = f"{row['visitor']} ({row['from']})" if row["visitor"] else row["from"]
            said = {"role": "visitor", "printed": printed}
            parts.append(Part({"actor": state, **said}, {"state": _said_state(row, "from"), **said}))
        name = in_a_sentence(row["from"])
        visitor = f"{row['visitor']} of {name}" if row["visitor"] else name[:1].upper() + name[1:]
        described = " ".join(row["description"].casefold().replace(".", " ").split()[:2])
        return {
            "record": "event",
            "external_id": f"{VISITS}:{row['id']}",
            "slug": f"visit-{row['id']}-{row.ids.get('from', '')}",
            "type": KINDS.get(described, "visit"),
            "date": _dates(row),
            "place": {"country": "US"},
            "texts": _texts(f"{visitor} visits the United States", row["description"]),
            **_participants(parts),
            "sources": [_source(f"visits/{row.ids.get('from', '')}", f"Visits by foreign leaders of {row['from']}")],
        }

    def _known_state(self, row: Row) -> str:
        state_id = row.ids.get("from", "")
        return code_of(state_id, row["from"], row["start-date"], self.slugs) or _slug_of(state_id)

    def _summits(self, visits: list[Row]) -> list[Summit]:
        return summits(
            Guest(
                f"{VISITS}:{row['id']}",
                self._known_state(row),
                datetime.date.fromisoformat(row["start-date"]),
                datetime.date.fromisoformat(row["end-date"]),
                row["description"],
                _said_state(row, "from"),
            )
            for row in visits
            if not _date_problems(row)
        )


def _slug_of(state_id: str) -> str:
    """Of a state that nobody here knows: its id, unless somebody else has that."""
    taken = Actor.objects.exclude(kind=Actor.Kind.STATE).filter(slug=state_id).exists()
    return f"{state_id}-historyatstate" if taken else state_id


def _said_state(row: Row, element: str) -> str:
    return in_own_words(row.ids.get(element, ""), row[element], row["start-date"])


def _relations_there() -> dict[str, list[Values]]:
    """By the external ids of the rows that are here: what they have by now besides the parts in summits that the last
    import said. One query."""
    rows = Relation.objects.filter(event__external_id__regex=f"^({TRAVELS}|{VISITS}):").order_by("pk")
    # If no import has said any yet, all of them are editors' or came with an export.
    rows = rows.annotate(said=Q(event__imported__has_key=RELATIONS))
    columns = ("event__external_id", "kind", "target__external_id", "target__slug", "said")
    found: dict[str, list[Values]] = {}
    for event, kind, external_id, slug, said in rows.values_list(*columns):
        relation = {"kind": kind, "event": external_id or slug}
        if not (said and _is_part_of_summit(relation)):
            found.setdefault(event, []).append(relation)
    return found


def _is_part_of_summit(relation: Values) -> bool:
    return relation["kind"] == "part_of" and relation["event"].startswith(f"{SUMMITS}:")


def _same(part: Values) -> Part:
    """A part of somebody who is the same whatever is in the database."""
    return Part(part, part)


def _participants(parts: Sequence[Part], said: Values | None = None) -> Values:
    """The participants, and what the data says of them; `said` is what it says of other fields."""
    return {
        "participants": [part.values for part in parts],
        SAID: {"participants": [part.words for part in parts], **(said or {})},
        CALLED_OTHERWISE: [place for place, part in enumerate(parts) if part.called_otherwise],
    }


def _dates(row: Row) -> str:
    start, end = row["start-date"], row["end-date"]
    return start if start == end else f"{start}/{end}"


def _date_problems(row: Row) -> list[Problem]:
    for name in ("start-date", "end-date"):
        try:
            datetime.date.fromisoformat(row[name])
        except ValueError:
            return [Problem(name, f"“{row[name]}” is not a day: expected one such as 2025-11-06.")]
    if row["start-date"] > row["end-date"]:
        return [Problem("end-date", f"“{row['end-date']}” is before the start, {row['start-date']}.")]
    return []


def _texts(title: str, summary: str) -> Values:
    return {"en": {"title": title, **({"summary": summary} if summary else {})}}


def _source(path: str, title: str) -> Values:
    return {"url": f"{SITE}/{path}", "title": title, "publisher": PUBLISHER, "language": "en", "official": True}


def _summit_record(summit: Summit) -> Values:
    states: dict[str, str] = {}
    for guest in summit.guests:
        states.setdefault(guest.state, guest.said)
    first, last = summit.first.isoformat(), summit.last.isoformat()
    return {
        "record": "event",
        "external_id": summit.external_id,
        "slug": summit.slug,
        "type": "summit",
        "date": first if first == last else f"{first}/{last}",
        "place": {"country": "US"},
        "texts": {"en": {"title": summit.title}},
        "participants": [
            HOST,
            *({"actor": state, "role": "participant"} for state in states),
        ],
        SAID: {"participants": [None, *states.values()]},
        "sources": [_source("visits", "Visits by foreign leaders")],
    }
