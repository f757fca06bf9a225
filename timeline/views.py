"""The API's addresses. Each reads stored documents; nothing is serialised per request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import orjson
from django.db.models import QuerySet, Subquery
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.views import APIView

from events.models import Actor
from timeline import terms
from timeline.caching import cached, dataset_version, etag, unchanged
from timeline.documents import FIELDS, dump, load, with_base_url
from timeline.errors import Withdrawn
from timeline.filters import EventFilters, check_filters, filtered
from timeline.models import Dataset, Publication, Term
from timeline.pagination import EVENT_ORDERINGS, TERM_ORDERINGS, Ordering, Page, page, page_url, paging_fields
from timeline.parameters import ChoiceField, Known, ParameterField, fields_field, language_field, read


class PublicView(APIView):
    """Reads parameters strictly, answers 304 where the client is up to date, else what `answer` gives."""

    operation: ClassVar[str]
    """Its name in the OpenAPI description."""
    shape: ClassVar[str]
    """The component of `timeline.shapes` that it answers with."""
    keys: ClassVar[tuple[str, ...]] = ()
    """The keys of the documents here, if `fields` can choose among them."""

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        """Every parameter of this address, by name."""
        chosen = {"fields": fields_field(cls.keys)} if cls.keys else {}
        return {"lang": language_field(), **chosen}

    def get(self, request: Request, **path: str) -> HttpResponseBase:
        values = read(request._request.GET, self.parameters())
        known = self.check(values)
        version = dataset_version()
        if unchanged(request._request, etag(version)):
            return cached(HttpResponse(status=304), etag(version))
        return self.answer(request, values, known, version, **path)

    def check(self, values: Mapping[str, Any]) -> Known:
        """Checks the values against each other and against the vocabulary, and returns the entries that they name."""
        return {}

    def answer(
        self, request: Request, values: Mapping[str, Any], known: Known, version: int, **path: str
    ) -> HttpResponseBase:
        raise NotImplementedError

    def one(self, request: Request, values: Mapping[str, Any], row: tuple[str, int]) -> HttpResponseBase:
        """The answer that is one document; `row` is the document and its dataset version."""
        document, version = row
        body = with_base_url(chosen([document], values)[0], base_url(request))
        return cached(HttpResponse(body, content_type="application/json"), etag(version))

    def many(
        self, request: Request, values: Mapping[str, Any], found: Page, version: int, **more: str
    ) -> HttpResponseBase:
        """The answer that is a page of documents; the rows are (document, dataset version)."""
        version = found.rows[0][1] if found.rows else version
        documents = chosen([document for document, _ in found.rows], values)
        head = orjson.dumps(
            {
                "dataset_version": version,
                "next": page_url(request._request, found.next),
                "previous": page_url(request._request, found.previous),
                **more,
            }
        ).decode()
        body = f'{head[:-1]},"results":[{with_base_url(",".join(documents), base_url(request))}]}}'
        return cached(HttpResponse(body, content_type="application/json"), etag(version))


def base_url(request: Request) -> str:
    """The URL under which this request reached the API, without a slash at the end."""
    return request.build_absolute_uri(reverse("api"))[:-1]


def chosen(documents: Iterable[str], values: Mapping[str, Any]) -> list[str]:
    """The documents, with only the keys that `fields` names."""
    keys = values.get("fields")
    if keys is None:
        return list(documents)
    return [dump({key: loaded[key] for key in keys if key in loaded}) for loaded in map(load, documents)]


def with_version(found: QuerySet[Any]) -> QuerySet[Any]:
    """With the dataset version that the very same query sees; asked for separately it could be another."""
    return found.annotate(dataset_version=Subquery(Dataset.objects.values("version")))


class EventList(PublicView):
    """Events, newest first, filtered by country, date and more."""

    operation, shape = "list_events", "Event"
    keys = FIELDS
    orderings: ClassVar[Mapping[str, Ordering]] = EVENT_ORDERINGS

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**EventFilters.fields_by_name(), **super().parameters(), **paging_fields(cls.orderings)}

    def check(self, values: Mapping[str, Any]) -> Known:
        return check_filters(values)

    def answer(
        self, request: Request, values: Mapping[str, Any], known: Known, version: int, **path: str
    ) -> HttpResponseBase:
        events = filtered(Publication.objects.current(), values, known).in_language(values["lang"])
        found = page(with_version(events), values, self.orderings, ["document", "dataset_version"])
        return self.many(request, values, found, version, count_url=self.count_url(request))

    def count_url(self, request: Request) -> str:
        query = request._request.GET.copy()
        for name in self.parameters().keys() - EventFilters.fields_by_name().keys():
            query.pop(name, None)
        address = request.build_absolute_uri(reverse("event-count"))
        return f"{address}?{query.urlencode()}" if query else address


class EventCount(PublicView):
    """How many events fit the filters."""

    operation, shape = "count_events", "Count"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return EventFilters.fields_by_name()

    def check(self, values: Mapping[str, Any]) -> Known:
        return check_filters(values)

    def answer(
        self, request: Request, values: Mapping[str, Any], known: Known, version: int, **path: str
    ) -> HttpResponseBase:
        count = filtered(Publication.objects.current(), values, known).count()
        body = orjson.dumps({"dataset_version": version, "count": count})
        return cached(HttpResponse(body, content_type="application/json"), etag(version))


class EventDetail(PublicView):
    """One event. An old slug redirects to the present one; a withdrawn event is gone (410)."""

    operation, shape = "get_event", "Event"
    keys = FIELDS

    def answer(
        self, request: Request, values: Mapping[str, Any], known: Known, version: int, **path: str
    ) -> HttpResponseBase:
        slug = path["slug"]
        current = Publication.objects.current().filter(slug=slug).in_language(values["lang"])
        row = with_version(current).values_list("document", "dataset_version").first()
        if row:
            return self.one(request, values, row)
        return self.moved(request, slug)

    def moved(self, request: Request, slug: str) -> HttpResponseBase:
        once = Publication.objects.filter(slug=slug).values_list("event_id", flat=True).first()
        if once is None:
            raise Http404(f"There is no event '{slug}'. The list of events is at {reverse('event-list')}.")
        last = Publication.objects.get(event_id=once, superseded_in=None)
        if last.withdrawn:
            raise Withdrawn(f"The event '{slug}' was withdrawn on {last.published_at:%Y-%m-%d}.")
        query = request._request.META["QUERY_STRING"]
        address = reverse("event-detail", args=[last.slug])
        response = HttpResponseRedirect(f"{address}?{query}" if query else address, status=308)
        return response


class TermList(PublicView):
    """Entries of a vocabulary, in the order of their codes or ids."""

    kind: ClassVar[Term.Kind]

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**super().parameters(), **paging_fields(TERM_ORDERINGS)}

    def narrowed(self, found: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        """`found`, with this vocabulary's own filters."""
        return found

    def answer(
        self, request: Request, values: Mapping[str, Any], known: Known, version: int, **path: str
    ) -> HttpResponseBase:
        entries = Term.objects.current().filter(kind=self.kind).in_language(values["lang"])
        found = page(
            with_version(self.narrowed(entries, values)), values, TERM_ORDERINGS, ["document", "dataset_version"]
        )
        return self.many(request, values, found, version)


