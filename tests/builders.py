"""Builds what tests need in one line each: states, persons, events ready to be published."""

from __future__ import annotations

from typing import Any

from events.dates import parse
from events.models import Actor, Event, EventText, EventType, Membership, Participation, Relation, Source, Topic
from timeline import tallies
from timeline.models import Publication, PublicationText
from timeline.publishing import publish
from timeline.traits import FIRST_BLOCK, traits_of, with_block

STATES = {
    "US": "united-states",
    "CN": "china",
    "KZ": "kazakhstan",
    "UZ": "uzbekistan",
    "KR": "south-korea",
    "DE": "germany",
    "SUHH": "soviet-union",
}


def state(code: str) -> Actor:
    """The state with this code, made if it is not there."""
    slug = STATES.get(code, f"state-{code.lower()}")
    found, _ = Actor.objects.get_or_create(
        code=code, defaults={"slug": slug, "kind": "state", "names": {"en": slug.replace("-", " ").title()}}
    )
    return found


def actor(slug: str, kind: str = "person", **values: Any) -> Actor:
    """The actor with this slug, made if it is not there."""
    names = {"en": slug.replace("-", " ").title()}
    found, _ = Actor.objects.get_or_create(slug=slug, defaults={"kind": kind, "names": names, **values})
    return found


def member(of: Actor, who: Actor, since: str = "", until: str = "", role: str = "member") -> Membership:
    """A membership of `who` in `of`."""
    return Membership.objects.create(group=of, member=who, role=role, since=since, until=until)


def event_type(slug: str = "meeting", parent: str = "") -> EventType:
    """The type with this slug, made below `parent` if it is not there."""
    above = event_type(parent) if parent else None
    found, _ = EventType.objects.get_or_create(slug=slug, defaults={"names": {"en": slug.title()}, "parent": above})
    return found


def topic(slug: str, parent: str = "") -> Topic:
    """The topic with this slug, made below `parent` if it is not there."""
    above = topic(parent) if parent else None
    found, _ = Topic.objects.get_or_create(slug=slug, defaults={"names": {"en": slug.title()}, "parent": above})
    return found


def draft(
    slug: str,
    date: str = "2025-11-06",
    *participants: tuple[Actor, str] | Actor | str,
    type: str = "meeting",
    topics: tuple[str, ...] = (),
    titles: dict[str, str] | None = None,
    sources: tuple[dict[str, str], ...] = ({},),
    relations: tuple[tuple[str, Event], ...] = (),
    **values: Any,
) -> Event:
    """A saved event that may be published. Participants are actors or codes, with a role or as `participant`."""
    event = Event.objects.create(slug=slug, type=event_type(type), date=date, **values)
    if topics:
        event.topics.add(*map(topic, topics))
    EventText.objects.bulk_create(
        EventText(event=event, language=language, title=title)
        for language, title in (titles or {"en": f"Title of {slug}"}).items()
    )
    parts = [entry if isinstance(entry, tuple) else (entry, "participant") for entry in participants]
    Participation.objects.bulk_create(
        Participation(event=event, actor=state(who) if isinstance(who, str) else who, role=role) for who, role in parts
    )
    Source.objects.bulk_create(
        Source(event=event, **{"url": f"https://example.org/{slug}/{number}", "title": "Source", **source})
        for number, source in enumerate(sources)
    )
    Relation.objects.bulk_create(Relation(event=event, kind=kind, target=target) for kind, target in relations)
    return event


def published(slug: str, date: str = "2025-11-06", *participants: Any, **values: Any) -> Event:
    """A published event; takes what `draft` takes."""
    event = draft(slug, date, *participants, **values)
    publish([event])
    return event


def copy_of(like: Publication, event: Event) -> Publication:
    """What `like` says, of another event."""
    values = {field.attname: getattr(like, field.attname) for field in like._meta.fields if not field.generated}
    effective = parse(like.event.effective) if like.event.effective else None
    traits = traits_of(event.pk, parse(like.event.date), effective, disputed=like.disputed)
    block = FIRST_BLOCK - min(like.traits)
    return Publication(**{**values, "id": None, "event_id": event.pk, "traits": with_block(traits, block)})


def copied(number: int) -> list[Event]:
    """As many new events, each with a current publication in English that says what the first one says."""
    if not Publication.objects.exists():
        published("like")
    like = Publication.objects.select_related("event").order_by("pk")[0]
    document = PublicationText.objects.get(publication=like, language="en").document
    names = [f"copy-{Event.objects.count()}-{n}" for n in range(number)]
    kind = event_type()
    events = Event.objects.bulk_create(Event(slug=name, type=kind) for name in names)
    rows = Publication.objects.bulk_create(copy_of(like, event) for event in events)
    PublicationText.objects.bulk_create(
        PublicationText(publication=row, language="en", title="T", document=document) for row in rows
    )
    tallies.count(added=rows)
    return events
