"""Parquet, for data frames and databases: the columns of `timeline.formats.rows`, with their types.

Needs `pyarrow`, which is no requirement of the server: only `manage.py export parquet` comes here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

import pyarrow as arrow
from pyarrow import parquet

from timeline.documents import Document
from timeline.formats.rows import COLUMNS, row

ROWS_AT_ONCE = 10_000
"""Rows of a group, which are in memory together."""

TYPES = {
    **dict.fromkeys(("start", "end"), arrow.date32()),
    **dict.fromkeys(("approximate", "uncertain", "disputed"), arrow.bool_()),
    **dict.fromkeys(("latitude", "longitude"), arrow.float64()),
    **dict.fromkeys(("countries", "participants", "topics", "sources"), arrow.list_(arrow.string())),
    "version": arrow.int32(),
    "updated_at": arrow.timestamp("us", tz="UTC"),
}
"""Of the columns that are not texts. What does not apply is null."""

SCHEMA = arrow.schema([(column, TYPES.get(column, arrow.string())) for column in COLUMNS])


def write(documents: Iterable[Document], file: BinaryIO) -> None:
    """Writes whole documents, a group of rows at a time. A file that broke off has no footer, and is no Parquet."""
    with parquet.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        rows = map(typed_row, documents)
        for group in _groups(rows):
            writer.write_table(arrow.Table.from_pylist(group, schema=SCHEMA))


def typed_row(document: Document) -> Document:
    """A row with days and moments as Python has them."""
    values = row(document)
    for column in ("start", "end"):
        values[column] = datetime.date.fromisoformat(values[column])
    values["updated_at"] = datetime.datetime.fromisoformat(values["updated_at"])
    return values


def _groups(rows: Iterator[Document]) -> Iterator[list[Document]]:
    while group := list(islice(rows, ROWS_AT_ONCE)):
        yield group
