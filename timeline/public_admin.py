"""What is public, in the admin: to look at but not to change."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from events.choosing import ShowsNumbers
from events.searching import SearchedAdmin
from timeline.documents import with_base_url
from timeline.models import (
    Dataset,
    DatasetVersion,
    Publication,
    PublicationCountry,
    PublicationRelation,
    PublicationText,
    Refresh,
    Term,
    TermText,
)


class ReadOnly(admin.options.BaseModelAdmin):
    """What has been published: append-only, so only to look at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DocumentInline(ReadOnly, admin.StackedInline):
    """The documents as the API serves them, one for each language."""

    fields = ["language", "served"]
    readonly_fields = ["served"]

    @admin.display(description="document")
    def served(self, text: Any) -> str:
        document = json.loads(with_base_url(text.document, reverse("api")[:-1]))
        return format_html("<pre>{}</pre>", json.dumps(document, ensure_ascii=False, indent=2))


class PublicationTextInline(DocumentInline):
    model = PublicationText


class PublicationCountryInline(ReadOnly, admin.TabularInline):
    model = PublicationCountry
    fields = ["code", "ways"]
    verbose_name_plural = "countries"


class PublicationRelationInline(ReadOnly, admin.TabularInline):
    model = PublicationRelation
    fields = ["kind", "target"]
    verbose_name_plural = "relations, whether or not the target is public"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublicationRelation]:
        return super().get_queryset(request).select_related("target")


@admin.register(Publication)
class PublicationAdmin(ReadOnly, ShowsNumbers, SearchedAdmin):
    list_display = ["slug", "version", "published_at", "published_by", "withdrawn", "superseded_at"]
    list_filter = ["withdrawn", ("superseded_at", admin.EmptyFieldListFilter)]
    search_fields = ["slug", "texts__title"]
    ordering = ["-published_in", "-id"]
    exclude = ["traits", "search", "names_digest"]  # for the index and for publishing alone
    inlines = [PublicationTextInline, PublicationCountryInline, PublicationRelationInline]


class TermTextInline(DocumentInline):
    model = TermText


@admin.register(Term)
class TermAdmin(ReadOnly, SearchedAdmin):
    list_display = ["key", "kind", "version", "published_at", "published_by", "superseded_at"]
    list_filter = ["kind", ("superseded_at", admin.EmptyFieldListFilter)]
    search_fields = ["key", "names"]
    ordering = ["-published_in", "-id"]
    inlines = [TermTextInline]


@admin.register(Refresh)
class RefreshAdmin(ReadOnly, admin.ModelAdmin):
    """How far public events have come in following the vocabulary that they name."""

    list_display = ["what", "progress", "state", "asked_at", "asked_by", "changed", "passed_over", "finished_at"]
    list_display_links = None
    list_select_related = ["asked_by"]
    ordering = ["-id"]
    RELOADED = 5
    """Seconds after which a browser asks again, while there is something to see."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refresh]:
        return super().get_queryset(request).defer("events")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if Refresh.objects.filter(finished_at=None).exists():
            response["Refresh"] = str(self.RELOADED)  # what pages may not do in scripts, a header can
        return response

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and obj is None  # the list says it all

    @admin.display(description="entries")
    def what(self, refresh: Refresh) -> str:
        return Truncator(str(refresh)).chars(100)

    @admin.display(description="public events")
    def progress(self, refresh: Refresh) -> str:
        if refresh.total is None:
            return "not counted yet"
        bar = '<progress value="{}" max="{}" aria-label="Public events that have followed {}"></progress> {} of {}'
        numbers = (f"{number:,}" for number in (refresh.done, refresh.total))
        return format_html(bar, refresh.done, refresh.total or 1, self.what(refresh), *numbers)

    @admin.display
    def state(self, refresh: Refresh) -> str:
        if refresh.finished_at:
            return "finished"
        if refresh.error:
            return f"failed, tried again from {refresh.retry_at:%H:%M:%S} UTC: {refresh.error}"
        return "waiting" if refresh.total is None else "running"


@admin.register(Dataset)
class DatasetAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["version", "updated_at"]


@admin.register(DatasetVersion)
class DatasetVersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["number", "at"]
    ordering = ["-number"]
