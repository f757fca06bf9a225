"""Answers in another format than the API's own JSON: what `format` or `Accept` asks for."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils import timezone

from events.dates import parse
from timeline.caching import dataset_version
from timeline.consistency import one_state
from timeline.documents import Document, complete, load
from timeline.errors import InvalidParameters, ParameterError
from timeline.formats import FORMATS, Feed, Format
from timeline.links import address_of, query_of
from timeline.models import DatasetVersion, Term
from timeline.pagination import PAGE_SIZE, Page
from timeline.parameters import ChoiceField, ParameterField
from timeline.titles import title_of
from timeline.views.base import Reading, link_neighbours, neighbours, up_to_date
from timeline.views.calendars import CalendarEndField, CalendarStartField, TextField

NEVER = datetime.date(1970, 1, 1)
"""The day of a dataset version before the first one."""
PIECE = 1 << 16
"""Characters that an export sends at once."""


def format_field() -> ChoiceField:
    """`format`, for addresses that answer with events."""
    without_end = ", ".join(f"`{name}`" for name, format in FORMATS.items() if format.most is None)
    some = ", ".join(f"`{name}` {format.most:,}" for name, format in FORMATS.items() if format.most is not None)
    return ChoiceField(
        ["json", *FORMATS],
        help_text="Another form of the same answer; if left out, what `Accept` prefers, else `json`. Without "
        f"`page_size`, a list in {without_end} is all of it, streamed; the others have up to so many events: {some}. "
        "The `Link` header leads on.",
    )


def calendar_fields(*, choose: bool = True) -> dict[str, ParameterField]:
    """What FullCalendar puts behind the URL of a feed; whether it is to `choose` events."""
    start, end = "like `from`, a day or moment", "like `to`, but exclusive"
    if not choose:
        start, end = "the event is there whenever it was", "an open date is drawn up to then"
    return {
        "start": CalendarStartField(help_text=f"With `format=fullcalendar`, which sends it: {start}."),
        "end": CalendarEndField(help_text=f"With `format=fullcalendar`, which sends it: {end}."),
        "timeZone": TextField(help_text="With `format=fullcalendar`, which sends it; days are the same in every zone."),
    }


def wants_feed(values: Mapping[str, Any]) -> bool:
    """Whether another format than JSON is asked for."""
    return values["format"] not in (None, "json")


def draws_until_today(values: Mapping[str, Any], *, empty: bool = False) -> bool:
    """Whether the answer can have something up to today: the format needs a day, and the request names none.

    Some formats do only where there are no events at all, where the answer is `empty`.
    """
    chosen = FORMATS[values["format"]] if wants_feed(values) else None
    if not chosen or not (chosen.drawn or (empty and chosen.never_empty)):
        return False
    return not values.get("on") and not values.get("to")


def check_format(values: dict[str, Any]) -> None:
    """Refuses what a format has no use for. Raises `InvalidParameters`."""
    if wants_feed(values) and values["fields"]:
        message = f"'fields' goes with format=json only, not with format={values['format']}: leave one out."
        raise InvalidParameters([ParameterError("fields", "conflict", message)])


CALENDAR = {"start": "from", "end": "to", "timeZone": None}
"""What FullCalendar puts behind the URL of a feed, and what it means here."""


def take_calendar_window(values: dict[str, Any]) -> None:
    """Makes FullCalendar's `start` and `end` the window that is asked for, also where an address has no `from` and
    `to`. A single event is there whatever they say; they do say up to where an open date is drawn.

    Raises `InvalidParameters` where they stand beside another window or make none, or the format is not FullCalendar's.
    """
    errors = []
    elsewhere = " Elsewhere ask by 'from' and 'to'." if "from" in values else ""
    for name in ("from", "to", "on"):
        values.setdefault(name, None)
    for name, meant in CALENDAR.items():
        if values[name] is None:
            continue
        if values["format"] != "fullcalendar":
            message = f"'{name}' is FullCalendar's: it needs 'format=fullcalendar'.{elsewhere}"
            errors.append(ParameterError(name, "incomplete", message))
        elif meant and (values[meant] or values["on"]):
            message = f"'{name}' is FullCalendar's '{meant}': give it, or '{meant}', or 'on'."
            errors.append(ParameterError(name, "conflict", message))
        elif meant:
            values[meant] = parse(values[name].day.isoformat())
    if not errors and (values["start"] or values["end"]):
        errors += _no_window(values)
    if errors:
        raise InvalidParameters(errors)


def _no_window(values: Mapping[str, Any]) -> list[ParameterError]:
    """What is wrong with a window that begins behind its end, in the words that were sent."""
    if not (values["from"] and values["to"]) or values["from"].start_min <= values["to"].end_max:
        return []
    (first, since), (last, until) = [
        (name, values[name].text) if values[name] else (meant, values[meant].text)
        for name, meant in (("start", "from"), ("end", "to"))
    ]
    wrong = f"not before '{last}' ({until}), which is exclusive" if last == "end" else f"after '{last}' ({until})"
    return [ParameterError(first, "conflict", f"'{first}' ({since}) is {wrong}: give a later '{last}'.")]


def prefer_order(values: dict[str, Any]) -> None:
    """Gives a format whose readers expect it the order of changes, where no order is asked for."""
    newest_change_first = wants_feed(values) and FORMATS[values["format"]].newest_change_first
    if newest_change_first and values["ordering"] is None and values["cursor"] is None:
        values["ordering"] = "-updated"


def is_export(values: Mapping[str, Any]) -> bool:
    """Whether the answer is everything there is, one event after the other, and not a page."""
    whole = wants_feed(values) and FORMATS[values["format"]].most is None
    return whole and values["page_size"] is None and values["cursor"] is None


def default_size(values: Mapping[str, Any]) -> int:
    """Rows of a page, where no number is asked for: all that clients bear who do not walk pages."""
    return (FORMATS[values["format"]].most if wants_feed(values) else None) or PAGE_SIZE


def feed(reading: Reading, rows: Iterable[tuple[str, int]], title: str, found: Page | None = None) -> HttpResponse:
    """The answer with the `rows`, (document, dataset version), in the format asked for.

    `found` is their page; without one it is the feed of a single event.
    """
    stored = list(rows)
    if stored:
        reading.version = stored[0][1]
    elif reading.at is None and draws_until_today(reading.values, empty=True):
        reading.day = timezone.now().date()
        if up_to_date(reading):  # could not be told before
            return HttpResponseNotModified()
    documents = [complete(document, reading.base_url) for document, _ in stored]
    chosen = FORMATS[reading.values["format"]]
    description = describe(reading, title, documents)
    if found is None:
        description = replace(description, home=description.page_of(documents[0]))
    response = HttpResponse("".join(chosen.write(documents, description)))
    if found:
        link_neighbours(response, *neighbours(reading, found))
    return headed(response, chosen)


def export(reading: Reading, listed: Callable[[int | None], QuerySet[Any]], title: str) -> StreamingHttpResponse:
    """The answer with all events that `listed` finds as of a dataset version: as they come from the database, never
    more than a few in memory.

    An error on the way ends the connection before the last piece, and the text lacks its end (see `timeline.formats`):
    a reader can tell.
    """
    if reading.at is None and reading.values["timeline"]:
        reading.version = dataset_version()  # `Reading.by` asks whether the timeline's definition is of this one
    chosen = FORMATS[reading.values["format"]]
    description = describe(reading, title, [])
    return headed(StreamingHttpResponse(_in_pieces(chosen, description, _streamed(reading, listed))), chosen)


def describe(reading: Reading, title: str, documents: list[Document]) -> Feed:
    """What the feed says of itself, and the window in which it draws `documents` that have no end."""
    request, values = reading.request, reading.values
    changes = [datetime.datetime.fromisoformat(document["updated_at"]) for document in documents]
    today = _day_of(reading, empty=not documents)
    language, timeline = values["lang"], values.get("timeline")
    if timeline:
        home = address_of(request, "timeline-page", timeline, language, reading.at)
    else:
        home = reading.absolute("index") + query_of(language)
    first, last = _window(values, documents, today)
    return Feed(
        title=title,
        url=request.build_absolute_uri(),
        home=home,
        page=address_of(request, "event-page", "*", language, reading.at),
        language=language,
        updated=max(changes, default=datetime.datetime.combine(NEVER, datetime.time.min, datetime.UTC)),
        host=request.get_host(),
        window_start=first,
        window_end=last,
    )


def _day_of(reading: Reading, *, empty: bool) -> datetime.date:
    """Today; of a past dataset version, whose answers stay the same, the day of it. One tiny query, or none."""
    today = reading.day or timezone.now().date()
    if reading.at is None or not draws_until_today(reading.values, empty=empty):
        return today
    versions = DatasetVersion.objects.filter(number__lte=reading.at).order_by("-number")
    at = versions.values_list("at", flat=True).first()
    return at.date() if at else NEVER


def list_title(values: Mapping[str, Any], at: int | None) -> str:
    """The title of a feed of a list: its curated timeline's, if it is one's, else its filters. One query, or none."""
    if not values["timeline"]:
        return title_of(values)
    timelines = Term.objects.as_of(at).filter(kind=Term.Kind.TIMELINE, key=values["timeline"])
    document = timelines.in_language(values["lang"]).values_list("document", flat=True).first()
    return str(load(document)["title"]) if document else title_of(values)  # withdrawn since it was found


def headed(response: Any, chosen: Format) -> Any:
    """`response` with the type of its text, and a name to save it under."""
    response["Content-Type"] = chosen.content_type
    response["Content-Disposition"] = f'inline; filename="events.{chosen.extension}"'
    return response


def _streamed(reading: Reading, listed: Callable[[int | None], QuerySet[Any]]) -> Generator[Document]:
    """The documents out of a cursor in the database, all of the dataset version that the answer's ETag names."""
    base_url = reading.base_url
    with one_state():
        # The headers have been sent. What was published since then does not belong to them.
        at = reading.version if reading.at is None and dataset_version() != reading.version else reading.at
        for document in listed(at).values_list("document", flat=True).iterator(chunk_size=500):
            yield complete(document, base_url)


