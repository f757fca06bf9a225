"""Texts of editors, made harmless for what stands around them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import orjson

# What XML 1.0 forbids or discourages: C0 and C1 control characters but tab, newline, CR and NEL; lone surrogates, which
# UTF-8 cannot have either; noncharacters.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
BIDI_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
BIDI_ENDS = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
}


def clean(text: str) -> str:
    """`text` without characters that XML 1.0 forbids or discourages. Those that stand between words, such as the end of
    a page or of a line in what is pasted, become spaces."""
    return FORBIDDEN.sub(lambda found: " " if found[0].isspace() else "", text)


def as_html(text: str) -> str:
    """`text` as HTML, in an element or in a quoted attribute."""
    return html.escape(clean(text))


def paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph of `text`; blank lines separate paragraphs."""
    lines = [clean(line).strip() for line in text.splitlines()]
    return [list(paragraph) for said, paragraph in groupby(lines, key=bool) if said]


def as_html_paragraphs(text: str, language: str = "") -> str:
    """`text` as HTML that keeps its paragraphs and lines; its `language`, if that is not the one around it."""
    begin = f'<p lang="{as_html(language)}">' if language else "<p>"
    return "".join(f"{begin}{'<br>'.join(map(as_html, lines))}</p>" for lines in paragraphs(text))


def link(url: str, text: str) -> str:
    """An HTML link; only the text where `url` is something else than a page, such as `javascript:`."""
    if not url.startswith(("https://", "http://")):
        return as_html(text)
    return f'<a href="{as_html(url)}">{as_html(text)}</a>'


def closed(text: str) -> str:
    """`text` with every change of direction in it ended (UAX #9), so that it cannot turn what we write behind it."""
    ends: list[str] = []
    for mark in BIDI_MARKS.findall(text):
        if mark in BIDI_ENDS:
            ends.append(BIDI_ENDS[mark])
        elif ends and ends[-1] == mark:
            ends.pop()
    return text + "".join(reversed(ends))


def as_json(value: Any) -> str:
    """Compact JSON. Lone surrogates, which UTF-8 cannot have, are left out; control characters are escaped."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return orjson.dumps(_cleaned(value)).decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(entry) for key, entry in value.items()}
    return [_cleaned(entry) for entry in value] if isinstance(value, list) else value


def json_array(head: str, values: Iterable[Any], tail: str) -> Iterator[str]:
    """`head`, the `values` as JSON with commas between them, `tail`."""
    yield head
    comma = ""
    for value in values:
        yield comma + as_json(value)
        comma = ","
    yield tail


def lines(texts: Iterable[str], newline: str) -> Iterator[str]:
    """The texts as lines. The newline behind each is written with the next one: cut short, it lacks the last one."""
    begun = ""
    for text in texts:
        yield begun + text
        begun = newline
    if begun:
        yield newline
