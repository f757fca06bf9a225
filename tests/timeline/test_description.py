"""The addresses of the OpenAPI description, of the page to try it on, and of the schema of records."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.assertions import assert_invalid, assert_problem

YAML, JSON = "application/vnd.oai.openapi", "application/vnd.oai.openapi+json"


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("", None, YAML),
        ("", "*/*", YAML),
        ("", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", YAML),
        ("", "application/yaml", "application/yaml"),
        ("", "application/json", "application/json"),
        ("", "application/json; charset=utf-8, */*;q=0.1", "application/json"),
        ("", JSON, JSON),
        ("?format=json", None, JSON),
        ("?format=json", "application/yaml", JSON),
        ("?format=yaml", "application/json", YAML),
    ],
)
def test_the_description_is_yaml_or_json(client, query, accept, media_type):
    response = client.get(f"/api/schema/{query}", headers={"accept": accept} if accept else {})

    assert (response.status_code, response["Content-Type"].partition(";")[0]) == (200, media_type)
    assert "Accept" in response["Vary"]
    name = "json" if "json" in media_type else "yaml"
    assert response["Content-Disposition"] == f'inline; filename="Diplomatic events timeline.{name}"'
    document = json.loads(response.text) if name == "json" else yaml.safe_load(response.text)
    assert document["openapi"] == "3.1.0"


def test_a_description_that_nobody_can_give_gives_error(client):
    detail = (
        "This address answers with application/vnd.oai.openapi, application/yaml, application/vnd.oai.openapi+json, "
        "application/json, which the request's Accept header rules out."
    )

    response = client.get("/api/schema/", headers={"accept": "image/png"})

    assert_problem(response, 406, "not-acceptable", "Not acceptable", detail)
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize("address", ["/api/schema/", "/api/docs/", "/api/schema/interchange.json"])
def test_unknown_parameter_gives_error(client, address):
    assert_invalid(client.get(f"{address}?foo=1"), ("foo", "unknown", "There is no parameter 'foo' here."))


def test_unknown_format_of_the_description_gives_error(client):
    message = "'jsn' is not possible here. Possible: yaml, json. Did you mean 'json'?"

    assert_invalid(client.get("/api/schema/?format=jsn"), ("format", "malformed", message))


def test_the_documentation_is_read_by_whoever_followed_a_link(client):
    page = client.get("/api/docs/?utm_source=letter")

    assert page.status_code == 200
    assert 'src="/api/docs/?script="' in page.text
    assert client.get("/api/docs/?script=").status_code == 200


def test_without_scripts_the_documentation_leads_to_what_needs_none(client):
    ((without,),) = [re.findall("<noscript>(.*?)</noscript>", client.get("/api/docs/").text)]

    assert re.findall('href="([^"]+)"', without) == ["/api/schema/", "/guides/"]
