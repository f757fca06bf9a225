"""What an input of each kind of field is like, and parts as the rows of a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst

from events.choosing import Chooses
from events.fields import DecimalFormField, EdtfField, TextFormField
from events.uncut import Uncut

INPUTS: dict[Any, dict[str, Any]] = {
    EdtfField: {"widget": forms.TextInput({"size": 24})},
    models.URLField: {"assume_scheme": "https"},
    models.DecimalField: {"form_class": DecimalFormField},
    models.DateField: {
        "widget": AdminDateWidget(format="%Y-%m-%d"),
        "input_formats": ["%Y-%m-%d"],  # Django's own read 06/11 as the eleventh of June
        "error_messages": {"invalid": "Enter a date such as 2025-11-06."},
    },
}
"""A date is short and begins with the year, a decimal comma is one."""

LONG_INPUTS: dict[Any, dict[str, Any]] = {
    **INPUTS,
    models.CharField: {"widget": AdminTextInputWidget({"class": "vLargeTextField"})},
    models.TextField: {"form_class": TextFormField, "widget": AdminTextareaWidget({"rows": 4})},
}
"""A title of 300 characters is to be read before it is published."""


class TableInline(Chooses, Uncut, admin.TabularInline):
    """Parts as the rows of a table. Its head is above them for who sees it; for others each field has its name."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = capfirst(field.label)
            if field.help_text:  # which Django has in the head only, as a picture's tooltip
                field.widget.attrs["title"] = field.help_text
        return field
