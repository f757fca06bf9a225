"""Brings records into the database, a batch in each transaction.

A record meets what has its external id (an event without one: its slug; everything else: its slug). What is said about
that already is no change. A record that is refused leaves no trace; a run that was killed is continued by another one,
which finds unchanged what is there. Memory does not grow with the file.
"""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import ProgramLimitExceeded

from events.digest import digest
from events.interchange import import_actors, import_branches, import_events, moving
from events.interchange.outcomes import Existing, Outcome, Status
from events.interchange.reading import Entry
from events.interchange.records import EXTERNAL_ID, SHAPES, Values
from events.interchange.shapes import Problem
from events.locking import Named, import_next, lock_all
from events.temporary_tables import empty_table

BATCH = 500
"""Records in a transaction."""
BATCH_BYTES = 8_000_000
"""Bytes of the file after which it ends, too: all of it is in memory, several times over. Records of up to 16 kB never
come to that."""


@dataclass(slots=True)
class Result:
    """What became of the record in a line of the file."""

    line: int
    kind: str
    key: str
    status: Status
    problems: list[Problem] = field(default_factory=list)
    """Why it was refused, or left."""
    unlinked: list[Problem] = field(default_factory=list)
    """Of what was not refused: the links that were left out, since they lead nowhere, or repeat another one."""
    event_id: int | None = None
    publish: bool = True
    """Whether the record says nothing against being published."""
    changes: list[str] = field(default_factory=list)
    """Of what changed: what is otherwise now."""
    left: list[str] = field(default_factory=list)
    """What stays as editors have it, though the record says something else there than the one before it."""
    members: list[str] = field(default_factory=list)
    """See `Outcome.members`."""

    @property
    def left_out(self) -> list[Problem]:
        """What was not imported of it, and why: all, or some links."""
        return [*self.problems, *self.unlinked]


class Rewritten(NamedTuple):
    """Of an event that a run wrote, and that bears no mark of an import."""

    edited_at: datetime.datetime | None
    """When an editor saved it last, before the run."""
    at: datetime.datetime
    """When the run wrote it last."""


class When(StrEnum):
    """What happens at the first refusal."""

    STOP = "stop"
    """Its batch is not written, and nothing after it."""
    CONTINUE = "continue"


