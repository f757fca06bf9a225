"""Databases of another encoding: real ones, in the tests' server."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.checks import Error
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections

from config.checks import database_is_in_utf8

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def other(request, committed, monkeypatch) -> Iterator[Any]:
    """A connection to an empty database of this encoding, in the place of the tests' own."""
    name = f"{connection.settings_dict['NAME']}_{request.param.lower()}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{request.param}' LOCALE 'C'")
    other: Any = connection.copy()
    other.settings_dict["NAME"] = name
    ours = connections["default"]
    connections["default"] = other
    yield other
    connections["default"] = ours
    other.close()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def test_utf8_is_right():
    assert database_is_in_utf8(["default"]) == []
    assert database_is_in_utf8(None) == []


def test_a_database_of_another_encoding_gives_error(request, other):
    encoding, name = request.node.callspec.params["other"], other.settings_dict["NAME"]
    assert database_is_in_utf8(["default"]) == [
        Error(
            f"The encoding of the database {name} is {encoding}; UTF8 is needed.",
            hint=f"Make another one, and point DATABASE_URL to it: createdb -T template0 -E UTF8 {name}_utf8",
            id="config.E002",
        )
    ]


def test_nothing_is_made_there(other):
    with pytest.raises(SystemCheckError, match=r"config\.E002"):
        call_command("migrate", interactive=False, skip_checks=False, verbosity=0)
    assert other.introspection.table_names() == []
