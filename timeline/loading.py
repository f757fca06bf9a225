"""Loads and publishes the curated events and timelines that come with the project. Only what is missing is made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from events import loading
from events.loading import NotLoaded
from events.models import Actor, Event, EventType, Topic
from timeline.models import Term, Timeline
from timeline.publishing import publish, publish_vocabulary

DATA = Path(__file__).resolve().parent / "data"


@transaction.atomic
def load_curated() -> dict[str, int]:
    """Returns how many events were published, how many stay drafts, and how many timelines were made.

    Raises `events.loading.NotLoaded`, and `Refused` or `ValidationError` where what is public stands against it.
    """
    public, drafts = loading.load_curated()
    _publish_new_vocabulary()
    publish(public)
    timelines = _load_timelines()
    publish_vocabulary(timelines=timelines)
    return {"events published": len(public), "new drafts": len(drafts), "new timelines": len(timelines)}


def _publish_new_vocabulary() -> None:
    """Publishes the states, blocs, types and topics that come with the project, by their slugs, if they never were
    public. What editors have made besides waits for them, and so do edits of what is public."""
    records = loading.reference_records()

    def unpublished(kind: Term.Kind) -> Q:
        slugs = {record["slug"] for record in records if record["record"] == kind}
        return Q(slug__in=slugs.difference(Term.objects.filter(kind=kind).values_list("key", flat=True)))

    publish_vocabulary(
        actors=Actor.objects.filter(unpublished(Term.Kind.ACTOR), kind__in=[Actor.Kind.STATE, Actor.Kind.BLOC]),
        types=EventType.objects.filter(unpublished(Term.Kind.TYPE)),
        topics=Topic.objects.filter(unpublished(Term.Kind.TOPIC)),
    )


def _load_timelines() -> list[Timeline]:
    made = []
    for record in json.loads((DATA / "timelines.json").read_text(encoding="utf-8")):
        known = Term.objects.filter(kind=Term.Kind.TIMELINE, key=record["slug"])  # deleted after it was withdrawn
        if Timeline.objects.filter(slug=record["slug"]).exists() or known.exists():
            continue
        texts = record["texts"]
        timeline = Timeline(
            slug=record["slug"],
            titles={language: text["title"] for language, text in texts.items()},
            summaries={language: text["summary"] for language, text in texts.items() if text.get("summary")},
            query=record.get("query", ""),
        )
        timeline.full_clean()
        timeline.save()
        timeline.events.set(_events(record))
        made.append(timeline)
    return made


def _events(timeline: dict[str, Any]) -> list[Event]:
    """Those that were picked by hand. Raises `NotLoaded`.

    They stand there by their slugs, which editors may have changed: an event is found as the import finds it, by its
    external id first.
    """
    slugs = timeline.get("events", ())
    external_ids = {slug: external_id for slug, external_id in _curated_ids().items() if slug in slugs}
    found = Event.objects.filter(Q(external_id__in=external_ids.values()) | Q(slug__in=slugs))
    by_external_id = {event.external_id: event for event in found if event.external_id}
    by_slug = {event.slug: event for event in found}
    events = {slug: by_external_id.get(external_ids.get(slug, "")) or by_slug.get(slug) for slug in slugs}
    if missing := [slug for slug, event in events.items() if event is None]:
        raise NotLoaded(f"The timeline {timeline['slug']} was not loaded: there is no event {', '.join(missing)}.")
    return [event for event in events.values() if event is not None]


def _curated_ids() -> dict[str, str]:
    """The external ids of the curated events by the slugs that come with them."""
    paths = (loading.DATA / "curated").glob("*.json")
    records = [record for path in paths if path.name != "actors.json" for record in loading.read_records(path)]
    return {record["slug"]: record["external_id"] for record in records if "external_id" in record}
