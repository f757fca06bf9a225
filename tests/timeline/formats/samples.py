"""Documents and texts that every format has to bear."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from events.dates import parse
from tests.timeline import test_views
from timeline.documents import Document, date
from timeline.formats import FORMATS, Feed

DOCUMENT: dict[str, Any] = test_views.DOCUMENT

FEED = Feed(
    title="Talks & <trade>",
    url="https://timeline.example.org/api/v1/events/?country=UZ&format=x",
    home="https://timeline.example.org/",
    page="https://timeline.example.org/events/*/?lang=de",
    language="en",
    updated=datetime.datetime(2031, 11, 7, 12, tzinfo=datetime.UTC),
    host="timeline.example.org",
    window_start=datetime.date(2010, 1, 1),
    window_end=datetime.date(2030, 12, 31),
)

PART_OF = {"kind": "part_of", "event": "before", "title": "Before"}

MINIMAL: Document = {
    key: DOCUMENT[key]
    for key in (
        "id", "url", "version", "type", "title", "language", "date", "sources", "disputed", "published_at",
        "updated_at",
    )
}  # fmt: skip
"""Only the keys that every document has."""


def document(**changes: object) -> Document:
    """The full document of an event, with these keys changed."""
    return {**DOCUMENT, **changes}


def dated(edtf: str, **changes: object) -> Document:
    """The full document of an event at this date."""
    return document(date=date(parse(edtf), "en"), **changes)


def hostile(text: str) -> Document:
    """A document in which every text that an editor can write is `text`."""
    return document(
        title=text,
        summary=text,
        type={**DOCUMENT["type"], "name": text},
        place={**DOCUMENT["place"], "name": text},
        participants=[{**part, "name": text, "name_as_printed": text} for part in DOCUMENT["participants"]],
        countries=[{**country, "name": text} for country in DOCUMENT["countries"]],
        topics=[{**topic, "name": text} for topic in DOCUMENT["topics"]],
        sources=[{**source, "title": text, "publisher": text} for source in DOCUMENT["sources"]],
        relations=[{**PART_OF, "title": text}],
    )


def written(name: str, *documents: Document, feed: Feed = FEED) -> str:
    """The documents in this format, as UTF-8 can carry it."""
    return "".join(FORMATS[name].write(iter(documents), feed)).encode().decode()


HOSTILE = {
    "nul": "a\x00b",
    "control": "\x1b[31mred\x07\x9b",
    "surrogate": "a\ud800b",
    "noncharacter": "a\ufffe\uffffb",
    "cdata": "]]> <![CDATA[ ]]>",
    "script": "</script><script>alert(1)</script><!--",
    "attribute": "\" onmouseover='alert(1)' x=\"",
    "entity": "&amp; &lt;b&gt; &#0;",
    "formula": "=cmd|' /C calc'!A0",
    "formula behind spaces": " \ufeff\u200f=1+1",
    "formula in another locale": "a;=1+1\n@SUM(A1)",
    "plus": "+1",
    "minus": "-1",
    "at": "@x",
    "tab": "\tx",
    "return": "\rx",
    "right to left": "\u202egnp.exe \u2067",
    "arabic": "\u200fمرحبا\u200f",
    "properties": "a\r\nEND:VEVENT\r\nBEGIN:VALARM\nX: a\\nb; c, d\\",
    "lines": "a\u2028b\u2029c\x85d",
    "quotes": 'a "b", ""c""',
    "long": "ä€😀 " * 100_000,  # 1 MB
    "blank": " ",
    "soft line, end of page": "a\x0bb\x0cc\x1fd",
}

each_hostile_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)

FORBIDDEN = {*range(9), 11, 12, *range(14, 32), 127, *range(0x80, 0x85), *range(0x86, 0xA0), *range(0xD800, 0xE000)}
FORBIDDEN |= {*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF}


def legible(text: str) -> str:
    """`text` without what XML 1.0 forbids or discourages, or with spaces for it; said another way than the code says
    it."""
    spaced = text.translate(dict.fromkeys([0xB, 0xC, 0x1C, 0x1D, 0x1E, 0x1F], " "))
    return "".join(character for character in spaced if ord(character) not in FORBIDDEN)
