"""Forms in which nothing is lost: neither what another editor saved nor what this one typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.db import models

from events.digest import digest


def fingerprint(record: models.Model, parts: Sequence[str] = ()) -> str:
    """A digest of all columns of a record, of what it is linked with, and of its `parts` (related names)."""
    rows = [record, *(row for name in parts for row in getattr(record, name).order_by("pk"))]
    columns = [[field.value_to_string(row) for field in row._meta.concrete_fields] for row in rows]
    links = [
        list(getattr(record, field.name).order_by("pk").values_list("pk", flat=True))
        for field in record._meta.many_to_many
    ]
    return digest([columns, links])


class GuardedForm(forms.ModelForm):
    """Refuses to overwrite unasked what somebody else saved after this form was opened.

    The admin must have `opened` among its fields. The script asks before a page with unsaved entries is left, and
    keeps them when the session has ended.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    """The fingerprint of the record when its editor opened it."""
    parts: ClassVar[Sequence[str]] = ()
    """What is saved with the record and leaves no mark in its own columns."""

    class Media:
        js = ["events/guard.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Before the rest is read: what is saved between the two is then refused, not overwritten.
        instance = kwargs.get("instance")
        opened = fingerprint(instance, self.parts) if instance else ""
        super().__init__(*args, **kwargs)
        self.initial["opened"] = opened

    def clean(self) -> Any:
        cleaned = super().clean()
        opened = self.cleaned_data.get("opened")
        if opened and self.instance.pk:
            self._check_for_others(opened)
        return cleaned

    def _check_for_others(self, opened: str) -> None:
        model = type(self.instance)
        # The lock lasts until this form is saved.
        saved = model._default_manager.select_for_update(no_key=True).get(pk=self.instance.pk)
        current = fingerprint(saved, self.parts)
        if current != opened:
            data: Any = self.data
            self.data = data = data.copy()
            data[self.add_prefix("opened")] = current
            self.add_error(
                None,
                f"Somebody else saved this {model._meta.verbose_name} after you had opened it. What you entered is "
                "still here: compare it in another tab. Saving again replaces what they changed by what stands here.",
            )
