"""Invented events in any number, to try the server on more than anybody has entered.

Each is a function of a seed and its number, so that a thousand events are the first thousand of a million. Years lie
between 1945 and 2026, denser towards the present; a few countries take part in most of them (Zipf). Their external
ids are `synthetic:1`, `synthetic:2`, …; nobody could take them for real ones.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from django.db import transaction
from django.utils import timezone

from events.among import among
from events.copying import copy_objects, copy_rows, new_ids
from events.dates import parse
from events.models import Actor, Event, EventText, EventType, Membership, Participation, Relation, Source, Topic

NAMESPACE = "synthetic"
FIRST, LAST = datetime.date(1945, 1, 1), datetime.date(2026, 6, 30)
TERM = 8
"""Years that a person holds an office."""
OFFICES = {
    "president": {"en": "President {} of {}", "de": "Präsident {} von {}"},
    "foreign-minister": {"en": "Foreign minister {} of {}", "de": "Außenminister {} von {}"},
}
BIGGEST = (
    "US", "CN", "RU", "GB", "FR", "DE", "JP", "IN", "IT", "CA", "BR", "TR", "KR", "SA", "KZ", "UZ", "PL", "UA",
    "IR", "EG",
)  # fmt: skip
"""The countries that take part most often, in this order; the others follow by code."""
BLOCS = ("european-union", "g7", "nato", "asean", "brics", "c5-1")
MEETINGS = ("summit", "ministerial", "bilateral-meeting", "state-visit", "working-visit", "call", "negotiation-round")
OTHERS = ("agreement", "statement")
MEASURES = ("export-control", "export-ban", "tariff-change")
MEASURE_EVERY = 20
"""One event in so many is a measure, or the end of an earlier one."""
KEYWORDS, CITIES = 30_000, 3_000
"""Invented words and names of places; of each the first is the most frequent one (Zipf)."""
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvwz" for vowel in "aeiou"]


class NoReference(Exception):
    """The countries, types or topics that events need are not there."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what there is to draw from: slugs with their ids, countries in the order of their weight."""

    countries: Sequence[str]
    weights: Sequence[float]
    names: Mapping[str, Mapping[str, str]]
    actors: Mapping[str, int]
    types: Mapping[str, int]
    topics: Mapping[str, int]

    def draw(self, random: Random, number: int) -> list[str]:
        """Different countries."""
        drawn: dict[str, None] = {}
        while len(drawn) < number:
            drawn[random.choices(self.countries, cum_weights=self.weights)[0]] = None
        return list(drawn)


@dataclass(slots=True)
class Synthetic:
    """An event as it is drawn. Actors are codes or slugs; relations lead to the numbers of earlier events."""

    number: int
    type: str
    date: str
    effective: str
    place: str
    city: str
    topics: list[str]
    texts: dict[str, tuple[str, str]]
    participants: list[tuple[str, str]]
    sources: list[dict[str, str]]
    relations: list[tuple[str, int]]

    @property
    def external_id(self) -> str:
        return f"{NAMESPACE}:{self.number}"


@transaction.atomic
def prepare() -> Cast:
    """Makes the persons that are missing, with their offices. Raises `NoReference`."""
    now = Actor.objects.filter(kind=Actor.Kind.STATE, code__regex="^..$")
    states = {code: names for code, names in now.values_list("code", "names") if code}
    types = dict(EventType.objects.values_list("slug", "id"))
    topics = dict(Topic.objects.order_by("slug").values_list("slug", "id"))
    blocs = set(Actor.objects.filter(slug__in=BLOCS).values_list("slug", flat=True))
    missing = [
        *({*BIGGEST} - states.keys()),
        *({*MEETINGS, *OTHERS, *MEASURES, "suspension", "withdrawal"} - types.keys()),
        *({*BLOCS} - blocs),
    ]
    if missing or not topics:
        raise NoReference(f"Missing: {', '.join(sorted(missing)) or 'topics'}. Run manage.py load_reference first.")
    countries = [*BIGGEST, *sorted(states.keys() - {*BIGGEST})]
    _make_persons(countries, states)
    actors = {code or slug: pk for pk, code, slug in Actor.objects.values_list("id", "code", "slug")}
    actors |= dict(Actor.objects.filter(slug__in=BLOCS).values_list("slug", "id"))
    weights = list(accumulate(1 / rank for rank in range(1, len(countries) + 1)))
    return Cast(countries, weights, states, actors, types, topics)


