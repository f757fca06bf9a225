"""Whether a draft may be published; if not, every reason why."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from events.among import among
from events.dates import EdtfError, parse
from events.models import Event
from timeline.drafts import Draft
from timeline.models import Publication

RESERVED_SLUGS = {"count", "density", "facets", "window"}
"""Names of addresses beside the events' own."""


def refusals(drafts: Sequence[Draft]) -> dict[Event, list[str]]:
    """For each event that may not be published, all the reasons, as sentences for its editor."""
    taken = _slugs_of_others([draft.event for draft in drafts])
    found = {draft.event: [*_reasons(draft), *_slug_reasons(draft.event, taken)] for draft in drafts}
    return {event: reasons for event, reasons in found.items() if reasons}


def _reasons(draft: Draft) -> list[str]:
    reasons = []
    event = draft.event
    unseen = [text.language for text in draft.texts if not _is_seen(text.title)]
    if len(unseen) == len(draft.texts):
        reasons.append("It has no title in any language: add a text with a title.")
    elif unseen:
        reasons.append(f"Nothing can be seen of its title in “{'”, “'.join(unseen)}”: enter one, or remove that text.")
    if not draft.sources:
        reasons.append("It has no source: add at least one.")
    if not event.date:
        reasons.append("It has no date: enter as much as is known, such as 2025-11-06, 2025-11 or 2025.")
    reasons += _unreadable("date", event.date)
    reasons += _unreadable("effective date", event.effective)
    for source in draft.sources:
        reasons += _unreadable(f"claimed date of the source {source.url}", source.claims)
        reasons += _unreadable(f"claimed effective date of the source {source.url}", source.claims_effective)
        reasons += _unreadable(f"publication date of the source {source.url}", source.published)
    for figure in draft.figures:
        reasons += _unreadable(f"period of the figure “{figure}”", figure.period)
        if figure.source is not None and figure.source.event_id != event.pk:
            reasons.append(f"The source of the figure “{figure}” belongs to another event.")
    if any(relation.target_id == event.pk for relation in draft.relations):
        reasons.append("It has a relation to itself: remove it or choose another event.")
    return reasons


def _is_seen(text: str) -> bool:
    """Whether it has a character that shows: a zero-width space, say, is what is left of a line that was pasted."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def _unreadable(what: str, text: str) -> list[str]:
    try:
        if text:
            parse(text)
    except EdtfError as error:
        return [f"Its {what}, “{text}”, cannot be read: {error}."]
    return []


def _slugs_of_others(events: list[Event]) -> dict[str, set[int]]:
    """Which events were ever published under the slugs of `events`."""
    taken: dict[str, set[int]] = {}
    published = Publication.objects.filter(among("slug", [event.slug for event in events]))
    for slug, event_id in published.values_list("slug", "event_id").distinct():
        taken.setdefault(slug, set()).add(event_id)
    return taken


def _slug_reasons(event: Event, taken: dict[str, set[int]]) -> list[str]:
    if event.slug in RESERVED_SLUGS:
        return [f"“{event.slug}” is the name of an address of the API: choose another slug."]
    if taken.get(event.slug, set()) - {event.pk}:
        return [f"Another event was published under the slug “{event.slug}”, whose address must go on leading to it."]
    return []
