"""What an editor has seen of a list, from which some are chosen to be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Max, Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.among import among
from events.guarding import NOTHING_CHANGED
from events.models import Event
from timeline.public_states import PublicState

OPENED = """
SELECT least(statement_timestamp(), min(writing.xact_start))
FROM pg_locks AS held JOIN pg_stat_activity AS writing ON writing.pid = held.pid AND writing.datid = held.database
WHERE writing.datname = current_database() AND writing.pid <> pg_backend_pid()
    AND held.relation = %s::regclass AND held.mode = 'RowExclusiveLock'
    AND writing.xact_start > statement_timestamp() - interval '10 minutes'
"""
"""SQL: a moment before all that a query which follows does not see. What is saved is dated before it can be seen, by an
import of a whole file up to a minute: so it is when the first of those began that are writing to the table now. No
request takes ten minutes; a dry run may, and nothing of it is ever seen."""


def opened(dated: type[Model] = Event) -> str:
    """For the form of a list, before it is read: when it was opened, as what is `dated` by saving tells it."""
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [dated._meta.db_table])
        return str(cursor.fetchone()[0].isoformat())


def seen(entry: Model, shown: str) -> SafeString:
    """For the form of a list: what it shows of an entry, an event's last edit or an entry's `PublicState.shown`."""
    return format_html('<input type="hidden" name="seen-{}" value="{}">', entry.pk, shown)


def as_seen(request: HttpRequest, events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """Those that are as the list showed them, or as they were when it was opened if they are on another page of it; and
    those that were saved since."""
    unchanged: list[Event] = []
    edited: list[Event] = []
    for event in events:
        shown, now = request.POST.get(f"seen-{event.pk}"), event.updated_at.isoformat()
        # Moments of one time zone (UTC) come in the order of their texts, and so does whatever else a form may send.
        same = now < request.POST.get("opened", "~") if shown is None else now == shown
        (unchanged if same else edited).append(event)
    return unchanged, edited


def entries_as_seen(
    request: HttpRequest, entries: Sequence[Any], states: Mapping[str, PublicState]
) -> tuple[list[Any], list[Any]]:
    """The same of vocabulary entries, by the present state of each. What was on another page is taken for seen unless
    its history has it after the list was opened; and so is what is public as it is."""
    shown = {entry.pk: request.POST.get(f"seen-{entry.pk}") for entry in entries}
    opened = request.POST.get("opened", "")
    last = _last_in_histories([entry for entry in entries if shown[entry.pk] is None]) if opened else {}
    unchanged: list[Any] = []
    edited: list[Any] = []
    for entry in entries:
        before, now = shown[entry.pk], states[entry.slug]
        same = last.get(str(entry.pk), "") < opened if before is None and opened else before in (None, now.shown)
        (unchanged if same or now.current else edited).append(entry)
    return unchanged, edited


def _last_in_histories(entries: Sequence[Model]) -> dict[str, str]:
    """By the ids of entries of one kind, the moments of what the admin did to them last."""
    if not entries:
        return {}
    kind = ContentType.objects.get_for_model(entries[0])
    ids = among("object_id", [str(entry.pk) for entry in entries])
    saved = LogEntry.objects.filter(ids, content_type=kind).exclude(change_message=NOTHING_CHANGED)
    last = saved.order_by().values("object_id").annotate(last=Max("action_time"))
    return {str(row["object_id"]): row["last"].isoformat() for row in last}