class Import:
    """One run. `entries` gives the records from the beginning, each time that it is called; `outlines` what they say,
    unchecked, if that takes less time. `nothing_in_hand` tells which events bear the mark of an import when it changes
    them though editors have had a hand in them before.

    With `explain`, the results of what changed say what is otherwise now, and `met` what was there; of those with links
    to what comes later in the file this is kept in memory until then.
    """

    def __init__(
        self,
        entries: Callable[[], Iterable[Entry]],
        existing: Existing = Existing.REPLACE,
        refused: When = When.STOP,
        *,
        explain: bool = False,
        outlines: Callable[[], Iterable[Values]] | None = None,
        nothing_in_hand: import_events.NothingInHand = lambda ids: (),
    ) -> None:
        self.entries = entries
        self.outlines = outlines or (lambda: (entry.values for entry in entries()))
        self.existing = existing
        self.refused = refused
        self.explain = explain
        self.nothing_in_hand = nothing_in_hand
        self.stopped = False
        """Whether it ended at a refusal."""
        self.position = 0
        """Bytes of the file that are behind it."""
        self.met = ""
        """A digest of what became of each record and of what it changed: the same file does the same as another time
        if, and only if, this is the same."""
        self.unread = False
        """Whether there may be records that could not be read, after the last that was refused."""
        self.unidentified = 0
        """Refused records of which it cannot be told what event they are about."""
        self.begun = timezone.now()
        self.rewritten: dict[int, Rewritten] = {}
        """By id, the events that it changed and of which editors had something in hand before it had begun; and those
        that wait and are not to be published."""
        # Lines whose links lead to what is not there yet, each with what became of it so far: line * 4 + status.
        self._open_links = array("Q")
        self._changes: dict[int, list[str]] = {}
        """By line, of those: what has changed so far."""
        self._left: dict[int, list[str]] = {}
        """Likewise, what stays as editors have it."""

    def run(self) -> Iterator[list[Result]]:
        """Imports; gives the results batch by batch, each when it has been written."""
        if connection.in_atomic_block:  # which is that of the whole file
            import_next()
            lock_all(filter(None, map(_named, _batches(self.entries()))))
        empty_table("interchange_seen", "identity text, refused boolean, PRIMARY KEY (identity, refused)")
        import_actors.start()
        if self.existing is Existing.REPLACE:  # else actors keep their codes, and no relation is by a slug that moves
            moving.start(self.outlines())
        for batch in _batches(self.entries()):
            results = self._in_transaction(batch)
            self._note_refused(batch, results)
            self.position = max(self.position, batch[-1].position)
            self.unread = batch[-1].unread
            yield results
            if self.stopped:
                break
        if self._open_links:
            yield from self._still_waiting() if self.stopped else self._close_links()

    def _note_refused(self, batch: Sequence[Entry], results: Sequence[Result]) -> None:
        """The events of refused records are in the file all the same: see `missing_events`. After their transaction,
        which may have been rolled back."""
        lines = {result.line for result in results if result.status is Status.REFUSED}
        refused = [entry for entry in batch if entry.line in lines and not _is_vocabulary(entry)]
        identities = [f"event {entry.values['external_id']}" for entry in refused if _has_external_id(entry)]
        self.unidentified += len(refused) - len(identities)
        if identities:
            _note_seen(identities, refused=True)

    def _waiting(self) -> Iterator[tuple[Entry, Status]]:
        """Those that named what came later in the file, and what became of each so far."""
        lines = iter(self._open_links)
        wanted = next(lines, 0)
        for entry in self.entries() if wanted else ():
            if entry.line == wanted >> 2:
                yield entry, _STATUSES[wanted & 3]
                wanted = next(lines, 0)
                if not wanted:
                    return

    def _still_waiting(self) -> Iterator[list[Result]]:
        """They are written, and have the links that could be made: a run to the end of the file makes the others."""
        for entry, status in self._waiting():
            yield [self._as_written(entry, status)]

    def _as_written(self, entry: Entry, status: Status) -> Result:
        changes, left = self._changes.pop(entry.line, []), self._left.pop(entry.line, [])
        return _result(entry, Outcome(status, changes=changes, left=left))

    def _close_links(self) -> Iterator[list[Result]]:
        """Once more, those that wait."""
        waiting = self._waiting()
        before: dict[int, tuple[Entry, Status]] = {}

        def entries() -> Iterator[Entry]:
            for entry, status in waiting:
                before[entry.line] = entry, status
                yield entry

        for batch in _batches(entries()):
            results = self._in_transaction(batch, last=True)
            for result in results:
                _, first = before.pop(result.line)
                if result.status is Status.UNCHANGED or (result.status is Status.CHANGED and first is Status.CREATED):
                    result.status = first
                said = [*self._changes.pop(result.line, ()), *result.changes]
                result.changes = said if result.status is Status.CHANGED else []
                result.left = [*self._left.pop(result.line, ()), *result.left]
            yield results
            if self.stopped:
                yield [self._as_written(*written) for written in (*before.values(), *waiting)]
                return

    def _in_transaction(self, batch: Sequence[Entry], last: bool = False) -> list[Result]:
        open_links = len(self._open_links)
        results: list[Result] = []
        within = connection.in_atomic_block
        try:
            with transaction.atomic():
                import_next()
                results = self._written(batch, last)
                if self.refused is When.STOP and any(result.status is Status.REFUSED for result in results):
                    raise _Stop
                if within:  # a transaction that goes on: its end would be too late to say which record it was
                    connection.check_constraints()
        except _Stop:
            self.stopped = True
        except (IntegrityError, DataError, OperationalError) as error:
            if isinstance(error, OperationalError) and not isinstance(error.__cause__, ProgramLimitExceeded):
                raise  # nothing that a record is to blame for
            del self._open_links[open_links:]
            if len(batch) == 1:
                message = f"the database refuses it: {str(error).splitlines()[0]}."
                self.stopped = self.refused is When.STOP
                results = [_result(batch[0], Outcome(Status.REFUSED, [Problem("", message)]))]
            else:
                results = self._one_by_one(batch, last)
        if self.stopped:
            del self._open_links[open_links:]
            results = [result for result in results if result.status is Status.REFUSED]
        return [result for result in results if result.status is not Status.WAITS]

    def _one_by_one(self, batch: Sequence[Entry], last: bool) -> list[Result]:
        """For what only the database knows, such as what somebody else saved meanwhile. To stop is to write none."""
        open_links = len(self._open_links)
        results: list[Result] = []
        with suppress(_Stop), transaction.atomic() if self.refused is When.STOP else nullcontext():
            if self.refused is When.STOP:
                import_next()
                lock_all(filter(None, [_named(batch)]))
            for entry in sorted(batch, key=_turn):
                results += self._in_transaction([entry], last)
                if self.stopped:
                    raise _Stop
        self._open_links[open_links:] = array("Q", sorted(self._open_links[open_links:]))
        return results

    def _written(self, batch: Sequence[Entry], last: bool) -> list[Result]:
        outcomes = {
            entry.line: Outcome(Status.REFUSED, entry.problems) if entry.problems else Outcome(Status.UNCHANGED)
            for entry in batch
        }
        good = [entry for entry in batch if not entry.problems]
        if not last:
            for entry in _seen_before(good):
                repeated = Problem("", f"the file has “{_identity(entry)}” twice: leave one of them out.")
                outcomes[entry.line] = Outcome(Status.REFUSED, [repeated])
            good = [entry for entry in good if outcomes[entry.line].status is not Status.REFUSED]
        # What waits was made by this run: its links may be added.
        existing = Existing.MERGE if last and self.existing is Existing.KEEP else self.existing
        for kind, write in _WRITERS.items():
            records = {entry.line: entry.values for entry in good if entry.values["record"] == kind}
            of_events = {"is_new": self._is_new, "nothing_in_hand": self.nothing_in_hand} if kind == "event" else {}
            if records:
                written = write(list(records.values()), existing, last, self.explain, **of_events)
                outcomes.update(zip(records, written, strict=True))
        results = []
        for entry in batch:
            outcome = outcomes[entry.line]
            self._note_rewritten(outcome)
            if outcome.waits:
                if outcome.changes:
                    self._changes[entry.line] = outcome.changes
                if outcome.left:
                    self._left[entry.line] = outcome.left
                self._open_links.append(entry.line << 2 | _STATUSES.index(outcome.status))
                outcome.status = Status.WAITS
            results.append(_result(entry, outcome))
        if self.explain:
            self.met = digest([self.met, *([str(outcome.status), outcome.before] for outcome in outcomes.values())])
        return results

    def _note_rewritten(self, outcome: Outcome) -> None:
        if outcome.event_id and outcome.rewritten_at and (outcome.edited_at or outcome.waits):
            before = self.rewritten.get(outcome.event_id)
            edited_at = before.edited_at if before else outcome.edited_at
            self.rewritten[outcome.event_id] = Rewritten(edited_at, outcome.rewritten_at)

    def _is_new(self, event_id: int, saved_at: datetime.datetime) -> bool:
        """Whether what was saved then of an event was saved since the run began, and not by the run itself."""
        rewritten = self.rewritten.get(event_id)
        return saved_at > self.begun and saved_at != (rewritten and rewritten.at)


