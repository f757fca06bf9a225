"""What the admin says of the vocabulary that becomes public with something else: the edits of others, too."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.among import among
from events.models import Actor, EventType, Topic
from timeline.admin_messages import linked, log, slugs
from timeline.models import Term
from timeline.vocabulary import Changes, Key

CHANGED = "What was saved of these actors, types and topics is public now, too: {}."
AGAIN = "Public again, having been withdrawn: {}."
FIRST = "Public now for the first time: {}."
LISTED = 20
"""Entries that a message names."""
LISTED_FIRST = 5
"""Those of them that never were public, as usual with a new event."""
KINDS: dict[type[Model], Term.Kind] = {Actor: Term.Kind.ACTOR, EventType: Term.Kind.TYPE, Topic: Term.Kind.TOPIC}
"""What editors have of the vocabulary that events name. A country is an actor's."""


def tell_what_went_along(request: HttpRequest, changes: Changes, history: str) -> None:
    """Says which entries became public, and writes `history` into that of those that readers knew otherwise, or not
    any more."""
    log_what_went_along(request, changes, history)
    say_what_went_along(request, changes)


def log_what_went_along(request: HttpRequest, changes: Changes, history: str) -> None:
    """Writes `history` into that of the entries that readers knew otherwise, or not any more."""
    log(request, entries_of([*changes.changed, *changes.again]), history)


def say_what_went_along(request: HttpRequest, changes: Changes, expected: Container[Key] = ()) -> None:
    """Says which entries became public. Of those that are otherwise by now, not those that are `expected` to be."""
    along = linked_along(changes, expected)
    if along.changed:
        messages.warning(request, format_html(CHANGED, along.changed))
    if along.again:
        messages.warning(request, format_html(AGAIN, along.again))
    if along.first:
        messages.info(request, format_html(FIRST, along.first))


class Along(NamedTuple):
    """What to name of `Changes`, by the same names: links to what is public, with commas; blank if there are none."""

    changed: str = ""
    again: str = ""
    first: str = ""


def linked_along(changes: Changes, expected: Container[Key] = (), *, made: bool = True) -> Along:
    """Each entry once. Of those that are otherwise by now, not those that are `expected` to be. Unless the changes are
    `made` yet, what is public with them for the first time has no page to link to."""
    changed = entries_of(changes.changed)
    told = [entry for entry in changed if (KINDS[type(entry)].value, entry.slug) not in expected]
    again = _without(entries_of(changes.again), changed)
    first = _without(entries_of(changes.first), [*changed, *again])
    named = linked(first, LISTED_FIRST, _page) if made else slugs(first, LISTED_FIRST)
    return Along(linked(told, LISTED, _page), linked(again, LISTED, _page), named)


def _without(entries: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    left_out = set(others)
    return [entry for entry in entries if entry not in left_out]


def entries_of(keys: Iterable[Key]) -> list[Any]:
    """What editors have of public entries, each once: of a state there are two. A query for each kind, or none."""
    by_kind: dict[str, set[str]] = {kind: set() for kind in Term.Kind}
    for kind, key in keys:
        by_kind[kind].add(key)
    by_slug, by_code = among("slug", by_kind[Term.Kind.ACTOR]), among("code", by_kind[Term.Kind.COUNTRY])
    actors = {*Actor.objects.filter(by_slug), *Actor.objects.filter(by_code)}
    found: list[Any] = sorted(actors, key=lambda actor: actor.slug)
    for model in (EventType, Topic):
        found += model._default_manager.filter(among("slug", by_kind[KINDS[model]])).order_by("slug")
    return found


def _page(entry: Model) -> SafeString | str:
    return reverse(f"{KINDS[type(entry)].value}-detail", args=[entry.slug])  # type: ignore[attr-defined]
