"""The questions in Django's ORM, for the peers that have it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import Actor, Event, EventType, Participation, Topic


def prefetched() -> QuerySet[Event]:
    """Events with all that a page shows, newest first."""
    events = Event.objects.select_related("type").order_by("-start_min", "-id")
    return events.prefetch_related("texts", "topics", "sources", "participations__actor")


def by_join(query: Mapping[str, str]) -> QuerySet[Event]:
    """What a filter of the book makes: a join, and DISTINCT against what it repeats."""
    columns = {"country": "participations__actor__code", "type": "type__slug", "topic": "topics__slug"}
    asked = {column: query[name] for name, column in columns.items() if name in query}
    return _overlapping(prefetched().filter(**asked), query).distinct() if asked else prefetched()


def by_exists(query: Mapping[str, str]) -> QuerySet[Event]:
    """The same without repeating anything. Ids are looked up first: how many events one takes part in is known to
    PostgreSQL of an id, not of a code, and it would gather and sort all events of a country, which takes seconds."""
    found = prefetched()
    if "country" in query:
        actor = Actor.objects.values_list("pk", flat=True).get(code=query["country"])
        found = found.filter(Exists(Participation.objects.filter(event=OuterRef("pk"), actor=actor)))
    if "type" in query:
        found = found.filter(type=EventType.objects.values_list("pk", flat=True).get(slug=query["type"]))
    if "topic" in query:
        topic = Topic.objects.values_list("pk", flat=True).get(slug=query["topic"])
        found = found.filter(Exists(Event.topics.through.objects.filter(event=OuterRef("pk"), topic=topic)))
    return _overlapping(found, query)


def behind(found: QuerySet[Event], before: str | None) -> QuerySet[Event]:
    """A keyset page's: those behind a row, given by its day and id, or all."""
    if not before:
        return found
    day, pk = before.split(",")
    return found.filter(Q(start_min__lt=day) | Q(id__lt=pk), start_min__lte=day)


def _overlapping(found: QuerySet[Event], query: Mapping[str, str]) -> QuerySet[Event]:
    if "from" not in query:
        return found
    first, last = (datetime.date.fromisoformat(query[name]) for name in ("from", "to"))
    return found.filter(start_min__lte=last, end_max__gte=first)
