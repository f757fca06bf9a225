"""Which events are on a page by country and date: the query without the documents, which take most of its time.

`PERFORMANCE.md`, beside the issue, measured its 0.25 to 0.37 ms so; its floor, the documents as rows, took 0.7 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from timeline import indexed_pages
from timeline.indexed_pages import Shape
from timeline.prepared_queries import PreparedQuery

query_for = indexed_pages.query_for


def finding(ask: Callable[[], object]) -> Callable[[], list[tuple[Any, ...]]] | None:
    """What asks for the events of the page that `ask` reads, and nothing else; None if it reads another one.

    Its rows are (first day, event, None, dataset version).
    """
    asked: list[tuple[Shape, Mapping[str, Any]]] = []
    with patch.object(indexed_pages, "query_for", lambda shape: _Noting(shape, asked)):
        ask()
    if not asked:
        return None
    shape, values = asked[-1]
    query = without_documents(shape)
    return lambda: query.rows(values)


def without_documents(shape: Shape) -> PreparedQuery:
    """The query for pages of this shape, with NULL in the place of each document."""
    query = query_for(replace(shape, joined=False, backwards=False))
    sql = query.sql.replace(f"({indexed_pages.TEXT})", "NULL")
    assert sql != query.sql
    return replace(query, sql=sql, params=query.params[1:])  # the first one was the language


@dataclass(frozen=True, slots=True)
class _Noting:
    """The query for pages of this shape, which notes what it is asked."""

    shape: Shape
    asked: list[tuple[Shape, Mapping[str, Any]]]

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        self.asked.append((self.shape, values))
        return query_for(self.shape).rows(values)
