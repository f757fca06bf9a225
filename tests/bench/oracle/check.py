"""Asks the API random queries, and compares every answer with what the oracle finds.

Not compared: what is in a timeline, which is asked of the API itself (`tests/timeline` does), the order by relevance,
which highlights are the most significant, and `events/window/`.
"""

from __future__ import annotations

import datetime
import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.test import Client

from tests.bench.oracle.documents import Days, Documents, Query, day
from tests.bench.oracle.queries import queries
from tests.bench.rounds import say
from timeline.caching import dataset_version
from timeline.samples import DENSE
from timeline.traits import SAMPLED, SPARSE

PAGES = 4
"""Pages that are followed; then one back."""

FACETS = {
    "countries": ("country", "code"), "actors": ("actor", "id"), "types": ("type", "id"), "topics": ("topic", "id")
}  # fmt: skip
"""Name → the kind of what the documents have, and the key of its values."""

PAST_SHARE = 10
"""One query in so many asks for a past state."""


@dataclass(slots=True)
class Checked:
    """How many queries over what were asked, and each difference, with the query's URL."""

    name: str
    queries: int = 0
    events: int = 0
    estimates: int = 0
    """Counts among them that the API calls approximate: compared within six standard deviations of its sample."""
    empty: int = 0
    """Queries that rightly find nothing."""
    differences: list[str] = field(default_factory=list)


