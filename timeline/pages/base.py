"""What pages about published things have in common. Like the API, they show stored documents and read strictly, but for
what others add to links."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.log import log_response
from django.views import View

from timeline.errors import (
    UNAVAILABLE,
    InvalidParameters,
    NotReplayed,
    Withdrawn,
    exception_problem,
    expected,
    method_not_allowed,
    prefers_problem,
    problem,
    problem_page,
)
from timeline.links import address_of, query_of, query_string
from timeline.negotiation import as_it_is
from timeline.pages.trackers import forget_trackers
from timeline.pages.words import SITE, words_of
from timeline.parameters import ParameterField, as_of_field, language_field, read
from timeline.views.base import Reading, described, understood, up_to_date

FRAMED_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    ]
)
"""The Content-Security-Policy of a page that any site may frame: it can show text, and nothing else."""

KINDS: dict[type[Exception], str] = {
    InvalidParameters: "invalid-request",
    Withdrawn: "withdrawn",
    NotReplayed: "unavailable",
    Http404: "not-found",
}
"""Exception → the kind of problem that a page says."""


class ReadOnly(View):
    """A view for GET and HEAD; the error for other methods is a problem document."""

    http_method_names = ["get", "head", "options"]

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **path: str) -> HttpResponse:
        return method_not_allowed(request, map(str.upper, self.http_method_names))


class StrictPage(ReadOnly):
    """A page that takes no parameters, but for what others add to links. What is wrong it says on a page; to a program,
    in a problem document."""

    framed: ClassVar[bool] = False
    """Whether other sites may show it in a frame."""

    def dispatch(self, request: HttpRequest, *args: Any, **path: str) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **path)
        except tuple(KINDS) as exception:
            response = self.refusal(exception)
        except OperationalError as exception:
            response = self.unavailable(exception)
        if self.framed:
            response["Content-Security-Policy"] = FRAMED_POLICY
            response.xframe_options_exempt = True  # type: ignore[attr-defined]  # what Django's middleware looks for
        return response

    def get(self, request: HttpRequest, **path: str) -> HttpResponseBase:
        forget_trackers(request)
        read(request.GET, {})
        return self.show(request, **path)

    def show(self, request: HttpRequest, **path: str) -> HttpResponseBase:
        raise NotImplementedError

    def refusal(self, exception: Any) -> HttpResponseBase:
        """The answer that says what is wrong."""
        if prefers_problem(self.request):
            response = exception_problem(self.request, exception)
        else:
            kind = next(kind for type_, kind in KINDS.items() if isinstance(exception, type_))
            errors = exception.errors if isinstance(exception, InvalidParameters) else []
            page = problem_page(
                self.request, kind, [error.message for error in errors] or [str(exception)], framed=self.framed
            )
            response = expected(page, self.request) if isinstance(exception, NotReplayed) else page
        patch_vary_headers(response, ["Accept"])
        return response

    def unavailable(self, exception: OperationalError) -> HttpResponseBase:
        """The answer that says that the database does not; the log says why."""
        if prefers_problem(self.request):
            response = problem(self.request, "unavailable", UNAVAILABLE)
        else:
            response = problem_page(self.request, "unavailable", [UNAVAILABLE], framed=self.framed)
        patch_vary_headers(response, ["Accept"])
        log_response(
            "%s %s", UNAVAILABLE, self.request.path, response=response, request=self.request, exception=exception
        )
        return response


class Page(StrictPage):
    """Reads parameters strictly, answers 304 where the reader is up to date, else what `answer` gives."""

    route: ClassVar[str]
    """The name of its address."""
    page_route: ClassVar[str]
    """The name of the address of the whole page; the same if it is not a small one for frames."""
    template: ClassVar[str]

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        """Every parameter of this address, by name. A frame shows what is public now."""
        return {"lang": language_field(), **({} if cls.framed else {"as_of": as_of_field()})}

    def get(self, request: HttpRequest, **path: str) -> HttpResponseBase:
        forget_trackers(request)
        reading = understood(request, self.parameters(), as_it_is, lambda values: None)
        if up_to_date(reading):
            return described(HttpResponseNotModified(), reading)
        reading.ask_version()
        return described(self.answer(reading, **path), reading)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        raise NotImplementedError

    def page(self, reading: Reading, version: int, slug: str, title: str, context: dict[str, Any]) -> HttpResponseBase:
        """The page about what has this slug, from a dataset version."""
        language, at = reading.values["lang"], reading.at
        request, address = reading.request, address_of(reading.request, self.page_route, slug, language)
        shown = {
            **self.frame(language),
            "title": title,
            "address": address,
            "permalink": address_of(request, self.page_route, slug, language, version),
            "as_of": at,
            "version": version,
            "languages": [
                {
                    "code": code,
                    "name": name,
                    "address": address_of(request, self.route, slug, code, at),
                    "same": self.in_language(reading, slug, code),
                }
                for code, name in settings.LANGUAGES
            ],
            "oembed": [
                {"type": kind, "address": _oembed(request, address, name)}
                for name, kind in (("json", "application/json+oembed"), ("xml", "text/xml+oembed"))
            ],
        }
        reading.version = version
        return HttpResponse(render_to_string(self.template, {**shown, **context}))

    def in_language(self, reading: Reading, slug: str, language: str) -> str:
        """The address of what this page shows in another language."""
        return address_of(reading.request, self.route, slug, language, reading.at)

    def frame(self, language: str) -> dict[str, Any]:
        """What every template needs."""
        home = reverse("index") + query_of(language)
        return {"language": language, "words": words_of(language), "site": SITE, "home": home}


def data_address(reading: Reading, route: str, *path: str, **asked: str) -> str:
    """The address of what a page shows at the API, in the same state as the page."""
    if reading.at is not None:
        asked["as_of"] = str(reading.at)
    return reading.absolute(route, *path, query=query_string(asked.items()))


def _oembed(request: HttpRequest, address: str, format: str) -> str:
    query = urlencode({"url": address, "format": format})
    return f"{request.build_absolute_uri(reverse('oembed'))}?{query}"
