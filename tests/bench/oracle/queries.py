"""Random queries: every filter, alone and together; mostly made of what a document says, to find something."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.bench.oracle.documents import ROLES, WAYS, Documents, words_in

ADDRESSES = {"events/": 6, "events/count/": 2, "events/density/": 2, "events/facets/": 2}
"""Where to ask → how often, in relation to each other."""

FILTERS = {
    "country": 6, "country_all": 3, "date": 8, "actor": 3, "type": 3, "topic": 3, "q": 4, "place": 2, "disputed": 1,
    "dataset": 2, "role": 2, "in_force_on": 4, "timeline": 1, "updated_since": 2,
}  # fmt: skip
NUMBERS = {0: 1, 1: 6, 2: 7, 3: 4, 4: 2}
"""How many filters a query has → how often."""

EARLY, LATE = datetime.date(1700, 1, 1).toordinal(), datetime.date(2100, 1, 1).toordinal()
"""Days outside of these are open ends."""

ORDERINGS = {None: 6, "date": 3, "-updated": 1, "updated": 1}
SIZES = (1, 7, 50, 113, 500)


def queries(documents: Documents, number: int, seed: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """So many different ones: an address below /api/v1/, and parameters."""
    random = Random(seed)
    known = _known(documents)
    seen = set[str]()
    while len(seen) < number:
        address = _one(random, ADDRESSES)
        query = _query(random, known, random.choice(documents.sample))
        if address == "events/":
            query["page_size"] = str(random.choice(SIZES))
            ordering = "relevance" if "q" in query and random.random() < 0.2 else _one(random, ORDERINGS)
            query |= {"ordering": ordering} if ordering else {}
        elif address == "events/density/":
            query["buckets"] = str(random.randint(10, 200))
        if (key := str((address, sorted(query.items())))) not in seen:
            seen.add(key)
            yield address, query


def _known(documents: Documents) -> dict[str, list[str]]:
    """The values that there are, by filter."""
    kinds = ("country", "actor", "type", "topic", "dataset", "place", "place word")
    known = {kind: sorted({value[1] for value in documents.having if value[0] == kind}) for kind in kinds}
    known["dataset"] = [name for name in known["dataset"] if name]
    turns = {day for days in documents.effective.values() for day in (days.start, days.start_latest, days.end)}
    turns = {day for day in turns if EARLY < day < LATE} or {EARLY}
    known["turn"] = [datetime.date.fromordinal(day).isoformat() for day in sorted(turns)]
    stop_words = [word for word, stem in documents.stems.items() if not stem]
    return known | {"timeline": sorted(documents.timelines), "stop word": stop_words}


def _query(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, Any]:
    query: dict[str, Any] = {}
    for _ in range(_one(random, NUMBERS)):
        name = _one(random, FILTERS)
        query |= MAKE[name](random, known, document)
    if {"country", "country_all"} & query.keys() and random.random() < 0.25:
        query["involvement"] = random.sample(WAYS, random.choice((1, 2)))
        if query["involvement"] == ["location"] and "actor" not in query:  # nobody has a role in that
            query.pop("role", None)
    if {"from", "to", "on", "in_force_on"} & query.keys() and random.random() < 0.5:
        query["certainty"] = random.choice(("certain", "certain", "possible"))
    if "on" in query:
        query.pop("from", None), query.pop("to", None)
    if "from" in query and "to" in query and query["from"] > query["to"][: len(query["from"])]:
        del query["to"]
    return query


def _one(random: Random, weights: dict[Any, int]) -> Any:
    return random.choices(list(weights), list(weights.values()))[0]


def _some(name: str, most: int, said: Callable[[dict[str, Any]], list[str]]) -> Any:
    """What draws up to `most` values: what the document says, or any that is known."""

    def make(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, list[str]]:
        values = [*said(document)]
        random.shuffle(values)
        if len(values) < most or random.random() < 0.2:
            values = [*random.choices(known[name.removesuffix("_all")] or [""], k=most), *values][::-1]
        values = [value for value in dict.fromkeys(values) if value][: random.randint(1, most)]
        return {name: values} if values else {}

    return make


def _date(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, str]:
    near = datetime.date.fromisoformat(document["date"][random.choice(("start", "end", "start_latest"))])
    near = min(max(near, datetime.date(1700, 1, 1)), datetime.date(2030, 1, 1))
    near += datetime.timedelta(days=random.choice((0, 0, 1, -1, 20, -400)))
    texts = [near.isoformat()[:length] for length in (4, 7, 10)]
    later = str(near.year + random.choice((0, 1, 5, 20)))
    return random.choice(
        [{"on": random.choice(texts)}, {"from": random.choice(texts)}, {"to": random.choice(texts)},
         {"from": random.choice(texts), "to": later}]
    )  # fmt: skip


def _search(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, str]:
    """One to three words, of which the first is not excluded and no stop word; of some only the beginning."""
    texts = [document["title"], document.get("summary", ""), *(part["name"] for part in document["countries"])]
    words = sorted({word for text in texts for word in words_in(text) if word.isalpha() and len(word) > 3})
    chosen = random.sample(words, min(len(words), random.choice((1, 1, 2, 3))))
    chosen.sort(key=known["stop word"].__contains__)
    if not chosen or chosen[0] in known["stop word"]:
        return {}
    forms = [lambda word: word, lambda word: f"-{word}", lambda word: f"{word[:5]}*"]
    drawn = [random.choices(forms, (6, 3 if place else 0, 1))[0](word) for place, word in enumerate(chosen)]
    return {"q": " ".join(drawn)}


def _place(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, str]:
    words = words_in(document.get("place", {}).get("name", ""))
    if words and random.random() < 0.6:
        return {"place": " ".join(random.sample(words, min(len(words), random.choice((1, 2)))))}
    return {"place": random.choice(known["place"] if random.random() < 0.7 else known["place word"])}


def _role(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, list[str]]:
    said = [part["role"] for part in document.get("participants", [])]
    roles = sorted({*said, random.choice(ROLES)})
    return {"role": random.sample(roles, min(len(roles), random.choice((1, 1, 2))))}


def _in_force_on(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, str]:
    """A day on which a measure begins or ends to be in force, or one near it."""
    near = datetime.date.fromisoformat(random.choice(known["turn"]))
    return {"in_force_on": (near + datetime.timedelta(days=random.choice((-1, 0, 1, 100)))).isoformat()}


def _timeline(random: Random, known: dict[str, list[str]], document: dict[str, Any]) -> dict[str, str]:
    return {"timeline": random.choice(known["timeline"])} if known["timeline"] else {}


def _countries(document: dict[str, Any]) -> list[str]:
    return [country["code"] for country in document.get("countries", [])]


MAKE: dict[str, Callable[[Random, dict[str, list[str]], dict[str, Any]], dict[str, Any]]] = {
    "country": _some("country", 3, _countries),
    "country_all": _some("country_all", 2, _countries),
    "actor": _some("actor", 2, lambda document: [part["actor"] for part in document.get("participants", [])]),
    "type": _some("type", 2, lambda document: document["type"]["path"]),
    "topic": _some("topic", 2, lambda document: [slug for one in document.get("topics", []) for slug in one["path"]]),
    "dataset": _some("dataset", 2, lambda document: [document.get("external_id", "").partition(":")[0]]),
    "disputed": lambda random, known, document: {"disputed": random.choice(("true", "true", "false"))},
    "date": _date,
    "q": _search,
    "place": _place,
    "role": _role,
    "in_force_on": _in_force_on,
    "timeline": _timeline,
    "updated_since": lambda random, known, document: {"updated_since": document["updated_at"]},
}
