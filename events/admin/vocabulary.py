"""Forms of types and topics."""

from __future__ import annotations

from typing import Any, ClassVar

from events.guarding import GuardedAdmin


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
    pass
