"""Sessions, users and messages: Django's own, for the admin alone.

A reader has none of them, and making them ready takes a tenth of the time that an answer takes.
"""

from __future__ import annotations

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from timeline.errors import for_people


class ForPeople(MiddlewareMixin):
    """Middleware that is not there where nobody signs in."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:  # nothing here is async
        if for_people(request):
            return super().__call__(request)  # type: ignore[return-value]
        return self.get_response(request)  # type: ignore[return-value]


class SessionMiddleware(ForPeople, sessions.SessionMiddleware):
    """Django's."""


class AuthenticationMiddleware(ForPeople, auth.AuthenticationMiddleware):
    """Django's."""


class MessageMiddleware(ForPeople, messages.MessageMiddleware):
    """Django's."""
