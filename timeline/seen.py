"""What an editor has seen of a list of events, from which some are chosen to be published."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.models import Event

OPENED = """
SELECT least(statement_timestamp(), min(writing.xact_start))
FROM pg_locks AS held JOIN pg_stat_activity AS writing ON writing.pid = held.pid AND writing.datid = held.database
WHERE writing.datname = current_database() AND writing.pid <> pg_backend_pid()
    AND held.relation = %s::regclass AND held.mode = 'RowExclusiveLock'
    AND writing.xact_start > statement_timestamp() - interval '10 minutes'
"""
"""SQL: a moment before all that a query which follows does not see. What is saved is dated before it can be seen, by an
import of a whole file up to a minute: so it is when the first of those began that are writing events now. No request
takes ten minutes; a dry run may, and nothing of it is ever seen."""


def opened() -> str:
    """For the form of a list, before its events are read: when it was opened."""
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [Event._meta.db_table])
        return str(cursor.fetchone()[0].isoformat())


def seen(event: Event) -> SafeString:
    """For the form of a list: the last edit of one of its events that it shows."""
    return format_html('<input type="hidden" name="seen-{}" value="{}">', event.pk, event.updated_at.isoformat())


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
