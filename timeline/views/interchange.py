"""The schema of the records that an import takes and an export gives."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

import events.interchange

SCHEMA = Path(events.interchange.__file__).with_name("schema.json")


@require_safe
@cache_control(public=True, max_age=3600)
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema, as the project ships it."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/schema+json")
