"""Sessions, users, messages and tokens of forms: Django's own, for the admin alone.

A reader has none of them, and making them ready takes a tenth of the time that an answer takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.middleware import csrf
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from timeline.errors import for_people


class ForPeople(MiddlewareMixin):
    """Middleware that is not there where nobody signs in."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:  # nothing here is async
        if for_people(request):
            return super().__call__(request)  # type: ignore[return-value]
        return self.get_response(request)  # type: ignore[return-value]


class SessionMiddleware(ForPeople, sessions.SessionMiddleware):
    """Django's. No cache keeps what people get; Django does not say so of each page of its own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class CsrfViewMiddleware(ForPeople, csrf.CsrfViewMiddleware):
    """Django's. Elsewhere nobody is signed in whom another site could misuse: `POST` is answered by what it may be."""

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        if for_people(request):
            return super().process_view(request, callback, callback_args, callback_kwargs)
        return None


class AuthenticationMiddleware(ForPeople, auth.AuthenticationMiddleware):
    """Django's."""


class MessageMiddleware(ForPeople, messages.MessageMiddleware):
    """Django's."""
