"""The names that a file passes on: codes of actors, and slugs of events, whose own records say another one, or none.

A link by such a name leads to whoever has it when the whole file is written. In the batches before, another one has it
still: there the link waits, as if it led nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from django.db import connection

from events.interchange.records import Values
from events.temporary_tables import empty_table

TOGETHER = 1_000
"""Records that are looked for at a time."""

Named = tuple[str, str, str | None]
"""The kind of a record, what it is known by, and the code or slug that it gives."""

_FIND = {
    "actor": "SELECT 'actor', code, id FROM events_actor JOIN said ON slug = key WHERE code IS DISTINCT FROM says",
    "event": "SELECT 'event', slug, id FROM events_event JOIN said ON external_id = key WHERE slug <> says",
}


def start(records: Iterable[Values]) -> None:
    """Before the first batch of a file, of which these are all records, checked or not."""
    # In a table of this connection: a file may rename a million events.
    empty_table("interchange_moving", "model text, name text, id bigint, PRIMARY KEY (model, name)")
    named = _named(records)
    while some := list(islice(named, TOGETHER)):
        for kind, find in _FIND.items():
            said = [(key, says) for of, key, says in some if of == kind]
            if said:
                _execute(
                    "WITH said (key, says) AS (SELECT * FROM unnest(%s::text[], %s::text[])), "
                    f"moving (model, name, id) AS ({find}) "
                    "INSERT INTO interchange_moving SELECT * FROM moving WHERE name IS NOT NULL ON CONFLICT DO NOTHING",
                    [[key for key, _ in said], [says for _, says in said]],
                )


def leaving(model: Literal["actor", "event"], holders: Mapping[str, int]) -> set[str]:
    """Those of the names that their `holders`, given by their ids, are still to leave. One query, or none."""
    if not holders:
        return set()
    found = _execute(
        "SELECT name FROM interchange_moving JOIN unnest(%s::text[], %s::bigint[]) AS holder (name, id) "
        "USING (name, id) WHERE model = %s",
        [list(holders), list(holders.values()), model],
    )
    return {name for (name,) in found}


def _named(records: Iterable[Values]) -> Iterator[Named]:
    """Of actors and events; not of what is refused since one of these is no name."""
    for values in records:
        match values:
            case {"record": "actor", "slug": str(key)}:
                named = "actor", key, values.get("code")
            case {"record": "event", "external_id": str(key), "slug": str(says)}:
                named = "event", key, says
            case _:
                continue
        if all(name is None or (isinstance(name, str) and "\0" not in name) for name in named):
            yield named


def _execute(sql: str, arguments: list[Any]) -> list[tuple[str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall() if cursor.description else []
