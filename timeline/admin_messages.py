"""What the admin tells its editors: in messages, and in the history of what they edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Max, Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from timeline.models import Refresh

FOLLOWING = 'The public events that name what changed follow by and by: <a href="{}">see how far it is</a>.'


def log(request: HttpRequest, objects: Sequence[Model], message: str) -> None:
    """Writes `message` into the history of each of the objects."""
    if objects and request.user.pk:
        LogEntry.objects.log_actions(request.user.pk, objects, CHANGE, message)


def counted(number: int, one: str, several: str) -> str:
    """The number with its noun."""
    return f"{number:,} {one if number == 1 else several}"


def slugs(entries: Sequence[Any], most: int) -> str:
    """Those of the first entries, up to `most`, and how many there are if they are more."""
    return listing([entry.slug for entry in entries], most)


def listing(names: Sequence[str], most: int) -> str:
    """The first ones, up to `most`, and how many there are if they are more."""
    listed = ", ".join(names[:most])
    return f"{len(names):,}, such as {listed}" if len(names) > most else listed


def linked(entries: Sequence[Any], most: int, address: Callable[[Any], str]) -> SafeString:
    """The same as `slugs`, each leading to its address."""
    listed = format_html_join(", ", '<a href="{}">{}</a>', ((address(entry), entry.slug) for entry in entries[:most]))
    return format_html("{}, such as {}", f"{len(entries):,}", listed) if len(entries) > most else listed


def others_not(done: str, number: int, most: int) -> str:
    """What to say of those that could not be `done` (published, say), of so many, that are not listed; blank if all
    are."""
    return f"Not {done} either: {counted(number - most, 'other', 'others')}." if number > most else ""


def of_others(line: str, number: int) -> list[str]:
    """The line, which has a place for what it is about, on so many that are not named; none if all are."""
    return [line.format(counted(number, "other", "others"))] if number > 0 else []


def say_not(done: str, request: HttpRequest, reasons: Sequence[tuple[str, Sequence[str]]], most: int) -> None:
    """Says of the first ones, up to `most`, by slug why they could not be `done`, and how many others could not."""
    for slug, sentences in reasons[:most]:
        messages.error(request, f"Not {done}: {slug}. {' '.join(sentences)}")
    if others := others_not(done, len(reasons), most):
        messages.error(request, others)


def last_refresh() -> int:
    """The id of the refresh that was asked for last."""
    return Refresh.objects.aggregate(last=Max("pk"))["last"] or 0


def say_what_follows(request: HttpRequest, since: int) -> None:
    """Says that public events follow what this editor has published, if they do by a refresh after that of the id."""
    if Refresh.objects.filter(pk__gt=since, asked_by=request.user.pk).exists():
        link = reverse("admin:timeline_refresh_changelist")
        messages.info(request, format_html(FOLLOWING, link))
