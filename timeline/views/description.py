"""The OpenAPI description, and the page to try it on: what `timeline.schema` derives, with parameters read strictly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from timeline.negotiation import ByView, media_type
from timeline.pages.trackers import forget_trackers
from timeline.parameters import ChoiceField, read

FIELDS = {"format": ChoiceField(["yaml", "json"])}


class ByFormat(ByView):
    """Chooses by `format`, else by what `Accept` prefers. Raises `InvalidParameters` and `NotAcceptable`."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        wanted = read(request.GET, FIELDS)["format"]
        possible = [renderer for renderer in renderers if wanted in (None, renderer.format)]
        types = tuple(renderer.media_type for renderer in possible)
        found = types[0] if wanted else media_type(request._request, types)
        return possible[types.index(found)], found


class Description(SpectacularAPIView):
    """The OpenAPI description, in YAML or JSON."""

    content_negotiation_class = ByFormat
    _kept: ClassVar[dict[str, tuple[bytes, dict[str, str]]]] = {}
    """By media type, body and headers: the code alone decides them, and to derive them takes a tenth of a second."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **path: str) -> HttpResponse:
        media_type = request.accepted_media_type
        if media_type not in self._kept:
            response = super().get(request, *args, **path)
            response.accepted_renderer, response.accepted_media_type = request.accepted_renderer, media_type
            response.renderer_context = self.get_renderer_context()
            response.render()
            self._kept[media_type] = response.content, dict(response.items())
        body, headers = self._kept[media_type]
        return HttpResponse(body, headers=headers)


class Documentation(SpectacularSwaggerSplitView):
    """The page to try the API on."""

    url_name, template_name = "schema", "timeline/docs.html"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **path: str) -> Any:
        forget_trackers(request._request)
        asked = request.GET.copy()
        asked.pop("script", None)  # which the page itself asks for
        read(asked, {})
        return super().get(request, *args, **path)
