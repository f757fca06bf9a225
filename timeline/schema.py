"""The OpenAPI 3.1 description, derived from the views' own parameters and from `timeline.shapes`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drf_spectacular.openapi import AutoSchema

from timeline.errors import MEDIA_TYPE
from timeline.formats import FORMATS, Format, shapes
from timeline.formats.shapes import FEEDS
from timeline.oembed import FIELDS as oembed_fields
from timeline.parameters import MOST_VALUES, ParameterField
from timeline.shapes import COMPONENTS, TEXT, complete_or_chosen, ref

PROBLEMS = {
    "400": "A parameter is unknown, blank, malformed or contradicts another; `errors` says which and why.",
    "404": "There is no such entry.",
    "406": "The `Accept` header rules out what this address answers with.",
    "410": "It was public once and has been withdrawn.",
    "429": "The client has made more requests than it may in a minute; `Retry-After` says how many seconds to wait.",
}

EXAMPLES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))
"""Operation → a request and its answer, as the curated events have it. `make schema` writes the answers again."""


class PublicSchema(AutoSchema):
    """Describes a `PublicView`; `shape` of the view names the component that it answers with."""

    view: Any

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0] or "api"]

    def get_operation_id(self) -> str:
        return str(self.view.operation)

    def get_auth(self) -> list[dict[str, Any]]:
        return []

    def get_override_parameters(self) -> list[Any]:
        return []

    def _get_parameters(self) -> list[dict[str, Any]]:
        in_path = [
            {
                "in": "path",
                "name": name,
                "required": True,
                "schema": {"type": "string"},
                "description": "Its code, such as UZ." if "countries" in self.path else "Its id.",
            }
            for name in ("slug", "key")
            if f"{{{name}}}" in self.path
        ]
        return in_path + [describe(name, field) for name, field in self.view.parameters().items()]

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        statuses = ["400", "406", "429"] + (["404"] if "{" in self.path else [])
        # Whatever was public can be withdrawn; its versions stay, at whichever of its ids.
        is_entry = self.path.endswith("}/")
        bodies: dict[str, Any] = {
            "200": {
                "description": "The answer.",
                "headers": {"ETag": {"schema": {"type": "string"}, "description": "Names the dataset version."}},
                "content": self._contents(),
            },
            "304": {"description": "Nothing has changed since the answer that `If-None-Match` names."},
        }
        if is_entry:
            statuses.append("410")
        if is_entry and "{slug}" in self.path:
            bodies["308"] = {"description": "The event has another id now; `Location` says which."}
        for status in sorted(statuses):
            bodies[status] = problem(PROBLEMS[status])
        unknown = {"$ref": "#/components/examples/InvalidRequest"}
        bodies["400"]["content"][MEDIA_TYPE]["examples"] = {"unknown": unknown}
        bodies["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
        return bodies

    def _formats(self) -> list[Format]:
        """The other formats that the address answers in."""
        choices = self.view.parameters()["format"].choices if "format" in self.view.parameters() else []
        return [FORMATS[name] for name in choices if name in FORMATS]

    def _contents(self) -> dict[str, Any]:
        contents: dict[str, Any] = {"application/json": {"schema": self._answer(), "examples": self._examples()}}
        return contents | {format.media_type: {"schema": FEEDS.get(format.name, TEXT)} for format in self._formats()}

    def _examples(self) -> dict[str, Any]:
        return {"example": example(self.view.operation)} if self.view.operation in EXAMPLES else {}

    def _answer(self) -> dict[str, Any]:
        shape = self.view.shape
        if "page_size" in self.view.parameters():
            return ref(f"{shape}Page")
        return complete_or_chosen(shape) if "fields" in self.view.parameters() else ref(shape)


def describe(name: str, field: ParameterField) -> dict[str, Any]:
    """A parameter as OpenAPI has it."""
    schema = dict(field.schema)
    if field.default is not None:
        schema["default"] = field.default
    # No `example`: the documentation page would send it with every request that is tried out there.
    such_as = f" Such as `{field.example}`." if field.example else ""
    described: dict[str, Any] = {
        "in": "query",
        "name": name,
        "description": field.help_text + such_as,
        "schema": schema,
    }
    if field.many:
        several = {"type": "array", "items": schema, "maxItems": MOST_VALUES}
        described |= {"schema": several, "explode": True, "style": "form"}
    elif schema.get("type") == "array":
        described |= {"explode": False, "style": "form"}  # commas between the values
    return described


def oembed() -> dict[str, Any]:
    """The description of `/oembed/`, which is no part of the API, but read by programs too."""
    asked = [describe(name, field) for name, field in oembed_fields.items()]
    problems = {status: PROBLEMS[status] for status in ("400", "404", "410", "429")}
    answered = {
        "application/json": {"schema": ref("OEmbed"), "examples": {"example": example("get_oembed")}},
        "text/xml": {"schema": TEXT},
    }
    return {
        "operationId": "get_oembed",
        "description": "A frame for the address of an event or a timeline (oEmbed 1.0).",
        "parameters": [{**parameter, "required": parameter["name"] == "url"} for parameter in asked],
        "tags": ["oembed"],
        "responses": {
            "200": {"description": "The answer.", "content": answered},
            **{status: problem(meaning) for status, meaning in problems.items()},
            "501": problem("It does not answer in this `format`."),
        },
    }


def problem(meaning: str) -> dict[str, Any]:
    """An answer that is a problem document."""
    return {"description": meaning, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}


def example(name: str) -> dict[str, Any]:
    """A request and its answer, as OpenAPI has it."""
    return {"summary": f"GET {EXAMPLES[name]['request']}", "value": EXAMPLES[name]["answer"]}


def add_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Hook of drf-spectacular: adds oEmbed, and the shapes and the example that the answers refer to."""
    result["paths"]["/oembed/"] = {"get": oembed()}
    components = result.setdefault("components", {})
    components["schemas"] = COMPONENTS | shapes.COMPONENTS
    components["examples"] = {"InvalidRequest": example("invalid_request")}
    return result
