"""What TimelineJS 3 loads. It takes HTML for texts, inclusive ends, and breaks on null and on a list without events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.days import When, parts
from timeline.formats.feed import Feed
from timeline.formats.texts import as_html, as_html_paragraphs, as_json, json_array, link

NO_EVENTS = {"en": "No events.", "de": "Keine Ereignisse."}


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """A title slide and the events; in an empty feed one slide that says so."""
    title = {"text": {"headline": as_html(feed.title)}}
    return json_array(f'{{"title":{as_json(title)},"events":[', _slides(documents, feed), "]}\n")


def slide(document: Document) -> Document:
    """An event. Month and day are left out where they are not known, but where one end is within what is known of the
    other; an open end has no `end_date`."""
    when = When.of(document)
    # What has no known start stands at its end: TimelineJS needs one day.
    start, end = (when.begins, when.ends) if when.begins else (when.ends, None)
    if start and end and start != end and _is_within(start, end):
        start, end = (parts(day) for day in when.known_days())
    return {
        "unique_id": document["id"],
        "start_date": _date(start or ()),
        **({"end_date": _date(end)} if end and end != start else {}),
        "display_date": _stripped(document["date"]["display"]),
        "group": _stripped(document["type"]["name"]),
        "text": {"headline": as_html(document["title"]), "text": _text(document)},
    }


def _slides(documents: Iterable[Document], feed: Feed) -> Iterator[Document]:
    empty = True
    for document in documents:
        empty = False
        yield slide(document)
    if empty:
        yield {
            "start_date": _date(parts(feed.window_end)),
            # TimelineJS needs a day, and shows it unless it gets words instead: nothing happened on this one.
            "display_date": _stripped(feed.title),
            "text": {"headline": NO_EVENTS.get(feed.language, NO_EVENTS["en"])},
        }


def _is_within(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one of two dates is the month or the year of the other. TimelineJS takes them for one date, or the month
    or year for its first day, which may come before the other: days alone say what lies between."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _date(known: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(("year", "month", "day"), known, strict=False))


def _stripped(text: str) -> str:
    """`text` where TimelineJS strips HTML of its markup, which undoes one escape, and takes what is left for HTML."""
    return as_html(as_html(text))


def _text(document: Document) -> str:
    summary = as_html_paragraphs(document.get("summary", ""), document.get("summary_language", ""))
    sources = "".join(f"<li>{link(source['url'], source['title'])}</li>" for source in document["sources"])
    return f"{summary}<ul>{sources}</ul>"
