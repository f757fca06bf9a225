"""An import as an operator or an editor runs it: into the drafts, then, if asked for, through the door."""

from __future__ import annotations

import datetime
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import tee
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum

from events.among import among
from events.interchange.importing import Import, Result, Rewritten, missing_events
from events.interchange.outcomes import MERGING, Existing, Status
from events.locking import lock_in_tries
from events.models import Actor, Event, EventText, EventType, Topic
from timeline.models import Publication, Term
from timeline.models.publications import DRAFT_EDITED_AT
from timeline.processes import share_out
from timeline.publishing import publish, publish_vocabulary, withdrawn_among
from timeline.vocabulary import Changes, Key, public_members

T = TypeVar("T")

PUBLISHED_AT_ONCE = 2_000
"""Events in a dataset version. More would take less time each; others who publish wait for as many, about a second."""
PUBLISHED_TEXT = 16_000_000
"""Bytes of titles and summaries in one, unless a single event has more: rendering takes ten times as much memory. Where
events have up to 8 kB each, the number comes first."""

WHY_IN_HAND = "something else was changed there and never published, by an editor or with publish false"
"""Why an event that the import changed is not published: see `Published.in_hand`."""


@dataclass(slots=True)
class Report:
    """What an import did. It grows with the file by the ids of the events, eight bytes each, by the vocabulary, and by
    what editors have in hand."""

    counts: Counter[Status] = field(default_factory=Counter)
    unlinked: int = 0
    """Records without some of their links, which lead nowhere or repeat another one."""
    left: int = 0
    """Records of which something stays as editors have it, though they say something else there by now."""
    event_ids: array[int] = field(default_factory=lambda: array("Q"))
    """The events to publish if they say something else than what is public."""
    left_alone: array[int] = field(default_factory=lambda: array("Q"))
    """Events that a merging import left as they are: to publish only if they never were, or if an import before this
    one changed them and did not publish that. What an editor changed in them since is not the import's to publish."""
    begun: datetime.datetime | None = None
    """What an editor has saved since then is not the import's to publish."""
    rewritten: dict[int, Rewritten] = field(default_factory=dict)
    """The events that the import itself changed, and of which editors had something in hand before, by id."""
    merging: bool = False
    """Whether what editors had in hand there is in them still."""
    vocabulary: dict[str, list[str]] = field(default_factory=dict)
    """By kind of record, the slugs of actors, types and topics that changed; or may have been changed by a run before
    this one that was stopped: where the file is the whole truth, all that it has."""
    left_actors: list[str] = field(default_factory=list)
    """Slugs of actors that a merging import left as they are: to publish if an import before this one changed them and
    did not publish that."""
    members: list[str] = field(default_factory=list)
    """Slugs of actors of whom records of others say, or do not say any more, that they belong to these: to publish if
    this import or one before it changed them."""
    groups: list[str] = field(default_factory=list)
    """Slugs of the others."""

    @property
    def records(self) -> int:
        return self.counts.total()

    def add(self, results: Sequence[Result], existing: Existing) -> None:
        for result in results:
            self.counts[result.status] += 1
            self.unlinked += bool(result.unlinked)
            self.left += bool(result.left)
            if result.event_id and result.publish:
                merged = existing in MERGING and result.status is Status.UNCHANGED
                (self.left_alone if merged else self.event_ids).append(result.event_id)
            if result.members:
                self.members += result.members
                self.groups.append(result.key)
            truth = result.status is Status.UNCHANGED and existing not in MERGING
            if result.kind != "event" and (result.status is Status.CHANGED or truth):
                self.vocabulary.setdefault(result.kind, []).append(result.key)
            elif result.kind == "actor" and result.status is Status.UNCHANGED:
                self.left_actors.append(result.key)

    def __str__(self) -> str:
        words = (Status.CREATED, Status.CHANGED, Status.UNCHANGED, Status.REFUSED)
        counts = [f"{self.counts[word]:,} {word}" for word in words]
        if self.counts[Status.MEANWHILE]:
            counts.append(f"{self.counts[Status.MEANWHILE]:,} left, saved in the admin meanwhile")
        if self.unlinked:
            counts.append(f"{self.unlinked:,} without some of their links")
        return f"{self.records:,} records: " + ", ".join(counts)


def nothing_in_hand(ids: Collection[int]) -> set[int]:
    """Of the events of these ids, those that are public as they were saved last. One query."""
    public = Publication.objects.current().filter(among("event_id", ids), event__updated_at__lte=DRAFT_EDITED_AT)
    return set(public.values_list("event_id", flat=True))


