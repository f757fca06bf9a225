"""The question in Django's ORM, for the peers that have it."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from events.models import Event, Participation


def prefetched() -> QuerySet[Event]:
    """Events with all that a page shows, newest first."""
    events = Event.objects.select_related("type", "place_country").order_by("-start_min", "-id")
    return events.prefetch_related("texts", "topics", "sources", "participations__actor")


def by_join(country: str, first: datetime.date, last: datetime.date) -> QuerySet[Event]:
    """What a filter of the book makes: a join, and DISTINCT against what it repeats."""
    found = prefetched().filter(participations__actor__code=country, start_min__lte=last, end_max__gte=first)
    return found.distinct()


def by_exists(country: str, first: datetime.date, last: datetime.date) -> QuerySet[Event]:
    """The same without repeating anything."""
    taking_part = Participation.objects.filter(event=OuterRef("pk"), actor__code=country)
    return prefetched().filter(Exists(taking_part), start_min__lte=last, end_max__gte=first)
