"""CORS: web pages of any site may read what is public."""

from corsheaders import middleware
from corsheaders.conf import conf
from django.http import HttpRequest, HttpResponseBase

EXPOSED = ", ".join(conf.CORS_EXPOSE_HEADERS)


class CorsMiddleware(middleware.CorsMiddleware):
    """django-cors-headers', whose answers say that anybody may read them even if no other site asks.

    It says so only to other sites, and that the answer depends on who asks (`Vary: origin`): then shared caches keep
    each answer once more for every site that shows it.
    """

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return super().add_response_headers(request, response)
        if request._cors_enabled:  # type: ignore[attr-defined]
            response[middleware.ACCESS_CONTROL_ALLOW_ORIGIN] = "*"
            response[middleware.ACCESS_CONTROL_EXPOSE_HEADERS] = EXPOSED
        return response
