"""Files: JSON Lines, CSV, and what is neither."""

import csv
import gzip
import io
import os
import threading
from decimal import Decimal

import pytest

from events.interchange import flat, reading
from events.interchange.reading import Entry, RecordFile
from events.interchange.shapes import Problem

from .samples import ALL, EARLIER, MEETING, US, lines


@pytest.fixture
def short_lines(monkeypatch):
    """Only lines of up to 400 bytes, and cells of as many characters."""
    monkeypatch.setattr(reading, "LONGEST_LINE", 400)
    usual = csv.field_size_limit(400)
    yield
    csv.field_size_limit(usual)


def read(content: bytes, name: str = "events.jsonl"):
    """(line, slug, problems) of each entry."""
    file = RecordFile(name, io.BytesIO(content))
    found = [(entry.line, entry.values.get("slug"), list(map(str, entry.problems))) for entry in file.entries()]
    file.close()
    return found


def test_lines_are_counted_with_the_blank_ones():
    content = b"\xef\xbb\xbf" + lines(MEETING) + b"\n\r\n" + lines(EARLIER).rstrip()

    assert read(content) == [(1, "meeting", []), (4, "earlier", [])]


def test_it_can_be_read_again():
    file = RecordFile("events.jsonl", io.BytesIO(lines(MEETING, EARLIER)))

    assert [[entry.line for entry in file.entries()] for _ in range(2)] == [[1, 2], [1, 2]]
    assert [entry.position for entry in file.entries()][-1] == file.size
    file.close()


def test_outlines_are_what_the_lines_say_without_those_that_are_none():
    content = b"\xef\xbb\xbf" + lines(MEETING) + b'\n{"slug": " a",\n[1]\n1\n\xff\n{"slug": " a"}\n{"slug": 1}'
    file = RecordFile("events.jsonl", io.BytesIO(content))

    for _ in range(2):
        assert list(file.outlines()) == [MEETING, {"slug": " a"}, {"slug": 1}]
        assert next(file.entries()).values == MEETING
    file.close()


def test_no_json_gives_error():
    reason = "unexpected character, expected a string key (character 2)"

    assert read(b"{'slug': 1}") == [(1, None, [f"this is no JSON: {reason}. Expected one object a line."])]


@pytest.mark.parametrize(("before", "byte"), [(b"", 14), (b"\xef\xbb\xbf", 17), (b"  ", 16)])
def test_a_line_in_another_encoding_gives_error_and_the_next_one_is_read(before, byte):
    content = before + '{"slug": "Café"}\n'.encode("cp1252") + lines(EARLIER)

    assert read(content) == [
        (1, None, [f"this is not UTF-8 (byte {byte}): save the file in that encoding."]),
        (2, "earlier", []),
    ]


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_gives_one_error(encoding, mark):
    file = RecordFile("events.jsonl", io.BytesIO((mark + lines(MEETING, EARLIER).decode()).encode(encoding)))
    [entry] = file.entries()
    file.close()

    assert (entry.line, list(map(str, entry.problems)), entry.position, entry.unread) == (
        1, ["this is not UTF-8 (byte 1): save the file in that encoding."], file.size, True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("events.jsonl.gz", "unpack it, or run gunzip -c FILE | manage.py import_events - instead."),
        ("standard input", "unpack it, or run gunzip -c FILE | manage.py import_events - instead."),
        ("events.csv.gz", "unpack it."),
        ("events.csv", "unpack it."),
    ],
)
def test_a_packed_file_gives_one_error(name, advice):
    file = RecordFile(name, io.BytesIO(gzip.compress(lines(*ALL))))
    entries = [Entry(1, {}, [Problem("", f"this is a gzip file: {advice}")], position=file.size, unread=True)]

    assert [list(file.entries()) for _ in range(2)] == [entries, entries]
    file.close()


READERS = (
    "this is what readers get of events, which says less than an import needs: expected what manage.py export_events "
    "writes on the server that has them."
)
CSV = "this is CSV: expected JSON Lines, or a file whose name ends in .csv."
PUBLISHED = b'{"id": "one", "url": "https://example.org/api/v1/events/one/", "version": 3, "type": {"id": "summit"}}'


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("events.jsonl", b"\n" + PUBLISHED + b"\n" + PUBLISHED, READERS),
        ("events.csv", b"\xef\xbb\xbfid,url,title,summary,version\r\none,https://e.org,One,,3\r\n", READERS),
        ("events.CSV.txt", b"slug,type,title_en\r\none,meeting,One\r\n", CSV),
        ("standard input", b'\xef\xbb\xbf"Slug";Type;Title_en\none;meeting;One\n', CSV),
        ("events.txt", b"sep=;\nslug;type;title_en\n", CSV),
        ("events.txt", b"id,url,title,version\n", CSV),
        ("events.jsonl", b"slug,type\rfoo,bar\r", CSV),
    ],
)
def test_a_file_of_another_kind_gives_one_error(name, content, problem):
    file = RecordFile(name, io.BytesIO(content))
    [entry] = file.entries()
    file.close()

    assert (list(map(str, entry.problems)), entry.position, entry.unread) == ([problem], file.size, True)


