"""Feed formats. Each is a pure function of published documents: no database, no request, constant memory.

Every reader can tell a broken export from a whole one. Where an exception ends the stream, the server ends the
connection without the last chunk (HTTP/1.1), and behind a proxy that loses this, the text itself tells:

- JSON, iCalendar and Atom end with a closing bracket, `END:VCALENDAR` or `</feed>`;
- in `jsonl` and the `csv` formats the newline that ends a line is only written together with the line behind it, the
  last one at the very end. What has lines and does not end with a newline is broken. So neither needs a trailer, which
  pandas and jq would take for an event.
"""

from __future__ import annotations

from timeline.formats import atom, csv, fullcalendar, geojson, ics, jsonl, jsonld, timelinejs, vis
from timeline.formats.feed import Feed, Format

OURS = "application/x."
"""How the types begin that have no name in the world (RFC 6838, 3.4): the JSON of clients, which only look at the JSON.
As `application/json` it would be, to whoever reads the description of the API, one of its documents."""

FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        Format("jsonl", "application/x-ndjson", "JSON Lines: a whole event on each line.", "jsonl", jsonl.write, None),
        Format("csv", "text/csv", "A table for people: no cell is a spreadsheet formula.", "csv", csv.write, None),
        Format(
            "csv-raw",
            "text/csv",
            "For programs: texts as they are, but for control characters.",
            "csv",
            csv.write_raw,
            None,
        ),
        Format(
            "csv-excel", "text/csv", "`csv` with the byte order mark that Excel needs.", "csv", csv.write_with_bom, None
        ),
        Format("geojson", "application/geo+json", "GeoJSON (RFC 7946), for maps.", "geojson", geojson.write, None),
        Format("jsonld", "application/ld+json", "JSON-LD in the words of schema.org.", "jsonld", jsonld.write, None),
        Format("ics", "text/calendar", "iCalendar (RFC 5545), to subscribe to in a calendar.", "ics", ics.write, 5000),
        Format("atom", "application/atom+xml", "Atom (RFC 4287), to follow changes.", "atom", atom.write, 100, True),
        Format(
            *("timelinejs", f"{OURS}timelinejs+json", "What TimelineJS 3 loads.", "json", timelinejs.write),
            never_empty=True,
        ),
        Format("vis", f"{OURS}vis-timeline+json", "Items and groups of vis-timeline.", "json", vis.write, drawn=True),
        Format(
            *("fullcalendar", f"{OURS}fullcalendar+json", "Events of FullCalendar.", "json", fullcalendar.write),
            drawn=True,
        ),
    )
}

_by_type = {format.media_type: format for format in reversed(FORMATS.values())}
NEGOTIABLE: dict[str, Format] = dict(sorted(_by_type.items(), key=lambda entry: entry[0].startswith(OURS)))
"""Media type → the format that `Accept` chooses with it; those of ours, which `application/*` does not mean, come last.
`application/json` is the API's own list."""

__all__ = ["FORMATS", "NEGOTIABLE", "Feed", "Format"]
