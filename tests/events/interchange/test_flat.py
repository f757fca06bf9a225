"""CSV: what fits in a row, and comes back out of it."""

from typing import Any

import pytest

from events.interchange import flat

FLAT: dict[str, Any] = {
    "record": "event", "external_id": "test:3", "slug": "flat", "type": "summit", "topics": ["trade", "uranium"],
    "date": "2025-11-XX", "effective": "2025/..",
    "place": {"name": "=Astana", "country": "KZ", "latitude": -51.169392, "longitude": 71.0},
    "texts": {"en": {"title": "'=1+1", "summary": "They met,\n\"again\"."}, "de": {"title": "+49", "summary": ""}},
    "participants": [{"role": "host", "actor": "KZ", "printed": "KZ: host"}, {"role": "visitor", "actor": "US"}],
    "sources": [{"url": "https://example.org/2", "title": "@Two", "language": "en", "official": True}],
    "publish": False,
}  # fmt: skip


def test_a_flat_event_comes_back():
    cells, reasons = flat.row(FLAT)
    values, problems = flat.record(flat.COLUMNS, cells)

    assert (reasons, problems) == ([], [])
    assert without_none(values) == FLAT


def test_an_event_without_a_title_does_not_fit_in_a_row():
    assert flat.row({**FLAT, "texts": {}})[1] == ["it has no title"]


def without_none(values):
    """Empty cells clear; what is not there needs none."""
    return {**values, "sources": [{key: said for key, said in values["sources"][0].items() if said is not None}]}


def test_formulas_are_guarded():
    cells = dict(zip(flat.COLUMNS, flat.row(FLAT)[0], strict=True))

    assert [cells[name] for name in ("title_en", "title_de", "place_name", "source_title", "latitude")] == [
        "''=1+1", "'+49", "'=Astana", "'@Two", "-51.169392",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({"sources": [{}, {}]}, ["it has 2 sources"]),
        ({"relations": [{}], "figures": [{}]}, ["it has 1 relation", "it has 1 figure"]),
        (
            {"participants": [{"role": "host", "actor": "US", "printed": "a; b"}]},
            ["a name as printed has a semicolon or a line break in it"],
        ),
    ],
)
def test_what_is_not_flat_says_why(more, reasons):
    assert flat.row({**FLAT, **more})[1] == reasons


def test_a_column_that_is_not_there_says_nothing_and_an_empty_cell_clears():
    header = ["slug", "type", "title_en", "topics", "effective", "source_url", "place_name", "latitude"]
    values, problems = flat.record(header, ["flat", "summit", "Flat", "", "", "", "", ""])

    assert problems == []
    assert values == {
        "record": "event", "slug": "flat", "type": "summit", "texts": {"en": {"title": "Flat"}}, "topics": [],
        "effective": "", "sources": [], "place": {"name": None, "latitude": None},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({}, {}),
        ({"title_de": "", "summary_de": ""}, {"texts": {"de": {"title": None, "summary": ""}}}),
        ({"summary_de": "Sie trafen sich."}, {"texts": {"de": {"summary": "Sie trafen sich."}}}),
        ({"source_claims": "2024"}, {"sources": [{"claims": "2024"}]}),
        ({"source_claims": ""}, {"sources": [{"claims": None}]}),
        ({"source_claims": "", "source_url": ""}, {"sources": []}),
        ({"latitude": "51.2"}, {"place": {"latitude": 51.2}}),
    ],
)
def test_what_the_event_may_have_already_is_not_missing(cells, says):
    values, problems = flat.record(["slug", "type", *cells], ["flat", "summit", *cells.values()])

    assert problems == []
    assert values == {"record": "event", "slug": "flat", "type": "summit", "texts": {}, **says}


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({"slug": ""}, ["slug: it is missing: this must be given."]),
        ({"type": ""}, ["type: it is missing: this must be given."]),
        (
            {"title_en": "", "latitude": "91"},
            [
                "latitude: 91.0 is out of range: expected a number from -90 to 90.",
                "title_en: it is empty: expected at least one of en, de.",
            ],
        ),
        ({"title_en": "", "title_de": ""}, ["title_en: it is empty: expected at least one of en, de."]),
        ({"title_en": "", "title_de": "Gipfel"}, []),
    ],
)
def test_what_a_row_must_say_itself(cells, problems):
    row = {"slug": "flat", "type": "summit", **cells}

    assert list(map(str, flat.record(list(row), list(row.values()))[1])) == problems


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("date", "date"),
        ("title_de", "title_de"),
        ("texts", "title_en"),
        ("texts.de.summary", "summary_de"),
        ("place.country", "place_country"),
        ("sources", "source_url"),
        ("sources[1].title", "source_title"),
        ("topics[0]", "topics[0]"),
    ],
)
def test_the_column_of_a_field(field, column):
    assert flat.column(field) == column


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("latitude", "north", "latitude: “north” is no number: expected one such as 38.8977."),
        *(
            ("latitude", cell, f"latitude: “{cell}” is no number: expected one such as 38.8977.")
            for cell in ("1_0", "٣", "1,000.5", "1.0.0", ".", "nan", "5 1")
        ),
        ("publish", "no", "publish: “no” is neither true nor false: expected one of them."),
        ("participants", "US", "participants: “US” has no role: expected role:actor, such as host:US."),
        ("source_url", "example.org", "source_url: “example.org” is malformed: expected the form such as "
         "https://example.org/news."),
        ("place_country", "x" * 121, "place_country: it has 121 characters: expected at most 120."),
        ("title_en", "x" * 301, "title_en: it has 301 characters: expected at most 300."),
    ],
)  # fmt: skip
def test_a_bad_cell_gives_error_that_names_the_column(column, cell, problem):
    cells, _ = flat.row(FLAT)
    cells[flat.COLUMNS.index(column)] = cell

    assert list(map(str, flat.record(flat.COLUMNS, cells)[1])) == [problem]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("latitude", " 5.15E+01 ", {"place": {**FLAT["place"], "latitude": 51.5}}),
        ("latitude", "51,5", {"place": {**FLAT["place"], "latitude": 51.5}}),
        ("topics", "trade; rare-earths ;uranium", {"topics": ["trade", "rare-earths", "uranium"]}),
        ("publish", "WAHR", {"publish": True}),
        ("publish", "FALSE", {"publish": False}),
        ("source_official", "falsch", {"sources": [{**FLAT["sources"][0], "official": False}]}),
    ],
)
def test_a_cell_as_a_spreadsheet_writes_it(column, cell, value):
    cells, _ = flat.row(FLAT)
    cells[flat.COLUMNS.index(column)] = cell

    values, problems = flat.record(flat.COLUMNS, [*cells, "", ""])
    assert (without_none(values), problems) == ({**FLAT, **value}, [])


@pytest.mark.parametrize(
    ("first_line", "mark"),
    [
        ("slug,type,date", ","),
        ("slug;type;date", ";"),
        ("slug\ttype\tdate", "\t"),
        ("Slug; Type; Date;;", ";"),
        ("slug;type,date,title_en", ","),
        ("slug", ","),
        ("", ","),
    ],
)
def test_what_separates_the_cells(first_line, mark):
    assert flat.separator(first_line) == mark
