"""Everything an editor enters. Nothing here is public: `timeline` publishes from it."""

from events.models.actors import Actor, Membership
from events.models.events import Event, EventText, Figure, Participation, Relation, Source
from events.models.vocabulary import EventType, Topic

__all__ = [
    "Actor",
    "Event",
    "EventText",
    "EventType",
    "Figure",
    "Membership",
    "Participation",
    "Relation",
    "Source",
    "Topic",
]
