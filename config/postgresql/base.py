"""The connection to PostgreSQL: Django finds this class by the package's name in `DATABASES`."""

from __future__ import annotations

import select
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations

ONE_PLAN = "SET plan_cache_mode = force_generic_plan"
"""SQL: what is prepared is planned once, even where the server expects that a plan for certain values would read less:
to plan anew each time takes longer than most of these queries. It makes no difference to any other query."""

READABLE_DATES = "SET datestyle = ISO"
"""SQL: a role or a database may have another style, of which psycopg reads no moments."""


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, which would log a prepared statement without its values."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """The query as text, with its values in it, for logs and tests."""
        if isinstance(cursor, psycopg.ClientCursor):
            return super().last_executed_query(cursor, sql, params)
        return str(self.compose_sql(sql, params))


class ClosedAtLast:
    """Closes a connection when it is not needed itself any more."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, which asks the server before each request whether it is still there, and prepares nothing.

    It also leaves the connection of a thread that has ended to the garbage collector, whenever that comes. Granian
    ends idle threads of its own, and begins others: in a quiet server, more and more connections would be open.
    """

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepared: dict[bool, psycopg.Cursor[Any]] = {}
        self._of_thread = threading.local()  # it has what is in it until the thread ends

    def connect(self) -> None:
        """Connects; the cursors of another connection are forgotten."""
        self._prepared.clear()
        super().connect()
        self._of_thread.connection = ClosedAtLast(self.connection)
        with self.connection.cursor() as cursor:
            if self.connection.prepare_threshold is not None:
                cursor.execute(ONE_PLAN)
            if not self.connection.info.parameter_status("DateStyle").startswith("ISO"):
                cursor.execute(READABLE_DATES)

    def is_usable(self) -> bool:
        """Whether the server still holds its end of the connection.

        What it has closed can be read from, though nothing was asked. Only then is the server asked too, as it may
        just have told something. Otherwise this costs no round trip, which would take as long as many a query.
        """
        if self.connection is None or self.connection.closed:  # lost in the middle of a query, it has no socket
            return False
        told = select.poll()
        told.register(self.connection.fileno(), select.POLLIN)
        return bool(not told.poll(0) or super().is_usable())

    def prepared_rows(self, sql: str, params: Sequence[Any], *, in_binary: bool = False) -> list[tuple[Any, ...]]:
        """All rows of a statement that the server parses and plans once, and to which it gets the values apart.

        For queries that are asked over and over with the same text, and for which one plan is right whatever the
        values. `in_binary` has the values of the answer come as the server has them. Cursors write the values into the
        text, as Django's do.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            cursor: Any = self._prepared.get(in_binary)
            if cursor is None:
                # It stays open: to make one takes as long as to use it.
                cursor = psycopg.Cursor(self.connection)
                cursor.format = psycopg.pq.Format(in_binary)
                self._prepared[in_binary] = cursor
            if self.queries_logged or self.execute_wrappers:  # else they would take a third of what a tiny query takes
                cursor = self._prepare_cursor(cursor)  # type: ignore[attr-defined]
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