def _in_pieces(chosen: Format, description: Feed, documents: Generator[Document]) -> Iterator[bytes]:
    """The text, in pieces that are worth sending. Nothing is asked of the database before the first one."""
    gathered, size = [], 0
    with closing(documents):  # at once, whether all of it was read or the client has gone
        for text in chosen.write(documents, description):
            gathered.append(text)
            size += len(text)
            if size >= PIECE:
                yield "".join(gathered).encode()
                gathered, size = [], 0
        if gathered:
            yield "".join(gathered).encode()


def _window(
    values: Mapping[str, Any], documents: list[Document], today: datetime.date
) -> tuple[datetime.date, datetime.date]:
    """The days from and up to which is drawn what is open: those asked for, else those of the `documents` and today.

    Where half a window is asked for, it lies in what is drawn: what is open was found because it goes on there.
    """
    since, until = values.get("on") or values.get("from"), values.get("on") or values.get("to")
    starts, ends = _days(documents, "start_latest"), [today, *_days(documents, "end_earliest")]
    first = since.start_min if since else min([*starts, *([until.start_min] if until else [])], default=today)
    last = until.end_max if until else max([*ends, *([since.end_max] if since else [])])
    return first, last


def _days(documents: Iterable[Mapping[str, Any]], name: str) -> list[datetime.date]:
    """The known ones of these days: what is open has none."""
    days = [datetime.date.fromisoformat(document["date"][name]) for document in documents]
    return [day for day in days if day not in (datetime.date.min, datetime.date.max)]
