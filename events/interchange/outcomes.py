"""What can become of a record, and what happens to what is there already."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum

from events.digest import digest
from events.interchange.changes import changes
from events.interchange.records import Values
from events.interchange.shapes import Problem


class Existing(StrEnum):
    """What a record does to what is there already."""

    REPLACE = "replace"
    """It is the whole truth: what it leaves out is removed."""
    MERGE = "merge"
    """It says only what it says: what it leaves out stays (see `events.interchange.merging`), memberships too, and so
    does all that an actor, type or topic is called."""
    FOLLOW = "follow"
    """The same, but what editors added or changed since the last one stays (see `events.interchange.following`), and so
    do slugs."""
    KEEP = "keep"
    """Nothing."""


MERGING = (Existing.MERGE, Existing.FOLLOW)


class Status(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    MEANWHILE = "saved meanwhile"
    """Somebody has saved it in the admin since the run began: left so, for another run."""
    WAITS = "waits"
    """Written, but for links to what may come later in the file: it comes once more."""


@dataclass(slots=True)
class Outcome:
    """What became of a record. `waits` says that it has links to what is not there yet."""

    status: Status
    problems: list[Problem] = field(default_factory=list)
    """Why it was refused, or left."""
    unlinked: list[Problem] = field(default_factory=list)
    """Links that were left out: they lead to what is neither in the file nor in the database, or repeat another one."""
    event_id: int | None = None
    edited_at: datetime.datetime | None = None
    rewritten_at: datetime.datetime | None = None
    """Of an event that was written, and bears no mark of an import, since an editor has something in hand of it or its
    record is not to be published: when it was edited last before, and when it was written."""
    waits: bool = False
    left: list[str] = field(default_factory=list)
    """What stays as editors have it, though the record says something else there than the one before it."""
    members: list[str] = field(default_factory=list)
    """Of an actor's record: the slugs of those of whom it says, or does not say any more, that they belong to it."""
    changes: list[str] = field(default_factory=list)
    """Of what changed, if it is to be explained: what is otherwise now (`events.interchange.changes`)."""
    before: str = ""
    """Of the same: a digest of the record that was there."""

    def explain(self, before: Values, after: Values) -> None:
        """Says what changed."""
        self.changes, self.before = changes(before, after), digest(before)