class _Stop(Exception):
    pass


_STATUSES = [Status.CREATED, Status.CHANGED, Status.UNCHANGED]
_WRITERS: dict[str, Callable[..., list[Outcome]]] = {
    "type": import_branches.write_types,
    "topic": import_branches.write_topics,
    "actor": import_actors.write,
    "event": import_events.write,
}
"""By kind, in the order in which those of a batch are written: events name all others."""
_TURNS = list(_WRITERS)


def _turn(entry: Entry) -> int:
    kind = entry.values.get("record")
    return _TURNS.index(kind) if kind in _TURNS else 0


def _result(entry: Entry, outcome: Outcome) -> Result:
    return Result(
        line=entry.line,
        kind=str(entry.values.get("record", "")),
        key=_identity(entry),
        status=outcome.status,
        problems=[Problem(entry.named(problem.field), problem.message) for problem in outcome.problems],
        unlinked=outcome.unlinked,
        event_id=outcome.event_id,
        publish=entry.values.get("publish") is not False,
        changes=outcome.changes,
        left=outcome.left,
        members=outcome.members,
    )


def _identity(entry: Entry) -> str:
    return str(entry.values.get("external_id") or entry.values.get("slug") or "")


def _is_vocabulary(entry: Entry) -> bool:
    kind = entry.values.get("record")
    return isinstance(kind, str) and kind in SHAPES and kind != "event"


