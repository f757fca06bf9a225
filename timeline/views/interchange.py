"""The schema of the records that an import takes and an export gives."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase

import events.interchange
from timeline.errors import InvalidParameters, exception_problem, read_only
from timeline.parameters import read

SCHEMA = Path(events.interchange.__file__).with_name("schema.json")


@read_only
def schema(request: HttpRequest) -> HttpResponseBase:
    """The JSON Schema, as the project ships it."""
    try:
        read(request.GET, {})
    except InvalidParameters as exception:
        return exception_problem(request, exception)
    response = HttpResponse(SCHEMA.read_bytes(), content_type="application/schema+json")
    response["Cache-Control"] = "max-age=3600, public"
    return response
