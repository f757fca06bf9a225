"""The connection to PostgreSQL: Django finds this class by the package's name in `DATABASES`."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, which would log a prepared statement without its values."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """The query as text, with its values in it, for logs and tests."""
        if isinstance(cursor, psycopg.ClientCursor):
            return super().last_executed_query(cursor, sql, params)
        return str(self.compose_sql(sql, params))


class Prepared(psycopg.Cursor[Any]):
    """Sends values apart from the text, and stays open for the next query: to make one takes as long as to use it."""

    def close(self) -> None:
        """Nothing: it is closed with the connection."""


class PlannedAnew(Prepared):
    """Sends values apart from the text, but has nothing prepared."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Runs the query, planned for these values."""
        return super().execute(query, params, **{**options, "prepare": False})


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, which asks the server before each request whether it is still there, and prepares nothing."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepared: dict[tuple[bool, bool], Prepared] = {}

    def connect(self) -> None:
        """Connects; the cursors of another connection are forgotten."""
        self._prepared.clear()
        super().connect()

    def is_usable(self) -> bool:
        """Whether the server still holds its end of the connection.

        What it has closed can be read from, though nothing was asked. Only then is the server asked too, as it may
        just have told something. Otherwise this costs no round trip, which would take as long as many a query.
        """
        if self.connection is None:
            return False
        told = select.poll()
        told.register(self.connection.fileno(), select.POLLIN)
        return bool(not told.poll(0) or super().is_usable())

    def prepared_cursor(self, *, one_plan: bool = True, in_binary: bool = False) -> Any:
        """A cursor whose statements the server parses and plans once, and which sends it their values apart.

        For queries that are asked over and over with the same text, and for which one plan is right whatever the
        values; else, without `one_plan`, each is planned for its values. `in_binary` has the values of the answer come
        as the server has them. The other cursors write the values into the text, as Django's do.

        Read it to the end before the next one is asked for: that is the same, if it is for the same kind of query.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor = self._prepared.get((one_plan, in_binary))
            if cursor is None:
                cursor = (Prepared if one_plan else PlannedAnew)(self.connection)
                cursor.format = psycopg.pq.Format(in_binary)
                self._prepared[one_plan, in_binary] = cursor
            return self._prepare_cursor(cursor)  # type: ignore[attr-defined]
