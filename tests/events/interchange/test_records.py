"""The shape of records, in code and in JSON Schema."""

import copy
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import events.interchange
from events.fields import parse_or_none
from events.interchange.records import SHAPES, problems, schema
from events.interchange.shapes import Edtf
from events.loading import DATA, read_records

from .samples import ALL, FULL, PERSON, US

SCHEMA = json.loads(Path(events.interchange.__file__).with_name("schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
EVENT_FILES = [file for file in (DATA / "curated").glob("*.json") if file.name != "actors.json"]


def changed(record, path, value):
    """A copy of `record` with another value at `path`; `...` takes it away."""
    record = copy.deepcopy(record)
    inner = record
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return record


def test_the_schema_is_the_committed_one():
    assert schema() == SCHEMA, "The shape of records changed: run `make schema` and read the diff."


def test_the_schema_is_valid():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_samples_name_every_key():
    """So that what the other tests do with them, they do with every key."""
    named: dict[str, set[str]] = {record["record"]: set() for record in ALL}
    for record in ALL:
        named[record["record"]] |= set(record)
    left_out = {"actor": {"successors", "members"}, "event": {"publish"}, "topic": {"parent"}}

    assert {kind: set(shape.fields) - left_out.get(kind, set()) for kind, shape in SHAPES.items()} == named


def test_of_many_problems_the_first_are_named():
    found = problems({**US, **{f"key-{number}": "" for number in range(200)}})

    assert [problem.field for problem in found] == [f"key-{number}" for number in range(100)]


@pytest.mark.parametrize("record", ALL, ids=lambda record: record["slug"])
def test_good_records(record):
    assert problems(record) == []
    assert VALIDATOR.is_valid(record)


def test_the_data_that_comes_with_the_project_is_of_this_shape():
    vocabulary = read_records(DATA / "vocabulary.json")
    shipped = [
        *({"record": "type", **record} for record in vocabulary["types"]),
        *({"record": "topic", **record} for record in vocabulary["topics"]),
        *({"record": "actor", "kind": "state", **record} for record in read_records(DATA / "states.json")),
        *({"record": "actor", **record} for record in read_records(DATA / "groups.json")),
        *({"record": "actor", **record} for record in read_records(DATA / "curated" / "actors.json")),
        *({"record": "event", **record} for file in EVENT_FILES for record in read_records(file)),
    ]

    assert len(EVENT_FILES) == 5
    assert [(record["slug"], problems(record)) for record in shipped if problems(record)] == []
    assert [record["slug"] for record in shipped if not VALIDATOR.is_valid(record)] == []


# Wrong by itself: what the code says, and that the schema refuses it too. Days that no month has, repetitions but for
# lists of texts, and whose source a figure names are beyond the schema.
BOTH: list[Any] = [
    (FULL, ["slug"], ..., "slug: it is missing: this must be given."),
    (
        FULL,
        ["slug"],
        "Full Stop",
        "slug: “Full Stop” is malformed: expected the form such as c5-1-leaders-summit-2025.",
    ),
    (FULL, ["slug"], "x" * 121, "slug: it has 121 characters: expected at most 120."),
    (FULL, ["slug"], "", "slug: it is blank: expected a text such as c5-1-leaders-summit-2025."),
    (FULL, ["slug"], 7, "slug: this is a number: expected a text."),
    (
        FULL,
        ["external_id"],
        "test",
        "external_id: “test” is malformed: expected the form such as has-travels:3593.",
    ),
    (FULL, ["texts"], [], "texts: this is a list: expected an object with a key for each language (en, de)."),
    (
        FULL,
        ["texts"],
        {"fr": {"title": "Sommet"}},
        "texts: “fr” is no language here: expected one of en, de.",
    ),
    (FULL, ["texts", "de"], {"summary": "Nur."}, "texts.de.title: it is missing: this must be given."),
    (FULL, ["texts", "en", "title"], None, "texts.en.title: this is null: expected a text."),
    (
        FULL,
        ["participants", 1, "role"],
        "guest",
        "participants[1].role: there is no “guest” here: expected one of host, visitor, participant, imposer, target, "
        "signatory, mediator, observer, speaker.",
    ),
    (FULL, ["participants", 0], "KZ", "participants[0]: this is a text: expected an object."),
    (FULL, ["place", "latitude"], 91, "place.latitude: 91 is out of range: expected a number from -90 to 90."),
    (
        FULL,
        ["sources", 0, "url"],
        "ftp://example.org",
        "sources[0].url: “ftp://example.org” is malformed: expected the form such as https://example.org/news.",
    ),
    (FULL, ["sources", 0, "official"], "yes", "sources[0].official: this is a text: expected true or false."),
    (
        FULL,
        ["sources", 0, "accessed"],
        "24.12.2025",
        "sources[0].accessed: “24.12.2025” is not a day: expected one such as 2025-11-06.",
    ),
    (
        FULL,
        ["figures", 0, "value"],
        "three",
        "figures[0].value: three does not fit: expected a number of at most 18 digits before the point and 6 behind "
        "it, such as 3.07.",
    ),
    (
        FULL,
        ["titel"],
        "x",
        "titel: there is no such key: expected record, external_id, slug, type, topics, date, effective, place, texts, "
        "participants, sources, relations, figures, publish.",
    ),
    (
        FULL,
        ["date"],
        "6.11.2025",
        "date: “6.11.2025” is not a date: '.' does not belong in a date: expected digits, X, - and one of ? ~ % at the "
        "end (character 2); write 2025-11-06 or 2025-06-11.",
    ),
    (
        FULL,
        ["place", "longitude"],
        ...,
        "place.longitude: it is missing: give both latitude and longitude, or neither.",
    ),
    (
        FULL,
        ["topics"],
        ["trade", "trade"],
        "topics[1]: it repeats topics[0]: leave one of them out.",
    ),
    (
        PERSON,
        ["memberships", 0, "since"],
        "2021/2022",
        "memberships[0].since: “2021/2022” is an interval: expected one date, such as 2025-11-06.",
    ),
    (
        FULL,
        ["figures", 0, "value"],
        "٣",
        "figures[0].value: ٣ does not fit: expected a number of at most 18 digits "
        "before the point and 6 behind it, such as 3.07.",
    ),
    (US, ["successors"], ["KZ", "KZ"], "successors[1]: it repeats successors[0]: leave one of them out."),
    (FULL, ["texts", "en", "title"], " \t", "texts.en.title: it is blank: expected a text."),
    (FULL, ["texts", "en", "summary"], " ", "texts.en.summary: it is blank: expected a text."),
    # More than the form of a figure takes.
    (
        FULL,
        ["figures", 0, "labels", "en"],
        "x" * 301,
        "figures[0].labels.en: it has 301 characters: expected at most 300.",
    ),
    (US, ["code"], "USA", "code: “USA” is malformed: expected the form such as UZ or SUHH."),
    (FULL, ["record"], "evnt", "record: it must say what this is: expected one of type, topic, actor, event."),
]
CODE_ALONE = [
    (US, ["successors"], ["KZ", "KZ "], "successors[1]: it repeats successors[0]: leave one of them out."),
    (
        FULL,
        ["figures", 0, "source"],
        "https://example.org/9",
        "figures[0].source: “https://example.org/9” is none of the event's sources: give a URL of one.",
    ),
    # A space to ECMA-262, which says what patterns in a schema mean, though not to Python.
    (FULL, ["texts", "en", "title"], "\ufeff ", "texts.en.title: it is blank: expected a text."),
    (PERSON, ["code"], "JD", "code: a person has no code: only a state or a bloc has one."),
    *(
        (
            FULL,
            ["sources", 0, "url"],
            url,
            f"sources[0].url: “{url}” is no URL that a browser can open: expected one whose host is a name, or an "
            "address in numbers, such as https://example.org/news.",
        )
        for url in ("http://[::1", "https://<script>\"onx='", "https://-", "https://example.org:port/")
    ),
    (FULL, ["texts", "en", "title"], "a\0b", "texts.en.title: it has a NUL character in it, which no text may have."),
]


@pytest.mark.parametrize(("record", "path", "value", "message"), BOTH + CODE_ALONE, ids=lambda value: str(value)[:30])
def test_a_bad_record_gives_error(record, path, value, message):
    assert [str(problem) for problem in problems(changed(record, path, value))] == [message]


@pytest.mark.parametrize(("record", "path", "value", "message"), BOTH, ids=lambda value: str(value)[:30])
def test_the_schema_refuses_it_too(record, path, value, message):
    assert not VALIDATOR.is_valid(changed(record, path, value))


YEARS = ["2025", "0001", "0000", "201X", "20XX", "2XXX", "XXXX", "25", "2X25", "٢٠٢٥", "-2025", ".."]
MONTHS = ["", "-01", "-12", "-13", "-21", "-24", "-25", "-XX", "-1X", "-1", "-00"]
DAYS = ["", "-01", "-09", "-30", "-31", "-32", "-XX", "-00", "-3X", "-1"]
POINTS = ["".join(parts) for parts in itertools.product(YEARS, MONTHS, DAYS, ["", "?", "~", "%", "??", "X"])]


def test_the_schema_takes_each_date_that_is_one():
    points = re.compile(Edtf(interval=False).schema()["pattern"])
    dates = re.compile(Edtf().schema()["pattern"])
    good = [text for text in POINTS if parse_or_none(text)]
    taken = [text for text in POINTS if points.search(text)]

    assert not set(good) - set(taken)
    # What it takes besides: no month has a 30th or 31st of each kind, and there is no year 0.
    assert {text for text in set(taken) - set(good) if "0000" not in text} == set()
    ends = [*good[::37], ".."]
    intervals = [f"{one}/{other}" for one in ends for other in ends]
    assert not [text for text in intervals if parse_or_none(text) and not dates.search(text)]
    assert not [text for text in intervals if points.search(text)]
    for text in ("", "../..", "..", "2025/", "/2025", "2025/2026/2027", "2025 ", "2025-11-06T12:00"):
        assert bool(dates.search(text)) == (text == "")


VALUES = [
    ..., None, True, 0, 1.5, "", " ", "x", " x ", "\n", "\x1c", "\x85x", "\u200b", "\ufeffx", "US", "2025",
    "2025-11-06", "trade", "https://example.org/2", "x" * 121, "x" * 301, [], ["US"], ["trade", " trade"], {},
    {"en": "x"}, {"latitude": 1}, {"latitude": 1, "longitude": 1}, {"en": {"title": "x"}},
]  # fmt: skip


def paths(value, path=()):
    if path:
        yield list(path)
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, (*path, key))


@pytest.mark.parametrize("record", ALL, ids=lambda record: record["slug"])
def test_what_is_good_is_good_by_the_schema(record):
    changes = [(path, value) for path in paths(record) for value in VALUES]
    good = [change for change in changes if not problems(changed(record, *change))]

    assert good
    assert [change for change in good if not VALIDATOR.is_valid(changed(record, *change))] == []


@pytest.mark.parametrize(
    "url", ["http://[::1]:8000/", "https://127.0.0.1/?q=1#a", "https://müller.example/ä", "http://localhost"]
)
def test_a_url_that_the_admin_takes(url):
    record = changed(FULL, ["sources", 0, "url"], url)
    record["figures"] = []

    assert problems(record) == []
    assert VALIDATOR.is_valid(record)


@pytest.mark.parametrize("line", [[], "event", 1, None])
def test_a_line_that_is_no_object_gives_error(line):
    assert [str(problem) for problem in problems(line)] == [
        'the line is no object: expected one such as {"record": "event", …}.'
    ]
    assert not VALIDATOR.is_valid(line)
