"""What a record is: the keys of types, topics, actors and events, and what each may hold.

`schema.json` is made from this (`manage.py interchange_schema`) and published at /api/schema/interchange.json.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from events.fields import NAME_LENGTH, SLUG_PATTERN
from events.interchange.shapes import (
    Choice,
    Day,
    Decimal,
    Edtf,
    Flag,
    Many,
    Number,
    Problem,
    Record,
    Schema,
    Shape,
    Text,
    Translations,
    Url,
)
from events.models import Actor, Event, EventText, EventType, Figure, Membership, Participation, Relation, Source, Topic
from events.models.actors import ALPHA3_PATTERN, CODE_PATTERN, QID_PATTERN
from events.models.events import EXTERNAL_ID_PATTERN, LANGUAGE_PATTERN

Values = dict[str, Any]
"""A record as JSON has it."""


def _longest(model: Any, name: str) -> Any:
    return model._meta.get_field(name).max_length


def _slug(such_as: str) -> Text:
    return Text(_longest(Event, "slug"), pattern=SLUG_PATTERN, such_as=such_as)


# What only names a type or topic may be of any form: what is not there is told with what may be meant by it.
OF_TYPE = Text(_longest(EventType, "slug"), such_as="state-visit")
OF_TOPIC = Text(_longest(Topic, "slug"), such_as="rare-earths")
ACTOR = Text(_longest(Actor, "slug"), such_as="US, SUHH or xi-jinping")
EVENT = Text(_longest(Event, "external_id"), such_as="c5-1-leaders-summit-2025 or has-travels:3593")
EXTERNAL_ID = Text(_longest(Event, "external_id"), pattern=EXTERNAL_ID_PATTERN, such_as="has-travels:3593")
NAMES = Translations(Text(NAME_LENGTH))

_TERM: dict[str, Shape] = {
    "role": Text(_longest(Membership, "role")),
    "since": Edtf(interval=False),
    "until": Edtf(interval=False),
}

TYPE = Record(
    {
        "record": Choice(("type",)),
        "slug": _slug("state-visit"),
        "names": NAMES,
        "parent": OF_TYPE,
        "plover": Text(_longest(EventType, "plover"), blank=True),
    },
    ("record", "slug", "names"),
)

TOPIC = Record(
    {"record": Choice(("topic",)), "slug": _slug("rare-earths"), "names": NAMES, "parent": OF_TOPIC},
    ("record", "slug", "names"),
)

ACTOR_RECORD = Record(
    {
        "record": Choice(("actor",)),
        "slug": _slug("xi-jinping"),
        "kind": Choice(tuple(Actor.Kind.values)),
        "names": NAMES,
        "aliases": Many(Text(NAME_LENGTH)),
        "code": Text(4, pattern=CODE_PATTERN, such_as="UZ or SUHH"),
        "alpha3": Text(3, pattern=ALPHA3_PATTERN, such_as="UZB"),
        "qid": Text(_longest(Actor, "qid"), pattern=QID_PATTERN, such_as="Q265"),
        "successors": Many(ACTOR, once=("",)),
        "memberships": Many(Record({"group": ACTOR, **_TERM}, ("group", "role")), once=("group", "role", "since")),
        "members": Many(Record({"member": ACTOR, **_TERM}, ("member", "role")), once=("member", "role", "since")),
    },
    ("record", "slug", "kind", "names"),
)

EVENT_RECORD = Record(
    {
        "record": Choice(("event",)),
        "external_id": EXTERNAL_ID,
        "slug": _slug("c5-1-leaders-summit-2025"),
        "type": OF_TYPE,
        "topics": Many(OF_TOPIC, once=("",)),
        "date": Edtf(),
        "effective": Edtf(),
        "place": Record(
            {
                "name": Text(_longest(Event, "place_name"), blank=True),
                "country": ACTOR,
                "latitude": Number(-90, 90),
                "longitude": Number(-180, 180),
            },
            together=("latitude", "longitude"),
        ),
        "texts": Translations(
            Record({"title": Text(_longest(EventText, "title")), "summary": Text(blank=True)}, ("title",)),
            empty=True,  # but not left out, which would be a mistake: a draft may have no title yet
        ),
        "participants": Many(
            Record(
                {
                    "actor": ACTOR,
                    "role": Choice(tuple(Participation.Role.values)),
                    "printed": Text(_longest(Participation, "name_as_printed"), blank=True),
                },
                ("actor", "role"),
            ),
            once=("actor", "role"),
        ),
        "sources": Many(
            Record(
                {
                    "url": Url(_longest(Source, "url")),
                    "title": Text(_longest(Source, "title")),
                    "publisher": Text(_longest(Source, "publisher"), blank=True),
                    "language": Text(_longest(Source, "language"), True, LANGUAGE_PATTERN, "en, de or zh-hans"),
                    "published": Edtf(),
                    "accessed": Day(),
                    "official": Flag(),
                    "claims": Edtf(),
                    "claims_effective": Edtf(),
                },
                ("url", "title"),
            ),
            once=("url",),
        ),
        "relations": Many(
            Record({"kind": Choice(tuple(Relation.Kind.values)), "event": EVENT}, ("kind", "event")),
            once=("kind", "event"),
        ),
        "figures": Many(
            Record(
                {
                    "labels": NAMES,
                    "value": Decimal(),
                    "unit": Text(_longest(Figure, "unit")),
                    "period": Edtf(),
                    "reporter": ACTOR,
                    "partner": ACTOR,
                    "source": Text(_longest(Source, "url"), such_as="the URL of one of this event's sources"),
                },
                ("labels", "value", "unit"),
            )
        ),
        "publish": Flag(),
    },
    ("record", "slug", "type", "texts"),
)

SHAPES = {"type": TYPE, "topic": TOPIC, "actor": ACTOR_RECORD, "event": EVENT_RECORD}
"""By the word in `record`, in the order in which they stand in a file."""


MOST_PROBLEMS = 100
"""That are named of a record: a line of some megabytes may have a hundred thousand."""


def problems(values: Any) -> list[Problem]:
    """What is wrong with a record, looked at by itself."""
    if not isinstance(values, dict):
        return [Problem("", 'the line is no object: expected one such as {"record": "event", …}.')]
    kind = values.get("record")
    if not isinstance(kind, str) or kind not in SHAPES:
        return [Problem("record", f"it must say what this is: expected one of {', '.join(SHAPES)}.")]
    found = list(islice(SHAPES[kind].problems(values, ""), MOST_PROBLEMS))
    if kind == "event" and not found:
        found = _figures(values)
    if kind == "actor" and not found and "code" in values and values["kind"] not in ("state", "bloc"):
        found = [Problem("code", f"a {values['kind']} has no code: only a state or a bloc has one.")]
    return found


def _figures(values: Values) -> list[Problem]:
    urls = {source["url"] for source in values.get("sources", ())}
    return [
        Problem(f"figures[{number}].source", f"“{figure['source']}” is none of the event's sources: give a URL of one.")
        for number, figure in enumerate(values.get("figures", ()))
        if "source" in figure and figure["source"] not in urls
    ]


def is_external_id(reference: str) -> bool:
    """Whether a reference to an event is its external id rather than its slug."""
    return re.fullmatch(EXTERNAL_ID_PATTERN, reference) is not None


def schema() -> Schema:
    """The JSON Schema (2020-12) of a line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A record of diplomatic events: one line of a JSON Lines file",
        "description": "Types and topics stand before what names them, actors before events. An actor is named by its "
        "code, such as US, or its slug; an event by its slug or external id.",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in SHAPES],
        "$defs": {kind: shape.schema() for kind, shape in SHAPES.items()},
    }
