"""The schema of the records that an import takes and an export gives."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

import events.interchange
from timeline.errors import read_only

SCHEMA = Path(events.interchange.__file__).with_name("schema.json")


@read_only
@cache_control(public=True, max_age=3600)
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema, as the project ships it."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/schema+json")