def test_what_is_one_line_in_a_form_is_one_line():
    actor = {**US, "names": {"en": "United\nStates"}, "aliases": ["U\u2028S", " A\r\n\r\nB "]}
    event = {**EARLIER, "texts": {"en": {"title": "They\n\nmet", "summary": " One\r\nand\rtwo.\n"}}}
    file = RecordFile("events.jsonl", io.BytesIO(lines(actor, event)))
    found = [entry.values for entry in file.entries()]
    file.close()

    assert (found[0]["names"]["en"], found[0]["aliases"]) == ("United States", ["U S", "A B"])
    assert found[1]["texts"]["en"] == {"title": "They met", "summary": "One\nand\ntwo."}


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \r\n"])
def test_an_empty_file_gives_error(content):
    assert read(content) == [(1, None, ["it is empty: expected one object a line."])]


def test_one_line_of_another_kind_is_refused_alone():
    [_, (line, _, [problem]), *others] = read(lines(MEETING) + PUBLISHED + b"\n" + lines(EARLIER))

    assert (line, others) == (2, [(3, "earlier", [])])
    assert problem == "record: it must say what this is: expected one of type, topic, actor, event."


@pytest.mark.parametrize("line", [b"hello\rworld", b'{"record": "topic"}\r{"record": "topic"}'])
def test_a_carriage_return_in_the_first_line_is_no_end_of_it(line):
    [(number, _, [problem]), *others] = read(line + b"\n" + lines(EARLIER))

    assert (number, others) == (1, [(2, "earlier", [])])
    assert problem.startswith("this is no JSON: ")


@pytest.mark.usefixtures("short_lines")
def test_a_file_of_one_line_that_is_too_long_is_not_empty():
    assert read(b"x" * 1000) == [(1, None, ["the line is longer than 400 bytes: expected one record."])]


@pytest.mark.usefixtures("short_lines")
def test_a_line_that_is_too_long_gives_error_and_the_next_one_is_read():
    content = b'{"slug": "' + b"x" * 1000 + b'"}\n' + lines(EARLIER)

    assert read(content) == [
        (1, None, ["the line is longer than 400 bytes: expected one record."]),
        (2, "earlier", []),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.usefixtures("short_lines")
def test_a_line_as_long_as_one_may_be_is_read(end):
    line = lines(MEETING).rstrip().ljust(400)
    row = b"one,meeting,".ljust(400, b"x")

    assert read(line + end) == [(1, "meeting", [])]
    assert read(line + b" " + end) == [(1, None, ["the line is longer than 400 bytes: expected one record."])]
    header = b"slug,type,summary_en\n"
    assert read(header + row + end, "events.csv") == [(2, "one", [])]
    assert read(header + row + b"x" + end, "events.csv") == [
        (2, None, ["this is no CSV: the line is longer than 400 characters."])
    ]


def test_what_a_line_says_twice_gives_error():
    twice = b'{"record": "type", "slug": "a", "names": {"en": "A", "de": "A", "en": "B"}}'

    assert read(twice) == [(1, None, ["“en” stands twice in one object: leave one of them out."])]


def test_a_line_of_too_many_lists_gives_error():
    for depth in (900, 1_000, 2_000):
        [(line, slug, problems)] = read(b"[" * depth + b"]" * depth + b"\n")
        assert (line, slug, len(problems)) == (1, None, 1)


@pytest.mark.parametrize("text", ["0e-99999999999999999999", "1E-9223372036854775999"])
def test_an_exponent_beyond_all_numbers_gives_error(text):
    line = f'{{"figures": [{{"value": {text}}}]}}\n'.encode()

    assert read(line + lines(EARLIER)) == [
        (1, None, [f"{text} has an exponent that no number here has."]),
        (2, "earlier", []),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.07", 3.07),
        ("123456789012.123456", Decimal("123456789012.123456")),
        ("12345678901234567.25", Decimal("12345678901234567.25")),
        ("123456789012345678", 123456789012345678),
        ("1E-6", 1e-6),
    ],
)
def test_numbers_are_read_to_the_last_digit(text, value):
    file = RecordFile("events.jsonl", io.BytesIO(f'{{"figures": [{{"value": {text}}}]}}'.encode()))
    [entry] = file.entries()
    file.close()

    [figure] = entry.values["figures"]
    assert (type(figure["value"]), figure["value"]) == (type(value), value)