def run(importing: Import, after_batch: Callable[[Report, Sequence[Result]], None]) -> Report:
    """Runs an import to its end, or to where it stops; `after_batch` hears of each batch."""
    report = Report(begun=importing.begun, rewritten=importing.rewritten, merging=importing.existing in MERGING)
    for results in importing.run():
        report.add(results, importing.existing)
        after_batch(report, results)
    return report


@dataclass(slots=True)
class Published:
    """What became of the events of an import at the door, and of the vocabulary."""

    event_ids: array[int] = field(default_factory=lambda: array("Q"))
    """Those that were published."""
    vocabulary: int = 0
    """How many public entries of actors, types and topics changed, and of countries with their actors: those of the
    file, those of the members that it names of groups, and what editors alone had in hand and events take along that
    name it."""
    withdrawn: list[str] = field(default_factory=list)
    """Slugs of those that an editor has withdrawn, and that stay so."""
    refused: dict[str, list[str]] = field(default_factory=dict)
    """By slug, why they cannot be published. Only of a batch: in all they may be as many as the file has."""
    refusals: int = 0
    """How many those are in all."""
    otherwise: list[str] = field(default_factory=list)
    """Slugs of events that are public, but not as they are now: an editor has them in hand, and a merging import that
    changes nothing in them leaves them so."""
    in_hand: list[str] = field(default_factory=list)
    """Slugs of public events that a merging import changed, and of which an editor had something in hand before, that
    the file does not say."""
    edited_meanwhile: list[str] = field(default_factory=list)
    """Slugs of those that an editor has saved since the import began, and may not have finished."""
    entries: Changes = field(default_factory=Changes, compare=False)
    """The entries that became public otherwise, or again, and what all say by now: with the events of a batch; in all,
    those of the file, also those that an event took along."""

    @property
    def published(self) -> int:
        """How many events were."""
        return len(self.event_ids)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events for one dataset version, by their ids: those that are not public, those changed since by imports alone,
    and `if_edited` those edited since, up to when the import began."""

    ids: Sequence[int]
    if_edited: bool
    by: AbstractBaseUser | None = None
    trial: bool = False
    begun: datetime.datetime | None = None
    rewritten: Mapping[int, Rewritten] = field(default_factory=dict)
    merging: bool = False
    """As in the report."""

    def is_edited_meanwhile(self, event: Event) -> bool:
        if self.begun is None or event.updated_at <= self.begun:
            return False
        rewritten = self.rewritten.get(event.pk)
        return event.updated_at not in (event.imported_at, rewritten and rewritten.at)

    def was_in_hand(self, public: Publication) -> bool:
        """Whether an editor had something in hand of an event when the import changed some of it."""
        rewritten = self.rewritten.get(public.event_id)
        edited_at = rewritten.edited_at if rewritten and self.merging else None
        return edited_at is not None and edited_at > public.draft_edited_at


def publish_imported(
    report: Report,
    by: AbstractBaseUser | None = None,
    after_batch: Callable[[int, Published], None] = lambda looked_at, published: None,
    processes: int = 1,
    *,
    trial: bool = False,
) -> Published:
    """Publishes what the import has and the public has not, or has otherwise: what began first before all others.

    An event that is public as it is costs nothing; so a run that was killed is continued by another one. `after_batch`
    hears how many events have been looked at, and what became of the last batch. A `trial` says what would be
    published.
    """
    # Cut when their turn comes: each part is asked how much text it has.
    batches, shared_out = tee(
        Batch(ids, if_edited, by, trial, report.begun, _among(ids, report.rewritten), report.merging)
        for all_ids, if_edited in ((report.event_ids, True), (report.left_alone, False))
        for ids in at_once(by_month(all_ids))
    )
    named = report.vocabulary or report.left_actors or report.members
    vocabulary = _public_vocabulary(report) if named else None
    done = Published()
    if vocabulary:  # before the events of the import itself, too, which take some of it along, so that both count alike
        read_now = {name: entries.all() for name, entries in vocabulary.items()}  # and once more when it is published
        publish_vocabulary(by, **read_now, changes=done.entries, trial=True)
    # A trial meets an entry once more in each batch that names it.
    changed: set[Key] = set()
    count = 0
    for batch, published in zip(batches, share_out(publish_batch, shared_out, processes), strict=True):
        done.event_ids += published.event_ids
        done.withdrawn += published.withdrawn
        done.refusals += len(published.refused)
        done.otherwise += published.otherwise
        done.in_hand += published.in_hand
        done.edited_meanwhile += published.edited_meanwhile
        changed.update(published.entries.changed)
        count += len(batch.ids)
        after_batch(count, published)
    if vocabulary and not trial:
        _publish_vocabulary(by, vocabulary)
    done.vocabulary = len(changed.union(done.entries.changed))
    return done


def _publish_vocabulary(by: AbstractBaseUser | None, vocabulary: Mapping[str, QuerySet[Any]]) -> None:
    """Publishes it, and takes the mark of an import from its actors: no version tells of what says just what is public
    that it was looked at, so that each later run would publish what an editor has in hand of it by then."""
    with transaction.atomic():
        marked = vocabulary["actors"].filter(imported_at__isnull=False).order_by("pk").select_for_update(no_key=True)
        looked_at = lock_in_tries(lambda: list(marked.values_list("pk", flat=True)))
        publish_vocabulary(by, **vocabulary, changes=None, trial=False)
        Actor.objects.filter(among("pk", looked_at)).update(imported_at=None)


def _among(ids: Sequence[int], rewritten: Mapping[int, Rewritten]) -> dict[int, Rewritten]:
    return {pk: rewritten[pk] for pk in ids if pk in rewritten} if rewritten else {}


def by_month(ids: array[int]) -> array[int]:
    """Events in the order of the months in which they begin, and of `ids` within a month.

    What is published together comes to lie together in the tables and the index by keys. If that is what is near in
    time, a page finds its events in a part of them, whatever it is asked for, and among a million as among a thousand.
    """
    months: defaultdict[tuple[int, ...], array[int]] = defaultdict(lambda: array("Q"))
    for some in in_parts(ids):
        days = dict(Event.objects.filter(among("pk", some)).values_list("pk", "start_min"))
        for pk in some:
            day = days.get(pk)  # none without a date, or if it was deleted meanwhile
            months[(day.year, day.month) if day else ()].append(pk)
    ordered = array("Q")
    for month in sorted(months):
        ordered.extend(months[month])
    return ordered


def at_once(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids of events, as many at a time as are published at once. A query for each part."""
    for part in in_parts(ids):
        yield from cut_by_text(part)


