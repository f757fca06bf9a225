"""Items and groups of vis-timeline. It takes HTML for texts, exclusive ends, and breaks on null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.days import When, class_names, day_after
from timeline.formats.feed import Crowd, Feed
from timeline.formats.texts import as_html, as_json, json_array


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """The items, and behind them the groups, one for each type among them: an item without its group is not shown."""
    groups: dict[str, Document] = {}

    def items() -> Iterator[Document]:
        for document in documents:
            groups[document["type"]["id"]] = document["type"]
            yield item(document, feed)

    yield from json_array('{"items":[', items(), "]")
    yield f',"groups":{as_json(_groups(groups.values()))}}}\n'


def item(document: Document, feed: Feed) -> Document:
    """An event: a point for a known day, else a range over all its possible days, an open end being the window's."""
    when = When.of(document)
    first, last = when.drawn_days(feed)
    point = when.exact and first == last
    title = as_html(document["title"])
    return {
        "id": document["id"],
        "group": document["type"]["id"],
        "type": "point" if point else "range",
        "content": title,
        "start": first.isoformat(),
        **({} if point else {"end": day_after(last).isoformat()}),
        "className": " ".join(class_names(document, when)),
        "title": f"<bdi>{title}</bdi><br>{as_html(document['date']['display'])}",
    }


def write_crowds(crowds: Iterable[Crowd], feed: Feed) -> Iterator[str]:
    """A range for each crowd, all in one group."""
    groups = [{"id": "density", "content": "", "order": 1}]
    yield from json_array('{"items":[', (_crowd(crowd, feed) for crowd in crowds), "]")
    yield f',"groups":{as_json(groups)}}}\n'


def _crowd(crowd: Crowd, feed: Feed) -> Document:
    title = as_html(crowd.title(feed.language))
    return {
        "id": f"density-{crowd.start}",
        "group": "density",
        "type": "range",
        "content": f'<a href="{as_html(crowd.url)}">{title}</a>',
        "start": crowd.start.isoformat(),
        "end": day_after(crowd.end).isoformat(),
        "className": "density",
        "title": title,
    }


def _groups(types: Iterable[Document]) -> list[Document]:
    ordered = sorted(types, key=lambda branch: branch["path"])
    return [
        {"id": branch["id"], "content": as_html(branch["name"]), "order": order}
        for order, branch in enumerate(ordered, start=1)
    ]