class TermDetail(PublicView):
    """One entry of a vocabulary."""

    kind: ClassVar[Term.Kind]

    def answer(
        self, request: Request, values: Mapping[str, Any], known: Known, version: int, **path: str
    ) -> HttpResponseBase:
        key = path["key"]
        entries = Term.objects.current().filter(kind=self.kind, key=key).in_language(values["lang"])
        row = with_version(entries).values_list("document", "dataset_version").first()
        if row is None:
            raise Http404(f"There is no {self.kind.value} '{key}'.")
        return self.one(request, values, row)


class CountryList(TermList):
    """States, former states, and the EU."""

    operation, shape = "list_countries", "Country"
    kind, keys = Term.Kind.COUNTRY, terms.COUNTRY_FIELDS


class CountryDetail(TermDetail):
    """One country, by its code."""

    operation, shape = "get_country", "Country"
    kind, keys = Term.Kind.COUNTRY, terms.COUNTRY_FIELDS


class ActorList(TermList):
    """States, blocs, bodies, persons and others that take part in events."""

    operation, shape = "list_actors", "Actor"
    kind, keys = Term.Kind.ACTOR, terms.ACTOR_FIELDS

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        kind = ChoiceField(Actor.Kind.values, many=True, help_text="Is of this kind. Repeated: any of them.")
        return {"kind": kind, **super().parameters()}

    def narrowed(self, found: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        return found.filter(group__in=values["kind"]) if values["kind"] else found


class ActorDetail(TermDetail):
    """One actor, by its id."""

    operation, shape = "get_actor", "Actor"
    kind, keys = Term.Kind.ACTOR, terms.ACTOR_FIELDS


class TypeList(TermList):
    """What kinds of events there are, as a tree."""

    operation, shape = "list_types", "Type"
    kind, keys = Term.Kind.TYPE, terms.TYPE_FIELDS


class TypeDetail(TermDetail):
    """One type of events, by its id."""

    operation, shape = "get_type", "Type"
    kind, keys = Term.Kind.TYPE, terms.TYPE_FIELDS


class TopicList(TermList):
    """What events are about, as a tree."""

    operation, shape = "list_topics", "Topic"
    kind, keys = Term.Kind.TOPIC, terms.TOPIC_FIELDS


class TopicDetail(TermDetail):
    """One topic, by its id."""

    operation, shape = "get_topic", "Topic"
    kind, keys = Term.Kind.TOPIC, terms.TOPIC_FIELDS


class TimelineList(TermList):
    """Curated timelines."""

    operation, shape = "list_timelines", "Timeline"
    kind, keys = Term.Kind.TIMELINE, terms.TIMELINE_FIELDS


class TimelineDetail(TermDetail):
    """One curated timeline, by its id; `events_url` lists its events."""

    operation, shape = "get_timeline", "Timeline"
    kind, keys = Term.Kind.TIMELINE, terms.TIMELINE_FIELDS


class Root(PublicView):
    """What there is."""

    operation, shape = "get_root", "Root"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {}

    def answer(
        self, request: Request, values: Mapping[str, Any], known: Known, version: int, **path: str
    ) -> HttpResponseBase:
        names = ("event-list", "country-list", "actor-list", "type-list", "topic-list", "timeline-list")
        addresses = {name.removesuffix("-list") + "_list": request.build_absolute_uri(reverse(name)) for name in names}
        more = {"schema": "schema", "docs": "docs"}
        addresses |= {key: request.build_absolute_uri(reverse(name)) for key, name in more.items()}
        body = orjson.dumps({"dataset_version": version, **addresses})
        return cached(HttpResponse(body, content_type="application/json"), etag(version))
