"""Events: the list, and one of them. Their summaries are in `timeline.views.summaries`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import CharField, QuerySet
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from timeline.cache_control import REVALIDATED
from timeline.documents import FIELDS, load
from timeline.errors import Withdrawn, absent
from timeline.filters import EventFilters, check_filters, events_prove, filtered, known_entries
from timeline.formats import NEGOTIABLE
from timeline.indexed_pages import indexed_page, is_indexed, joined_page
from timeline.links import link, query_string
from timeline.models import Publication, Term
from timeline.pagination import (
    EVENT_ORDERINGS,
    PAGE_SIZE,
    Ordering,
    Page,
    ordered,
    page,
    paging_fields,
    wanted_page,
)
from timeline.parameters import Known, ParameterField
from timeline.prepared_queries import PreparedQuery, Slot
from timeline.titles import title_of
from timeline.views.base import PublicView, Reading, many, one, parameters_of, with_version
from timeline.views.feeds import (
    CALENDAR,
    calendar_fields,
    check_format,
    default_size,
    draws_until_today,
    export,
    feed,
    format_field,
    is_export,
    list_title,
    prefer_order,
    take_calendar_window,
    wants_feed,
)
from timeline.views.summaries import EventCount

COLUMNS = ["document", "dataset_version"]


class EventList(PublicView):
    """Events, newest first, filtered by country, date and more."""

    operation, shape = "list_events", "Event"
    keys = FIELDS
    tells_version = True
    orderings: ClassVar[Mapping[str, Ordering]] = EVENT_ORDERINGS

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        fields = {**EventFilters.fields_by_name(), **super().parameters(), **paging_fields(cls.orderings)}
        return {**fields, "format": format_field(), **calendar_fields()}

    def check(self, values: dict[str, Any]) -> None:
        check_format(values)
        take_calendar_window(values)
        prefer_order(values)
        check_filters(values)

    def shows_today(self, values: Mapping[str, Any]) -> bool:
        return draws_until_today(values)

    def named(self, values: Mapping[str, Any], at: int | None) -> Known:
        # What is read of an export is on its way before it is known whether there is any.
        if events_prove(values) and not is_export(values):
            return {}
        known = known_entries(values, at)
        if values["timeline"] and wants_feed(values):
            # With the definition, so that `Reading.by` sees if it becomes another one meanwhile.
            known[Term.Kind.TIMELINE, values["timeline"]]["title"] = list_title(values, at)
        return known

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        values = reading.values
        if wants_feed(values):
            slug = values["timeline"]
            return event_feed(reading, reading.known[Term.Kind.TIMELINE, slug]["title"] if slug else title_of(values))
        as_they_are = values["fields"] is None
        return many(reading, event_page(reading, joined=as_they_are), count_url=self.count_url(reading))

    def count_url(self, reading: Reading) -> str:
        asked = reading.request.GET
        # The language decides what words mean, and nothing else that is counted.
        counted = parameters_of(EventCount).keys() - ({} if "q" in asked else {"lang"})
        query = [(name, value) for name, values in asked.lists() if name in counted for value in values]
        return reading.absolute("event-count", query=query_string(query))


def event_page(reading: Reading, default_size: int = PAGE_SIZE, *, joined: bool = False) -> Page:
    """The page of (document, dataset version) that the request asks for; if it may be `joined`, that where it can."""
    values = reading.values
    wanted = wanted_page(values, EVENT_ORDERINGS, default_size)
    if is_indexed(values, reading.at, wanted):
        read = joined_page if joined else indexed_page
        found: Page = reading.settled(lambda: read(values, wanted))
    else:
        by_date = wanted.ordering.columns[0] == "start_min"
        found = reading.settled_once(lambda: page(listed(reading, reading.at, by_date=by_date), wanted, COLUMNS))
    if not found and events_prove(values):
        known_entries(values, reading.at)
    return found


def listed(reading: Reading, at: int | None, *, by_date: bool = True) -> QuerySet[Any]:
    """The events that fit the filters as of a dataset version, with the columns `COLUMNS`.

    `by_date` says whether they are to be read in that order: the index of a single country's dates serves no other one.
    """
    public = Publication.objects.as_of(at)
    events = filtered(public if by_date else public.not_by_date(), reading.values, reading.known)
    return with_version(events.in_language(reading.values["lang"]), at)


def event_feed(reading: Reading, title: str) -> HttpResponseBase:
    """The answer with the events that fit the filters, in the format asked for."""
    values = reading.values
    if is_export(values):
        return export(reading, lambda at: ordered(listed(reading, at), values, EVENT_ORDERINGS), title)
    found = event_page(reading, default_size(values))
    return feed(reading, found.rows, title, found)


class EventDetail(PublicView):
    """One event. An old slug redirects to the present one; a withdrawn event is gone (410)."""

    operation, shape = "get_event", "Event"
    keys = FIELDS
    tells_version = True

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**super().parameters(), "format": format_field(), **calendar_fields(choose=False)}

    def check(self, values: dict[str, Any]) -> None:
        check_format(values)
        take_calendar_window(values)

    def shows_today(self, values: Mapping[str, Any]) -> bool:
        return draws_until_today(values)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        slug = path["slug"]
        row = reading.settled(lambda: stored_event(slug, reading.values["lang"], reading.at))
        if row is None:
            return moved(reading, "event-detail", present_slug(slug, reading.version, reading.at))
        in_json = not wants_feed(reading.values)
        response = one(reading, row) if in_json else feed(reading, [row], load(row[0])["title"])
        link(response, reading.absolute("event-detail", slug), "canonical")
        link(response, reading.absolute("event-versions", slug), "version-history")
        query = reading.request.GET.copy()
        for name in ("fields", *CALENDAR):
            query.pop(name, None)
        for media_type, format in NEGOTIABLE.items():
            query["format"] = format.name
            link(
                response, reading.absolute("event-detail", slug, query=query.urlencode()), "alternate", type=media_type
            )
        return response


def stored_event(slug: str, language: str, at: int | None = None) -> tuple[str, int] | None:
    """The stored document of the event that has this slug, and the dataset version that it is from; one query."""
    found = _with_slug(slug, language, at) if at is not None else _current().rows({"slug": slug, "language": language})
    row: tuple[str, int]
    for row in found:
        return row
    return None


@functools.cache
def _current() -> PreparedQuery:
    return PreparedQuery.from_queryset(_with_slug(Slot("slug", CharField()), Slot("language", CharField()), None))


def _with_slug(slug: str | Slot, language: str | Slot, at: int | None) -> QuerySet[Any, tuple[str, int]]:
    found = Publication.objects.as_of(at).filter(slug=slug).in_language(language)
    return with_version(found, at).values_list(*COLUMNS)


def present_slug(slug: str, version: int, at: int | None = None) -> str:
    """The slug, in this dataset version, of the event that once had `slug`; `at` is that version if it was asked for.

    Raises `Http404` if none ever had it and `Withdrawn` if the event was withdrawn.
    """
    published = Publication.objects.filter(published_in__lte=version)
    once = published.filter(slug=slug).values_list("event_id", flat=True).first()
    if once is None:
        raise absent("event", slug, at, reverse("event-list"))
    last = published.filter(event_id=once).order_by("-version")[0]
    if last.withdrawn:
        raise Withdrawn(f"The event '{slug}' was withdrawn on {last.published_at:%Y-%m-%d}.")
    return last.slug


def moved(reading: Reading, route: str, slug: str) -> HttpResponseBase:
    """The answer where the slug is another one now. It may be that one again: nobody may go on without asking."""
    query = reading.request.META["QUERY_STRING"]
    address = reverse(route, args=[slug])
    headers = {"Cache-Control": REVALIDATED}
    return HttpResponseRedirect(f"{address}?{query}" if query else address, status=308, headers=headers)
