"""Searching lists in the admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import smart_split, unescape_string_literal

MOST_WORDS = 10
"""Of a search: each costs a look at every title and name."""


def searchable(term: str) -> str:
    """What is looked for of a term: its first words, without the character 0, which PostgreSQL refuses and none of its
    texts has."""
    return " ".join(_words(term)[:MOST_WORDS])


class SearchedAdmin(admin.ModelAdmin):
    """Its list looks for what is `searchable`, and says so if that is not all."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "GET" and len(_words(request.GET.get(SEARCH_VAR, ""))) > MOST_WORDS:
            self.message_user(request, f"Only the first {MOST_WORDS} words were looked for.", messages.WARNING)
        return super().changelist_view(request, extra_context)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, searchable(search_term))


def having(model: type[Model], fields: Sequence[str], term: str) -> Q:
    """The records that have each word of a `searchable` term in one of their columns or of their parts': fields such as
    “slug” and “texts__title”. Parts are looked through by themselves: joined to their record, they make a row of each
    text with each participant with each source."""
    words = map(_read, _words(term))
    return Q.create([Q.create([_in(model, field, word) for field in fields], Q.OR) for word in words])


def _in(model: type[Model], field: str, word: str) -> Q:
    relation, _, column = field.partition("__")
    if not column:
        return Q((f"{field}__icontains", word))
    parts: Any = model._meta.get_field(relation)
    found = parts.related_model._default_manager.filter(**{f"{column}__icontains": word})
    return Q(pk__in=found.values(parts.field.attname))


def _words(term: str) -> list[str]:
    """As Django tells them apart: what stands in quotes is one."""
    return list(smart_split(term.replace("\0", "")))


def _read(word: str) -> str:
    """Without its quotes."""
    return unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] else word
