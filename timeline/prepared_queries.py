"""Queries that are built once and asked again and again, with other values.

To build a query with the ORM takes several times as long as to answer it out of an index. Its text depends on what is
asked, not on the values: so it is built with slots in the place of the values, and kept. PostgreSQL, too, prepares it
once for each connection: one plan has to be good for all values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Field, QuerySet, Value


class Slot(Value):
    """Stands in a query for a value that is known only when it is asked; `name` says which one, or `of` what of it."""

    def __init__(self, name: str, output_field: Field[Any, Any], of: Callable[[Any], Any] | None = None) -> None:
        super().__init__(None, output_field)
        self.name = name
        self.of = of

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def fill(self, values: Mapping[str, Any]) -> Any:
        """What belongs here."""
        value = values[self.name]
        return value if self.of is None else self.of(value)


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """The text of a query and its parameters, some of which are slots."""

    sql: str
    params: tuple[Any, ...]
    in_binary: bool = False
    """Whether the values come as PostgreSQL has them, not as text. In that, bytes are twice as long."""

    @classmethod
    def from_queryset(cls, queryset: QuerySet[Any]) -> PreparedQuery:
        """The query of the ORM."""
        sql, params = queryset.query.sql_with_params()
        return cls(sql, params)

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters for these values of the slots."""
        return [param.fill(values) if isinstance(param, Slot) else param for param in self.params]

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows for these values of the slots."""
        # See config.postgresql.
        rows: list[tuple[Any, ...]] = connection.prepared_rows(  # type: ignore[attr-defined]
            self.sql, self.filled(values), in_binary=self.in_binary
        )
        return rows
