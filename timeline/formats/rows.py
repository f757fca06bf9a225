"""A document as a flat row, for tables and maps."""

from __future__ import annotations

from typing import Any

from timeline.documents import Document

COLUMNS = (
    "id", "url", "title", "summary", "language", "type", "start", "end", "date", "precision", "approximate",
    "uncertain", "effective", "place", "country", "latitude", "longitude", "countries", "participants", "topics",
    "sources", "disputed", "version", "updated_at", "summary_language",
)  # fmt: skip


def row(document: Document) -> dict[str, Any]:
    """Column → value; what does not apply is left out.

    `start` and `end` are days as in the document (an open end is 9999-12-31); `date` and `effective` are EDTF;
    participants are "id (role)", countries codes, topics ids, sources URLs.
    """
    date, place = document["date"], document.get("place", {})
    values = {
        **document,
        **{key: date[key] for key in ("start", "end", "precision", "approximate", "uncertain")},
        "type": document["type"]["id"],
        "date": date["edtf"],
        "effective": document.get("effective", {}).get("edtf"),
        "place": place.get("name"),
        **{key: place.get(key) for key in ("country", "latitude", "longitude")},
        "countries": [country["code"] for country in document.get("countries", ())],
        "participants": [f"{part['actor']} ({part['role']})" for part in document.get("participants", ())],
        "topics": [topic["id"] for topic in document.get("topics", ())],
        "sources": [source["url"] for source in document["sources"]],
    }
    return {column: values[column] for column in COLUMNS if values.get(column) not in (None, "", [])}
