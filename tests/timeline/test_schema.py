"""Code, OpenAPI description and README say the same."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.urls import resolve
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource

from timeline import formats, oembed, terms
from timeline.documents import FIELDS
from timeline.formats import FORMATS, NEGOTIABLE
from timeline.schema import describe
from timeline.shapes import COMPONENTS, ref
from timeline.urls import api
from timeline.views.base import PublicView
from timeline.views.events import EventList

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).with_name("openapi.yaml")


def views():
    """Path → view class of every address of the API."""
    return {f"/{route.pattern}": route.callback.view_class for route in api}  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """The OpenAPI description as it is generated now."""
    file = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", file=str(file), validate=True, fail_on_warn=True)
    return file.read_text(encoding="utf-8")


def test_the_description_is_the_committed_one(described):
    assert described == SNAPSHOT.read_text(encoding="utf-8"), "The API changed: run `make schema` and read the diff."


def test_the_description_is_valid_openapi(described):
    document = yaml.safe_load(described)

    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_address_and_parameter_is_described(described):
    paths = yaml.safe_load(described)["paths"]
    coded = {re.sub(r"<key:(\w+)>", r"{\1}", path): view for path, view in views().items()}

    assert set(paths) == {*coded, "/oembed/"}
    assert {parameter["name"] for parameter in paths["/oembed/"]["get"]["parameters"]} == set(oembed.FIELDS)
    for path, view in coded.items():
        listed = [parameter for parameter in paths[path]["get"].get("parameters", []) if parameter["in"] == "query"]
        assert issubclass(view, PublicView)
        assert {parameter["name"] for parameter in listed} == set(view.parameters()), path
        assert all(parameter["description"] for parameter in listed), path


def test_the_shapes_have_the_keys_of_the_documents():
    keys = {
        "Event": FIELDS,
        "Country": terms.COUNTRY_FIELDS,
        "Actor": terms.ACTOR_FIELDS,
        "Type": terms.TYPE_FIELDS,
        "Topic": terms.TOPIC_FIELDS,
        "Timeline": terms.TIMELINE_FIELDS,
    }

    assert {name: set(COMPONENTS[name]["properties"]) for name in keys} == {
        name: set(names) for name, names in keys.items()
    }


def validator(schema):
    """Checks documents against a schema of the description; refuses keys that it does not describe."""
    described = {"components": {"schemas": COMPONENTS | formats.shapes.COMPONENTS}}
    resource = Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **closed(described)})
    registry = Registry().with_resource("urn:api", resource)
    return Draft202012Validator(json.loads(json.dumps(schema).replace('"#/', '"urn:api#/')), registry=registry)


def closed(schema):
    """The schema, with only the keys that it describes."""
    if isinstance(schema, dict):
        schema = {key: closed(value) for key, value in schema.items()}
        return {"additionalProperties": False, **schema} if "properties" in schema else schema
    return [closed(part) for part in schema] if isinstance(schema, list) else schema


SHAPES = {
    "events": "Event",
    "countries": "Country",
    "actors": "Actor",
    "types": "Type",
    "topics": "Topic",
    "timelines": "Timeline",
}


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_every_curated_document_has_its_described_shape(client):
    for (address, name), lang in itertools.product(SHAPES.items(), ["en", "de"]):
        documents = client.get(f"/api/v1/{address}/?lang={lang}&page_size=500").json()["results"]
        assert documents, address
        check = validator(ref(name))
        for document in documents:
            check.validate(document)


ADDRESSES = (
    *("events/", "events/?from=2017&to=2017", "events/?in_force_on=9999-01-01", "timelines/c5-1/"),
    *("events/trump-state-visit-beijing-2017/", "events/landau-gor-visit-kazakhstan-uzbekistan-2025/"),
    *("events/window/?from=2025", "events/window/?limit=2&highlights=0", "events/window/?from=9998"),
)


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_every_answer_in_every_format_is_as_described(client, described):
    contents = {
        operation["get"]["operationId"]: operation["get"]["responses"]["200"]["content"]
        for operation in yaml.safe_load(described)["paths"].values()
    }
    seen: dict[str, set[str]] = {}
    for address in ADDRESSES:
        view = views()[f"/{resolve(f'/api/v1/{address}'.partition('?')[0]).route}"]
        for name in view.parameters()["format"].choices:
            answer = client.get(f"/api/v1/{address}{'&' if '?' in address else '?'}format={name}")
            assert answer.status_code == 200, address
            media_type = answer["Content-Type"].partition(";")[0]
            text = answer.getvalue().decode()
            document = json.loads(text) if media_type.endswith(("/json", "+json")) else text
            validator(contents[view.operation][media_type]["schema"]).validate(document)
            seen.setdefault(view.operation, set()).add(media_type)
    assert seen == {
        view.operation: set(contents[view.operation]) for view in views().values() if "format" in view.parameters()
    }


def readme_parameters():
    """Name → meaning, from the README's table of the parameters of /events/."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("### Parameters of") : readme.index("### Formats")]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", section, flags=re.M))


def meaning(name, field):
    """What the description says of a parameter, and the values that it has, if it is one of a few words."""
    said = describe(name, field)["description"].replace("|", "\\|")
    values = [f"`{value}`" for value in getattr(field, "choices", [])]
    return said if all(value in said for value in values) else f"{said} Values: {', '.join(values)}."


def test_the_readme_lists_the_parameters_in_the_words_of_the_code():
    assert readme_parameters() == {name: meaning(name, field) for name, field in EventList.parameters().items()}


def test_the_readme_lists_the_formats_in_the_words_of_the_code():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("| `json` |") : readme.index("### Many events")]
    listed = dict(re.findall(r"^\| `([\w-]+)` \| (.*? \| .+?) \|$", section, flags=re.M))
    negotiable = {format.name: f"`{media_type}`" for media_type, format in NEGOTIABLE.items()}
    assert listed.pop("json") == "`application/json` | The API's own documents."
    assert listed == {name: f"{negotiable.get(name, '')} | {format.description}" for name, format in FORMATS.items()}
