"""The examples in the OpenAPI description are what their requests are answered with.

`make schema` writes them again: it runs this file with `WRITE_EXAMPLES=1`.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import timeline.schema
from tests.timeline.test_schema import views
from timeline.schema import EXAMPLES

FILE = Path(timeline.schema.__file__).with_name("examples.json")
OPERATIONS = {view.operation for view in views().values()} | {"get_oembed"}

# When the data was published, and the numbers that the database gave to rows.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
ROW = re.compile(r"(?<=since=)(\d+)-\d+")


def fixed(text):
    """`text` of an answer with what differs from one database to the next made the same."""
    return ROW.sub(r"\1-17", MOMENT.sub("2026-11-24T12:00:00Z", text))


@pytest.fixture(scope="module")
def described():
    """The OpenAPI description."""
    return SchemaGenerator().get_schema(request=None, public=True)


def test_every_operation_has_an_example(described):
    answers = {
        operation["operationId"]: operation["responses"]["200"]["content"]["application/json"]["examples"]["example"]
        for methods in described["paths"].values()
        for operation in methods.values()
    }

    assert {operation: answer["summary"] for operation, answer in answers.items()} == {
        operation: f"GET {EXAMPLES[operation]['request']}" for operation in OPERATIONS
    }


def test_every_example_asks_its_operation():
    asked = {name: resolve(EXAMPLES[name]["request"].partition("?")[0]).route for name in OPERATIONS}

    assert {name: f"/{route}" for name, route in asked.items()} == {
        **{view.operation: path for path, view in views().items()},
        "get_oembed": "/oembed/",
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_the_examples_are_the_answers(client):
    given = {name: {"request": example["request"]} for name, example in EXAMPLES.items()}
    for example in given.values():
        answer = client.get(example["request"], headers={"host": "127.0.0.1:8000"})
        example["answer"] = json.loads(fixed(answer.content.decode()))

    if os.environ.get("WRITE_EXAMPLES"):
        FILE.write_text(json.dumps(given, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert given == json.loads(FILE.read_text(encoding="utf-8")), "The answers changed: run `make schema`."


def test_every_example_fits_its_schema(described):
    registry = Registry().with_resource(
        "urn:api", Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **described})
    )
    for methods in described["paths"].values():
        for operation in methods.values():
            content = operation["responses"]["200"]["content"]["application/json"]
            schema = json.loads(json.dumps(content["schema"]).replace('"#/', '"urn:api#/'))
            Draft202012Validator(schema, registry=registry).validate(content["examples"]["example"]["value"])
    problem = described["components"]["examples"]["InvalidRequest"]["value"]
    Draft202012Validator({"$ref": "urn:api#/components/schemas/Problem"}, registry=registry).validate(problem)
