"""Choosing an event in the admin: by its date and title, of which a slug says little."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from events.models import Event, EventText


def labelled(events: QuerySet[Event]) -> QuerySet[Event]:
    """With what `label` needs, in the same query."""
    first = EventText.objects.filter(event=OuterRef("pk")).order_by("pk")
    return events.annotate(first_title=Subquery(first.values("title")[:1]))


def label(event: Any) -> str:
    """An event of `labelled`, such as “2025-11-06 – C5+1 summit (c5-1-summit-2025)”, as far as it is known."""
    known = " – ".join(part for part in (event.date, event.first_title) if part)
    return f"{known} ({event.slug})" if known else event.slug


class EventsView(AutocompleteJsonView):
    """What is found of events, for the fields below."""

    def process_request(self, request: HttpRequest) -> Any:
        term, model_admin, source_field, to_field_name = super().process_request(request)
        if source_field.remote_field.model is not Event:
            raise PermissionDenied
        return term, model_admin, source_field, to_field_name

    def get_queryset(self) -> QuerySet[Event]:
        return labelled(super().get_queryset())

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": label(obj)}


class EventSelect(AutocompleteSelect):
    url_name = "%s:events_event_choose"


class EventSelectMultiple(AutocompleteSelectMultiple):
    url_name = "%s:events_event_choose"


class EventChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return label(obj)


class EventMultipleChoiceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return label(obj)


class ChoosesEvents(BaseModelAdmin):
    """Mixed into an admin whose `autocomplete_fields` has fields of events."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.remote_field.model is Event:
            kwargs |= {
                "widget": EventSelect(db_field, self.admin_site),
                "form_class": EventChoiceField,
                "queryset": labelled(Event.objects.all()),
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.remote_field.model is Event:
            kwargs |= {
                "widget": EventSelectMultiple(db_field, self.admin_site),
                "form_class": EventMultipleChoiceField,
                "queryset": labelled(Event.objects.all()),
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)
