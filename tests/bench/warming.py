"""Reads a whole database before it is measured, as a server that has run for a while has read what it is asked for.

On a virtual machine the first look at a page of memory can take a hundred times as long as the next one (on that of
RESULTS.md 80 µs and 1, though the kernel had it in its cache): the host maps it only then. Without this, the first to
ask anything paid for all others.
"""

from __future__ import annotations

from django.db import ProgrammingError, connection, transaction

from tests.bench.rounds import say

FILES = """
SELECT coalesce(sum(length(pg_read_binary_file(path || segment, place, 1048576, true))), 0)
FROM (
    SELECT pg_relation_filepath(oid) AS path, pg_relation_size(oid) AS size
    FROM pg_class WHERE relkind IN ('r', 'i', 't') AND NOT relisshared
) AS relation
CROSS JOIN LATERAL generate_series(0, (size - 1) >> 30) AS number
CROSS JOIN LATERAL (SELECT CASE number WHEN 0 THEN '' ELSE '.' || number END AS segment) AS named
CROSS JOIN LATERAL generate_series(0, least(size - (number << 30), 1 << 30) - 1, 1048576) AS place
"""
"""SQL: reads all tables and indexes, which are files of up to a gigabyte, into the kernel's cache; how many bytes."""

INTO_BUFFERS = """
SET LOCAL enable_seqscan = off;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SELECT count(ctid) FROM timeline_publicationtext WHERE id > 0
"""
"""SQL: reads the largest table into PostgreSQL's own cache, which a sequential scan would leave as it is."""


def warm() -> int:
    """Reads the present database; returns how many bytes it has, or 0 where the account may not read files."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(FILES)
            [size] = cursor.fetchone()
    except ProgrammingError as error:
        say(f"The database is measured as it is: {error}")
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INTO_BUFFERS)
    say(f"{size / 1e6:,.0f} MB read ahead")
    return int(size)
