"""Forms for editors. `Event` itself is registered by `timeline.admin`, which knows how to publish it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from events.models import (
    Event,
    EventText,
    Figure,
    Membership,
    Participation,
    Relation,
    Source,
)


class MembershipInline(admin.TabularInline):
    model = Membership
    fk_name = "member"
    verbose_name_plural = "belongs to"
    autocomplete_fields = ["group"]
    extra = 0


class MemberInline(admin.TabularInline):
    model = Membership
    fk_name = "group"
    verbose_name_plural = "members"
    autocomplete_fields = ["member"]
    extra = 0


class ActorAdmin(admin.ModelAdmin):
    list_display = ["__str__", "kind", "code", "slug"]
    list_filter = ["kind"]
    search_fields = ["names", "aliases", "slug", "=code", "=alpha3", "=qid"]
    autocomplete_fields = ["successors"]
    inlines = [MembershipInline, MemberInline]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["member", "role", "group", "since", "until"]
    list_select_related = ["member", "group"]
    search_fields = ["member__names", "member__slug", "group__names", "group__slug", "role"]
    autocomplete_fields = ["member", "group"]


class BranchAdmin(admin.ModelAdmin):
    list_display = ["__str__", "slug", "parent"]
    list_select_related = ["parent"]
    search_fields = ["names", "slug"]
    autocomplete_fields = ["parent"]


class EventTypeAdmin(BranchAdmin):
    list_display = [*BranchAdmin.list_display, "plover"]


class TopicAdmin(BranchAdmin):
    pass


class EventTextInline(admin.StackedInline):
    model = EventText
    extra = 1
    verbose_name_plural = "texts, one for each language"


class ParticipationInline(admin.TabularInline):
    model = Participation
    autocomplete_fields = ["actor"]
    extra = 2


class SourceInline(admin.StackedInline):
    model = Source
    extra = 1
    fieldsets = [
        (None, {"fields": [("url", "title"), ("publisher", "language", "published", "accessed", "official")]}),
        ("Dates that it claims", {"fields": [("claims", "claims_effective")]}),
    ]


class RelationInline(admin.TabularInline):
    model = Relation
    fk_name = "event"
    autocomplete_fields = ["target"]
    extra = 0


class FigureInline(admin.StackedInline):
    model = Figure
    autocomplete_fields = ["reporter", "partner"]
    extra = 0
    fieldsets = [(None, {"fields": ["labels", ("value", "unit", "period"), ("reporter", "partner", "source")]})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "source" and request.resolver_match:
            # Only this event's own sources can be chosen.
            event_id = request.resolver_match.kwargs.get("object_id", 0)
            kwargs["queryset"] = Source.objects.filter(event_id=event_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class EventAdmin(admin.ModelAdmin):
    """An event on one page: date and place, texts, participants, sources, relations, figures."""

    list_display = ["slug", "title", "date", "type"]
    list_filter = ["type"]
    search_fields = ["slug", "texts__title", "participations__actor__names", "external_id"]
    date_hierarchy = "start_min"
    autocomplete_fields = ["type", "topics", "place_country"]
    readonly_fields = ["created_at", "updated_at"]
    inlines = [EventTextInline, ParticipationInline, SourceInline, RelationInline, FigureInline]
    fieldsets = [
        (None, {"fields": ["slug", "type", "topics", "date", "effective"]}),
        ("Place", {"fields": ["place_name", "place_country", ("latitude", "longitude")]}),
        ("Origin", {"classes": ["collapse"], "fields": ["external_id", "created_at", "updated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("type").prefetch_related("texts")

    @admin.display(description="title")
    def title(self, event: Event) -> str:
        return next((text.title for text in event.texts.all()), "–")


@admin.register(EventText)
class EventTextAdmin(admin.ModelAdmin):
    list_display = ["title", "language", "event"]
    list_filter = ["language"]
    list_select_related = ["event"]
    search_fields = ["title", "event__slug"]
    autocomplete_fields = ["event"]


@admin.register(Participation)
class ParticipationAdmin(admin.ModelAdmin):
    list_display = ["event", "actor", "role", "name_as_printed"]
    list_filter = ["role"]
    list_select_related = ["event", "actor"]
    search_fields = ["event__slug", "actor__names", "name_as_printed"]
    autocomplete_fields = ["event", "actor"]


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["title", "publisher", "event", "claims", "official"]
    list_filter = ["official", "language"]
    list_select_related = ["event"]
    search_fields = ["title", "publisher", "url", "event__slug"]
    autocomplete_fields = ["event"]


@admin.register(Relation)
class RelationAdmin(admin.ModelAdmin):
    list_display = ["event", "kind", "target"]
    list_filter = ["kind"]
    list_select_related = ["event", "target"]
    search_fields = ["event__slug", "target__slug"]
    autocomplete_fields = ["event", "target"]


@admin.register(Figure)
class FigureAdmin(admin.ModelAdmin):
    list_display = ["__str__", "value", "unit", "period", "event"]
    list_select_related = ["event"]
    search_fields = ["labels", "unit", "event__slug"]
    autocomplete_fields = ["event", "reporter", "partner", "source"]
