"""`manage.py export`."""

from __future__ import annotations

import datetime
import io
import json
import sys

import pandas
import pytest
from django.core.management import CommandError, call_command
from pyarrow import parquet

from tests.builders import published
from timeline.formats import FORMATS

pytestmark = pytest.mark.django_db

WHOLE = [name for name, format in FORMATS.items() if format.most is None]


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("more", ["", "&lang=de&as_of=2"])
def test_the_file_is_the_answer_of_the_api(client, tmp_path, name, more):
    published("one", "2025-10-XX", "US", topics=("trade",)), published("two", "2025-11-06", "CN"), published("three")
    file = tmp_path / "events"

    query = f"country=US&country=CN{more}"
    options = {"output": str(file), "site": "http://testserver/", "query": query}
    call_command("export", name, **options, stderr=io.StringIO())

    assert file.read_bytes() == client.get(f"/api/v1/events/?format={name}&{query}").getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["events"]


def test_parquet_keeps_types(tmp_path):
    published("one", "2025-10-XX", "US", "CN", topics=("trade",), latitude="1.5", longitude="-0.25", place_name="Sea")
    published("open", "2025-04-04/..")
    said = io.StringIO()

    call_command("export", "parquet", output=str(tmp_path / "events"), query="ordering=date", stderr=said)

    first, second = [
        {key: value for key, value in row.items() if value is not None}
        for row in parquet.read_table(tmp_path / "events").to_pylist()
    ]
    assert first.pop("updated_at").tzinfo is not None
    assert isinstance(first["start"], datetime.date)
    assert first == {
        "id": "open",
        "url": "http://127.0.0.1:8000/api/v1/events/open/",
        "title": "Title of open",
        "language": "en",
        "type": "meeting",
        "start": datetime.date(2025, 4, 4),
        "end": datetime.date(9999, 12, 31),
        "date": "2025-04-04/..",
        "precision": "interval",
        "approximate": False,
        "uncertain": False,
        "sources": ["https://example.org/open/0"],
        "disputed": False,
        "version": 1,
    }
    assert (second["countries"], second["latitude"], second["longitude"]) == (["CN", "US"], 1.5, -0.25)
    assert said.getvalue() == f"2 events of dataset version 2 are in {tmp_path / 'events'}.\n"
    frame = pandas.read_parquet(tmp_path / "events")
    assert frame["id"].tolist() == ["open", "one"]


def test_a_past_state_in_a_language(tmp_path):
    published("one", titles={"en": "Talks", "de": "Gespräche"}), published("two")

    said = io.StringIO()
    call_command("export", "jsonl", output=str(tmp_path / "e"), query="as_of=1&lang=de", stderr=said)

    assert said.getvalue() == f"1 events of dataset version 1 are in {tmp_path / 'e'}.\n"
    assert json.loads((tmp_path / "e").read_text())["title"] == "Gespräche"


def test_standard_output(monkeypatch):
    published("one")
    output = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", output)

    call_command("export", "csv-raw", stderr=io.StringIO())

    assert b",Title of one," in output.buffer.getvalue()


@pytest.mark.parametrize("name", [*WHOLE, "parquet"])
@pytest.mark.parametrize("query", ["country=ZZ", "type=nonsense", "ordering=relevance", "coutnry=UZ", "as_of=7"])
def test_nothing_is_written_to_standard_output_before_a_refusal(monkeypatch, name, query):
    published("one")
    output = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", output)

    with pytest.raises(CommandError, match=r"^--query: "):
        call_command("export", name, query=query)

    assert output.buffer.getvalue() == b""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"query": "coutnry=UZ&from=x"},
            "--query: There is no parameter 'coutnry' here. Did you mean 'country'? "
            "'x' is not a date: write YYYY, YYYY-MM or YYYY-MM-DD.",
        ),
        ({"query": "as_of=7"}, "--query: There is no dataset version 7 yet: the present one is 1."),
        ({"site": "x.example"}, "--site is 'x.example'. It must be like https://timeline.example.org."),
        ({"site": "http://[::1"}, "--site is 'http://[::1'. It must be like https://timeline.example.org."),
        ({"site": "https://x.org#a"}, "--site is 'https://x.org#a'. It must be like https://timeline.example.org."),
        ({"output": "/nowhere/events"}, "/nowhere/events cannot be written: No such file or directory."),
    ],
)  # fmt: skip
def test_a_wrong_option_gives_error_and_leaves_the_file(tmp_path, options, message):
    published("one")
    (tmp_path / "events").write_text("as it was")

    with pytest.raises(CommandError) as error:
        call_command("export", "jsonl", **{"output": str(tmp_path / "events"), **options})

    assert str(error.value) == message
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"events": "as it was"}


def test_what_is_not_yet_at_a_replica_gives_error(tmp_path, monkeypatch):
    monkeypatch.setattr("timeline.caching.is_in_recovery", lambda: True)

    with pytest.raises(CommandError) as error:
        call_command("export", "jsonl", query="as_of=7", output=str(tmp_path / "events"))

    assert str(error.value) == (
        "--query: This replica has not replayed dataset version 7 yet: its present one is 0. If the primary has it, "
        "ask again in some seconds."
    )
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_the_command_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "timeline.parquet", raising=False)
    monkeypatch.delattr("timeline.parquet", raising=False)

    with pytest.raises(CommandError, match=r"^Parquet needs pyarrow: .venv/bin/python -m pip install pyarrow$"):
        call_command("export", "parquet", output=str(tmp_path / "events"))
    assert list(tmp_path.iterdir()) == []
