"""Choosing entries in the admin: an event by its date and title, of which a slug says little; and none by what its
editor may not see, of which forms say only the number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse

from events.models import Actor, Event, EventText, EventType, Source, Topic


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


def numbered(entry: Any) -> str:
    """All that is said of an entry to whom may not see it."""
    return f"(not visible to you) {entry.pk}"


NUMBERED = (Actor, Event, EventType, Source, Topic)
"""What a form names and not every account may view."""


def may_view(model_admin: BaseModelAdmin, request: HttpRequest, model: type[models.Model]) -> bool:
    """Whether the account may see the entries of that kind."""
    return bool(model_admin.admin_site.get_model_admin(model).has_view_permission(request))


@dataclass(frozen=True)
class _Unseen:
    """Stands for an entry of which only the number is said."""

    pk: int

    def __str__(self) -> str:
        return numbered(self)


class ShowsNumbers(admin.ModelAdmin):
    """An admin whose forms say by number what the account may not view: in fields that are only to be looked at, and in
    the headings above parts and the whole."""

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        # All is saved or refused by now: the records are only shown.
        parts = (part for inline in context["inline_admin_formsets"] for part in inline.formset.get_queryset())
        for record in filter(None, [obj, *parts]):
            self._number_unseen(request, record)
        if obj:
            context["subtitle"] = str(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _number_unseen(self, request: HttpRequest, record: Any) -> None:
        """Puts numbers in the place of what the record names."""
        opts = record._meta
        for field in (*opts.concrete_fields, *opts.many_to_many):
            model: Any = field.related_model
            if model not in NUMBERED or may_view(self, request, model):
                continue
            if field.many_to_many:
                ids = getattr(record, field.name).order_by("pk").values_list("pk", flat=True)
                prefetched = getattr(record, "_prefetched_objects_cache", {})
                record._prefetched_objects_cache = prefetched | {field.name: list(map(_Unseen, ids))}
            elif pk := getattr(record, field.attname):
                field.set_cached_value(record, _Unseen(pk))


class Chooses(BaseModelAdmin):
    """An admin whose forms keep what was chosen of entries that the account may not view, and name it by number. Of
    others, it may choose what it has added itself: who chose one by a guessed number would read elsewhere what it is.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        model = db_field.related_model
        if field and model and not may_view(self, request, model):
            chosen = self._as_saved(request).values(db_field.name)
            field.queryset = field.queryset.filter(Q(pk__in=chosen) | Q(pk__in=_added(request, model)))
            field.label_from_instance = numbered
        return field

    def _as_saved(self, request: HttpRequest) -> QuerySet[Any]:
        """What the form is about, or in an inline all parts of that; nothing if it is new."""
        match = request.resolver_match
        object_id = match.kwargs.get("object_id", "") if match else ""
        name = "pk"
        if isinstance(self, InlineModelAdmin):
            name = f"{_get_foreign_key(self.parent_model, self.model, fk_name=self.fk_name).name}__pk"
        return self.model._default_manager.filter(**{name: object_id if object_id.isdecimal() else None})


def _added(request: HttpRequest, model: type[models.Model]) -> QuerySet[Any, Any]:
    """The ids of those that the account has added."""
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(user=request.user.pk, content_type=kind, action_flag=ADDITION)
    return entries.values_list(Cast("object_id", models.BigIntegerField()))


class ChoosesEvents(Chooses):
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
