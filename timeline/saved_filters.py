"""What the saved filters of public timelines name, and say in the admin when it goes."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from events.among import among
from timeline.documents import LANGUAGES, load
from timeline.filters import named_by
from timeline.models import Term, TermText, Timeline
from timeline.terms import public_texts
from timeline.vocabulary import Key

LEFT = (
    'The saved filter of the timeline <a href="{}">{}</a> names {}: it finds less as soon as the public events have '
    "followed. Correct it, and publish the timeline."
)


def public_filters() -> dict[str, set[Key]]:
    """By the slugs of public timelines, what their saved filters name. One query."""
    rows = Term.objects.current().filter(kind=Term.Kind.TIMELINE).order_by("key").values_list("key", "definition")
    return {slug: named_by(definition["query"]) for slug, definition in rows if definition.get("query")}


def say_what_filters_lose(request: HttpRequest, changed: Iterable[Key]) -> None:
    """Says which public timelines name a code that one of the changed actors had, and has no more."""
    slugs = {key for kind, key in changed if kind == Term.Kind.ACTOR}
    named = public_filters() if slugs else {}
    lost = _lost_codes(slugs, {key for keys in named.values() for kind, key in keys if kind == Term.Kind.COUNTRY})
    ids = dict(Timeline.objects.filter(among("slug", named)).values_list("slug", "pk")) if lost else {}
    for slug, keys in named.items():
        codes = [code for code in sorted(lost) if (Term.Kind.COUNTRY, code) in keys]
        if codes:
            said = ", ".join(f"{code}, which is {lost[code] or 'no code any more'}" for code in codes)
            messages.warning(request, format_html(LEFT, _page(ids.get(slug)), slug, said))


def _page(timeline_id: int | None) -> str:
    """Where it is corrected; the list, if none has the slug under which it is public."""
    if timeline_id is None:
        return reverse("admin:timeline_timeline_changelist")
    return reverse("admin:timeline_timeline_change", args=[timeline_id])


def _lost_codes(slugs: set[str], codes: set[str]) -> dict[str, str]:
    """Those of the codes that these public actors had and have no more, with the one that the actor has now. They may
    be public still, until no event has them. Two queries, or none."""
    if not slugs or not codes:
        return {}
    entries = TermText.objects.filter(among("term__key", codes), term__kind=Term.Kind.COUNTRY, language=LANGUAGES[0])
    last = {text.term.key: load(text.document)["actor"] for text in entries.select_related("term").order_by("term_id")}
    texts = public_texts(Term.Kind.ACTOR, slugs.intersection(last.values())).filter(language=LANGUAGES[0])
    now = {said["id"]: said.get("code", "") for said in map(load, texts.values_list("document", flat=True))}
    return {code: now[slug] for code, slug in last.items() if slug in now and now[slug] != code}
