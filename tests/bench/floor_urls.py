"""The project's addresses, and a view that does nothing: the floor of what Django and Granian can do here, behind the
project's own middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls

CONSTANT = b'{"results":["' + b"x" * 100_000 + b'"]}'
"""About as long as a page of 50 events."""


def constant(request: HttpRequest) -> HttpResponse:
    """The same bytes, whatever is asked."""
    return HttpResponse(CONSTANT, content_type="application/json")


urlpatterns = [path("api/v1/constant/", constant), *urls.urlpatterns]
