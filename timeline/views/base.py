"""What all addresses of the API have in common. Each reads stored documents; nothing is serialised per request."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import orjson
from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from rest_framework.views import APIView

from timeline.caching import cached, dataset_version, etag, past_version, unchanged
from timeline.documents import URL_MARK, dump, load, with_base_url
from timeline.errors import exception_response
from timeline.links import link, origin_of, query_string
from timeline.negotiation import Negotiated, negotiate
from timeline.pagination import Cursor, JoinedPage, Page
from timeline.parameters import Known, ParameterField, as_of_field, fields_field, language_field, read

Defined = TypeVar("Defined")
Found = TypeVar("Found")


@dataclass(slots=True)
class Reading:
    """A request that has been understood: its values, the dataset version, the vocabulary entries that it names."""

    request: HttpRequest
    values: dict[str, Any]
    negotiated: Negotiated
    at: int | None = None
    """The dataset version where `as_of` asked for one; None is now."""
    day: datetime.date | None = None
    """Today, in UTC, where the answer depends on it; else None."""
    known: Known = field(default_factory=dict)
    listed_as: Mapping[str, str] = field(default_factory=dict)
    """What asks the event list for the events of an address that has no pages of its own; nothing elsewhere."""
    read_version: int | None = None
    read_origin: str = ""

    @property
    def version(self) -> int:
        """The dataset version that the answer shows: as long as nothing was read, the one there is before."""
        return self.ask_version()

    @version.setter
    def version(self, version: int) -> None:
        self.read_version = version

    def ask_version(self) -> int:
        """Makes `version` the one that there is now, unless it is known already. One tiny query, or none."""
        if self.read_version is None:
            self.read_version = dataset_version()
        return self.read_version

    def settled(self, read: Callable[[], Found]) -> Found:
        """What `read` finds, which says its dataset version. If it is nothing, that is asked, and `read` again.

        There may be something by then, or there was before: nothing must not be taken for the state of a version that
        has something.
        """
        if self.read_version is None and (found := read()):
            return found
        return self.settled_once(read)

    def settled_once(self, read: Callable[[], Found]) -> Found:
        """The same where `read` may take long, or the version is known: it is asked again only if another version came
        meanwhile.

        One or two tiny queries more, or none.
        """
        if self.at is not None:
            return read()
        while True:
            before = self.ask_version()
            found = read()
            if found:
                return found
            self.read_version = dataset_version()
            if self.read_version == before:
                return found

    def by(self, define: Callable[[], Defined], read: Callable[[Defined], Found]) -> Found:
        """What `read` finds by a timeline's definition: again, if that became another one meanwhile, so that the answer
        is of one dataset version. One tiny query more, or none."""
        before, defined = self.ask_version(), define()
        while True:
            found = read(defined)
            if self.version == before:
                return found
            before, last, defined = self.version, defined, define()
            if defined == last:
                self.version = before  # of what was read, not of a definition that is as it was in a later one
                return found

    @property
    def base_url(self) -> str:
        """The URL under which this request reached the API, without a slash at the end."""
        return self.absolute("api")[:-1]

    @property
    def origin(self) -> str:
        """Scheme and host of the URL under which this request reached us."""
        if not self.read_origin:
            self.read_origin = origin_of(self.request)
        return self.read_origin

    def with_other(self, **values: str) -> str:
        """The URL of this request with other values of these parameters."""
        return f"{self.origin}{iri_to_uri(self.request.path)}?{self._query_with_other(values)}"

    def page_url(self, cursor: Cursor) -> str:
        """The URL of another page of what this request lists."""
        if not self.listed_as:
            return self.with_other(cursor=str(cursor))
        query = self._query_with_other({**self.listed_as, "cursor": str(cursor)})
        return self.absolute("event-list", query=query)

    def _query_with_other(self, values: Mapping[str, str]) -> str:
        asked = dict(self.request.GET.lists()) | {name: [value] for name, value in values.items()}
        return query_string((name, text) for name, texts in asked.items() for text in texts)

    def absolute(self, name: str, *args: str, query: str = "") -> str:
        """The URL of an address by its name."""
        address = f"{self.origin}{_path(get_script_prefix(), name, args)}"
        return f"{address}?{query}" if query else address

    @property
    def etag(self) -> str:
        """The ETag of the answer."""
        return etag(self.version, self.origin, self.negotiated.variant, self.day)


@functools.lru_cache(maxsize=1000)
def _path(script_prefix: str, name: str, args: tuple[str, ...]) -> str:
    return reverse(name, args=args)


class PublicView(APIView):
    """Reads parameters strictly, answers 304 where the client is up to date, else what `answer` gives.

    Django REST framework describes it (`timeline.schema`) and answers OPTIONS and what is not allowed. GET and HEAD go
    past it: they need none of what it prepares for each request, which takes as long as a page of events does.
    """

    operation: ClassVar[str]
    """Its name in the OpenAPI description."""
    shape: ClassVar[str]
    """The component of `timeline.shapes` that it answers with."""
    keys: ClassVar[tuple[str, ...]] = ()
    """The keys of the documents here, if `fields` can choose among them."""
    tells_version: ClassVar[bool] = False
    """Whether what is read says, even if it is nothing, which dataset version it is of. Else that is asked before: then
    an answer can be newer than its ETag says, and a client asks once too often; never older, and kept for good."""

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        """Every parameter of this address, by name."""
        chosen = {"fields": fields_field(cls.keys)} if cls.keys else {}
        return {"lang": language_field(), **chosen, "as_of": as_of_field()}

    def dispatch(self, request: HttpRequest, *args: Any, **path: str) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return super().dispatch(request, *args, **path)
        try:
            return self.get(request, **path)
        except Exception as exception:
            response = exception_response(request, exception)
            if response is None:
                raise
            return response

    def get(self, request: HttpRequest, **path: str) -> HttpResponseBase:
        reading = understood(request, parameters_of(type(self)), negotiate, self.check)  # type: ignore[arg-type]
        if reading.at is None and self.shows_today(reading.values):
            reading.day = timezone.now().date()
        if up_to_date(reading):
            return self.finished(HttpResponseNotModified(), reading)
        if not self.tells_version:
            reading.ask_version()
        named = functools.partial(self.named, reading.values, reading.at)

        def answered(known: Known) -> HttpResponseBase:
            reading.known = known
            return self.answer(reading, **path)

        response = reading.by(named, answered) if reading.values.get("timeline") else answered(named())
        return self.finished(response, reading)

    def check(self, values: dict[str, Any]) -> None:
        """Checks the values against each other, without a query. Raises `InvalidParameters`."""

    def shows_today(self, values: Mapping[str, Any]) -> bool:
        """Whether the answer can be another one tomorrow, though nothing is published."""
        return False

    def named(self, values: Mapping[str, Any], at: int | None) -> Known:
        """The vocabulary entries that the values name. Raises `InvalidParameters` for one that is not there."""
        return {}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        raise NotImplementedError

    def finished(self, response: HttpResponseBase, reading: Reading) -> HttpResponseBase:
        """`response` with the headers that every answer has.

        A 304 has no `Link`: caches put its headers in the place of their copy's (RFC 9111, 3.2), and it does not know
        all the links.
        """
        if response.status_code == 200:
            link(response, reading.absolute("schema"), "service-desc")
        return described(response, reading)


@functools.cache
def parameters_of(view: type[PublicView]) -> Mapping[str, ParameterField]:
    """`view.parameters()`, made once."""
    return view.parameters()


def up_to_date(reading: Reading) -> bool:
    """Whether the client has this answer. Only asks the database if the client says that it has something."""
    return "HTTP_IF_NONE_MATCH" in reading.request.META and unchanged(reading.request, reading.etag)


def understood(
    request: HttpRequest,
    parameters: Mapping[str, ParameterField],
    negotiate: Callable[[HttpRequest, dict[str, Any]], Negotiated],
    check: Callable[[dict[str, Any]], None],
) -> Reading:
    """The request, read and checked: its values, and the dataset version that it asks for, if any."""
    values = read(request.GET, parameters)
    reading = Reading(request, values, negotiate(request, values))
    check(values)
    if values.get("as_of") is not None:
        reading.version = reading.at = past_version(values["as_of"], reading.version)
    return reading


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
    """The answer that is a page of documents; the rows are (document, dataset version), if they are not joined."""
    if isinstance(found, JoinedPage):
        documents = found.documents
        reading.version = found.dataset_version if found else reading.version
    else:
        documents = joined(chosen([document for document, _ in found.rows], reading.values))
        reading.version = found.rows[0][1] if found else reading.version
    following, before = neighbours(reading, found)
    head = {"dataset_version": reading.version, "next": following, "previous": before, **more}
    response = answer(listed(head, documents, reading.base_url))
    link_neighbours(response, following, before)
    return response


def joined(documents: Iterable[str]) -> bytes:
    """Documents with commas between them, in UTF-8."""
    return ",".join(documents).encode()


def listed(head: Mapping[str, Any], documents: bytes, base_url: str) -> bytes:
    """The JSON object that has the keys of `head`, and as `results` these stored documents, which are `joined`."""
    # In bytes, where the URL is put in four times as fast as in text that is not all Latin.
    results = documents.replace(URL_MARK.encode(), base_url.encode())
    return b'%b,"results":[%b]}' % (orjson.dumps(head)[:-1], results)


def neighbours(reading: Reading, found: Page) -> tuple[str | None, str | None]:
    """The URLs of the pages behind and before this one."""

    def url(cursor: Cursor | None) -> str | None:
        return reading.page_url(cursor) if cursor else None

    return url(found.next), url(found.previous)


def link_neighbours(response: HttpResponseBase, following: str | None, before: str | None) -> None:
    """Says in the `Link` header where the pages beside this one are."""
    link(response, following, "next")
    link(response, before, "prev")


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
    # In words of SQL: a `Subquery` takes Django several times as long to build.
    return found.annotate(dataset_version=RawSQL("SELECT version FROM timeline_dataset", [], BigIntegerField()))
