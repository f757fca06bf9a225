"""What all addresses of the API have in common. Each reads stored documents; nothing is serialised per request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
from django.db.models import BigIntegerField, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.views import APIView

from timeline.caching import cached, dataset_version, etag, past_version, unchanged
from timeline.documents import dump, load, with_base_url
from timeline.models import Dataset
from timeline.pagination import Page, page_url
from timeline.parameters import Known, ParameterField, as_of_field, fields_field, language_field, read


@dataclass(slots=True)
class Reading:
    """A request that has been understood: its values, the dataset version, the vocabulary entries that it names."""

    request: HttpRequest
    values: Mapping[str, Any]
    version: int
    """The dataset version that the answer shows."""
    at: int | None
    """The same where `as_of` asked for it; None is now."""
    known: Known

    @property
    def base_url(self) -> str:
        """The URL under which this request reached the API, without a slash at the end."""
        return self.request.build_absolute_uri(reverse("api"))[:-1]


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
        values = read(request._request.GET, self.parameters())
        self.check(values)
        version, at = dataset_version(), None
        if values.get("as_of") is not None:
            version = at = past_version(values["as_of"], version)
        if unchanged(request._request, etag(version)):
            return cached(HttpResponse(status=304), etag(version))
        return self.answer(Reading(request._request, values, version, at, self.named(values, at)), **path)

    def check(self, values: Mapping[str, Any]) -> None:
        """Checks the values against each other, without a query. Raises `InvalidParameters`."""

    def named(self, values: Mapping[str, Any], at: int | None) -> Known:
        """The vocabulary entries that the values name. Raises `InvalidParameters` for one that is not there."""
        return {}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        raise NotImplementedError


def answer(body: bytes | str, version: int) -> HttpResponseBase:
    """A JSON answer from a dataset version."""
    return cached(HttpResponse(body, content_type="application/json"), etag(version))


def one(reading: Reading, row: tuple[str, int]) -> HttpResponseBase:
    """The answer that is one document; `row` is the document and its dataset version."""
    document, version = row
    return answer(with_base_url(chosen([document], reading.values)[0], reading.base_url), version)


def many(reading: Reading, found: Page, **more: str) -> HttpResponseBase:
    """The answer that is a page of documents; the rows are (document, dataset version)."""
    version = found.rows[0][1] if found.rows else reading.version
    documents = chosen([document for document, _ in found.rows], reading.values)
    head = orjson.dumps(
        {
            "dataset_version": version,
            "next": page_url(reading.request, found.next),
            "previous": page_url(reading.request, found.previous),
            **more,
        }
    ).decode()
    results = with_base_url(",".join(documents), reading.base_url)
    return answer(f'{head[:-1]},"results":[{results}]}}', version)


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
