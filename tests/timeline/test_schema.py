"""Code, OpenAPI description and README say the same."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource

from timeline import terms
from timeline.documents import FIELDS
from timeline.formats import FORMATS, NEGOTIABLE
from timeline.schema import describe
from timeline.shapes import COMPONENTS
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

    assert set(paths) == set(coded)
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


def validator(name):
    """Checks documents against a component; refuses keys that it does not describe."""
    closed = {
        key: {**shape, "additionalProperties": shape.get("additionalProperties", False)}
        for key, shape in COMPONENTS.items()
    }
    resource = Resource.from_contents(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": {"schemas": closed}}
    )
    registry = Registry().with_resource("urn:api", resource)
    return Draft202012Validator({"$ref": f"urn:api#/components/schemas/{name}"}, registry=registry)


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
        check = validator(name)
        for document in documents:
            check.validate(document)


def readme_parameters():
    """Name → meaning, from the README's table of the parameters of /events/."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("### Parameters of") : readme.index("### Formats")]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", section, flags=re.M))


def test_the_readme_lists_the_parameters_in_the_words_of_the_code():
    coded = {
        name: describe(name, field)["description"].replace("|", "\\|") for name, field in EventList.parameters().items()
    }

    assert readme_parameters() == coded


def test_the_readme_lists_the_formats_in_the_words_of_the_code():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("| `json` |") : readme.index("### Many events")]
    listed = dict(re.findall(r"^\| `([\w-]+)` \| (.*? \| .+?) \|$", section, flags=re.M))
    negotiable = {format.name: f"`{media_type}`" for media_type, format in NEGOTIABLE.items()}
    others = {name: format for name, format in FORMATS.items() if format.media_type != "application/json"}

    assert listed.pop("json") == "`application/json` | The API's own documents."
    assert listed == {name: f"{negotiable.get(name, '')} | {format.description}" for name, format in others.items()}
    assert all(f"`{name}`" in section for name in FORMATS.keys() - others.keys())
