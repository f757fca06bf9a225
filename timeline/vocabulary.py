"""Writing the public vocabulary: versions of countries, actors, types, topics and timelines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from events.among import among
from events.copying import copy_objects, copy_rows, new_ids
from events.involvement import Way
from events.models import Actor, EventType, Membership
from timeline.documents import LANGUAGES, Document, Rendered, dump, load
from timeline.drafts import Draft
from timeline.editions import Edition
from timeline.models import Publication, Refresh, Tally, Term, TermText
from timeline.tallies import Tallied
from timeline.terms import RenderedTerm, membership_days, render_actors, render_branches
from timeline.versions import Prepared

Key = tuple[str, str]
"""Of an entry: its kind and its key."""
Last = Mapping[Key, Term]
"""By kind and key, the last version of an entry."""
Said = dict[str, dict[str, Document]]
"""By key and language, what an entry says. No actor's key is a country's: slugs are in lower case, codes in upper."""

OPPOSITE = {"successors": "predecessors", "predecessors": "successors"}
"""What the entry of a state is in the entries of those that it names so; in the order in which they stand there."""


@dataclass(slots=True)
class Changes:
    """Of which entries there are new versions: those that never were public before, those that say something else than
    what was public of them, and those that are public again, having been withdrawn."""

    first: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    again: list[Key] = field(default_factory=list)
    said: dict[Key, str] = field(default_factory=dict, compare=False)
    """A digest of what each of them says by now."""

    def note(self, entries: Iterable[RenderedTerm], previous: Last) -> None:
        for entry in entries:
            last = previous.get((entry.kind, entry.key))
            listed = self.first if last is None else self.again if last.withdrawn else self.changed
            listed.append((entry.kind, entry.key))
            self.said[entry.kind, entry.key] = entry.digest

    def add(self, others: Changes) -> None:
        self.first += others.first
        self.changed += others.changed
        self.again += others.again
        self.said |= others.said

    def without(self, keys: Container[Key]) -> Changes:
        """Those of all other entries."""

        def others(listed: Iterable[Key]) -> list[Key]:
            return [key for key in listed if key not in keys]

        said = {key: self.said[key] for key in others(self.said)}
        return Changes(others(self.first), others(self.changed), others(self.again), said)


def terms_of(drafts: Sequence[Draft], rendered: Sequence[Rendered], left: Iterable[int] = ()) -> list[RenderedTerm]:
    """The vocabulary entries that the events' documents name, and the actors of those that `left` a bloc, by id."""
    actors = {part.actor.id for draft in drafts for part in draft.participations}.union(left)
    actors |= {entry.actor.id for shown in rendered for entry in shown.countries}
    for draft in drafts:
        actors |= {actor.pk for figure in draft.figures for actor in (figure.reporter, figure.partner) if actor}
    types = EventType.objects.filter(pk__in={draft.event.type_id for draft in drafts})
    topics = {topic for draft in drafts for topic in draft.topics}
    return [*render_actors(actors), *render_branches(types, topics)]


def left_blocs(prepared: Iterable[Prepared], previous: Mapping[int, Publication]) -> set[int]:
    """By id, the actors that their blocs do not involve (any more) in these events, in which the blocs take part,
    though they belong to them as far as is public.

    `previous` are the last versions, by event. What is said of a member stands in its own entry. That has to say so
    with the event: else it would be involved (again) when what is public is rendered anew.
    """
    rows = [version.row for version in prepared if _takes_part_anew(version.row, previous.get(version.event.pk))]
    slugs = {slug for row in rows for slug in row.actors}
    blocs = Term.objects.current().filter(group=Actor.Kind.BLOC).keys_among(Term.Kind.ACTOR, slugs)
    if not blocs:
        return set()
    members = _public_members(blocs)
    left: set[str] = set()
    for row in rows:
        involved = _through_blocs(row)
        for bloc in blocs.intersection(row.actors):
            left |= {slug for slug, code, link in members[bloc] if code not in involved and _involves(link, row)}
    return set(Actor.objects.filter(among("slug", left)).values_list("pk", flat=True)) if left else set()


def _takes_part_anew(row: Publication, last: Publication | None) -> bool:
    """Whether somebody takes part who did not in the last version, or on other days, or others are involved."""
    if last is None or last.withdrawn:
        return True
    same_days = (last.start_min, last.end_max) == (row.start_min, row.end_max)
    return not (same_days and last.involvements == row.involvements and set(last.actors).issuperset(row.actors))


