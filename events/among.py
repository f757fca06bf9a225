"""A condition for thousands of values at once: one array, where `__in` writes each one into the statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, F, Func

from events.copying import array_text


class _Among(Func):
    """SQL: an expression equals any of the entries of an array."""

    output_field = BooleanField()

    def __init__(self, name: str, array: str, type: str) -> None:
        super().__init__(F(name))
        self.array, self.type = array, type

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        if self.array == "{}":
            raise EmptyResultSet  # so that nothing is asked
        sql, values = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::{self.type}[])", [*values, self.array]


def among(name: str, values: Iterable[int] | Iterable[str]) -> Func:
    """For `filter()`: that the field or foreign key `name` has one of the values, which are ids or texts."""
    entries = list(values)
    texts = [entry for entry in entries if isinstance(entry, str)]
    if texts:
        return _Among(name, array_text(texts), "text")
    return _Among(name, "{" + ",".join(map(str, entries)) + "}", "bigint")
