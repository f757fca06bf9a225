"""Records for tests: one of each kind that says everything, and what they need."""

from __future__ import annotations

from typing import Any

import orjson

from events.interchange.importing import Import, Result, When
from events.interchange.outcomes import Existing
from events.interchange.reading import Entry
from events.interchange.records import problems

MEETING: dict[str, Any] = {"record": "type", "slug": "meeting", "names": {"en": "Meeting", "de": "Treffen"}}
SUMMIT: dict[str, Any] = {
    "record": "type", "slug": "summit", "names": {"en": "Summit"}, "parent": "meeting", "plover": "CONSULT",
}  # fmt: skip
TRADE: dict[str, Any] = {"record": "topic", "slug": "trade", "names": {"en": "Trade"}}
US: dict[str, Any] = {
    "record": "actor", "slug": "united-states", "kind": "state", "names": {"en": "United States"},
    "aliases": ["USA"], "code": "US", "alpha3": "USA", "qid": "Q30",
}  # fmt: skip
KZ: dict[str, Any] = {
    "record": "actor", "slug": "kazakhstan", "kind": "state", "names": {"en": "Kazakhstan", "de": "Kasachstan"},
    "code": "KZ",
}  # fmt: skip
PERSON: dict[str, Any] = {
    "record": "actor", "slug": "jane-doe", "kind": "person", "names": {"en": "Jane Doe"},
    "memberships": [{"group": "US", "role": "envoy", "since": "2021-01-20", "until": "2025"}],
}  # fmt: skip
EARLIER: dict[str, Any] = {
    "record": "event", "external_id": "test:1", "slug": "earlier", "type": "meeting", "date": "2024",
    "texts": {"en": {"title": "Earlier"}}, "participants": [{"actor": "US", "role": "host"}],
    "sources": [{"url": "https://example.org/1", "title": "One", "official": False}],
}  # fmt: skip
FULL: dict[str, Any] = {
    "record": "event", "external_id": "test:2", "slug": "full", "type": "summit", "topics": ["trade"],
    "date": "2025-11-XX", "effective": "2025-12-01/..",
    "place": {"name": "Astana", "country": "KZ", "latitude": 51.169392, "longitude": 71.449074},
    "texts": {"en": {"title": "Summit", "summary": "They met."}, "de": {"title": "Gipfel"}},
    "participants": [
        {"actor": "KZ", "role": "host", "printed": "Kazakstan"},
        {"actor": "jane-doe", "role": "visitor"},
    ],
    "sources": [
        {
            "url": "https://example.org/2", "title": "Two", "publisher": "Paper", "language": "en",
            "published": "2025-11", "accessed": "2025-12-24", "official": True, "claims": "2025-11-06",
            "claims_effective": "2025-12-01/..",
        }
    ],
    "relations": [{"kind": "follows", "event": "test:1"}],
    "figures": [
        {
            "labels": {"en": "Exports"}, "value": 3.07, "unit": "USD bn", "period": "2023", "reporter": "KZ",
            "partner": "US", "source": "https://example.org/2",
        }
    ],
}  # fmt: skip
ALL = [MEETING, SUMMIT, TRADE, PERSON, KZ, US, EARLIER, FULL]


def lines(*records: dict[str, Any]) -> bytes:
    """A JSON Lines file."""
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


def imported(
    *records: dict[str, Any],
    existing: Existing = Existing.REPLACE,
    refused: When = When.CONTINUE,
    explain: bool = False,
) -> list[Result]:
    """What became of each record, in the order of the lines."""

    def entries():
        for number, values in enumerate(records, 1):
            yield Entry(number, values, problems(values))

    importing = Import(entries, existing, refused, explain=explain)
    return sorted((result for batch in importing.run() for result in batch), key=line_of)


def line_of(result: Result) -> int:
    return result.line


def statuses(*records: dict[str, Any], **options: Any) -> list[str]:
    return [str(result.status) for result in imported(*records, **options)]


def refusals(*records: dict[str, Any], **options: Any) -> list[str]:
    """`line: field: message` for each problem."""
    return [f"{result.line}: {problem}" for result in imported(*records, **options) for problem in result.problems]