def _public_members(blocs: Iterable[str]) -> dict[str, list[tuple[str, str, Document]]]:
    """By bloc, the slugs and codes of those with a code that belong to it as far as is public, each with the
    membership."""
    members: dict[str, list[tuple[str, str, Document]]] = {bloc: [] for bloc in blocs}
    for document, link in _public_memberships(group__in=[Actor.Kind.STATE, Actor.Kind.BLOC]):
        if link["group"] in members and "code" in document:
            members[link["group"]].append((document["id"], document["code"], link))
    return members


def public_members(groups: Container[str]) -> Iterator[str]:
    """The slugs of all that belong to any of the groups as far as is public. Reads all public actors."""
    for document, link in _public_memberships():
        if link["group"] in groups:
            yield document["id"]


def members_otherwise(blocs: Iterable[Actor]) -> QuerySet[Actor]:
    """The public actors that belong to one of the blocs otherwise, as it is saved, than is public of them. Reads all
    public actors, if there are blocs."""
    slugs = {bloc.slug for bloc in blocs}
    if not slugs:
        return Actor.objects.none()
    public, saved = defaultdict[str, set[Any]](set), defaultdict[str, set[Any]](set)
    for document, link in _public_memberships():
        if link["group"] in slugs:
            public[document["id"]].add((link["group"], link["role"], link.get("since", ""), link.get("until", "")))
    memberships = Membership.objects.filter(among("group__slug", slugs))
    for member, *said in memberships.values_list("member__slug", "group__slug", "role", "since", "until"):
        saved[member].add(tuple(said))
    differing = {slug for slug in public.keys() | saved.keys() if public[slug] != saved[slug]}
    return Actor.objects.filter(among("slug", Term.objects.current().keys_among(Term.Kind.ACTOR, differing)))


def _public_memberships(**of: Any) -> Iterator[tuple[Document, Document]]:
    """Each with the entry of its member."""
    public = Term.objects.current().filter(kind=Term.Kind.ACTOR, **of)
    texts = TermText.objects.filter(term__in=public, language=LANGUAGES[0]).values_list("document", flat=True)
    for document in map(load, texts):
        for link in document.get("memberships", ()):
            yield document, link


def _involves(link: Document, row: Publication) -> bool:
    """Whether the group takes part in the event at the time of the membership."""
    first, last = membership_days(link)
    overlap = (first is None or first <= row.end_max) and (last is None or last >= row.start_min)
    return overlap and link["group"] in row.actors


def _through_blocs(row: Publication) -> set[str]:
    """The codes of those that a bloc involves."""
    way = f":{Way.BLOC}:"
    return {entry.removesuffix(way) for entry in row.involvements if entry.endswith(way)}


def changed_terms(rendered: Sequence[RenderedTerm], changes: Changes | None = None) -> tuple[list[RenderedTerm], Last]:
    """Those that say something else than what is public of them, or of which nothing is; and their last versions. Notes
    them in `changes`."""
    said = {
        (kind, key): fingerprint
        for kind, keys in _keys(rendered)
        for key, fingerprint in Term.objects.current()
        .filter(among("key", keys), kind=kind)
        .values_list("key", "digest")
    }
    # Most are as they were: only of those that change, the whole version is read.
    changed = [entry for entry in rendered if said.get((entry.kind, entry.key)) != entry.digest]
    previous = {
        (row.kind, row.key): row
        for kind, keys in _keys(changed)
        for row in Term.objects.filter(among("key", keys), superseded_in=None, kind=kind)
    }
    if changes is not None:
        changes.note(changed, previous)
    return changed, previous


def write_terms(
    edition: Edition, rendered: Sequence[RenderedTerm], changes: Changes | None = None
) -> list[RenderedTerm]:
    """Writes a new version of each entry that changed; returns these, and notes them in `changes`."""
    changed, previous = changed_terms(rendered, changes)
    _write(edition, changed, previous)
    # What was withdrawn no public event names, and it says nothing.
    public = {key: row for key, row in previous.items() if not row.withdrawn}
    before = _said([row for (kind, _), row in public.items() if kind in (Term.Kind.ACTOR, Term.Kind.COUNTRY)])
    _ask_to_follow(edition, changed, public, before)
    _name_groups_anew(edition, changed, before)
    _name_successions_anew(edition, changed, before)
    return changed


