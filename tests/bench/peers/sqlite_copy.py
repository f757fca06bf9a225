"""Peer: Datasette, over a copy of the tables of editors in SQLite, with canned queries."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from django.db import connection

TABLES = {
    "event": "id, slug, type_id, date, start_min::text, end_max::text, effective, place_name",
    "eventtype": "id, slug, names::text",
    "eventtext": "id, event_id, language, title, summary",
    "event_topics": "id, event_id, topic_id",
    "topic": "id, slug, names::text",
    "source": "id, event_id, url, title, publisher, language, published, official::int, claims",
    "participation": "id, event_id, actor_id, role, name_as_printed",
    "actor": "id, slug, names::text, kind, code",
}
INDEXES = (
    "event (start_min DESC, id DESC)", "eventtext (event_id)", "event_topics (event_id)", "source (event_id)",
    "participation (event_id)", "participation (actor_id, event_id)", "actor (code)", "event (slug)",
)  # fmt: skip

PAGE = """
SELECT slug, date, start_min, end_max, effective, place_name,
    (SELECT json_object('slug', slug, 'names', json(names)) FROM eventtype WHERE id = event.type_id) AS type,
    (SELECT json_group_array(json_object('language', language, 'title', title, 'summary', summary))
     FROM eventtext WHERE event_id = event.id) AS texts,
    (SELECT json_group_array(json_object('slug', topic.slug, 'names', json(topic.names)))
     FROM event_topics JOIN topic ON topic.id = topic_id WHERE event_id = event.id) AS topics,
    (SELECT json_group_array(json_object('url', url, 'title', title, 'publisher', publisher, 'language', language,
        'published', published, 'official', official, 'claims', claims))
     FROM source WHERE event_id = event.id) AS sources,
    (SELECT json_group_array(json_object('role', role, 'name_as_printed', name_as_printed, 'actor', json_object(
        'slug', actor.slug, 'names', json(actor.names), 'kind', kind, 'code', code)))
     FROM participation JOIN actor ON actor.id = actor_id WHERE event_id = event.id) AS participations
FROM event
WHERE {condition}
ORDER BY start_min DESC, id DESC
LIMIT 50
"""
TAKING_PART = (
    "EXISTS (SELECT 1 FROM participation JOIN actor ON actor.id = actor_id "
    "WHERE event_id = event.id AND actor.code = :country)"
)
QUERIES = {
    "page": f"start_min <= :to AND end_max >= :from AND {TAKING_PART}",
    "typed": f"{TAKING_PART} AND type_id = (SELECT id FROM eventtype WHERE slug = :type) AND EXISTS (SELECT 1 "
    "FROM event_topics JOIN topic ON topic.id = topic_id WHERE event_id = event.id AND topic.slug = :topic)",
    "newest": "true",
    "behind": "(start_min, id) < (:day, CAST(:id AS INTEGER))",
    "detail": "slug = :slug",
}
"""Names of the canned queries → their conditions."""
NESTED = ("type", "texts", "topics", "sources", "participations")


def copy(folder: Path) -> None:
    """Writes `bench.db` and Datasette's `metadata.json` into `folder`."""
    database = sqlite3.connect(folder / "bench.db")
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            names = columns.replace("::text", "").replace("::int", "")
            # Without their type SQLite would not look into the indexes.
            key = names.replace("_id,", "_id INTEGER,").replace("id,", "id INTEGER PRIMARY KEY,", 1)
            database.execute(f"CREATE TABLE {table} ({key})")
            cursor.execute(f"SELECT {columns} FROM events_{table}")
            marks = ", ".join("?" * len(names.split(",")))
            while rows := cursor.fetchmany(20_000):
                database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    for index in INDEXES:
        database.execute(f"CREATE INDEX {index.translate(NAMEABLE)} ON {index}")
    database.execute("ANALYZE")
    database.commit()
    database.close()
    queries = {name: {"sql": PAGE.format(condition=condition)} for name, condition in QUERIES.items()}
    (folder / "metadata.json").write_text(json.dumps({"databases": {"bench": {"queries": queries}}}))


NAMEABLE = str.maketrans({" ": "_", "(": "", ")": "", ",": ""})
