"""Inputs of the admin that take what is too long, so that it can be refused."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.http import HttpRequest


class Uncut(BaseModelAdmin):
    """An admin, or an inline, whose inputs have no `maxlength`: a browser cuts off without a word what is pasted beyond
    that, and what is left of an address, or of a saved filter, is another one. The form refuses it, and says how long
    it may be.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs.pop("maxlength", None)
        return field
