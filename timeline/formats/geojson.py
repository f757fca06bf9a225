"""GeoJSON (RFC 7946): a feature for each event, without geometry where its place has no coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.feed import Feed
from timeline.formats.rows import row
from timeline.formats.texts import json_array


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """A feature collection."""
    return json_array('{"type":"FeatureCollection","features":[', map(feature, documents), "]}\n")


def feature(document: Document) -> Document:
    """An event as a point with the columns of a table, and the date in words."""
    properties = row(document)
    longitude, latitude = properties.pop("longitude", None), properties.pop("latitude", None)
    located = longitude is not None and latitude is not None
    return {
        "type": "Feature",
        "id": document["id"],
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]} if located else None,
        "properties": {**properties, "display": document["date"]["display"]},
    }