def _write(edition: Edition, changed: Sequence[RenderedTerm], previous: Last) -> None:
    new = []
    for pk, entry in zip(new_ids(Term, len(changed)), changed, strict=True):
        last = previous.get((entry.kind, entry.key))
        row = Term(
            pk=pk,
            kind=entry.kind,
            key=entry.key,
            group=entry.group,
            names=entry.names,
            definition=entry.definition,
            digest=entry.digest,
            **edition.stamp(last),
        )
        new.append(row)
    _supersede(edition, previous.values())
    copy_objects(new)
    copy_rows(
        TermText,
        ["term_id", "language", "document"],
        (
            (row.pk, language, dump(entry.documents[language]))
            for row, entry in zip(new, changed, strict=True)
            for language in LANGUAGES
        ),
    )


def withdraw_terms(edition: Edition, kind: Term.Kind, keys: Iterable[str]) -> list[str]:
    """Ends what is public of these entries; returns their keys. What readers had stays in the history. Countries leave
    the entries of those whose successors or predecessors they are."""
    public = list(Term.objects.current().filter(among("key", keys), kind=kind))
    _supersede(edition, public)
    kept = ("kind", "key", "group", "names", "definition")
    Term.objects.bulk_create(
        Term(**{name: getattr(row, name) for name in kept}, **edition.stamp(row), digest="", withdrawn=True)
        for row in public
    )
    if kind == Term.Kind.COUNTRY:
        said = {code: documents[LANGUAGES[0]] for code, documents in _said(public).items()}
        _amend_successions(edition, said, {code: {} for code in said})
    return [row.key for row in public]


def _supersede(edition: Edition, rows: Iterable[Term]) -> None:
    Term.objects.filter(pk__in=[row.pk for row in rows]).update(superseded_in=edition.number, superseded_at=edition.at)


def _said(rows: Iterable[Term]) -> Said:
    """What these versions say. One query, or none."""
    found: Said = {}
    keys = {row.pk: row.key for row in rows}
    if keys:
        texts = TermText.objects.filter(among("term_id", keys))
        for pk, language, document in texts.values_list("term_id", "language", "document"):
            found.setdefault(keys[pk], {})[language] = load(document)
    return found


def _name_groups_anew(edition: Edition, changed: Iterable[RenderedTerm], before: Said) -> None:
    """Has the public entries of members say what their groups are called by now, and nothing else that an editor has in
    hand of these members."""
    actors = {entry.key: entry for entry in changed if entry.kind == Term.Kind.ACTOR}
    renamed = [
        entry
        for slug, entry in actors.items()
        if slug in before
        and any(before[slug][language]["name"] != document["name"] for language, document in entry.documents.items())
    ]
    if not renamed:
        return
    names = {language: {entry.key: entry.documents[language]["name"] for entry in renamed} for language in LANGUAGES}
    # Whoever an editor has taken out of a group, and not published since, is left: to look into all entries takes long.
    members = Membership.objects.filter(among("group__slug", [entry.key for entry in renamed])).values("member__slug")
    found = Term.objects.current().filter(kind=Term.Kind.ACTOR, key__in=members)
    rows = [row for row in found if row.key not in actors]
    _write_amended(edition, rows, lambda _, language, said: _with_groups_named(said, names[language]))


def _with_groups_named(document: Document, names: Mapping[str, str]) -> Document:
    """What an actor's entry says when these groups are called so."""
    if "memberships" not in document:
        return document
    links = [{**link, "name": names.get(link["group"], link["name"])} for link in document["memberships"]]
    return {**document, "memberships": links}


def _name_successions_anew(edition: Edition, changed: Iterable[RenderedTerm], before: Said) -> None:
    """Has the public entries of successors and predecessors say so of the countries that changed."""
    now = {entry.key: entry.documents[LANGUAGES[0]] for entry in changed if entry.kind == Term.Kind.COUNTRY}
    _amend_successions(edition, {code: before.get(code, {}).get(LANGUAGES[0], {}) for code in now}, now)


def _amend_successions(edition: Edition, before: Mapping[str, Document], now: Mapping[str, Document]) -> None:
    """Has the public entries of successors and predecessors name those of whom they are, or are no more; they say
    nothing else that an editor has in hand. That one state follows another stands in both entries, or in none. What
    the entries of the others said `before` and say `now`, by code; blank if there was none or is none any more."""
    differing: dict[str, list[tuple[str, str, bool]]] = {}
    for code, document in now.items():
        for name, opposite in OPPOSITE.items():
            named = set(document.get(name, ()))
            for other in named.symmetric_difference(before[code].get(name, ())):
                differing.setdefault(other, []).append((opposite, code, other in named))
    others = differing.keys() - now.keys()  # those that changed, too, were rendered by the same links
    if not others:
        return
    found = Term.objects.current().filter(kind=Term.Kind.COUNTRY, key__in=others)
    _write_amended(edition, found, lambda code, _, said: _with_successions(said, differing[code]))


