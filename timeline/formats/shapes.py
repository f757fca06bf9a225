"""The shapes of the formats as JSON Schema, for the OpenAPI description. Tests hold them against real answers."""

from __future__ import annotations

from timeline.formats.rows import COLUMNS
from timeline.shapes import (
    ADDRESS,
    DAY,
    MOMENT,
    NUMBER,
    TEXT,
    TEXTS,
    TRUTH,
    Schema,
    array,
    constant,
    described,
    record,
    ref,
)

HTML = described(TEXT, "HTML.")
ENTRY = "An event; in a crowded window, the number of those in a part of it."

ROW: dict[str, Schema] = {
    **dict.fromkeys(COLUMNS, TEXT),
    **dict.fromkeys(("start", "end"), DAY),
    **dict.fromkeys(("approximate", "uncertain", "disputed"), TRUTH),
    **dict.fromkeys(("countries", "participants", "topics", "sources"), TEXTS),
    "url": ADDRESS,
    "version": {"type": "integer"},
    "updated_at": MOMENT,
    "display": described(TEXT, "The date in words."),
}
ALWAYS = (
    *("id", "url", "title", "language", "type", "start", "end", "date", "precision", "approximate", "uncertain"),
    *("sources", "disputed", "version", "updated_at", "display"),
)
"""The columns of a row that every event has."""

COMPONENTS: dict[str, Schema] = {
    "TimelineJS": record(
        "What TimelineJS 3 loads.",
        {
            "title": record("The first slide.", {"text": record("Its text.", {"headline": HTML})}),
            "events": array(ref("TimelineJSSlide")),
        },
    ),
    "TimelineJSSlide": record(
        "An event; where there is none, a slide that says so.",
        {
            "start_date": ref("TimelineJSDate"),
            "display_date": described(TEXT, "The date in words."),
            "text": record("Its text.", {"headline": HTML}, {"text": HTML}),
        },
        {
            "unique_id": described(TEXT, "The event's id."),
            "end_date": described(ref("TimelineJSDate"), "Inclusive; not there where it is open."),
            "group": described(TEXT, "The name of the event's type."),
        },
    ),
    "TimelineJSDate": record(
        "A day, or the year or month that is known of it.",
        {"year": {"type": "integer"}},
        {"month": {"type": "integer"}, "day": {"type": "integer"}},
    ),
    "VisTimeline": record(
        "What vis-timeline draws.", {"items": array(ref("VisTimelineItem")), "groups": array(ref("VisTimelineGroup"))}
    ),
    "VisTimelineItem": record(
        ENTRY,
        {
            "id": TEXT,
            "group": described(TEXT, "The id of one of the groups."),
            "type": {"enum": ["point", "range"]},
            "content": HTML,
            "start": DAY,
            "className": described(TEXT, "What is known of the date, for CSS."),
            "title": HTML,
        },
        {"end": described(DAY, "Of a range, exclusive.")},
    ),
    "VisTimelineGroup": record("A type of events.", {"id": TEXT, "content": HTML, "order": {"type": "integer"}}),
    "FullCalendarEvent": record(
        ENTRY,
        {
            "id": TEXT,
            "title": TEXT,
            "start": DAY,
            "end": described(DAY, "Exclusive."),
            "allDay": described(TRUTH, "True."),
            "url": described(ADDRESS, "Where a click leads."),
            "className": described(TEXT, "What is known of the date, for CSS."),
        },
    ),
    "FeatureCollection": record(
        "Events on a map (RFC 7946).",
        {"type": constant("FeatureCollection"), "features": array(ref("Feature"))},
    ),
    "Feature": record(
        "An event.",
        {
            "type": constant("Feature"),
            "id": TEXT,
            "geometry": {"anyOf": [ref("Point"), {"type": "null"}]},
            "properties": record(
                "The columns of a table.",
                {name: ROW[name] for name in ALWAYS},
                {name: shape for name, shape in ROW.items() if name not in (*ALWAYS, "latitude", "longitude")},
            ),
        },
    ),
    "Point": record(
        "Where it took place.",
        {
            "type": constant("Point"),
            "coordinates": described({**array(NUMBER), "minItems": 2, "maxItems": 2}, "Longitude and latitude."),
        },
    ),
    "JSONLD": record(
        "Events in the words of schema.org.",
        {
            "@context": constant("https://schema.org"),
            "@graph": array({"type": "object", "description": "An `Event`.", "additionalProperties": True}),
        },
    ),
}

FEEDS: dict[str, Schema] = {
    "geojson": ref("FeatureCollection"),
    "jsonld": ref("JSONLD"),
    "timelinejs": ref("TimelineJS"),
    "vis": ref("VisTimeline"),
    "fullcalendar": array(ref("FullCalendarEvent")),
}
"""The shape of each format that is JSON; the others are text."""
