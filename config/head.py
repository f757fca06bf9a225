"""HEAD: the headers of GET, and nothing behind them. A 304 has no body either way."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponse


def without_body(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that takes the body out of answers to HEAD. A stream is not begun: its generator does not run.

    The application server would leave the body away too, but only once it has been made.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 304:
            # It would be the length of the answer that the client has (RFC 9110, 8.6); Django says 0.
            del response.headers["Content-Length"]
        elif request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.headers.setdefault("Content-Length", str(len(response.content)))
                response.content = b""
        return response

    return middleware