def _with_successions(document: Document, differing: Iterable[tuple[str, str, bool]]) -> Document:
    """What a country's entry says when it names these codes as successors or predecessors, or does not."""
    links = {name: set(document.get(name, ())) for name in OPPOSITE}
    for name, code, named in differing:
        links[name] = links[name] | {code} if named else links[name] - {code}
    others = {name: value for name, value in document.items() if name not in OPPOSITE}
    return others | {name: sorted(codes) for name, codes in links.items() if codes}


def _write_amended(edition: Edition, public: Iterable[Term], amend: Callable[[str, str, Document], Document]) -> None:
    """Writes a new version of each of these public entries, all of one kind, of which `amend` makes something else, by
    key, language and what it says. No draft is read."""
    rows = {row.key: row for row in public}
    entries = []
    for key, documents in _said(rows.values()).items():
        row, anew = rows[key], {language: amend(key, language, document) for language, document in documents.items()}
        if anew != documents:
            entries.append(RenderedTerm(Term.Kind(row.kind), key, row.names, anew, row.group, row.definition))
    _write(edition, entries, {(entry.kind, entry.key): rows[entry.key] for entry in entries})


def _ask_to_follow(edition: Edition, changed: Iterable[RenderedTerm], previous: Last, before_them: Said) -> None:
    """Has the public events refreshed that may say something of those entries that were public before; or of blocs
    that have a member which was not."""
    actors: set[str] = set()
    countries: set[str] = set()
    branches: dict[str, list[str]] = {Term.Kind.TYPE: [], Term.Kind.TOPIC: []}
    for entry in changed:
        last = previous.get((entry.kind, entry.key))
        if entry.kind in branches and last:
            branches[entry.kind].append(entry.key)
        elif entry.kind == Term.Kind.ACTOR and last:
            before, after = before_them[entry.key][LANGUAGES[0]], entry.documents[LANGUAGES[0]]
            # In its old groups, too, it may have been counted among those involved.
            actors |= {entry.key, *_groups_that_differ(before, after)}
            countries |= {code for said in (before, after) if (code := said.get("code"))}
        elif entry.kind == Term.Kind.ACTOR and (code := entry.documents[LANGUAGES[0]].get("code")):
            actors |= _public_blocs(entry.documents[LANGUAGES[0]])
            if (Term.Kind.COUNTRY, code) in previous:  # another actor had it
                actors.add(entry.key)
                countries.add(code)
    types, topics = sorted(branches[Term.Kind.TYPE]), sorted(branches[Term.Kind.TOPIC])
    by: Any = edition.by
    if actors or types or topics:
        Refresh.objects.create(
            actors=sorted(actors),
            countries=sorted(countries),
            types=types,
            topics=topics,
            asked_at=edition.at,
            asked_by=by,
        )


def _groups_that_differ(before: Document, after: Document) -> set[str]:
    """The groups to which an actor belongs otherwise than before, or as another state."""
    said = [
        {
            (link["group"], link.get("since"), link.get("until"), document.get("code"))
            for link in document.get("memberships", ())
        }
        for document in (before, after)
    ]
    return {group for group, *_ in said[0] ^ said[1]}


def _public_blocs(document: Document) -> set[str]:
    """The blocs that take part in public events in the months in which the actor may have belonged to them."""
    links = document.get("memberships", ())
    blocs = Term.objects.current().filter(group=Actor.Kind.BLOC)
    public = blocs.keys_among(Term.Kind.ACTOR, {link["group"] for link in links})
    return {link["group"] for link in links if link["group"] in public and _takes_part(link)}


def _takes_part(link: Document) -> bool:
    """Whether the group does in public events, in the months of the membership."""
    return Tallied(Tally.Dimension.ACTOR, link["group"]).number(*membership_days(link)) > 0


def _keys(entries: Iterable[RenderedTerm]) -> Iterable[tuple[str, list[str]]]:
    """Their keys by kind."""
    keys: dict[str, list[str]] = {}
    for entry in entries:
        keys.setdefault(entry.kind, []).append(entry.key)
    return keys.items()
