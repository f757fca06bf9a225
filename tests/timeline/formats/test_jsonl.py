"""JSON Lines, read with the standard library and pandas."""

from __future__ import annotations

import io
import json

import pandas
import pytest

from tests.timeline.formats.samples import HOSTILE, document, each_hostile_text, hostile, legible, written
from tests.timeline.test_views import DOCUMENT


def test_each_line_is_a_document_as_the_api_has_it():
    text = written("jsonl", document(), document(id="another"))

    assert [json.loads(line) for line in text.splitlines()] == [DOCUMENT, {**DOCUMENT, "id": "another"}]
    assert text.startswith('{"id":"c5-1-leaders-summit-2025","url":"http://testserver/api/v1/events/c5-1')
    assert text.endswith('"updated_at":"2031-11-07T12:00:00.000000Z"}\n')


def test_no_documents_are_no_lines():
    assert written("jsonl") == ""


@each_hostile_text
def test_hostile_text_stays_on_its_line(text):
    (line,) = written("jsonl", hostile(text)).splitlines()

    read = json.loads(line)
    assert read["title"] == read["summary"] == (legible(text) if text == HOSTILE["surrogate"] else text)


@pytest.mark.django_db
def test_pandas_reads_the_curated_documents(curated_documents):
    frame = pandas.read_json(io.StringIO(written("jsonl", *curated_documents)), lines=True)

    assert frame["id"].tolist() == [one["id"] for one in curated_documents]
    assert frame["date"].tolist() == [one["date"] for one in curated_documents]


@pytest.mark.parametrize("cut", [1, 10, 500])
def test_a_line_cut_short_has_no_newline_behind_it(cut):
    assert not written("jsonl", document())[:-cut].endswith("\n")
