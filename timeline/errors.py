"""Every error answer: a problem document (RFC 9457), also for Django's own 404 and 500."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import IntegrityError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.log import log_response
from django.views import defaults
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from rest_framework import exceptions

from events.locking import is_conflict
from timeline.accepting import preferred
from timeline.cache_control import PRESENT, REVALIDATED
from timeline.import_limits import TOO_LARGE
from timeline.pages.words import SITE

MEDIA_TYPE = "application/problem+json"
FOR_PROGRAMS = ("/api/", str(settings.STATIC_URL))
"""How the paths of addresses begin where an error is a problem document whatever the client prefers."""
NOTHING_THERE = {404, 410}
RETRY_AFTER = 5
"""Seconds until a database that was started anew should answer again, and a replica have what its primary has."""
SERVER_ERROR = "Something went wrong here. The request was not at fault; trying again later may help."
UNAVAILABLE = "The database does not answer at the moment. The request was not at fault: try it again in some seconds."


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of error: the part of its `type` behind the #, its title, status, and what it means."""

    kind: str
    title: str
    status: int
    explanation: str


PROBLEMS = {
    problem.kind: problem
    for problem in (
        Problem(
            "invalid-request",
            "Invalid request",
            400,
            "A parameter is unknown, blank, malformed or contradicts another. “errors” lists what is wrong, with the "
            "parameter's name, a code for programs and a sentence that says what would be right: first what cannot be "
            "read, then what contradicts another, then what nothing has.",
        ),
        Problem("permission-denied", "Permission denied", 403, "This is not allowed."),
        Problem(
            "not-found",
            "Not found",
            404,
            "There is nothing at this address, and there never was; with “as_of”, not then.",
        ),
        Problem("method-not-allowed", "Method not allowed", 405, "The API is read with GET and HEAD."),
        Problem("not-acceptable", "Not acceptable", 406, "The Accept header rules out what this address answers with."),
        Problem("withdrawn", "Withdrawn", 410, "It was public once and has been withdrawn."),
        Problem(
            "too-many-requests",
            "Too many requests",
            429,
            "A client may make so many requests a minute. “Retry-After” says in how many seconds the next ones are "
            "answered.",
        ),
        Problem("not-implemented", "Not implemented", 501, "This address does not answer in the format asked for."),
        Problem(
            "server-error",
            "Server error",
            500,
            "Something went wrong here; trying again later may help. “request_id” finds it in the server's log.",
        ),
        Problem(
            "unavailable",
            "Unavailable",
            503,
            "The database does not answer at the moment: it is being started anew, say; or the server is being "
            "upgraded; or too much is asked of it at once; or a replica lacks as yet the dataset version that was "
            "asked for. “Retry-After” says in how many seconds to try again.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class ParameterError:
    """What is wrong with one parameter: its name, a code for programs, a sentence for people."""

    parameter: str
    code: str
    message: str


MOST_ERRORS = 100
"""That a problem lists: an answer is not to be thirty times as long as its request."""


class InvalidParameters(Exception):
    """The request's parameters are wrong; `errors` holds everything that is."""

    def __init__(self, errors: Iterable[ParameterError]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(error.message for error in self.errors))


class NotReplayed(Exception):
    """What was asked for is not in this replica of the database: not yet, or nowhere, which only the primary knows."""


class Withdrawn(Exception):
    """What was asked for was public once and has been withdrawn."""


def problem(
    request: HttpRequest,
    kind: str,
    detail: str,
    *,
    errors: Iterable[ParameterError] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem document. Its `type` is the address of the sentence on the index page that explains the kind."""
    title, status = PROBLEMS[kind].title, PROBLEMS[kind].status
    try:
        address = request.build_absolute_uri(f"/#{kind}")
    except DisallowedHost:
        address = f"/#{kind}"
    body: dict[str, Any] = {"type": address, "title": title, "status": status, "detail": detail}
    listed = [asdict(error) for error in errors]
    if listed:
        body["errors"] = listed
    if status >= 500:
        # The fault is ours: whoever reports it can name the lines of our log that belong to it.
        body["request_id"] = request.META.get("HTTP_X_REQUEST_ID", "")
    told = {**_headers(status), **(headers or {})}
    response = JsonResponse(body, status=status, headers=told, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = MEDIA_TYPE
    return response


def _language_asked(request: HttpRequest) -> str | None:
    try:
        return request.GET.get("lang")
    except TooManyFieldsSent:
        return None


def problem_page(request: HttpRequest, kind: str, said: Sequence[str], *, framed: bool = False) -> HttpResponse:
    """The same for people: a page with these sentences, and a link to the index in the language that was asked for.
    `framed` is whether other sites may show it in a frame."""
    language, *others = (code for code, _ in settings.LANGUAGES)
    status, asked = PROBLEMS[kind].status, _language_asked(request)
    context = {
        "language": language,
        "site": SITE,
        "problem": PROBLEMS[kind],
        "said": said,
        "framed": framed,
        "query": f"?lang={asked}" if asked in others else "",
    }
    page = render_to_string("timeline/problem.html", context)
    response = HttpResponse(page, status=status, headers=_headers(status))
    response["Content-Language"] = language
    return response


def _headers(status: int) -> dict[str, str]:
    """What caches are told of an error; and clients, of one that should soon be over."""
    kept = "no-store" if status == 429 or status >= 500 else PRESENT if status in NOTHING_THERE else REVALIDATED
    return {"Cache-Control": kept, **({"Retry-After": str(RETRY_AFTER)} if status == 503 else {})}


def exception_problem(
    request: HttpRequest, exception: InvalidParameters | Withdrawn | NotReplayed | Http404
) -> HttpResponseBase:
    """The problem for what a view of ours raises."""
    match exception:
        case InvalidParameters():
            first, more = exception.errors[:MOST_ERRORS], len(exception.errors) - MOST_ERRORS
            said = [error.message for error in first] + ([f"And {more:,} more."] if more > 0 else [])
            return problem(request, "invalid-request", " ".join(said), errors=first)
        case Withdrawn():
            return problem(request, "withdrawn", str(exception))
        case NotReplayed():
            return expected(problem(request, "unavailable", str(exception)), request)
    return problem(request, "not-found", _nothing_there(request, exception))


def absent(kind: str, key: str, at: int | None, listed_at: str = "") -> Http404:
    """For what is not public under this key, now or in the dataset version `at`; which of its kind are is `listed_at`
    an address."""
    state = "" if at is None else f" in dataset version {at}"
    listed = f" The list of {kind}s is at {listed_at}." if listed_at else ""
    return Http404(f"There is no {kind} '{key}'{state}.{listed}")


def expected(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """`response`, logged as no error of ours, for which Django takes each from 500 on: anybody could fill the log."""
    log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request, level="info")
    return response


def method_not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """The problem for a method that is none of `methods`."""
    allowed = ", ".join(methods)
    detail = f"{request.method} is not possible here. Possible: {allowed}."
    return problem(request, "method-not-allowed", detail, headers={"Allow": allowed})


def read_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """`view` for GET and HEAD; the error for other methods is a problem document."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **path: str) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return method_not_allowed(request, ("GET", "HEAD"))
        return view(request, *args, **path)

    return checked


def exception_handler(exception: Exception, context: Mapping[str, Any]) -> HttpResponseBase | None:
    """Django REST framework's hook: the problem for an exception, or None for what is a bug of ours (a 500)."""
    request: HttpRequest = context["request"]._request
    if isinstance(exception, exceptions.MethodNotAllowed):
        return method_not_allowed(request, context["view"].allowed_methods)
    return exception_response(request, exception)


def exception_response(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
    """The problem for what a view of the API raises, or None for what is a bug of ours."""
    match exception:
        case InvalidParameters() | Withdrawn() | NotReplayed() | Http404():
            return exception_problem(request, exception)
        case PermissionDenied() | exceptions.PermissionDenied():
            return permission_denied(request, exception)
        case exceptions.NotAcceptable():
            return problem(request, "not-acceptable", str(exception.detail), headers={"Vary": "Accept"})
        case exceptions.APIException():
            return problem(request, "invalid-request", str(exception.detail))
    return None


def prefers_problem(request: HttpRequest) -> bool:
    """Whether whoever asks for a page would have a problem document rather than a page that says what is wrong."""
    chosen = preferred(request.META.get("HTTP_ACCEPT", ""), ("text/html", "application/json", MEDIA_TYPE))
    return chosen not in (None, "text/html")


ADMIN = "/admin/"
"""What the addresses of the admin begin with."""


def for_people(request: HttpRequest) -> bool:
    """Whether the address is of the admin, where people work and Django's own pages serve best."""
    return request.path.startswith(ADMIN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if for_people(request):
        if isinstance(exception, TooManyFieldsSent | TooManyFilesSent | RequestDataTooBig):
            return too_large(request)
        return defaults.bad_request(request, exception)
    detail = "The request could not be understood."
    if isinstance(exception, DisallowedHost):
        detail = "This server does not answer for the host name of the request: its operator sets ALLOWED_HOSTS."
    elif isinstance(exception, TooManyFieldsSent):
        detail = f"A request may have {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} parameters at most."
    return problem(request, "invalid-request", detail)


def too_large(request: HttpRequest) -> HttpResponse:
    """The page of the admin for what was sent and is too much."""
    why = TOO_LARGE if request.path.startswith(reverse("admin:events_event_import")) else ""
    return _admin_page("timeline/admin/too_large.html", 413, why=why)


def _admin_page(template: str, status: int, **context: Any) -> HttpResponse:
    """A page of the admin that says nothing of who is signed in: nobody may be."""
    return HttpResponse(render_to_string(template, {"site_header": SITE, "site_title": SITE, **context}), status=status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if for_people(request):
        return defaults.permission_denied(request, exception)
    return problem(request, "permission-denied", "This is not allowed.")


def not_verified(request: HttpRequest, reason: str) -> HttpResponse:
    """The page of the admin for what was sent without the token of whoever is signed in."""
    return _admin_page("timeline/admin/not_verified.html", 403, path=request.path)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if for_people(request):
        return defaults.page_not_found(request, exception)
    detail = _nothing_there(request, exception)
    return problem_or_page(request, "not-found", detail)


def problem_or_page(request: HttpRequest, kind: str, detail: str) -> HttpResponse:
    """A page for whoever asks for one, outside of what only programs ask for; else a problem document."""
    if request.path.startswith(FOR_PROGRAMS):
        return problem(request, kind, detail)
    wants_page = preferred(request.META.get("HTTP_ACCEPT", ""), ("application/json", "text/html")) == "text/html"
    response = problem_page(request, kind, [detail]) if wants_page else problem(request, kind, detail)
    patch_vary_headers(response, ["Accept"])
    return response


def _nothing_there(request: HttpRequest, exception: Exception) -> str:
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return said or f"There is nothing at {request.path}. The API begins at /api/v1/, its documentation at /api/docs/."


def server_error(request: HttpRequest) -> HttpResponseBase:
    error = sys.exc_info()[1]
    if for_people(request) and (is_conflict(error) or _is_overtaken(error)):
        return unavailable_to_people("timeline/admin/busy.html")
    if isinstance(error, OperationalError):
        return _unavailable(request)
    if for_people(request):
        return defaults.server_error(request)
    return problem(request, "server-error", SERVER_ERROR)


def _is_overtaken(error: BaseException | None) -> bool:
    """Whether somebody else has saved, published or deleted something since a form, or a deletion, was checked: sent
    again, it says what."""
    overtaken = UniqueViolation | ForeignKeyViolation
    return isinstance(error, ProtectedError) or (
        isinstance(error, IntegrityError) and isinstance(error.__cause__, overtaken)
    )


def _unavailable(request: HttpRequest) -> HttpResponseBase:
    if for_people(request):
        return unavailable_to_people("timeline/admin/unavailable.html")
    return problem(request, "unavailable", UNAVAILABLE)


def unavailable_to_people(template: str) -> HttpResponse:
    """A page of the admin that asks to try again soon."""
    response = _admin_page(template, 503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
