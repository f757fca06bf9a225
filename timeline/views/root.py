"""Where the API begins."""

from __future__ import annotations

import orjson
from django.http import HttpResponseBase
from django.urls import reverse

from timeline.parameters import ParameterField
from timeline.views.base import PublicView, Reading, answer


class Root(PublicView):
    """What there is."""

    operation, shape = "get_root", "Root"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        names = ("event-list", "change-list", "country-list", "actor-list", "type-list", "topic-list", "timeline-list")
        addresses = {
            name.removesuffix("-list") + "_list": reading.request.build_absolute_uri(reverse(name)) for name in names
        }
        more = {"schema": "schema", "docs": "docs"}
        addresses |= {key: reading.request.build_absolute_uri(reverse(name)) for key, name in more.items()}
        return answer(orjson.dumps({"dataset_version": reading.version, **addresses}), reading.version)
