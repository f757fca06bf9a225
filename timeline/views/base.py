"""What all addresses of the API have in common. Each reads stored documents; nothing is serialised per request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from django.db.models import BigIntegerField, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.views import APIView

from timeline.caching import cached, dataset_version, etag, past_version, unchanged
from timeline.documents import dump, load, with_base_url
from timeline.links import link
from timeline.models import Dataset
from timeline.negotiation import Negotiated, negotiate
from timeline.pagination import Page, page_url
from timeline.parameters import Known, ParameterField, as_of_field, fields_field, language_field, read


@dataclass(slots=True)
class Reading:
    """A request that has been understood: its values, the dataset version, the vocabulary entries that it names."""

    request: HttpRequest
    values: dict[str, Any]
    version: int
    """The dataset version that the answer shows: as long as nothing was read, the one there was before."""
    at: int | None
    """The same where `as_of` asked for it; None is now."""
    negotiated: Negotiated
    known: Known = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """The URL under which this request reached the API, without a slash at the end."""
        return self.absolute("api")[:-1]

    def absolute(self, name: str, *args: str, query: str = "") -> str:
        """The URL of an address by its name."""
        address = self.request.build_absolute_uri(reverse(name, args=args))
        return f"{address}?{query}" if query else address

    @property
    def etag(self) -> str:
        """The ETag of the answer."""
        return etag(self.version, self.negotiated.variant)


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
        return {"lang": language_field(), **chosen, "as_of": as_of_field()}

    def get(self, request: Request, **path: str) -> HttpResponseBase:
        reading = understood(request._request, self.parameters(), negotiate, self.check)
        if unchanged(reading.request, reading.etag):
            return self.finished(HttpResponse(status=304), reading)
        reading.known = self.named(reading.values, reading.at)
        return self.finished(self.answer(reading, **path), reading)

    def check(self, values: dict[str, Any]) -> None:
        """Checks the values against each other, without a query. Raises `InvalidParameters`."""

    def named(self, values: Mapping[str, Any], at: int | None) -> Known:
        """The vocabulary entries that the values name. Raises `InvalidParameters` for one that is not there."""
        return {}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        raise NotImplementedError

    def finished(self, response: HttpResponseBase, reading: Reading) -> HttpResponseBase:
        """`response` with the headers that every answer has."""
        if response.status_code in (200, 304):
            link(response, reading.absolute("schema"), "service-desc")
        return described(response, reading)


def understood(
    request: HttpRequest,
    parameters: Mapping[str, ParameterField],
    negotiate: Callable[[HttpRequest, dict[str, Any]], Negotiated],
    check: Callable[[dict[str, Any]], None],
) -> Reading:
    """The request, read and checked: its values and the dataset version that it asks for. One tiny query, or two."""
    values = read(request.GET, parameters)
    negotiated = negotiate(request, values)
    check(values)
    version, at = dataset_version(), None
    if values.get("as_of") is not None:
        version = at = past_version(values["as_of"], version)
    return Reading(request, values, version, at, negotiated)


def described(response: HttpResponseBase, reading: Reading) -> HttpResponseBase:
    """`response` with what caches need to know of it, and its language."""
    if reading.negotiated.headers:
        patch_vary_headers(response, reading.negotiated.headers)
    if response.status_code not in (200, 304):
        return response
    if "lang" in reading.values:
        response["Content-Language"] = reading.values["lang"]
    return cached(response, reading.etag, past=isinstance(reading.values.get("as_of"), int))


def answer(body: bytes | str) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(body, content_type="application/json")


def one(reading: Reading, row: tuple[str, int]) -> HttpResponse:
    """The answer that is one document; `row` is the document and its dataset version."""
    document, reading.version = row
    return answer(with_base_url(chosen([document], reading.values)[0], reading.base_url))


def many(reading: Reading, found: Page, **more: str) -> HttpResponse:
    """The answer that is a page of documents; the rows are (document, dataset version)."""
    if found.rows:
        reading.version = found.rows[0][1]
    documents = chosen([document for document, _ in found.rows], reading.values)
    neighbours = {"next": page_url(reading.request, found.next), "previous": page_url(reading.request, found.previous)}
    head = orjson.dumps({"dataset_version": reading.version, **neighbours, **more}).decode()
    results = with_base_url(",".join(documents), reading.base_url)
    response = answer(f'{head[:-1]},"results":[{results}]}}')
    link_neighbours(response, reading, found)
    return response


def link_neighbours(response: HttpResponseBase, reading: Reading, found: Page) -> None:
    """Says in the `Link` header where the pages beside this one are."""
    link(response, page_url(reading.request, found.next), "next")
    link(response, page_url(reading.request, found.previous), "prev")


def chosen(documents: Iterable[str], values: Mapping[str, Any]) -> list[str]:
    """The documents, with only the keys that `fields` names."""
    keys = values.get("fields")
    if keys is None:
        return list(documents)
    return [dump({key: loaded[key] for key in keys if key in loaded}) for loaded in map(load, documents)]


def with_version(found: QuerySet[Any], at: int | None) -> QuerySet[Any]:
    """With the dataset version that the very same query sees; asked for separately it could be another."""
    if at is not None:
        return found.annotate(dataset_version=Value(at, BigIntegerField()))
    return found.annotate(dataset_version=Subquery(Dataset.objects.values("version")))
