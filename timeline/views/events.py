"""Events: the list, their number, one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import orjson
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from timeline.documents import FIELDS
from timeline.errors import Withdrawn
from timeline.filters import EventFilters, check_filters, filtered, known_entries
from timeline.models import Publication
from timeline.pagination import EVENT_ORDERINGS, Ordering, page, paging_fields
from timeline.parameters import Known, ParameterField, as_of_field, language_field
from timeline.views.base import PublicView, Reading, answer, many, one, with_version
from timeline.views.feeds import check_format, default_size, feed, format_field, wants_feed


class EventList(PublicView):
    """Events, newest first, filtered by country, date and more."""

    operation, shape = "list_events", "Event"
    keys = FIELDS
    orderings: ClassVar[Mapping[str, Ordering]] = EVENT_ORDERINGS

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        fields = {**EventFilters.fields_by_name(), **super().parameters(), **paging_fields(cls.orderings)}
        return {**fields, "format": format_field()}

    def check(self, values: Mapping[str, Any]) -> None:
        check_filters(values)
        check_format(values)

    def named(self, values: Mapping[str, Any], at: int | None) -> Known:
        return known_entries(values, at)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        values = reading.values
        events = filtered(Publication.objects.as_of(reading.at), values, reading.known).in_language(values["lang"])
        columns, size = ["document", "dataset_version"], default_size(values)
        found = page(with_version(events, reading.at), values, self.orderings, columns, default_size=size)
        if wants_feed(values):
            version = found.rows[0][1] if found.rows else reading.version
            return feed(reading, [document for document, _ in found.rows], version, found)
        return many(reading, found, count_url=self.count_url(reading.request))

    def count_url(self, request: HttpRequest) -> str:
        query = request.GET.copy()
        for name in self.parameters().keys() - EventCount.parameters().keys():
            query.pop(name, None)
        if "q" not in query:  # the language decides what words mean, and nothing else that is counted
            query.pop("lang", None)
        address = request.build_absolute_uri(reverse("event-count"))
        return f"{address}?{query.urlencode()}" if query else address


class EventCount(PublicView):
    """How many events fit the filters."""

    operation, shape = "count_events", "Count"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**EventFilters.fields_by_name(), "lang": language_field(), "as_of": as_of_field()}

    def check(self, values: Mapping[str, Any]) -> None:
        check_filters(values)

    def named(self, values: Mapping[str, Any], at: int | None) -> Known:
        return known_entries(values, at)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        count = filtered(Publication.objects.as_of(reading.at), reading.values, reading.known).count()
        return answer(orjson.dumps({"dataset_version": reading.version, "count": count}), reading.version)


class EventDetail(PublicView):
    """One event. An old slug redirects to the present one; a withdrawn event is gone (410)."""

    operation, shape = "get_event", "Event"
    keys = FIELDS

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**super().parameters(), "format": format_field()}

    def check(self, values: Mapping[str, Any]) -> None:
        check_format(values)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        slug = path["slug"]
        found = Publication.objects.as_of(reading.at).filter(slug=slug).in_language(reading.values["lang"])
        row = with_version(found, reading.at).values_list("document", "dataset_version").first()
        if row and wants_feed(reading.values):
            return feed(reading, [row[0]], row[1])
        if row:
            return one(reading, row)
        return self.moved(reading, slug)

    def moved(self, reading: Reading, slug: str) -> HttpResponseBase:
        """The answer where no event has this slug: it never had, has another one now, or was withdrawn."""
        published = Publication.objects.filter(published_in__lte=reading.version)
        once = published.filter(slug=slug).values_list("event_id", flat=True).first()
        if once is None:
            raise Http404(f"There is no event '{slug}'. The list of events is at {reverse('event-list')}.")
        last = published.filter(event_id=once).order_by("-version")[0]
        if last.withdrawn:
            raise Withdrawn(f"The event '{slug}' was withdrawn on {last.published_at:%Y-%m-%d}.")
        query = reading.request.META["QUERY_STRING"]
        address = reverse("event-detail", args=[last.slug])
        return HttpResponseRedirect(f"{address}?{query}" if query else address, status=308)
