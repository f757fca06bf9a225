"""What may be meant by a name in a record that leads nowhere: to be offered, never to be taken for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import Q
from django.utils.text import slugify

from events.closest import closest
from events.fields import translated
from events.models import Actor
from events.models.vocabulary import Branch

MOST = 20
"""Misspelt names of a batch for which something near is looked up: more have one reason, which these tell."""
NEAR = 0.8
"""How much of two slugs is the same, as `closest` has it, if one may be meant by the other."""
SHOWN = ("slug", "code", "names")
"""The columns of actors that are read."""


def did_you_mean(what: str) -> str:
    """The question to be added to a sentence; blank if it is about nothing."""
    return f" Did you mean {what}?" if what else ""


_CALLED = """
    SELECT asked, id
    FROM unnest(%s::text[]) asked, events_actor actor, unnest(
        ARRAY[code, alpha3, slug] || aliases || ARRAY(SELECT value FROM jsonb_each_text(names))
    ) name
    WHERE lower(name) = lower(trim(asked)) AND name <> ''
    GROUP BY asked, id
"""


def actors_meant(names: Collection[str]) -> dict[str, str]:
    """By name, as far as there are any: the actors that are called so in any language, by an alias or by another code,
    whatever the case, if they are not more than three; else the one whose slug is spelt nearly so. In words, such as
    “UZ (Uzbekistan)”."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLED, [sorted(names)])
        called = cursor.fetchall()
    actors = Actor.objects.only(*SHOWN).in_bulk({pk for _, pk in called})
    found: dict[str, list[Actor]] = {}
    for name, pk in called:
        found.setdefault(name, []).append(actors[pk])
    misspelt = {name: slugify(name) for name in sorted(names - found.keys())[:MOST]}
    found |= {name: [actor] for name, actor in _spelt_nearly(misspelt).items()}
    return {name: " or ".join(sorted(map(_in_words, several))) for name, several in found.items() if len(several) <= 3}


def _spelt_nearly(slugs: dict[str, str]) -> dict[str, Actor]:
    """Among those that begin alike: there may be thousands of persons."""
    beginnings = {slug[:2] for slug in slugs.values() if slug[:2]}
    if not beginnings:
        return {}
    alike = Q.create([("slug__startswith", beginning) for beginning in sorted(beginnings)], connector=Q.OR)
    actors = {actor.slug: actor for actor in Actor.objects.only(*SHOWN).filter(alike)}
    near = {name: closest(slug, actors, NEAR) for name, slug in slugs.items()}
    return {name: actors[slug] for name, slug in near.items() if slug}


def branches_called(model: type[Branch]) -> dict[str, str]:
    """The slugs of all types or topics, by what they are called in any language, written as slugs."""
    return {
        slugify(called): slug
        for slug, names in model._default_manager.values_list("slug", "names")
        for called in (slug, *names.values())
    }


def branch_meant(called: Mapping[str, str], name: str) -> str:
    """The slug of the type or topic among `branches_called` that may be meant by a name; blank if none may."""
    return called.get(closest(slugify(name), called, NEAR), "")


def _in_words(actor: Actor) -> str:
    return f"{actor.code or actor.slug} ({translated(actor.names)})"
