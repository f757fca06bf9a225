"""Who may publish."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def account(request: HttpRequest) -> Any:
    """The one that publishes; None if nobody has signed in."""
    return request.user if request.user.is_authenticated else None


class PublishingAdmin(admin.ModelAdmin):
    """What accounts may do to the public: whoever may only change events leaves drafts to somebody else."""

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Django asks this for actions with `permissions=["publish"]`."""
        return request.user.has_perm("timeline.publish")
