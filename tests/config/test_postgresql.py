"""The connection to PostgreSQL."""

import datetime
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.test.utils import CaptureQueriesContext

connection: Any = connections["default"]
pytestmark = pytest.mark.django_db(transaction=True)


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.fixture
def _as_in_a_request():
    """Django looks after the connection where a request begins, if the settings say so."""
    connection.ensure_connection()
    connection.health_check_enabled = True
    yield
    connection.health_check_enabled = False


@pytest.mark.usefixtures("_as_in_a_request")
@pytest.mark.parametrize("cursor", ["cursor", "prepared_cursor"])
def test_a_connection_that_the_server_closed_is_opened_again(cursor):
    lost = backend()
    other = connections.create_connection("default")
    try:
        with other.cursor() as elsewhere:
            elsewhere.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])
            assert elsewhere.fetchone() == (True,)
    finally:
        other.close()

    connection.health_check_done = False
    with getattr(connection, cursor)() as again:
        again.execute("SELECT pg_backend_pid()")
        assert again.fetchone()[0] != lost


@pytest.mark.usefixtures("_as_in_a_request")
def test_a_connection_that_is_there_is_not_asked(monkeypatch):
    def asked(*_):
        raise OperationalError

    connection.ensure_connection()
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.is_usable", asked)
    with CaptureQueriesContext(connection) as queries:
        assert connection.is_usable()
    assert len(queries) == 0


def test_no_connection_is_not_usable():
    assert not connections.create_connection("default").is_usable()


def test_the_log_has_prepared_statements_with_their_values():
    with CaptureQueriesContext(connection) as queries, connection.prepared_cursor() as cursor:
        cursor.execute("SELECT %s::text, %s::int", ["it's", 3])
    assert [query["sql"] for query in queries] == ["SELECT 'it''s'::text, 3::int"]


def test_prepared_statements_have_their_values_apart():
    with connection.prepared_cursor() as cursor:
        cursor.execute("SELECT %s::text, %s::int", ["it's 5 %", 3])
        assert cursor.fetchone() == ("it's 5 %", 3)
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        assert ("SELECT $1::text, $2::int",) in cursor.fetchall()


def test_what_is_planned_for_its_values_is_not_prepared():
    with connection.prepared_cursor(one_plan=False) as cursor:
        cursor.execute("SELECT %s::text AS once", ["it's 5 %"])
        assert cursor.fetchone() == ("it's 5 %",)
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%AS once"])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("one_plan", [True, False])
def test_values_can_come_in_binary(one_plan):
    with connection.prepared_cursor(one_plan=one_plan, in_binary=True) as cursor:
        cursor.execute("SELECT '\\x00ff'::bytea, array_agg(%s::date)", ["2025-10-11"])
        assert cursor.fetchone() == (b"\x00\xff", [datetime.date(2025, 10, 11)])