def test_csv_lines_are_those_of_the_file():
    content = b'slug,type,title_en,summary_en\r\none,meeting,One,"two\nlines"\r\ntwo,meeting,,\r\n'

    assert read(content, "events.csv") == [
        (2, "one", []),
        (4, "two", ["title_en: it is empty: expected at least one of en, de."]),
    ]


def values_of(content: bytes, name: str):
    file = RecordFile(name, io.BytesIO(content))
    [entry] = file.entries()
    file.close()
    assert entry.problems == []
    return entry.values


def test_texts_are_as_the_admin_has_them():
    title, summary = " One\t", "\r\nA line.\rAnother.\r\n\u00a0"
    printed, source = " Kazakstan ", {"url": "https://example.org", "title": " S ", "publisher": " P"}
    parts = [{"actor": "KZ", "role": "host", "printed": printed}]
    record = {**EARLIER, "texts": {"en": {"title": title, "summary": summary}}}
    values = values_of(lines({**record, "participants": parts, "sources": [source]}), "events.jsonl")

    assert values["texts"] == {"en": {"title": "One", "summary": "A line.\nAnother."}}
    assert values["participants"] == [{"actor": "KZ", "role": "host", "printed": "Kazakstan"}]
    assert values["sources"] == [{"url": "https://example.org", "title": "S", "publisher": "P"}]

    header = "slug,type,title_en,summary_en,participants,source_url,source_title,source_publisher\n"
    row = f'one,meeting,"{title}","{summary}",host:KZ:{printed},https://example.org, S , P\n'
    flat_values = values_of((header + row).encode(), "events.csv")
    for name in ("texts", "participants", "sources"):
        assert flat_values[name] == values[name]


def test_csv_of_a_spreadsheet():
    content = b"\xef\xbb\xbfSlug;Type;Title_en;Participants;;\r\none;meeting;One;host:US; visitor:UZ;;\r\n;;;;;\r\n"

    assert read(content.replace(b"host:US; visitor:UZ", b'"host:US; visitor:UZ"'), "events.csv") == [(2, "one", [])]
    assert read(content, "events.csv") == [(2, None, ["the row has 7 cells: expected 4, as the first line has."])]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("first_line", ["\ufeffsep=?\r\n", "SEP=?\n", '"sep=?"\n'])
def test_a_first_line_may_say_what_separates_the_cells(first_line, mark):
    content = (first_line + "slug?type?title_en\none?meeting?One\n").replace("?", mark).encode()
    bad = (first_line + "slug?typ?title_en\n").replace("?", mark).encode()

    for _ in range(2):
        assert read(content, "events.csv") == [(3, "one", [])]
    assert [line for line, *_ in read(bad, "events.csv")] == [2]


def test_a_cell_may_be_long():
    text = "word " * 40_000

    assert read(
        f"slug,type,title_en,summary_en\none,meeting,One,{text}\ntwo,meeting,Two,\n".encode(), "events.csv"
    ) == [
        (2, "one", []),
        (3, "two", []),
    ]


def test_a_cell_may_be_long_whatever_else_is_read_meanwhile():
    """As two who import at the same time do, in threads of one process."""
    text = "word " * 40_000
    content = f"slug,type,title_en,summary_en\none,meeting,One,\ntwo,meeting,Two,{text}\n".encode()
    file = RecordFile("events.csv", io.BytesIO(content))
    entries = file.entries()
    first = next(entries)

    assert read(b"slug,type,slug\n", "events.csv") == [(1, None, ["slug: the column is there twice."])]
    assert [(entry.values["slug"], entry.problems) for entry in (first, *entries)] == [("one", []), ("two", [])]
    file.close()


UNREAD = (
    " Nothing from this line on was read, since it cannot be told where the next row begins: expected a cell in quotes "
    "to end with one, and to have each quote that is in it twice."
)
STRAY = "this is no CSV: ',' expected after '\"'."


