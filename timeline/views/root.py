"""Where the API begins."""

from __future__ import annotations

import orjson
from django.http import HttpResponseBase

from timeline.parameters import ParameterField
from timeline.views.base import PublicView, Reading, answer


class Root(PublicView):
    """What there is."""

    operation, shape = "get_root", "Root"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        names = (
            *("event-list", "event-count", "event-density", "event-window", "event-facets", "change-list"),
            *("country-list", "actor-list", "type-list", "topic-list", "timeline-list"),
        )
        addresses = {name.replace("-", "_"): reading.absolute(name) for name in (*names, "schema", "docs")}
        return answer(orjson.dumps({"dataset_version": reading.version, **addresses}))