def in_parts(events: Sequence[T]) -> Iterator[Sequence[T]]:
    """Events, or their ids, as many at a time as are looked at together."""
    for start in range(0, len(events), PUBLISHED_AT_ONCE):
        yield events[start : start + PUBLISHED_AT_ONCE]


def cut_by_text(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids of events, in as many parts as it takes for none to have too much text. One query."""
    # The bytes of a long text are known without reading it.
    size = sum(Func(name, function="octet_length", output_field=IntegerField()) for name in ("title", "summary"))
    texts = EventText.objects.filter(among("event_id", ids)).values_list("event_id")
    sizes = dict(texts.annotate(size=Sum(size)))
    begun = in_all = 0
    for place, pk in enumerate(ids):
        in_all += sizes.get(pk, 0)
        if in_all > PUBLISHED_TEXT and place > begun:
            yield ids[begun:place]
            begun, in_all = place, sizes.get(pk, 0)
    yield ids[begun:]


def publish_batch(batch: Batch, turn: AbstractContextManager[Any]) -> Published:
    """Publishes those of the batch that are to be. Those that an editor has withdrawn stay so."""
    new, done = _to_publish(batch)
    if new:
        # Somebody may edit them until they are locked, too.
        seen = {event.pk: event.updated_at for event in new}
        outcome = publish(new, batch.by, skip_refused=True, turn=turn, seen=seen, trial=batch.trial)
        done.event_ids.extend(event.pk for event in outcome.published)
        done.refused = {event.slug: reasons for event, reasons in outcome.refused.items()}
        entries = outcome.vocabulary
        done.entries = Changes(changed=entries.changed, again=entries.again, said=entries.said)
        looked_at = {event.pk for event in (*outcome.published, *outcome.unchanged, *outcome.refused)}
        left = Event.objects.filter(among("pk", seen.keys() - looked_at)) if len(looked_at) < len(seen) else ()
        ended = set(withdrawn_among(event.pk for event in left).values_list("event_id", flat=True))
        done.withdrawn += sorted(event.slug for event in left if event.pk in ended)
        done.edited_meanwhile += sorted(event.slug for event in left if event.pk not in ended)
    return done


def _to_publish(batch: Batch) -> tuple[list[Event], Published]:
    """The events to publish, and what becomes of the others."""
    last = {
        row.event_id: row
        for row in Publication.objects.filter(among("event_id", batch.ids), superseded_in=None).only(
            "event_id", "withdrawn", "vanished", "published_at", "drafted_at", "slug"
        )
    }
    events = Event.objects.filter(among("pk", batch.ids)).order_by("pk").only("slug", "updated_at", "imported_at")
    new = []
    done = Published(withdrawn=sorted(row.slug for row in last.values() if row.withdrawn and not row.vanished))
    for event in events:
        row = last.get(event.pk)
        if row and row.withdrawn:
            if not row.vanished:
                continue
            row = None
        if row and event.updated_at <= row.draft_edited_at:
            continue
        if batch.is_edited_meanwhile(event):
            done.edited_meanwhile.append(event.slug)
        elif row and batch.was_in_hand(row):
            done.in_hand.append(event.slug)
        elif row and not (batch.if_edited or event.updated_at == event.imported_at):
            done.otherwise.append(event.slug)
        else:
            new.append(event)
    return new, done


def _public_vocabulary(report: Report) -> dict[str, QuerySet[Any]]:
    """As `publish_vocabulary` takes them, those that are public already; the others become so with the first event that
    names them, but for those who join a public bloc, whom its public events involve. Whether they are is asked once
    more when they are read: events may take minutes, in which an editor withdraws some."""

    def public(model: type[Any], kind: Term.Kind, slugs: Iterable[str] = (), others: Iterable[str] = ()) -> Any:
        keys = Term.objects.current().keys_among(kind, {*report.vocabulary.get(kind.value, []), *slugs})
        last = Term.objects.filter(kind=kind, key=OuterRef("slug"), superseded_in=None)
        return model._default_manager.filter(
            Q(among("slug", keys)) & Exists(last.filter(withdrawn=False))
            | Q(among("slug", set(others))) & ~Exists(last)
        )

    changed = _changed([*report.left_actors, *_members(report)])
    return {
        "actors": public(Actor, Term.Kind.ACTOR, changed, _joined(report)),
        "types": public(EventType, Term.Kind.TYPE),
        "topics": public(Topic, Term.Kind.TOPIC),
    }


def _members(report: Report) -> Iterator[str]:
    """Those of whom the file says so, and those who belong to the same groups as far as is public: an import before
    this one may have taken them out."""
    yield from report.members
    if report.groups:
        yield from public_members(set(report.groups))


def _joined(report: Report) -> Iterator[str]:
    """Those of whom nothing ever was public, and whom the file has in a public bloc, if an import brought them there.
    (Who says so in their own record, as exports have it, may belong to it when no public event was.)"""
    if report.groups:
        last = Term.objects.filter(kind=Term.Kind.ACTOR, superseded_in=None)
        blocs = last.filter(withdrawn=False, group=Actor.Kind.BLOC).keys_among(Term.Kind.ACTOR, set(report.groups))
        joined = Actor.objects.filter(among("slug", set(report.members)), imported_at__isnull=False)
        joined = joined.filter(~Exists(last.filter(key=OuterRef("slug"))), memberships__group__slug__in=blocs)
        yield from joined.values_list("slug", flat=True)


def _changed(slugs: Iterable[str]) -> Iterator[str]:
    """Those of the actors that an import changed since they were published last. One query, or none."""
    last = Term.objects.current().filter(kind=Term.Kind.ACTOR, key=OuterRef("slug"))
    changed = Actor.objects.filter(among("slug", slugs), imported_at__gt=Subquery(last.values("published_at")))
    yield from changed.values_list("slug", flat=True)


def gone(namespaces: Sequence[str] = ()) -> Iterator[list[Event]]:
    """After an import: in batches, the events of its data sets that the file did not have; not those withdrawn."""
    batch: list[int] = []
    for pk, _, _ in missing_events(namespaces):
        batch.append(pk)
        if len(batch) == PUBLISHED_AT_ONCE:
            yield _not_withdrawn(batch)
            batch = []
    if batch:
        yield _not_withdrawn(batch)


def _not_withdrawn(ids: Sequence[int]) -> list[Event]:
    return list(
        Event.objects.filter(pk__in=ids)
        .filter(~Exists(Publication.objects.filter(event=OuterRef("pk"), superseded_in=None, withdrawn=True)))
        .order_by(F("external_id"))
    )
