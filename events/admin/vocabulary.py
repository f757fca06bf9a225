"""Forms of types and topics."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from events.choosing import may_view
from events.deleting import had_by_events
from events.guarding import GuardedAdmin
from events.models import Event


class BranchAdmin(GuardedAdmin):
    list_display = ["__str__", "slug", "parent"]
    list_select_related = ["parent"]
    search_fields = ["names", "slug"]
    autocomplete_fields = ["parent"]
    fields: ClassVar[Any] = ["names", "slug", "parent", "opened"]
    instead: ClassVar[str]
    """What an event may have instead of one."""

    def why_not_deleted(self, entries: QuerySet[Any], request: HttpRequest) -> list[str]:
        """None that an event has: it would lose a topic by an account that may not change it, and not count as
        edited."""
        named = may_view(self, request, Event)
        return had_by_events(entries, lambda entry: entry.events.all(), self.instead, named)


class EventTypeAdmin(BranchAdmin):
    list_display = [*BranchAdmin.list_display, "plover"]
    fields = [*BranchAdmin.fields, "plover"]
    instead = "another type"


class TopicAdmin(BranchAdmin):
    instead = "another topic, or none,"
