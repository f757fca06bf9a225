"""What an import does, or would do, for whoever uploads a file in the admin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from events.among import among
from events.interchange.importing import Result
from events.interchange.outcomes import Status
from events.interchange.shapes import Problem
from events.models import Actor, Event
from timeline.importing import Published, Report
from timeline.taken_along import Along, linked_along
from timeline.vocabulary import Changes, Key


@dataclass(slots=True)
class Effects:
    """What an import did, or would do."""

    report: Report
    created: list[Result] = field(default_factory=list)
    changed: list[Result] = field(default_factory=list)
    refused: list[Result] = field(default_factory=list)
    unlinked: list[Result] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)
    """By the id of an event, where the file has it."""
    published: Published = field(default_factory=Published)
    unpublished: list[Result] = field(default_factory=list)
    """Those that are to be published and are refused there, by line; the key is the slug."""
    published_unchanged: list[str] = field(default_factory=list)
    """Slugs of events that are published though the file changes nothing in them: what is public is otherwise, or
    nothing is."""
    entries: Changes = field(default_factory=Changes)
    """The actors, types and topics that became public otherwise with it, in hand of editors or in the file; some of
    them several times."""
    along: Along = field(default_factory=Along)
    """What to say of them, as far as the file does not say it. Looked up within the transaction: when it is taken back,
    nobody knows what the file makes, nor whose a code would be."""
    digest: str = ""
    """Of all that the import did to what it met: the same at another time if it does the same then."""

    @property
    def writes(self) -> bool:
        """Whether it does anything; sent once more, it does not."""
        published = self.published.published or self.published.vocabulary or self.entries.first
        return bool(self.created or self.changed or published)

    @property
    def imported_ids(self) -> set[int]:
        """Of the events that the file made or changed."""
        return {result.event_id for result in (*self.created, *self.changed) if result.event_id}

    def add(self, results: Sequence[Result]) -> None:
        for result in results:
            listed = {
                Status.CREATED: self.created,
                Status.CHANGED: self.changed,
                Status.REFUSED: self.refused,
                Status.MEANWHILE: self.refused,
            }.get(result.status)
            if listed is not None:
                listed.append(result)
            if result.unlinked:
                self.unlinked.append(result)
            if result.event_id:
                self.lines[result.event_id] = result.line

    def keep_back(self) -> None:
        """Takes the mark of an import from what the file made or changed, by which one after it would publish that."""
        actors = [result.key for result in (*self.created, *self.changed) if result.kind == "actor"]
        Event.objects.filter(among("pk", self.imported_ids)).update(imported_at=None)
        Actor.objects.filter(among("slug", actors)).update(imported_at=None)
        members = Actor.objects.filter(among("slug", self.report.members), imported_at__gt=self.report.begun)
        members.update(imported_at=None)

    @property
    def in_file(self) -> set[Key]:
        """The actors, types and topics of which the file has records that changed them; of all others, what editors had
        in hand goes along: of the members that a bloc's record names, too."""
        return {(kind, slug) for kind, slugs in self.report.vocabulary.items() for slug in slugs}

    def add_batch(self, published: Published) -> None:
        """What became of a batch of the events at the door. Within the transaction, like the next one: of new events
        that it takes back, nobody knows the slugs afterwards."""
        self.entries.add(published.entries)
        ids = dict(Event.objects.filter(among("slug", published.refused)).values_list("slug", "pk"))
        self.unpublished += [
            Result(
                self.lines[ids[slug]],
                "event",
                slug,
                Status.REFUSED,
                [Problem("publication", reason) for reason in reasons],
            )
            for slug, reasons in published.refused.items()
        ]

    def add_published(self, published: Published) -> None:
        """What was, in all. Within the transaction, too."""
        self.published = published
        self.entries.add(published.entries)
        self.along = linked_along(self.entries, self.in_file, made=False)
        self.unpublished.sort(key=lambda event: event.line)
        unchanged = Event.objects.filter(among("pk", set(published.event_ids) - self.imported_ids))
        self.published_unchanged = list(unchanged.order_by("slug").values_list("slug", flat=True))
