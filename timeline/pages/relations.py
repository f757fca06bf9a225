"""What events say of each other, as a page shows it: of one event, what it says of others and what others say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse

from timeline.documents import Document, load
from timeline.links import query_of
from timeline.models import Publication
from timeline.pages.words import words_of

MOST = 200
"""Events that say something of one, of which a page lists no more: a summit can have so many parts."""


@dataclass(frozen=True, slots=True)
class Related:
    """What a page shows of the relations of an event."""

    shown: list[dict[str, Any]]
    limits: list[dict[str, Any]]
    """What suspends or withdraws it, with the days from or on which it does, where it says when it is in force."""
    has_more: bool
    """Whether others say something of it, too."""


def related(document: Document, language: str, version: int, at: int | None) -> Related:
    """The relations of the event to others, and of others to it, in a dataset version; one query.

    A document has only what its event says itself. Links lead to the dataset version `at`.
    """
    words, query = words_of(language), query_of(language, at)
    own = [
        _entry(words, relation["kind"], relation, relation["event"], query)
        for relation in document.get("relations", ())
    ]
    others = list(_saying_of(document["id"], language, version))
    limits, shown = [], own
    for kind, other in others[:MOST]:
        entry = _entry(words, f"{kind} by", other, other["id"], query)
        days = _limiting_days(kind, other) if "effective" in document else None
        if days:
            limits.append({**entry, "days": days["display"]})
        else:
            shown.append(entry)
    return Related(shown, limits, len(others) > MOST)


def _limiting_days(kind: str, other: Document) -> Document | None:
    """When another event keeps a measure from being in force, if it does: see `PublicationQuerySet.in_force_on`. What
    suspends does so on the days when it is effective itself, what withdraws from its date on if it names no others."""
    if kind == "withdraws" and "effective" not in other:
        days: Document = other["date"]
        return days
    return other.get("effective") if kind in ("suspends", "withdraws") else None


def _saying_of(slug: str, language: str, version: int) -> Iterable[tuple[str, Document]]:
    """What is said of the event with this slug, and the documents of those that say it; by their dates."""
    public = Publication.objects.as_of(version)
    saying = public.filter(relations__target__in=public.filter(slug=slug).values("event"))
    found = saying.in_language(language).order_by("start_min", "event_id", "relations__kind")
    for kind, stored in found.values_list(F("relations__kind"), "document")[: MOST + 1]:
        yield kind, load(stored)


def _entry(words: Mapping[str, str], kind: str, named: Document, slug: str, query: str) -> dict[str, Any]:
    """A relation as a line of a list. `named` says the title, and in which language it is if it is a whole document."""
    address = reverse("event-page", args=[slug]) + query
    title = {"title": named["title"], "language": named.get("language")}
    return {"kind": words[f"relation {kind}"], **title, "address": address}