@pytest.mark.parametrize(
    ("rows", "entries"),
    [
        # What stands on the next line may be the rest of a cell, though it looks like a row.
        (b'one,meeting,"They said "hi",\nthree,meeting,left"\ntwo,meeting,Two\n', [(2, None, [STRAY + UNREAD])]),
        (b'one,meeting,"x" y\ntwo,meeting,Two\n', [(2, None, [STRAY + UNREAD])]),
        (b'one,meeting,One\ntwo,meeting,"x\nthree,meeting,"Three"\n', [(2, "one", []), (3, None, [STRAY + UNREAD])]),
        (
            b'one,meeting,"x\ntwo,meeting,Two\n',
            [(2, None, ["this is no CSV: unexpected end of data." + UNREAD])],
        ),
        (
            b'one,meeting,"' + b"x" * 500 + b'\nthree,meeting,Three"\n',
            [(2, None, ["this is no CSV: the line is longer than 400 characters." + UNREAD])],
        ),
        (
            b'one,meeting,"' + 9 * (b"x" * 50 + b"\n") + b'three,meeting,Three"\n',
            [(2, None, ["this is no CSV: field larger than field limit (400)." + UNREAD])],
        ),
        # Nor is the next line read, whatever it is like.
        (
            b'one,meeting,One,"' + b"x" * 500 + b'"\ntwo,meeting,Two,"' + b"x" * 500 + b'"\n',
            [(2, None, ["this is no CSV: the line is longer than 400 characters." + UNREAD])],
        ),
        (
            b'one,meeting,"x"y\ntwo,meeting,' + b"x" * 500 + b"\n",
            [(2, None, [STRAY + UNREAD])],
        ),
        # Nothing is left to read.
        (b'one,meeting,One\ntwo,meeting,"x" y\n', [(2, "one", []), (3, None, [STRAY])]),
    ],
)
@pytest.mark.usefixtures("short_lines")
def test_where_the_next_row_begins_is_not_guessed(rows, entries):
    assert read(b"slug,type,title_en\n" + rows, "events.csv") == entries


def test_a_pipe_is_read_like_a_file(tmp_path):
    """As in `import_events <(zcat events.jsonl.gz)`."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[lines(*ALL)])
    writer.start()

    file = RecordFile(str(pipe))
    writer.join(30)

    assert file.size == len(lines(*ALL))
    for _ in range(2):
        assert [entry.values for entry in file.entries()] == ALL
    file.close()


def test_a_nul_in_a_cell_gives_error_that_names_the_column():
    assert read(b"slug,type,date,title_en\r\none,meeting,2025\0,a\0b", "events.csv") == [
        (2, "one", [f"{name}: it has a NUL character in it, which no text may have." for name in ("date", "title_en")])
    ]


@pytest.mark.usefixtures("short_lines")
def test_a_cell_that_is_too_long_gives_error_and_the_next_row_is_read():
    """In a line without quotes, which ends with its row."""
    content = b"slug,type,title_en\none,meeting," + b"x" * 500 + b'\ntwo,meeting,"T\nwo"\nthree,meeting,Three\n'

    assert read(content, "events.csv") == [
        (2, None, ["this is no CSV: the line is longer than 400 characters."]),
        (3, "two", []),
        (5, "three", []),
    ]


@pytest.mark.usefixtures("short_lines")
def test_a_row_of_many_cells_is_not_read_into_memory_either():
    content = b"slug,type,title_en\none,meeting" + b",x" * 1000 + b"\r\ntwo,meeting,Two\n"

    assert read(content, "events.csv") == [
        (2, None, ["this is no CSV: the line is longer than 400 characters."]),
        (3, "two", []),
    ]


KNOWN = f"the columns that can be there are {', '.join(flat.COLUMNS)}."


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (b"slug,type,dates,note\r\n", ["dates: there is no such column: did you mean date?",
                                     "note: there is no such column.", KNOWN]),
        ("slug,type\none,meeting".encode("utf-16"), ["this is not UTF-8: save the file in that encoding."]),
        (b'slug,"type\r\n', ["this is no CSV: unexpected end of data."]),
        (b"x" * 200_000, ["this is no CSV: field larger than field limit (131072)."]),
        (b"", ["the first line is empty: expected the columns slug and type at least."]),
        (b"slug,title_en\r\none,One\r\n", ["type: the column is missing: every event needs it."]),
        (b"slug,type,slug\r\n", ["slug: the column is there twice."]),
        (b"\r\n", ["the first line is empty: expected the columns slug and type at least."]),
        (b"date\r\n", [f"{name}: the column is missing: every event needs it." for name in ("slug", "type")]),
    ],
)  # fmt: skip
def test_a_bad_first_line_gives_error(content, problems):
    assert read(content, "events.csv") == [(1, None, problems)]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (b"one,meeting", "the row has 2 cells: expected 3, as the first line has."),
        (b"one,meeting,Caf\xe9", "this is not UTF-8: save the file in that encoding."),
        (b'one,meeting,"x', "this is no CSV: unexpected end of data."),
    ],
)
def test_a_bad_row_gives_error(row, problem):
    assert read(b"slug,type,title_en\r\n" + row, "events.csv") == [(2, None, [problem])]