def check(name: str, number: int) -> Checked:
    """Asks so many queries over the present database."""
    settings.RATE_LIMIT = 0
    checked = Checked(name)
    past = number // PAST_SHARE
    for at, share in ((None, number - past), (max(1, dataset_version() // 2), past)):
        api = Api(at)
        documents = api.documents()
        say(f"oracle: {name}: {len(documents.ids):,} documents{f' as of {at}' if at else ''}")
        checked.events = max(checked.events, len(documents.ids))
        for address, query in queries(documents, share, f"{name} {at}"):
            checked.queries += 1
            _compare(api, documents, address, query, checked)
    say(f"oracle: {name}: {checked.queries} queries, {len(checked.differences)} differences")
    return checked


@dataclass(slots=True)
class Api:
    """The API in this process, as of a dataset version, or now."""

    at: int | None
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost"))

    def address(self, path: str, query: Query) -> str:
        past = {"as_of": str(self.at)} if self.at is not None else {}
        text = urlencode({**query, **past}, doseq=True)
        return f"/api/v1/{path}?{text}" if text else f"/api/v1/{path}"

    def get(self, address: str) -> Any:
        response = self.client.get(address.removeprefix("http://localhost"))
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}: {response.content[:300].decode()}")
        return orjson.loads(response.content)

    def pages(self, path: str, query: Query) -> Iterator[Any]:
        """Page after page."""
        address: str | None = self.address(path, query)
        while address:
            page = self.get(address)
            yield page
            address = page["next"]

    def documents(self) -> Documents:
        """Everything out of the export, the names out of the vocabulary, and what is in each timeline."""
        found = Documents()
        export: Any = self.client.get(self.address("events/", {"format": "jsonl"}))
        found.read(_lines(export.streaming_content), self._names())
        places = {slug: number for number, slug in enumerate(found.ids)}
        for page in self.pages("timelines/", {"page_size": "500"}):
            for timeline in page["results"]:
                events = self.pages("events/", {"timeline": timeline["id"], "page_size": "500", "fields": "id"})
                ids = [event["id"] for listed in events for event in listed["results"]]
                found.timelines[timeline["id"]] = {places[slug] for slug in ids}
        return found

    def _names(self) -> dict[str, list[str]]:
        """All names of actors, by id, and of countries, by code."""
        names: dict[str, list[str]] = {}
        for language in ("en", "de"):
            for path, key in (("actors/", "id"), ("countries/", "code")):
                for page in self.pages(path, {"lang": language, "page_size": "500"}):
                    for term in page["results"]:
                        said = [term["name"], *term.get("aliases", []), term.get("code", ""), term.get("alpha3", "")]
                        names.setdefault(term[key], []).extend(said)
                        if path == "countries/":
                            names.setdefault(term["actor"], []).extend(said)
        return {key: list(dict.fromkeys(filter(None, said))) for key, said in names.items()}


def _lines(pieces: Any) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        raise RuntimeError(f"The export broke off: it ends with {rest[-200:]!r}.")


def _compare(api: Api, documents: Documents, address: str, query: dict[str, Any], checked: Checked) -> None:
    wanted = documents.fitting(query)
    checked.empty += not wanted
    url = api.address(address, query)
    try:
        if address == "events/":
            difference = _list_difference(api, documents, query, wanted)
        else:
            said = api.get(url)
            checked.estimates += "approximate" in said
            compare = {"events/density/": _density_difference, "events/facets/": _facets_difference}.get(address)
            difference = _count_difference(said, len(wanted))
            difference = difference or (compare(documents, query, wanted, said) if compare else "")
    except RuntimeError as error:
        difference = str(error)
    if difference:
        checked.differences.append(f"{url}: {difference}")
        say(f"oracle: {checked.differences[-1]}")


def _list_difference(api: Api, documents: Documents, query: dict[str, Any], wanted: list[int]) -> str:
    """What is wrong with the first pages, and with the page before the last one of them."""
    ordering = query.get("ordering", "-date")
    found: list[list[dict[str, Any]]] = []
    address: str | None = api.address("events/", query)
    previous: Any = None
    while address and len(found) < PAGES:
        page = api.get(address)
        found.append(page["results"])
        address, previous = page["next"], page["previous"]
    ids = [event["id"] for page in found for event in page]
    if len(found) > 1:
        before = [event["id"] for event in api.get(previous)["results"]]
        if before != [event["id"] for event in found[-2]]:
            return f"the page before page {len(found)} begins with {before[:3]}"
    if (address is None) != (len(ids) == len(wanted)):
        return f"after {len(ids)} of {len(wanted)} events there is {'another' if address else 'no'} page"
    names = [documents.ids[number] for number in wanted]
    if ordering in ("-date", "date"):
        expected = names if ordering == "-date" else names[::-1]
        if ids != expected[: len(ids)] or len(ids) != min(len(names), PAGES * int(query["page_size"])):
            return _first_difference(ids, expected)
    elif len(ids) != len(set(ids)) or not set(ids) <= set(names):
        return f"of {len(ids)} events {len(set(ids))} differ, and {sorted(set(ids) - set(names))[:3]} do not fit"
    moments = [event["updated_at"] for page in found for event in page]
    if ordering in ("-updated", "updated") and moments != sorted(moments, reverse=ordering == "-updated"):
        return "the moments of the changes are in no order"
    sums = {documents.ids[number]: documents.sums[number] for number in wanted}
    for event in (event for page in found for event in page):
        if zlib.crc32(orjson.dumps(event)) != sums[event["id"]]:
            return f"{event['id']} is another document than in the export"
    return ""


def _first_difference(ids: Sequence[str], expected: Sequence[str]) -> str:
    for place, (said, right) in enumerate(zip(ids, expected, strict=False)):
        if said != right:
            return f"row {place + 1} is {said} instead of {right}; the oracle finds {len(expected)}"
    return f"{len(ids)} events instead of {len(expected)}"


def _count_difference(said: dict[str, Any], right: int) -> str:
    if said.get("approximate"):
        return (
            ""
            if _is_near(said["count"], right, _one_in(said))
            else f"an estimate of {said['count']} instead of {right}"
        )
    return "" if said["count"] == right else f"a count of {said['count']} instead of {right}"


def _one_in(said: dict[str, Any]) -> int:
    """For how many events each one of the sample stands that an estimate was made of: it divides all its counts."""
    divisor = math.gcd(said["count"], *(bucket["count"] for bucket in said.get("buckets", ())))
    return next((one_in for one_in in (SPARSE, SAMPLED, DENSE) if divisor % one_in == 0), 1)


def _is_near(estimate: int, right: int, one_in: int) -> bool:
    """Whether an estimate by a sample of one in so many lies within six standard deviations."""
    return abs(estimate - right) <= 6 * ((one_in * right) ** 0.5 + one_in)


def _density_difference(documents: Documents, query: Query, wanted: list[int], said: dict[str, Any]) -> str:
    """Every bucket is to count what overlaps it; its highlights are to fit and to begin in it."""
    certain = query.get("certainty") == "certain" and {"from", "to", "on"} & query.keys()
    buckets = said["buckets"]
    fitting = {documents.ids[number]: number for number in wanted}
    known = [documents.days[number] for number in wanted]
    if buckets and (day(buckets[0]["start"]), day(buckets[-1]["end"])) != (day(said["from"]), day(said["to"])):
        return f"the buckets end at {buckets[-1]['end']}"
    for place, bucket in enumerate(buckets):
        first, last = day(bucket["start"]), day(bucket["end"])
        right = sum(days.overlaps(first, last, bool(certain)) for days in known)
        near = _is_near(bucket["count"], right, _one_in(said)) if said.get("approximate") else bucket["count"] == right
        if not near:
            return f"{bucket['count']} from {bucket['start']} to {bucket['end']} instead of {right}"
        for highlight in bucket.get("highlights", []):
            number = fitting.get(highlight["id"])
            if number is None or not _begins(documents.days[number], first if place else 0, last, bool(certain)):
                return f"{highlight['id']} is a highlight from {bucket['start']} to {bucket['end']}"
    return ""


def _begins(days: Days, first: int, last: int, certain: bool) -> bool:
    """Whether it begins from `first` to `last`; for certain that is the last of the days on which it may begin."""
    return first <= (days.start_latest if certain else days.start) <= last


def _facets_difference(documents: Documents, query: Query, wanted: list[int], said: dict[str, Any]) -> str:
    """The highest numbers of each facet, and the numbers of all years; of estimates, whether each is near."""
    mask = bytearray(len(documents.ids))
    for number in wanted:
        mask[number] = 1
    one_in = SPARSE  # at most: what is scaled to a number that is known does not tell the sample
    for name, (kind, key) in FACETS.items():
        counts = {
            value[1]: sum(map(mask.__getitem__, having))
            for value, having in documents.having.items()
            if value[0] == kind and len(value) == 2
        }
        if said.get("approximate"):
            for entry in said[name]:
                if not _is_near(entry["count"], counts.get(entry[key], 0), one_in):
                    return f"an estimate of {entry['count']} for {entry[key]} instead of {counts.get(entry[key], 0)}"
            continue
        highest = sorted(((-count, value) for value, count in counts.items() if count))[:20]
        right = [{key: value, "count": -count} for count, value in highest]
        if [{key: entry[key], "count": entry["count"]} for entry in said[name]] != right:
            return f"{name} begin with {said[name][:2]} instead of {right[:2]}"
    years = {entry["year"]: entry["count"] for entry in said["years"]}
    right_years = _years(documents, query, wanted)
    if said.get("approximate"):
        for year, count in years.items():
            if not _is_near(count, right_years.get(year, 0), one_in):
                return f"an estimate of {count} for {year} instead of {right_years.get(year, 0)}"
        return ""
    return "" if years == right_years else f"years differ: {sorted(years.items() ^ right_years.items())[:4]}"


def _years(documents: Documents, query: Query, wanted: list[int]) -> dict[int, int]:
    """The number of events that overlap each year of the window; what is open lasts as long as years are known."""
    certain = query.get("certainty") == "certain" and {"from", "to", "on"} & query.keys()
    spans = Counter[tuple[int, int]]()
    for number in wanted:
        days = documents.days[number]
        first, last = (days.start_latest, days.end_earliest) if certain else (days.start, days.end)
        spans[datetime.date.fromordinal(first).year, datetime.date.fromordinal(last).year] += 1
    since, until = query.get("on") or query.get("from"), query.get("on") or query.get("to")
    known = [year for span in spans for year in span if year not in (1, 9999)]
    known += [int(text[:4]) for text in (since, until) if text]
    begin = int(since[:4]) if since else min(known, default=0)
    end = int(until[:4]) if until else max(known, default=-1)
    found = {
        year: sum(count for (first, last), count in spans.items() if first <= year <= last)
        for year in range(begin, end + 1)
    }
    return {year: count for year, count in found.items() if count}
