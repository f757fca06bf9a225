"""Forms for editors. `timeline.admin` registers what can be published, which knows how to."""

from events.admin.actors import ActorAdmin
from events.admin.events import EventAdmin
from events.admin.parts import PartAdmin
from events.admin.vocabulary import EventTypeAdmin, TopicAdmin

__all__ = ["ActorAdmin", "EventAdmin", "EventTypeAdmin", "PartAdmin", "TopicAdmin"]
