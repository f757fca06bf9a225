"""The shapes of the API's answers as JSON Schema, for the OpenAPI description. Tests hold them against real answers."""

from __future__ import annotations

from typing import Any

from events.involvement import Way
from events.models import Actor, Participation, Relation
from timeline.buckets import UNITS
from timeline.documents import LANGUAGES
from timeline.samples import DENSE
from timeline.traits import SAMPLED, SPARSE

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
TRUTH: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
TEXTS: Schema = {"type": "array", "items": TEXT}


def ref(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema) -> Schema:
    """A list of `items`."""
    return {"type": "array", "items": items}


def described(schema: Schema, description: str) -> Schema:
    """`schema` with a sentence that says what the value means."""
    return {**schema, "description": description}


def constant(text: str) -> Schema:
    """Always this text."""
    return {"type": "string", "const": text}


def record(description: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """An object; keys that do not apply are left out, and new ones may come."""
    return {
        "type": "object",
        "description": description,
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }


HIGHLIGHTS = "The most significant events that begin in it, and in the first bucket also those that began before it."

EDTF = described(TEXT, "A date in EDTF (ISO 8601-2).")

EVENT = record(
    "A published event.",
    {
        "id": described(TEXT, "Its slug, unique among events."),
        "url": ADDRESS,
        "version": described({"type": "integer", "minimum": 1}, "Counts the event's published versions."),
        "type": ref("Branch"),
        "title": TEXT,
        "language": described(TEXT, "The title's, and the summary's where `summary_language` is left out."),
        "date": ref("Date"),
        "sources": array(ref("Source")),
        "disputed": described(TRUTH, "Whether two sources contradict each other about a date."),
        "published_at": described(MOMENT, "When its first version was published."),
        "updated_at": described(MOMENT, "When this version was published."),
    },
    {
        "summary": TEXT,
        "fallback_from": described(TEXT, "The language asked for, where title or summary are not translated into it."),
        "summary_language": described(TEXT, "The summary's, where the title is in another one."),
        "effective": described(ref("Date"), "When the measure is in force."),
        "place": ref("Place"),
        "participants": array(ref("Participant")),
        "countries": array(ref("Involvement")),
        "topics": array(ref("Branch")),
        "relations": array(ref("Relation")),
        "figures": array(ref("Figure")),
        "external_id": described(TEXT, "Its id in the data set it came from: namespace:id."),
        "first_id": described(
            TEXT, "Its id when it was first published, where that was another one. No other event has it."
        ),
    },
)

WHOLE: Schema = {"type": "integer", "minimum": 0}
COUNTED: dict[str, Schema] = {
    "dataset_version": {"type": "integer"},
    "count": described(WHOLE, "How many events fit the filters."),
}
ESTIMATED: dict[str, Schema] = {
    "approximate": described(
        TRUTH,
        f"All numbers are estimates, made from a sample of one event in {DENSE}, {SAMPLED} or {SPARSE}: those that fit "
        "these filters are many, or take long to find.",
    )
}
WINDOW: dict[str, Schema] = {
    **ESTIMATED,
    "unit": {"enum": list(UNITS)},
    "from": described(DAY, "The first day of the first bucket."),
    "to": described(DAY, "The last day of the last bucket."),
}

COMPONENTS: dict[str, Schema] = {
    "Event": EVENT,
    "Branch": record("A type or topic.", {"id": TEXT, "name": TEXT, "path": described(TEXTS, "From the root down.")}),
    "Date": record(
        "What is known of a date. It began on a day from `start` to `start_latest` and ended on a day from "
        "`end_earliest` to `end`; an open end is 9999-12-31, an open start 0001-01-01.",
        {
            "edtf": EDTF,
            "start": DAY,
            "end": DAY,
            "start_latest": DAY,
            "end_earliest": DAY,
            "precision": {"enum": ["day", "month", "season", "year", "decade", "century", "interval"]},
            "approximate": TRUTH,
            "uncertain": TRUTH,
            "open": TRUTH,
            "display": described(TEXT, "In words."),
        },
    ),
    "Place": record(
        "Where it took place.",
        {},
        {"name": TEXT, "country": described(TEXT, "Its code."), "latitude": NUMBER, "longitude": NUMBER},
    ),
    "Participant": record(
        "Who took part, and as what.",
        {
            "actor": described(TEXT, "The actor's id."),
            "name": TEXT,
            "kind": {"enum": Actor.Kind.values},
            "role": {"enum": Participation.Role.values},
        },
        {
            "code": described(TEXT, "The country's code."),
            "name_as_printed": described(TEXT, "The name in the source, where it differs."),
            "represents": described(TEXTS, "Codes of the countries it spoke for or belonged to at the time."),
        },
    ),
    "Involvement": record(
        "A country that the event involves.",
        {"code": TEXT, "name": TEXT, "via": array({"enum": [way.value for way in Way]})},
    ),
    "Source": record(
        "Where it is written.",
        {"url": ADDRESS, "title": TEXT, "official": TRUTH},
        {
            "publisher": TEXT,
            "language": TEXT,
            "published": EDTF,
            "accessed": DAY,
            "claims": described(EDTF, "The date of the event according to this source, in EDTF."),
            "claims_effective": described(EDTF, "When the measure is in force according to this source, in EDTF."),
        },
    ),
    "Relation": record(
        "How the event relates to another one.",
        {"kind": {"enum": Relation.Kind.values}, "event": described(TEXT, "The other one's id."), "title": TEXT},
    ),
    "Figure": record(
        "A number that belongs to the event.",
        {"label": TEXT, "value": NUMBER, "unit": TEXT},
        {
            "period": EDTF,
            "reporter": described(TEXT, "A country's code or an actor's id."),
            "partner": described(TEXT, "A country's code or an actor's id."),
            "source": described(ADDRESS, "The URL of one of the event's sources."),
        },
    ),
    "Country": record(
        "A state, a former state or the EU.",
        {
            "code": described(TEXT, "ISO 3166-1 alpha-2, ISO 3166-3 (four letters) for former states, XK or EU."),
            "url": ADDRESS,
            "name": TEXT,
            "kind": {"enum": ["state", "bloc"]},
            "actor": described(TEXT, "Its id among the actors."),
            "former": described(TRUTH, "Whether the state no longer exists."),
        },
        {
            "alpha3": TEXT,
            "wikidata": TEXT,
            "aliases": TEXTS,
            "successors": described(TEXTS, "Codes of the states that came after it."),
            "predecessors": described(TEXTS, "Codes of the states before it."),
        },
    ),
    "Actor": record(
        "Whoever takes part in events.",
        {"id": TEXT, "url": ADDRESS, "name": TEXT, "kind": {"enum": Actor.Kind.values}},
        {"code": TEXT, "wikidata": TEXT, "aliases": TEXTS, "memberships": array(ref("Membership"))},
    ),
    "Membership": record(
        "What the actor belongs to or speaks for, and when.",
        {"group": described(TEXT, "The group's id among the actors."), "name": TEXT, "role": TEXT},
        {"since": EDTF, "until": EDTF},
    ),
    "Type": record(
        "A type of events.",
        {"id": TEXT, "url": ADDRESS, "name": TEXT, "path": TEXTS},
        {"plover": described(TEXT, "The event type of the PLOVER ontology.")},
    ),
    "Topic": record("What events are about.", {"id": TEXT, "url": ADDRESS, "name": TEXT, "path": TEXTS}),
    "Timeline": record(
        "A curated timeline.",
        {"id": TEXT, "url": ADDRESS, "title": TEXT, "language": TEXT, "events_url": ADDRESS},
        {
            "summary": TEXT,
            "fallback_from": described(TEXT, "The language asked for, where one of them is not translated into it."),
            "summary_language": described(TEXT, "The summary's, where the title is in another one."),
            "query": described(
                TEXT,
                f"Its saved filter, in the words of /events/. Without `lang` in it, `q` is read as `{LANGUAGES[0]}`.",
            ),
        },
    ),
    "Problem": record(
        "What went wrong (RFC 9457).",
        {"type": ADDRESS, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT},
        {
            "errors": array(ref("ParameterError")),
            "request_id": described(TEXT, "Where the fault is the server's: as in `X-Request-ID`, to be quoted."),
        },
    ),
    "ParameterError": record(
        "What is wrong with one parameter.",
        {
            "parameter": TEXT,
            "code": {"enum": ["unknown", "blank", "repeated", "malformed", "unknown_value", "conflict", "incomplete"]},
            "message": TEXT,
        },
    ),
    "Count": record("How many there are.", COUNTED, ESTIMATED),
    "Density": record("How many there were when.", {**COUNTED, "buckets": array(ref("Bucket"))}, WINDOW),
    "Bucket": record(
        "A part of the window, and how many events overlap it.",
        {"start": DAY, "end": described(DAY, "Its last day."), "count": WHOLE},
        {"highlights": described(array(ref("Highlight")), HIGHLIGHTS)},
    ),
    "Highlight": record("An event in short.", {"id": TEXT, "url": ADDRESS, "title": TEXT, "date": ref("Date")}),
    "Window": {
        "description": "The events of a window, or how many there were when: `kind` tells which.",
        "oneOf": [ref("WindowOfEvents"), ref("WindowOfDensity")],
    },
    "WindowOfEvents": record(
        "The events of a window, where they are few.",
        {**COUNTED, "kind": constant("events"), "results": array(ref("Event"))},
    ),
    "WindowOfDensity": record(
        "How many events there were when, where they are many.",
        {**COUNTED, "kind": constant("density"), "buckets": array(ref("Bucket"))},
        WINDOW,
    ),
    "Facets": record(
        "How many events have which values; the highest numbers come first.",
        {
            **COUNTED,
            "countries": array(record("A country's events.", {"code": TEXT, "name": TEXT, "count": WHOLE})),
            **{name: array(ref("FacetValue")) for name in ("actors", "types", "topics")},
            "years": array(record("The events of a year.", {"year": WHOLE, "count": WHOLE})),
        },
        {**ESTIMATED, "truncated": described(TEXTS, "The facets that have more values than are listed.")},
    ),
    "FacetValue": record(
        "A value, and how many events have it.",
        {"id": TEXT, "name": TEXT, "count": WHOLE},
        {"path": described(TEXTS, "Of types and topics: from the root down.")},
    ),
    "Change": record(
        "A version of an event, as the change feed has it.",
        {
            "kind": described(
                {"enum": ["published", "updated", "withdrawn"]}, "`published`: for the first time, or again."
            ),
            "id": described(TEXT, "The event's id in this version."),
            "version": {"type": "integer", "minimum": 1},
            "dataset_version": described({"type": "integer"}, "In which it was published."),
            "at": MOMENT,
        },
        {
            "previous_id": described(TEXT, "The event's id before, where it is another one now."),
            "event": described(ref("Event"), "The document; not where it was withdrawn."),
        },
    ),
    "EventVersion": record(
        "A version of an event, and what changed in it.",
        {
            "version": {"type": "integer", "minimum": 1},
            "dataset_version": described({"type": "integer"}, "In which it was published."),
            "at": MOMENT,
            "withdrawn": TRUTH,
        },
        {
            "url": described(ADDRESS, "The event as it was then."),
            "changes": described(array(ref("Difference")), "Since the version before, where there was one."),
        },
    ),
    "Difference": record(
        "A field that differs: `before` and `after`, or for a list what was `removed` and `added`.",
        {"field": TEXT},
        {"before": {}, "after": {}, "removed": array({}), "added": array({})},
    ),
    "OEmbed": record(
        "A frame (oEmbed 1.0).",
        {
            "version": constant("1.0"),
            "type": constant("rich"),
            "title": TEXT,
            "provider_name": TEXT,
            "provider_url": ADDRESS,
            "cache_age": described(WHOLE, "Seconds."),
            "html": described(TEXT, "The frame, to paste."),
            "width": described(WHOLE, "Pixels."),
            "height": described(WHOLE, "Pixels."),
        },
    ),
    "Root": {
        "type": "object",
        "properties": {"dataset_version": {"type": "integer"}},
        "required": ["dataset_version"],
        "additionalProperties": ADDRESS,
    },
}


def page_of(name: str) -> Schema:
    """A page of a list of `name`, as the list endpoints give it."""
    page = {"type": ["string", "null"], "format": "uri"}
    links = {"next": page, "previous": page}
    if name == "Event":
        links["count_url"] = described(ADDRESS, "Answers how many there are.")
    if name == "Change":
        links = {"next": described(ADDRESS, "What comes behind."), "caught_up": described(TRUTH, "Nothing does, yet.")}
    return record(
        "A page of a list.",
        {
            "dataset_version": described({"type": "integer"}, "The version of the published data. It only grows."),
            **links,
            "results": array(complete_or_chosen(name) if name in CHOOSABLE else ref(name)),
        },
    )


def complete_or_chosen(name: str) -> Schema:
    """A whole document, or only the keys that `fields` chose."""
    return {"anyOf": [ref(name), ref(f"{name}Fields")]}


def chosen(name: str) -> Schema:
    """A document with only the keys that `fields` chose."""
    return {
        "type": "object",
        "description": f"Of {name}, the keys that `fields` chose.",
        "properties": COMPONENTS[name]["properties"],
    }


CHOOSABLE = ("Event", "Country", "Actor", "Type", "Topic", "Timeline")
"""Shapes of documents that `fields` can choose among the keys of."""

COMPONENTS |= {f"{name}Fields": chosen(name) for name in CHOOSABLE}
COMPONENTS |= {f"{name}Page": page_of(name) for name in (*CHOOSABLE, "Change", "EventVersion")}
