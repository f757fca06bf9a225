"""CSV, read with the standard library and pandas."""

from __future__ import annotations

import csv
import datetime
import io

import pandas
import pytest

from tests.timeline.formats.samples import MINIMAL, dated, document, each_hostile_text, hostile, legible, written
from timeline.formats.csv import guarded

HEADER = (
    "id,url,title,summary,language,type,start,end,date,precision,approximate,uncertain,effective,place,country,"
    "latitude,longitude,countries,participants,topics,sources,disputed,version,updated_at,summary_language\r\n"
)
ROW = (
    "c5-1-leaders-summit-2025,http://testserver/api/v1/events/c5-1-leaders-summit-2025/,Summit,What happened.,en,"
    "summit,2025-11-06,2025-11-06,2025-11-06,day,false,false,2025-11-10/2026-11-10,"
    '"White House, Washington, D.C.",US,38.8977,-77.0365,US UZ,donald-trump (host);c5-1 (visitor),rare-earths,'
    "https://example.org/a,false,1,2031-11-07T12:00:00.000000Z,\r\n"
)


@pytest.fixture(autouse=True)
def long_cells():
    """The reader of the standard library refuses longer ones than 128 KiB unless told otherwise."""
    usual = csv.field_size_limit(10**7)
    yield
    csv.field_size_limit(usual)


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize(("name", "mark"), [("csv", ""), ("csv-raw", ""), ("csv-excel", "\ufeff")])
def test_a_header_and_a_row(name, mark):
    assert written(name, document()) == mark + HEADER + ROW
    assert written(name) == mark + HEADER


def test_what_does_not_apply_is_an_empty_cell():
    [row] = rows(written("csv", MINIMAL))

    assert [column for column, cell in row.items() if cell == ""] == [
        "summary", "effective", "place", "country", "latitude", "longitude", "countries", "participants", "topics",
        "summary_language",
    ]  # fmt: skip


def test_lists():
    sources = [
        {"url": url, "title": "A report", "official": False} for url in ("https://a.example/", "https://b.example/")
    ]

    [row] = rows(written("csv", document(sources=sources)))

    assert row["sources"].split(" ") == ["https://a.example/", "https://b.example/"]
    assert row["participants"].split(";") == ["donald-trump (host)", "c5-1 (visitor)"]


def test_zero_is_a_coordinate():
    [row] = rows(written("csv", document(place={"name": "Null Island", "latitude": 0.0, "longitude": 0.0})))

    assert (row["latitude"], row["longitude"]) == ("0.0", "0.0")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1+1", "'  =1+1"),
        ("\ufeff\u200f=1+1", "'\ufeff\u200f=1+1"),
        ("\x00=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("a;=1+1", "a;'=1+1"),
        ('a;"=1+1', "a;\"'=1+1"),
        ("a\n @x", "a\n '@x"),
        ("a\t-1", "a\t'-1"),
        ("a=b, c-d @e; f", "a=b, c-d @e; f"),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_guarded(text, cell):
    assert guarded(text) == cell


@each_hostile_text
def test_hostile_text(text):
    [person], [raw] = rows(written("csv", hostile(text))), rows(written("csv-raw", hostile(text)))

    assert [raw[column] for column in ("title", "summary", "place")] == [legible(text)] * 3
    assert [person[column] for column in ("title", "summary", "place")] == [guarded(text)] * 3
    assert guarded(text).replace("'", "") == legible(text).replace("'", "")
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_are_not_guarded():
    assert rows(written("csv", document()))[0]["longitude"] == "-77.0365"


def test_dates_survive_in_pandas():
    text = written("csv", dated("2025-10-XX"), dated("2025-04-04/.."), dated("../2025"))

    frame = pandas.read_csv(io.StringIO(text), parse_dates=["start", "end", "updated_at"])

    day = datetime.datetime
    assert frame["start"].tolist() == [day(2025, 10, 1), day(2025, 4, 4), day(1, 1, 1)]
    assert frame["end"].tolist() == [day(2025, 10, 31), day(9999, 12, 31), day(2025, 12, 31)]
    assert frame["updated_at"].tolist() == [day(2031, 11, 7, 12, tzinfo=datetime.UTC)] * 3
    assert frame["date"].tolist() == ["2025-10-XX", "2025-04-04/..", "../2025"]
    assert frame["disputed"].tolist() == [False] * 3
    assert frame["longitude"].tolist() == [-77.0365] * 3
    assert frame[(frame["start"] <= "2026-01-01") & (frame["end"] >= "2026-01-01")]["date"].tolist() == [
        "2025-04-04/.."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["csv", "csv-raw", "csv-excel"])
def test_pandas_reads_the_curated_documents(name, curated_documents):
    text = written(name, *curated_documents)

    frame = pandas.read_csv(io.BytesIO(text.encode()), parse_dates=["start", "end"])

    assert frame["id"].tolist() == [one["id"] for one in curated_documents]
    assert frame["title"].tolist() == [one["title"] for one in curated_documents]
    assert [f"{day:%Y-%m-%d}" for day in frame["start"]] == [one["date"]["start"] for one in curated_documents]
    assert [f"{day:%Y-%m-%d}" for day in frame["end"]] == [one["date"]["end"] for one in curated_documents]
