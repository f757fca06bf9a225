"""Publishing for editors: the actions Publish and Withdraw, and what is public, to look at but not to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join

from events.admin import ActorAdmin, EventAdmin, EventTypeAdmin, TopicAdmin
from events.models import Actor, Event, EventType, Topic
from timeline.models import Publication, Term, Timeline
from timeline.publishing import publish, publish_vocabulary, withdraw


def _signed_in(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


@admin.register(Event)
class PublishableEventAdmin(EventAdmin):
    """Events with their public state, and the door to the public."""

    list_display = [*EventAdmin.list_display, "public"]
    actions = ["publish_selected", "withdraw_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        last = Publication.objects.filter(event=OuterRef("pk"), superseded_in=None)
        return (
            super()
            .get_queryset(request)
            .annotate(
                public_version=Subquery(last.filter(withdrawn=False).values("version")),
                public_since=Subquery(last.values("published_at")),
                was_withdrawn=Exists(last.filter(withdrawn=True)),
            )
        )

    @admin.display(description="public")
    def public(self, event: Any) -> str:
        if event.was_withdrawn:
            return "withdrawn"
        if event.public_version is None:
            return "draft"
        edited = event.updated_at > event.public_since
        return f"version {event.public_version}" + (", edited since" if edited else "")

    @admin.action(description="Publish selected events", permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        outcome = publish(queryset, _signed_in(request), skip_refused=True)
        if outcome.published:
            self.message_user(request, f"Published: {_slugs(outcome.published)}.", messages.SUCCESS)
        if outcome.unchanged:
            self.message_user(request, f"Nothing new to publish in: {_slugs(outcome.unchanged)}.", messages.INFO)
        if outcome.refused:
            reasons = [(event.slug, " ".join(sentences)) for event, sentences in outcome.refused.items()]
            listed = format_html_join(" ", "{}: {}", reasons)
            self.message_user(request, f"Not published. {listed}", messages.ERROR)

    @admin.action(description="Withdraw selected events (their addresses answer 410)", permissions=["change"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        events = list(queryset)
        ended = withdraw(events, _signed_in(request))
        others = [event for event in events if event not in ended]
        if ended:
            self.message_user(request, f"Withdrawn: {_slugs(ended)}.", messages.SUCCESS)
        if others:
            self.message_user(request, f"Not public, so left alone: {_slugs(others)}.", messages.WARNING)


def _slugs(events: list[Event]) -> str:
    return ", ".join(event.slug for event in events)


class PublishableVocabulary(admin.ModelAdmin):
    """An action that makes the present state of vocabulary entries public."""

    vocabulary: str
    actions = ["publish_selected"]

    @admin.action(description="Publish selected entries", permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        changed = publish_vocabulary(_signed_in(request), **{self.vocabulary: queryset})
        self.message_user(request, f"{changed} published entries changed.", messages.SUCCESS)


@admin.register(Actor)
class PublishableActorAdmin(PublishableVocabulary, ActorAdmin):
    vocabulary = "actors"


@admin.register(EventType)
class PublishableEventTypeAdmin(PublishableVocabulary, EventTypeAdmin):
    vocabulary = "types"


@admin.register(Topic)
class PublishableTopicAdmin(PublishableVocabulary, TopicAdmin):
    vocabulary = "topics"


@admin.register(Timeline)
class TimelineAdmin(PublishableVocabulary):
    vocabulary = "timelines"
    list_display = ["__str__", "slug", "query"]
    search_fields = ["slug", "titles"]
    autocomplete_fields = ["events"]


class ReadOnlyAdmin(admin.ModelAdmin):
    """What has been published: append-only, so only to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ["slug", "version", "published_at", "published_by", "withdrawn", "superseded_at"]
    list_filter = ["withdrawn"]
    search_fields = ["slug", "texts__title"]
    ordering = ["-published_in", "-id"]


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "version", "published_at", "published_by", "superseded_at"]
    list_filter = ["kind"]
    search_fields = ["key", "names"]
    ordering = ["-published_in", "-id"]
