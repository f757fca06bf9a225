"""The namespaces of external ids that public events have or had: whether one is known costs a look into two indexes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

MOST_LISTED = 1_000
"""Namespaces among which the nearest one is looked for."""

# In the order of the index: with an equality instead, PostgreSQL may read another index, or the table, for a namespace
# that it takes for a common one, and finds nothing in all of it.
NEXT = """(
    SELECT dataset FROM timeline_publication
    WHERE dataset {behind} AND NOT dataset = '' AND superseded_in IS {superseded} AND NOT withdrawn
    ORDER BY dataset LIMIT 1
)"""
"""SQL: the first namespace that is `behind` another one."""

KNOWN = f"""
SELECT namespace FROM unnest(%s::text[]) AS asked (namespace)
WHERE namespace = {NEXT.format(behind=">= namespace", superseded="NULL")}
    OR namespace = {NEXT.format(behind=">= namespace", superseded="NOT NULL")}
"""

FIRST, FOLLOWING = (
    f"least({NEXT.format(behind=behind, superseded='NULL')}, {NEXT.format(behind=behind, superseded='NOT NULL')})"
    for behind in ("> ''", "> namespace")
)
LISTED = f"""
WITH RECURSIVE listed (namespace) AS (
    SELECT {FIRST} UNION ALL SELECT {FOLLOWING} FROM listed WHERE namespace IS NOT NULL
)
SELECT namespace FROM listed WHERE namespace IS NOT NULL LIMIT {MOST_LISTED}
"""
"""SQL: from each namespace to the next one, whose events are not read."""


def known_namespaces(namespaces: Iterable[str]) -> set[str]:
    """Those of the namespaces that a public event has or had. One query."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(namespaces)])
        return {namespace for (namespace,) in cursor.fetchall()}


def all_namespaces() -> list[str]:
    """The namespaces that public events have or had, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED)
        return [namespace for (namespace,) in cursor.fetchall()]
