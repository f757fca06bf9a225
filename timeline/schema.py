"""The OpenAPI 3.1 description, derived from the views' own parameters and from `timeline.shapes`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drf_spectacular.openapi import AutoSchema

from timeline.errors import MEDIA_TYPE
from timeline.formats import FORMATS, Format
from timeline.parameters import ParameterField
from timeline.shapes import COMPONENTS, complete_or_chosen, ref

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
        in_path = "{" in self.path
        statuses = ["400", "406", "429"] + (["404", "410"] if in_path else [])  # whatever was public can be withdrawn
        bodies: dict[str, Any] = {
            "200": {
                "description": self._meaning(),
                "headers": {"ETag": {"schema": {"type": "string"}, "description": "Names the dataset version."}},
                "content": self._contents(),
            },
            "304": {"description": "Nothing has changed since the answer that `If-None-Match` names."},
        }
        if "{slug}" in self.path:
            bodies["308"] = {"description": "The event has another id now; `Location` says which."}
        for status in sorted(statuses):
            content: dict[str, Any] = {MEDIA_TYPE: {"schema": ref("Problem")}}
            if status == "400":
                content[MEDIA_TYPE]["examples"] = {"unknown": {"$ref": "#/components/examples/InvalidRequest"}}
            bodies[status] = {"description": PROBLEMS[status], "content": content}
        bodies["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
        return bodies

    def _meaning(self) -> str:
        shapes = [f"`{format.name}`" for format in self._formats() if format.media_type == "application/json"]
        if not shapes:
            return "The answer."
        return (
            f"The answer. With `format` {', '.join(shapes[:-1])} or {shapes[-1]} it is JSON in the shape of that "
            "client, which has no schema here."
        )

    def _formats(self) -> list[Format]:
        """The other formats that the address answers in."""
        choices = self.view.parameters()["format"].choices if "format" in self.view.parameters() else []
        return [FORMATS[name] for name in choices if name in FORMATS]

    def _contents(self) -> dict[str, Any]:
        contents: dict[str, Any] = {"application/json": {"schema": self._answer(), "examples": self._examples()}}
        # No schema: standards and clients say what these look like.
        others: dict[str, Any] = {format.media_type: {"schema": {}} for format in self._formats()}
        return contents | {name: other for name, other in others.items() if name not in contents}

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
        described |= {"schema": {"type": "array", "items": schema}, "explode": True, "style": "form"}
    elif schema.get("type") == "array":
        described |= {"explode": False, "style": "form"}  # commas between the values
    return described


def example(name: str) -> dict[str, Any]:
    """A request and its answer, as OpenAPI has it."""
    return {"summary": f"GET {EXAMPLES[name]['request']}", "value": EXAMPLES[name]["answer"]}


def add_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Hook of drf-spectacular: adds the shapes and the example that the answers refer to."""
    components = result.setdefault("components", {})
    components["schemas"] = COMPONENTS
    components["examples"] = {"InvalidRequest": example("invalid_request")}
    return result
