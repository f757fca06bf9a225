"""What happened to events: the change feed, and the versions of one event."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from timeline.caching import dataset_version, not_yet
from timeline.differences import differences
from timeline.documents import Document, load
from timeline.errors import absent
from timeline.links import link
from timeline.models import Publication
from timeline.pagination import PAGE_SIZE, VERSION_ORDERINGS, page, paging_fields, wanted_page
from timeline.parameters import NumberField, ParameterField, language_field, shown
from timeline.versions import timestamp
from timeline.views.base import PublicView, Reading, answer, joined, link_neighbours, listed, neighbours, with_version

MOST_WAITING = 1
"""Requests that may wait at once in one process, so that others find a thread."""
waiting = threading.BoundedSemaphore(MOST_WAITING)

LOOK_EVERY = 0.5
"""Seconds between two looks at the dataset version while waiting."""


class SinceField(ParameterField):
    """A place in the change feed: a dataset version, or a dataset version and an event's number in it."""

    pattern = r"^[0-9]{1,18}(-[0-9]{1,18})?$"
    schema = {"type": "string", "pattern": pattern}
    example = "0"

    def read(self, text: str) -> tuple[int, int | None]:
        parts = text.split("-")
        if len(parts) > 2 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
            raise ValidationError(
                f"{shown(text)} is not a place in the feed: begin with a dataset version or 0, then take 'next'.",
                code="malformed",
            )
        return int(parts[0]), int(parts[1]) if len(parts) == 2 else None


class ChangeList(PublicView):
    """Every version of every event, in the order of publication: what a mirror polls.

    Gap-free: a version that is in the feed has all earlier ones before it, whoever publishes at the same time. `next`
    is never null; where `caught_up` is true, it waits for what comes.
    """

    operation, shape = "list_changes", "Change"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {
            "since": SinceField(
                help_text="Behind this dataset version, or out of `next`. If left out: from the start."
            ),
            "wait": NumberField(
                least=0,
                most=30,
                default=0,
                help_text="If there is nothing new, wait up to so many seconds for it. A busy server answers sooner.",
            ),
            "page_size": NumberField(least=1, most=500, default=PAGE_SIZE, help_text=f"Rows; {PAGE_SIZE} if left out."),
            "lang": language_field(),
        }

    def get(self, request: HttpRequest, **path: str) -> HttpResponseBase:
        if "wait" in request.GET:
            # Who waits has the present state, and wants to be told when it is over: by us, not by a cache on the way.
            request.META.pop("HTTP_IF_NONE_MATCH", None)
            response = super().get(request, **path)
            response["Cache-Control"] = "no-store"
            return response
        return super().get(request, **path)

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        since = reading.values["since"]
        if since and since[0] > reading.version:
            raise not_yet("since", since[0], reading.version)
        rows = self.rows(reading)
        if not rows and reading.values["wait"] and waiting.acquire(blocking=False):
            try:
                rows = self.wait(reading)
            finally:
                waiting.release()
        return self.feed(reading, rows)

    def wait(self, reading: Reading) -> list[Any]:
        """The rows that come before the time is over, if any."""
        end = time.monotonic() + reading.values["wait"]
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(LOOK_EVERY, left))
            now = dataset_version()
            if now > reading.version:
                reading.version = now
                if rows := self.rows(reading):
                    return rows
        return []

    def rows(self, reading: Reading) -> list[Any]:
        version, event = reading.values["since"] or (0, None)
        behind = Q(published_in__gt=version)
        if event is not None:
            behind = Q(published_in__gte=version) & (behind | Q(event_id__gt=event))
        before = Publication.objects.filter(event=OuterRef("event"), superseded_in=OuterRef("published_in"))
        found = with_version(Publication.objects.filter(behind).in_language(reading.values["lang"]), None)
        return list(
            found.annotate(
                previous_slug=Subquery(before.values("slug")), previous_withdrawn=Subquery(before.values("withdrawn"))
            )
            .order_by("published_in", "event_id")
            .values_list(
                *("published_in", "event_id", "slug", "version", "published_at", "withdrawn"),
                *("previous_slug", "previous_withdrawn", "document", "dataset_version"),
            )[: reading.values["page_size"] + 1]
        )

    def feed(self, reading: Reading, rows: list[Any]) -> HttpResponseBase:
        size = reading.values["page_size"]
        version = rows[0][-1] if rows else reading.version
        more = len(rows) > size
        rows = rows[:size]
        since = f"{rows[-1][0]}-{rows[-1][1]}" if more else str(version)
        following = reading.with_other(since=since)
        head = {"dataset_version": version, "next": following, "caught_up": not more}
        reading.version = version
        response = answer(listed(head, joined(map(_change, rows)), reading.base_url))
        link(response, following, "next")
        return response


def _change(row: tuple[Any, ...]) -> str:
    published_in, _, slug, version, at, withdrawn, previous_slug, previous_withdrawn, document, _ = row
    kind = "withdrawn" if withdrawn else "published" if previous_withdrawn is not False else "updated"
    change: Document = {
        "kind": kind,
        "id": slug,
        "version": version,
        "dataset_version": published_in,
        "at": timestamp(at),
    }
    if previous_slug not in (None, slug):
        change["previous_id"] = previous_slug
    head = orjson.dumps(change).decode()
    return head if document is None else f'{head[:-1]},"event":{document}}}'


class EventVersions(PublicView):
    """The versions of one event, newest first, each with what changed in it, field by field."""

    operation, shape = "list_event_versions", "EventVersion"

    @classmethod
    def parameters(cls) -> dict[str, ParameterField]:
        return {**super().parameters(), **paging_fields(VERSION_ORDERINGS)}

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        published = Publication.objects.filter(published_in__lte=reading.version)
        event = published.filter(slug=path["slug"]).values_list("event_id", flat=True).first()
        if event is None:
            raise absent("event", path["slug"], reading.at, reverse("event-list"))
        versions = published.filter(event_id=event).in_language(reading.values["lang"])
        columns = ["version", "slug", "published_in", "published_at", "withdrawn", "document"]
        found = page(versions, wanted_page(reading.values, VERSION_ORDERINGS), columns)
        needed = {row[0] - 1 for row in found.rows} - {row[0] for row in found.rows}
        documents = {row[0]: row[5] for row in found.rows}
        documents |= dict(versions.filter(version__in=needed).values_list("version", "document"))
        following, before = neighbours(reading, found)
        body = {
            "dataset_version": reading.version,
            "next": following,
            "previous": before,
            "results": [_entry(row, documents, reading.base_url) for row in found.rows],
        }
        response = answer(orjson.dumps(body))
        link_neighbours(response, following, before)
        return response


def _entry(row: tuple[Any, ...], documents: Mapping[int, str | None], base_url: str) -> Document:
    version, slug, published_in, at, withdrawn, document = row
    before = documents.get(version - 1)
    entry: Document = {"version": version, "dataset_version": published_in, "at": timestamp(at), "withdrawn": withdrawn}
    if document is not None:
        entry["url"] = f"{base_url}/events/{slug}/?as_of={published_in}"
    if document is not None and before is not None:
        entry["changes"] = differences(load(before), load(document))
    return entry