def _make_persons(countries: Sequence[str], names: Mapping[str, Mapping[str, str]]) -> None:
    there = set(Actor.objects.filter(slug__startswith=f"{NAMESPACE}-").values_list("slug", flat=True))
    terms = range((LAST.year - FIRST.year) // TERM + 1)
    offices = {
        person(office, code, term): (office, code, term) for code in countries for office in OFFICES for term in terms
    }
    new = {slug: offices[slug] for slug in offices if slug not in there}
    ids = dict(zip(new, new_ids(Actor, len(new)), strict=True))
    copy_objects(
        [
            Actor(
                id=ids[slug],
                kind=Actor.Kind.PERSON,
                slug=slug,
                names={
                    language: words.format(term + 1, names[code].get(language, code))
                    for language, words in OFFICES[office].items()
                },
            )
            for slug, (office, code, term) in new.items()
        ]
    )
    groups = dict(Actor.objects.filter(code__in=countries).values_list("code", "id"))
    copy_objects(
        [
            Membership(
                member_id=ids[slug],
                group_id=groups[code],
                role=office.replace("-", " "),
                since=str(FIRST.year + term * TERM),
                until=str(FIRST.year + term * TERM + TERM - 1),
            )
            for slug, (office, code, term) in new.items()
        ]
    )


def person(office: str, code: str, term: int) -> str:
    """The slug of who held an office of a country, in a term counted from 0."""
    return f"{NAMESPACE}-{office}-{code.lower()}-{term + 1}"


# Drawing


def draw(cast: Cast, seed: int, number: int) -> Synthetic:
    """The event with this number, the same one each time."""
    random = Random(f"{seed}:{number}")
    day = _day(seed, number)
    kind, relations = _kind(random, seed, number, day)
    measure = kind in MEASURES or kind in ("suspension", "withdrawal")
    countries = cast.draw(random, random.choices((1, 2, 3, 4, 5), cum_weights=(5, 60, 78, 92, 100))[0])
    date = day.isoformat() if measure else _date(random, day)
    city, *keywords = _invented(seed, number)
    return Synthetic(
        number=number,
        type=kind,
        date=date,
        effective=_effective(random, kind, day) if measure else "",
        place="" if measure else countries[0],
        city="" if measure else city.title(),
        topics=random.sample(list(cast.topics), random.choice((1, 2))),
        texts=_texts(cast, random, kind, number, countries, keywords),
        participants=_participants(random, day, countries, ("imposer", "target") if measure else ("host", "visitor")),
        sources=_sources(random, number, date, day),
        relations=relations,
    )


def _kind(random: Random, seed: int, number: int, day: datetime.date) -> tuple[str, list[tuple[str, int]]]:
    """The type, and relations to earlier events. Every fifth measure suspends, every other fifth withdraws one."""
    if number % MEASURE_EVERY:
        kind = random.choice(MEETINGS) if random.random() < 0.75 else random.choice(OTHERS)
        follows = number > 1 and random.random() < 0.16 and _day(seed, number - 1) <= day
        return kind, [("follows", number - 1)] if follows else []
    ends = _ended(number)
    if ends is None:
        return random.choice(MEASURES), []
    return ("suspension", [("suspends", ends)]) if _rank(number) == 3 else ("withdrawal", [("withdraws", ends)])


def _rank(number: int) -> int:
    """Which of five measures it is, from 0."""
    return number // MEASURE_EVERY % 5


def _ended(number: int) -> int | None:
    """The number of the measure that this one suspends or withdraws, if it does."""
    if number % MEASURE_EVERY == 0 and _rank(number) >= 3 and number > 3 * MEASURE_EVERY:
        return number - 2 * MEASURE_EVERY
    return None


def _day(seed: int, number: int) -> datetime.date:
    """When it began. What ends a measure comes after it."""
    random = Random(f"day:{seed}:{number}")
    ends = _ended(number)
    if ends is not None:
        return min(_day(seed, ends) + datetime.timedelta(days=random.randint(30, 700)), LAST)
    return FIRST + datetime.timedelta(days=int((LAST - FIRST).days * random.random() ** 0.5))


def _date(random: Random, day: datetime.date) -> str:
    """As much of the day as is known: mostly all of it, sometimes the month or the year, sometimes several days."""
    chance = random.random()
    if chance < 0.80:
        return day.isoformat()
    if chance < 0.82:
        return f"{day.isoformat()}~"
    if chance < 0.90:
        return f"{day}/{day + datetime.timedelta(days=random.randint(1, 4))}"
    if chance < 0.96:
        return f"{day:%Y-%m}"
    if chance < 0.99:
        return f"{day:%Y}"
    return f"{day}/.."


def _effective(random: Random, kind: str, day: datetime.date) -> str:
    begins = day + datetime.timedelta(days=random.randint(0, 60))
    if kind != "withdrawal" and random.random() < 0.5:
        return f"{begins}/{begins + datetime.timedelta(days=random.randint(90, 1500))}"
    return f"{begins}/.."


def _invented(seed: int, number: int) -> list[str]:
    """A name of a place and three keywords."""
    random = Random(f"words:{seed}:{number}")
    return [invented(int(many ** random.random())) for many in (CITIES, KEYWORDS, KEYWORDS, KEYWORDS)]


def invented(rank: int) -> str:
    """The invented word of a rank, counted from 1: three syllables, which no other rank has."""
    mixed = rank * 7919  # which has no factor in common with the number of syllables
    return "".join(SYLLABLES[mixed // len(SYLLABLES) ** place % len(SYLLABLES)] for place in range(3))


def _texts(
    cast: Cast, random: Random, kind: str, number: int, countries: Sequence[str], keywords: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Titles and summaries by language; one event in ten is not translated."""
    texts = {}
    for language, words, together in (
        ("en", "Synthetic", "Invented event {} of the kind “{}”. Countries: {}. Keywords: {}."),
        ("de", "Synthetisch", "Erfundenes Ereignis {} der Art „{}“. Länder: {}. Stichwörter: {}."),
    ):
        names = ", ".join(cast.names[code].get(language, code) for code in countries)
        texts[language] = (
            f"{words} {kind} {number}: {names}"[:300],
            together.format(number, kind, names, ", ".join(keywords)),
        )
    if random.random() < 0.1:
        del texts["de"]
    return texts


def _participants(
    random: Random, day: datetime.date, countries: Sequence[str], roles: tuple[str, str]
) -> list[tuple[str, str]]:
    """The countries, most with somebody who speaks for them at the time; now and then a bloc."""
    term = (day.year - FIRST.year) // TERM
    found = []
    for place, code in enumerate(countries):
        role = roles[min(place, 1)]
        found.append((code, role))
        if random.random() < 0.55:
            found.append((person(random.choice(list(OFFICES)), code, term), role))
    if random.random() < 0.06:
        found.append((random.choice(BLOCS), "participant"))
    return found


def _sources(random: Random, number: int, date: str, day: datetime.date) -> list[dict[str, str]]:
    """One to three, the first an official one; now and then a later one claims another day."""
    count = random.choices((1, 2, 3), cum_weights=(60, 90, 100))[0]
    found = [
        {
            "url": f"https://example.org/{NAMESPACE}/{number}/{place + 1}",
            "title": f"Report {place + 1} on event {number}",
            "publisher": ("Ministry of Examples", "Example Times", "Example Post")[place],
            "language": random.choice(("en", "de")),
            "published": day.isoformat(),
            "claims": date,
        }
        for place in range(count)
    ]
    if count > 1 and random.random() < 0.03:
        found[-1]["claims"] = (day - datetime.timedelta(days=400)).isoformat()
    return found


# Writing


@transaction.atomic
def write(cast: Cast, seed: int, numbers: Iterable[int]) -> tuple[list[int], int]:
    """Writes those of the events that are not there, as drafts. Those that are there stay as is.

    Returns the ids of all of them, by number, and how many are new.
    """
    numbers = list(numbers)
    there = ids_of(numbers)
    drawn = [draw(cast, seed, number) for number in numbers if number not in there]
    ids = dict(zip((event.number for event in drawn), new_ids(Event, len(drawn)), strict=True))
    targets = {target for event in drawn for _, target in event.relations}
    known = there | ids | ids_of(targets - there.keys() - ids.keys())
    _copy_events(cast, drawn, ids)
    copy_rows(
        EventText,
        ["event_id", "language", "title", "summary"],
        ((ids[event.number], language, *text) for event in drawn for language, text in event.texts.items()),
    )
    copy_rows(
        Event.topics.through,
        ["event_id", "topic_id"],
        ((ids[event.number], cast.topics[slug]) for event in drawn for slug in event.topics),
    )
    copy_rows(
        Participation,
        ["event_id", "actor_id", "role", "name_as_printed"],
        ((ids[event.number], cast.actors[actor], role, "") for event in drawn for actor, role in event.participants),
    )
    texts = ["url", "title", "publisher", "language", "published", "claims"]
    copy_rows(
        Source,
        ["event_id", *texts, "official", "claims_effective"],
        (
            (ids[event.number], *(source[name] for name in texts), place == 0, "")
            for event in drawn
            for place, source in enumerate(event.sources)
        ),
    )
    copy_rows(
        Relation,
        ["event_id", "kind", "target_id"],
        (
            (ids[event.number], kind, known[target])
            for event in drawn
            for kind, target in event.relations
            if target in known
        ),
    )
    return [known[number] for number in numbers], len(drawn)


def ids_of(numbers: Iterable[int]) -> dict[int, int]:
    """The ids of the events with these numbers that are there."""
    rows = Event.objects.filter(among("external_id", [f"{NAMESPACE}:{number}" for number in numbers]))
    return {int(name.partition(":")[2]): pk for name, pk in rows.values_list("external_id", "id") if name}


def _copy_events(cast: Cast, drawn: Sequence[Synthetic], ids: Mapping[int, int]) -> None:
    now = timezone.now()
    days = ("start_min", "start_max", "end_min", "end_max")
    columns = ["id", "slug", "external_id", "type_id", "date", *days, "effective", "place_name", "place_country_id"]

    def row(event: Synthetic) -> list[object]:
        when = parse(event.date)
        return [
            ids[event.number],
            f"{NAMESPACE}-{event.number}",
            event.external_id,
            cast.types[event.type],
            event.date,
            *(getattr(when, name) for name in days),
            event.effective,
            f"{event.city}, {cast.names[event.place].get('en', event.place)}" if event.place else "",
            cast.actors[event.place] if event.place else None,
            now,
            now,
        ]

    copy_rows(Event, [*columns, "created_at", "updated_at"], map(row, drawn))
