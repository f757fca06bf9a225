"""The admin's site: nobody at a browser waits for long for what somebody else is changing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
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
            with transaction.atomic():
                wait_briefly()
                return whole(request, *args, **kwargs)

        return patient
