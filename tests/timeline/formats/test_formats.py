"""What holds for every format: it streams, it can be told from a broken one, it bears anything."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from tests.timeline.formats.samples import FEED, HOSTILE, MINIMAL, dated, document, hostile, written
from timeline.formats import FORMATS, NEGOTIABLE

DATES = (
    "2025-11-06", "2025-XX", "2025-11", "2025-10-XX", "2025", "201X", "20XX", "2025-21", "2025-24", "2025-11-06?",
    "2025~", "2025-11%", "2017-04-06/2017-04-07", "2025-04-04/..", "../2025", "2025/2025-06-01", "0001", "9999",
    "9999-12-31", "9999-24", "../9999-12-31", "0001-01-01/..",
)  # fmt: skip

every_format = pytest.mark.parametrize("name", FORMATS)


def test_names_types_and_extensions():
    assert {name: (format.name, format.content_type, format.extension) for name, format in FORMATS.items()} == {
        "jsonl": ("jsonl", "application/x-ndjson", "jsonl"),
        "csv": ("csv", "text/csv; charset=utf-8", "csv"),
        "csv-raw": ("csv-raw", "text/csv; charset=utf-8", "csv"),
        "csv-excel": ("csv-excel", "text/csv; charset=utf-8", "csv"),
        "geojson": ("geojson", "application/geo+json", "geojson"),
        "jsonld": ("jsonld", "application/ld+json", "jsonld"),
        "ics": ("ics", "text/calendar; charset=utf-8", "ics"),
        "atom": ("atom", "application/atom+xml", "atom"),
        "timelinejs": ("timelinejs", "application/x.timelinejs+json", "json"),
        "vis": ("vis", "application/x.vis-timeline+json", "json"),
        "fullcalendar": ("fullcalendar", "application/x.fullcalendar+json", "json"),
    }
    assert all(format.description for format in FORMATS.values())


def test_each_negotiable_type_is_one_format():
    assert {media_type: format.name for media_type, format in NEGOTIABLE.items()} == {
        "application/x-ndjson": "jsonl",
        "text/csv": "csv",
        "application/geo+json": "geojson",
        "application/ld+json": "jsonld",
        "text/calendar": "ics",
        "application/atom+xml": "atom",
        "application/x.timelinejs+json": "timelinejs",
        "application/x.vis-timeline+json": "vis",
        "application/x.fullcalendar+json": "fullcalendar",
    }


@every_format
def test_a_document_is_read_when_the_one_before_is_written(name):
    read = 0

    def documents():
        nonlocal read
        for read in range(1, 101):
            yield document(id=f"event-{read}")

    seen = {read for chunk in FORMATS[name].write(documents(), FEED) if "event-" in chunk}

    assert len(seen) == 100


@every_format
def test_no_chunk_is_empty(name):
    for documents in ([], [MINIMAL], [MINIMAL, document(id="another")]):
        assert all(FORMATS[name].write(iter(documents), FEED))


@every_format
@pytest.mark.parametrize("before", [0, 1, 3])
def test_a_broken_export_can_be_told(name, before):
    def documents():
        for number in range(before):
            yield document(id=f"event-{number}")
        raise OSError("the database has gone")

    chunks: list[str] = []
    with pytest.raises(OSError, match="the database has gone"):
        chunks.extend(FORMATS[name].write(documents(), FEED))  # keeps what came before

    assert not is_whole(name, "".join(chunks)) or not chunks  # without a chunk, the server answers 500


@every_format
@pytest.mark.parametrize("count", [1, 3])
def test_a_whole_export_can_be_told(name, count):
    assert is_whole(name, written(name, *(document(id=f"event-{number}") for number in range(count))))


def is_whole(name, text):
    """As the docstring of `timeline.formats` tells readers to find out."""
    if name == "jsonl" or name.startswith("csv"):
        return text.endswith("\n")
    if name == "ics":
        return text.endswith("END:VCALENDAR\r\n")
    try:
        (ElementTree.fromstring if name == "atom" else json.loads)(text)
    except (ElementTree.ParseError, json.JSONDecodeError):
        return False
    return True


@every_format
@pytest.mark.parametrize("edtf", DATES)
def test_every_kind_of_date_can_be_written(name, edtf):
    assert is_whole(name, written(name, dated(edtf)))


@every_format
def test_only_the_keys_that_every_document_has(name):
    text = written(name, MINIMAL)

    assert "None" not in text
    assert "null" not in text.replace('"geometry":null', "")


@every_format
def test_hostile_texts_together(name):
    documents = [{**hostile(text), "id": f"event-{number}"} for number, text in enumerate(HOSTILE.values())]

    text = written(name, *documents)

    assert is_whole(name, text)
    assert "\x00" not in text
    assert "style=" not in text


@every_format
def test_the_documents_are_left_as_they_are(name):
    given = document()
    written(name, given)
    assert given == document()


@pytest.mark.django_db
@every_format
def test_curated_documents(name, curated_documents):
    text = written(name, *curated_documents)

    assert len(curated_documents) > 50
    assert is_whole(name, text)
    for one in curated_documents:
        assert one["id"] in text.replace("\r\n ", "")
