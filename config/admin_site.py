"""The admin's site: nobody at a browser waits for long for what somebody else is changing, or reads that something was
done which was taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from events.locking import wait_briefly

View = Callable[..., HttpResponseBase]


class AdminSite(admin.AdminSite):
    """Whatever is sent to one of its pages is one transaction, which ends with an error if it has to wait for long."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        whole = super().admin_view(view, cacheable)

        @wraps(whole)
        def patient(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST":
                return whole(request, *args, **kwargs)
            try:
                with transaction.atomic():
                    wait_briefly()
                    return whole(request, *args, **kwargs)
            except Exception:
                _forget_messages(request)
                raise

        return patient


def _forget_messages(request: HttpRequest) -> None:
    """What was to be told of what is taken back now, such as “was changed successfully”: PostgreSQL looks at foreign
    keys at the end of the transaction. What earlier requests left to be told stays."""
    said: Any = get_messages(request)
    said._queued_messages.clear()