def _has_external_id(entry: Entry) -> bool:
    """Whether it has one that an event can have, whatever else is wrong with it."""
    return not any(EXTERNAL_ID.problems(entry.values.get("external_id"), ""))


def _named(batch: Sequence[Entry]) -> Named:
    """What the records are of, and all that they are known by; and the members that they list."""
    good = [entry.values for entry in batch if not entry.problems]
    named = [
        (str(values["record"]), str(values[key])) for values in good for key in ("slug", "external_id") if key in values
    ]
    return [*named, *(("actor", str(link["member"])) for values in good for link in values.get("members", ()))]


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    begun = 0
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH or entry.position - begun >= BATCH_BYTES:
            yield batch
            batch, begun = [], entry.position
    if batch:
        yield batch


# What the file has had: in a table of this connection, since it may be too much for the memory.


def _seen_before(entries: Sequence[Entry]) -> list[Entry]:
    """Those of `entries` that the file has had before; notes the others."""
    identities = [f"{entry.values['record']} {_identity(entry)}" for entry in entries]
    new = _note_seen(identities, refused=False)
    repeated = []
    for entry, identity in zip(entries, identities, strict=True):
        if identity in new:
            new.remove(identity)
        else:
            repeated.append(entry)
    return repeated


def _note_seen(identities: list[str], *, refused: bool) -> set[str]:
    """Returns those that were not noted before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO interchange_seen SELECT unnest(%s::text[]), %s ON CONFLICT DO NOTHING RETURNING identity",
            [identities, refused],
        )
        return {identity for (identity,) in cursor.fetchall()}


def missing_events(namespaces: Sequence[str] = ()) -> Iterator[tuple[int, str, str]]:
    """After a run: the events (id, external id, slug) of the same data sets that the file did not have. What it has is
    in it though it was refused, as far as its external id can be read.

    The data sets are the `namespaces`, else those of the external ids in the file: of what was refused only if all was,
    as there may be mistakes in it.
    """
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT id, external_id, slug FROM events_event event
                WHERE id > %(last)s AND split_part(external_id, ':', 1) IN (
                    SELECT unnest(%(namespaces)s::text[])
                    UNION SELECT split_part(substr(identity, 7), ':', 1) FROM interchange_seen
                    WHERE %(namespaces)s::text[] = '{}' AND identity LIKE 'event %%:%%' AND refused = NOT EXISTS (
                        SELECT FROM interchange_seen WHERE identity LIKE 'event %%:%%' AND NOT refused
                    )
                ) AND NOT EXISTS (SELECT FROM interchange_seen WHERE identity = 'event ' || event.external_id)
                ORDER BY id LIMIT 1000
                """,
                {"last": last, "namespaces": list(namespaces)},
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]
