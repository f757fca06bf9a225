"""Forms of types and topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpRequest

from events.choosing import may_view
from events.deleting import had_by
from events.guarding import GuardedAdmin
from events.models import Event, Topic


class BranchAdmin(GuardedAdmin):
    list_display = ["__str__", "slug", "parent"]
    list_select_related = ["parent"]
    search_fields = ["names", "slug"]
    autocomplete_fields = ["parent"]
    fields: ClassVar[Any] = ["names", "slug", "parent", "opened"]


class EventTypeAdmin(BranchAdmin):
    list_display = [*BranchAdmin.list_display, "plover"]
    fields = [*BranchAdmin.fields, "plover"]


class TopicAdmin(BranchAdmin):
    def get_deleted_objects(self, objs: Iterable[Topic], request: HttpRequest) -> Any:
        """None that an event has: it would lose it by an account that may not change it, and not count as edited."""
        topics, named = list(objs), may_view(self, request, Event)
        had = [
            line for topic in topics if (line := had_by(topic, topic.events.all(), "another topic, or none,", named))
        ]
        return ([], {}, set(), had) if had else super().get_deleted_objects(topics, request)
