"""Who may publish, and what is said of what was chosen in a list and is left alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from timeline.admin_messages import slugs

LISTED = 20
"""Events, or entries, that a message names."""


def account(request: HttpRequest) -> Any:
    """The one that publishes; None if nobody has signed in."""
    return request.user if request.user.is_authenticated else None


class PublishingAdmin(admin.ModelAdmin):
    """What accounts may do to the public: whoever may only change events leaves drafts to somebody else."""

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Django asks this for actions with `permissions=["publish"]`."""
        return request.user.has_perm("timeline.publish")

    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Says which of those that were chosen do not fit the list's filters any more: Django leaves them alone."""
        left = self._not_in_list(request, queryset)  # before: what is published is no draft any more
        response = super().response_action(request, queryset)
        if left and response is not None:
            self._say_what_is_left(request, left)
        return response

    def _not_in_list(self, request: HttpRequest, queryset: QuerySet[Any]) -> set[str]:
        """Their ids; none if all in the list were chosen."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not chosen or request.POST.get("select_across", "0") not in ("", "0"):
            return set()
        return set(chosen) - {str(pk) for pk in queryset.filter(pk__in=chosen).values_list("pk", flat=True)}

    def _say_what_is_left(self, request: HttpRequest, ids: set[str]) -> None:
        there = list(self.model._default_manager.filter(pk__in=ids).order_by("slug"))
        if there:
            message = f"Not in this list any more, so left alone: {slugs(there, LISTED)}. Look at what it says now."
            self.message_user(request, message, messages.WARNING)
        if gone := len(ids) - len(there):
            are = "is" if gone == 1 else "are"
            message = f"{gone:,} of the {self.opts.verbose_name_plural} that you chose {are} deleted by now."
            self.message_user(request, message, messages.WARNING)
