"""Answers in another format than the API's own JSON: what `format` asks for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from timeline.caching import cached, etag
from timeline.documents import with_base_url
from timeline.errors import InvalidParameters, ParameterError
from timeline.formats import FORMATS, Feed
from timeline.pagination import MOST, PAGE_SIZE, Page, page_url
from timeline.parameters import ChoiceField
from timeline.views.base import Reading

TITLE = "Diplomatic events"


def format_field() -> ChoiceField:
    """`format`, for addresses that answer with events."""
    return ChoiceField(
        ["json", *FORMATS],
        help_text="Another form of the same answer; `json` if left out. A list then has up to "
        f"{MOST} rows a page if `page_size` is left out, and its `Link` header leads to the next page.",
    )


def wants_feed(values: Mapping[str, Any]) -> bool:
    """Whether another format than JSON is asked for."""
    return values["format"] not in (None, "json")


def check_format(values: Mapping[str, Any]) -> None:
    """Refuses what a format has no use for. Raises `InvalidParameters`."""
    if wants_feed(values) and values["fields"]:
        message = f"'fields' chooses keys of JSON, which format={values['format']} does not have: leave one out."
        raise InvalidParameters([ParameterError("fields", "conflict", message)])


def default_size(values: Mapping[str, Any]) -> int:
    """Rows of a page, where no number is asked for: all there may be in a feed, whose clients do not walk pages."""
    return MOST if wants_feed(values) else PAGE_SIZE


def feed(reading: Reading, stored: Sequence[str], version: int, found: Page | None = None) -> HttpResponseBase:
    """The answer with the `stored` documents in the format asked for; `found` is the page that they are of."""
    request, values = reading.request, reading.values
    documents = [orjson.loads(with_base_url(document, reading.base_url)) for document in stored]
    changes = [datetime.datetime.fromisoformat(document["updated_at"]) for document in documents]
    today = timezone.now().date()
    description = Feed(
        title=documents[0]["title"] if found is None else TITLE,
        url=request.build_absolute_uri(),
        home=request.build_absolute_uri(reverse("index")),
        language=values["lang"],
        updated=max(changes, default=datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)),
        host=request.get_host(),
        window_start=_bound(values, "from", min(_days(documents, "start_latest"), default=today), first=True),
        window_end=_bound(values, "to", max([today, *_days(documents, "end_earliest")]), first=False),
    )
    chosen = FORMATS[values["format"]]
    response = HttpResponse("".join(chosen.write(documents, description)), content_type=chosen.content_type)
    response["Content-Disposition"] = f'inline; filename="events.{chosen.extension}"'
    links = {"next": found.next, "prev": found.previous} if found else {}
    link = ", ".join(f'<{page_url(request, cursor)}>; rel="{rel}"' for rel, cursor in links.items() if cursor)
    if link:
        response["Link"] = link
    return cached(response, etag(version))


def _bound(values: Mapping[str, Any], name: str, otherwise: datetime.date, *, first: bool) -> datetime.date:
    asked = values.get(name) or values.get("on")
    if not asked:
        return otherwise
    return asked.start_min if first else asked.end_max


def _days(documents: Sequence[Mapping[str, Any]], name: str) -> list[datetime.date]:
    """The known ones of these days: what is open has none."""
    days = [datetime.date.fromisoformat(document["date"][name]) for document in documents]
    return [day for day in days if day not in (datetime.date.min, datetime.date.max)]
