"""The connection to PostgreSQL."""

import datetime
import gc
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DataError, OperationalError, connections, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

connection: Any = connections["default"]
pytestmark = pytest.mark.django_db(transaction=True)


def backend():
    with connections["default"].cursor() as cursor:  # that of this thread
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
@pytest.mark.parametrize("ask", [backend, lambda: connection.prepared_rows("SELECT pg_backend_pid()", [])[0][0]])
def test_a_connection_that_the_server_closed_is_opened_again(ask):
    lost = backend()
    other = connections.create_connection("default")
    try:
        with other.cursor() as elsewhere:
            elsewhere.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])
            assert elsewhere.fetchone() == (True,)
    finally:
        other.close()

    connection.health_check_done = False
    assert ask() != lost


def test_moments_are_read_whatever_style_the_database_has():
    other: Any = connections.create_connection("default")
    other.settings_dict = {**other.settings_dict, "OPTIONS": {**other.settings_dict["OPTIONS"]}}
    other.settings_dict["OPTIONS"]["options"] = "-c datestyle=German,DMY"
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT '2025-11-06 12:00+00'::timestamptz, '2025-11-06'::date")
            moment, day = cursor.fetchone()
            cursor.execute("SELECT reset_val FROM pg_settings WHERE name = 'DateStyle'")
            [style] = cursor.fetchone()
    finally:
        other.close()

    assert (moment, day) == (datetime.datetime(2025, 11, 6, 12, tzinfo=datetime.UTC), datetime.date(2025, 11, 6))
    assert style == "German, DMY"


def end_while_it_sleeps(pid):
    """Ends this backend in the middle of a query; True if it did."""
    end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            for _ in range(200):
                cursor.execute(end, [pid])
                if cursor.fetchone() == (True,):
                    return True
                time.sleep(0.02)
        return False
    finally:
        other.close()


def test_a_connection_that_is_lost_in_the_middle_of_a_query_is_closed():
    lost = backend()
    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(end_while_it_sleeps, lost)
        with pytest.raises(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        assert ended.result()

    connection.close_if_unusable_or_obsolete()  # as Django does before each request
    assert connection.connection is None
    assert backend() != lost


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


def test_a_thread_that_ends_takes_its_connection_with_it():
    gone = []
    gc.disable()  # Django would leave it to that
    try:
        with ThreadPoolExecutor(1) as threads:
            gone.append(threads.submit(backend).result())
        ended = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)"
        for _ in range(100):
            if connection.prepared_rows(ended, gone) == [(True,)]:
                break
            time.sleep(0.05)
    finally:
        gc.enable()
    assert connection.prepared_rows(ended, gone) == [(True,)]


def test_the_log_has_prepared_statements_with_their_values():
    with CaptureQueriesContext(connection) as queries:
        connection.prepared_rows("SELECT %s::text, %s::int", ["it's", 3])
    assert [query["sql"] for query in queries] == ["SELECT 'it''s'::text, 3::int"]


def test_who_looks_on_sees_prepared_statements():
    seen = []

    def look(execute, sql, params, many, context):
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        assert connection.prepared_rows("SELECT %s::int", [3]) == [(3,)]
    assert seen == [("SELECT %s::int", [3])]


def test_prepared_statements_have_their_values_apart():
    assert connection.prepared_rows("SELECT %s::text, %s::int", ["it's 5 %", 3]) == [("it's 5 %", 3)]
    prepared = connection.prepared_rows("SELECT statement FROM pg_prepared_statements", [])
    assert ("SELECT $1::text, $2::int",) in prepared


def test_prepared_statements_are_planned_once():
    # For certain values this one would be nothing to do.
    for few in (1, 0, 0, 0, 0, 0, 0, 0):
        connection.prepared_rows("SELECT count(*) FROM generate_series(1, 10000) WHERE %s::int = 1", [few])
    planned = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
    assert connection.prepared_rows(planned, ["%WHERE $1::int = 1"]) == [(8, 0)]


def test_errors_of_prepared_statements_are_those_of_django():
    with pytest.raises(DataError, match="division by zero"):
        connection.prepared_rows("SELECT 1 / %s::int", [0])


def test_nothing_is_asked_in_a_transaction_that_is_broken():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            connection.prepared_rows("SELECT 1", [])


def test_values_can_come_in_binary():
    binary = connection.prepared_rows("SELECT '\\x00ff'::bytea, array_agg(%s::date)", ["2025-10-11"], in_binary=True)
    assert binary == [(b"\x00\xff", [datetime.date(2025, 10, 11)])]
