"""What the import commands have in common: their options, what they say, how they end."""

from __future__ import annotations

import datetime
import sys
from argparse import ArgumentParser
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import DatabaseError, transaction

from events.among import among
from events.interchange import flat
from events.interchange.importing import Import, Result, When
from events.interchange.outcomes import Existing, Status
from events.interchange.reading import Entry
from events.interchange.records import Values
from events.interchange.writing import event_records
from events.locking import Conflict, is_conflict
from events.models import Event
from timeline.admin_messages import listing
from timeline.importing import WHY_IN_HAND, Published, Report, gone, in_parts, nothing_in_hand, publish_imported, run
from timeline.management.detachable import DetachableStream
from timeline.models import Publication, Term
from timeline.processes import MOST_PROCESSES, clear_waste, processes_here, waste_kept
from timeline.progress import Progress
from timeline.publishing import withdraw

LISTED = 20
"""How many events are named of those that vanished or are left as they are, unless --verbosity 2 asks for all; with 0
no vanished ones are."""
UNASKED = 20
"""How many are withdrawn without --yes, as in the admin."""
EXAMPLES = 3


def add_processes(parser: ArgumentParser) -> None:
    """The option of commands that publish a lot."""
    parser.add_argument(
        "--processes",
        type=int,
        choices=range(1, MOST_PROCESSES + 1),
        default=processes_here(),
        help=f"How many publish at the same time (default: one for each processor, at most {MOST_PROCESSES}).",
    )


def publish_showing_progress(report: Report, to: OutputWrapper, processes: int, trial: bool = False) -> Published:
    """Publishes what was imported, several at the same time, and says how far it is and what cannot be published."""
    progress = Progress(to, "events looked at for publishing")
    total = len(report.event_ids) + len(report.left_alone)

    def after_batch(looked_at: int, published: Published) -> None:
        for slug, reasons in published.refused.items():
            progress.end()
            to.write(f"Not published: {slug}: {' '.join(reasons)}")
        progress.show(looked_at, looked_at / total)
        clear_waste()

    with waste_kept():
        done = publish_imported(report, None, after_batch, processes, trial=trial)
    progress.end()
    return done


class ImportCommand(BaseCommand):
    """Imports records. Refusals and progress go to stderr, the outcome to stdout; refusals make it end with 1.

    It goes on when nobody reads what it says any more.
    """

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None, **options: Any) -> None:
        said, wrong = DetachableStream(stdout or sys.stdout), DetachableStream(stderr or sys.stderr)
        super().__init__(cast("TextIO", said), cast("TextIO", wrong), **options)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen; write nothing.")
        parser.add_argument("--publish", action="store_true", help="Publish what is new or changed.")
        add_processes(parser)
        parser.add_argument(
            "--continue-on-error", action="store_true", help="Leave out what is refused, instead of stopping there."
        )
        parser.add_argument(
            "--withdraw-missing",
            action="store_true",
            help="Withdraw the public events of the same data sets that the source no longer has.",
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help=f"Withdraw them also if they are more than {UNASKED}: look at them first.",
        )

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            return super().execute(*args, **options)
        except (DatabaseError, Conflict) as error:
            if not is_conflict(error):
                raise
            message = "Somebody else changed the same at the same time. Run this again: what is done is passed over."
            raise CommandError(message) from error
        finally:
            self.stdout.flush()

    def import_records(
        self,
        entries: Callable[[], Iterable[Entry]],
        existing: Existing,
        size: int,
        where: Callable[[int], str],
        options: dict[str, Any],
        namespaces: Sequence[str] = (),
        *,
        flat_only: bool = False,
        begun: datetime.datetime | None = None,
        outlines: Callable[[], Iterable[Values]] | None = None,
    ) -> None:
        """Runs the import and ends the command.

        `size` is how many bytes there are to read, `where` says where a line is; a source of events that are
        `flat_only` cannot have the others. `begun` is when what the entries rest on was read, if they rest on what was
        there. `outlines` is as in `Import`.
        """
        refused = When.CONTINUE if options["continue_on_error"] else When.STOP
        explain = options["verbosity"] > 1
        importing = Import(
            entries, existing, refused, explain=explain, outlines=outlines, nothing_in_hand=nothing_in_hand
        )
        importing.begun = begun or importing.begun
        progress = Progress(self.stderr, "records")

        def after_batch(report: Report, results: Sequence[Result]) -> None:
            for result in results:
                key = f"{result.key}: " if result.key else ""
                for said, to in (
                    (result.left_out, self.stderr),
                    (result.left, self.stderr),
                    (result.changes, self.stdout),
                ):
                    for sentence in said:
                        progress.end()
                        to.write(f"{where(result.line)}: {key}{sentence}")
            progress.show(report.records, importing.position / size if size else 0)

        with transaction.atomic() if options["dry_run"] else nullcontext():
            report = run(importing, after_batch)
            progress.end()
            would = "Would be, in " if options["dry_run"] else "Imported "
            self.stdout.write(f"{would}{report}.")
            if report.left:
                self.stderr.write(
                    "Records that say something else by now where editors have changed the same, which is left as it "
                    f"is: {report.left:,}, see above."
                )
            complete = not importing.stopped and not report.counts[Status.REFUSED]
            refusals, unasked = 0, False
            if not importing.stopped:
                # First, while the connection that knows what was read is there: several publishing processes end it.
                if importing.unread:
                    self.stdout.write("What is not in the source any more was not looked for: not all of it was read.")
                else:
                    gone_here = gone(namespaces)
                    unasked = self._report_gone(gone_here, flat_only, complete, importing.unidentified, options)
                refusals = self._publish(report, options)
            if options["dry_run"]:
                transaction.set_rollback(True)
        if options["dry_run"] and (refusals or not complete):
            more = ", and maybe others: --continue-on-error looks at all" if importing.stopped else ""
            if importing.unread:
                more = ", and maybe others: nothing after the last of them could be read"
            raise CommandError(f"Some would be refused, see above{more}. Nothing was written.")
        if importing.stopped:
            raise CommandError(
                "Stopped at a record that is refused, see above; its batch was not written. Correct it and run this "
                "again: what is imported already is passed over. --continue-on-error leaves out what is refused."
            )
        if importing.unread:
            raise CommandError(
                "Some records were refused, see above, and nothing after the last of them could be read; the others "
                "before it are imported. Correct it and run this again."
            )
        if not complete:
            raise CommandError("Some records were refused, see above; the others are imported.")
        if report.counts[Status.MEANWHILE]:
            raise CommandError(
                "Some events were saved in the admin while this was running, and are left so, see above. Run this "
                "again to take them."
            )
        if unasked:
            raise CommandError("Events that are not in the source were not withdrawn, see above: --yes does it.")
        if refusals:
            raise CommandError("Some events could not be published, see above; they are drafts.")
        if report.unlinked:
            written = "Nothing was written" if options["dry_run"] else "All else is imported"
            raise CommandError(f"Some links were left out, see above. {written}.")

    def _publish(self, report: Report, options: dict[str, Any]) -> int:
        """Publishes if asked to; returns how many events could not be published."""
        refusals = 0
        most = sys.maxsize if options["verbosity"] > 1 else LISTED
        if options["publish"]:
            done = publish_showing_progress(report, self.stderr, options["processes"], trial=options["dry_run"])
            would = "Would be published" if options["dry_run"] else "Published"
            self.stdout.write(f"{would}: {done.published:,}.")
            if done.vocabulary:
                would = "Would change" if options["dry_run"] else "Changed"
                entries = "1 public entry" if done.vocabulary == 1 else f"{done.vocabulary:,} public entries"
                self.stdout.write(f"{would}: {entries} of actors, types and topics.")
            if first := [key for kind, key in done.entries.first if kind != Term.Kind.COUNTRY]:  # an actor's, too
                would = "Would be public" if options["dry_run"] else "Public now"
                self.stdout.write(f"{would} for the first time: {listing(first, most)}.")
            if done.withdrawn:
                self.stdout.write(f"Withdrawn before, and left so: {listing(done.withdrawn, most)}.")
            if done.otherwise:
                self.stdout.write(
                    "Public otherwise than they are here, and left so, since the file did not change them and an "
                    f"editor has had a hand in them: {listing(done.otherwise, most)}. Publish them in the admin."
                )
            if done.in_hand:
                would = "Would not be published" if options["dry_run"] else "Not published"
                self.stdout.write(
                    f"{would}, since {WHY_IN_HAND}: {listing(done.in_hand, most)}. Publish them in the admin."
                )
            if done.edited_meanwhile:
                self.stdout.write(
                    "Not published, since somebody has saved them in the admin after the import had begun: "
                    f"{listing(done.edited_meanwhile, most)}. Publish them there."
                )
            refusals = done.refusals
        return refusals

    def _report_gone(
        self,
        gone_here: Iterable[list[Event]],
        flat_only: bool,
        complete: bool,
        unidentified: int,
        options: dict[str, Any],
    ) -> bool:
        """Says which events of the same data sets were not in the source, and withdraws them if asked to; returns
        whether it was not asked enough for so many.

        Not if a record was refused, even if its event can be told: one that has another external id by now takes the
        slug of an event that seems to be missing.
        """
        ids, beyond = array("Q"), 0
        listed = {0: 0, 1: LISTED}.get(options["verbosity"], sys.maxsize)
        for events in gone_here:
            looked_for = _flat(events) if flat_only else events
            beyond += len(events) - len(looked_for)
            for event in looked_for:
                ids.append(event.pk)
                if len(ids) <= listed:
                    self.stdout.write(f"Not in the source any more: {event.external_id} ({event.slug})")
        if ids:
            self.stdout.write(f"Not in the source any more: {len(ids):,} events in all.")
        if beyond:
            self.stdout.write(f"Not looked for: {beyond:,} events that CSV cannot hold.")
        doubt = ", and may be among these" if ids and unidentified else ""
        if options["withdraw_missing"] and not complete:
            self.stdout.write(f"Nothing was withdrawn: some records were refused{doubt}.")
        elif options["withdraw_missing"]:
            return self._withdraw(ids, options)
        elif doubt:
            self.stdout.write(f"{unidentified:,} records were refused{doubt}: no external id can be read in them.")
        return False

    def _withdraw(self, ids: Sequence[int], options: dict[str, Any]) -> bool:
        """Withdraws what is public of them. If that is too much to be done unasked, says so instead, and returns True,
        unless it is a dry run."""

        def ended(trial: bool) -> Iterator[Event]:
            for some in in_parts(ids):
                events = Event.objects.filter(among("pk", some)).order_by("external_id")
                yield from withdraw(events, vanished=True, trial=trial)

        if not options["yes"] and (question := _question(ended(trial=True))):
            nothing = "Would be withdrawn only with --yes" if options["dry_run"] else "Nothing was withdrawn"
            self.stdout.write(f"{nothing}: {question}")
            return not options["dry_run"]
        would = "Would be withdrawn" if options["dry_run"] else "Withdrawn"
        self.stdout.write(f"{would}: {sum(1 for _ in ended(trial=options['dry_run'])):,}.")
        return False


def _flat(events: Sequence[Event]) -> list[Event]:
    """Those that CSV can hold. One that somebody has deleted meanwhile has no record."""
    records = event_records([event.pk for event in events])
    return [event for event in events if event.pk in records and not flat.row(records[event.pk])[1]]


def _question(events: Iterable[Event]) -> str:
    """What to ask before these are withdrawn; blank if they are few enough."""
    count, examples, namespaces = 0, list[str](), set[str]()
    for event in events:
        count += 1
        namespace, _, _ = str(event.external_id).partition(":")
        namespaces.add(namespace)
        if count <= EXAMPLES:
            examples.append(event.slug)
    if count <= UNASKED:
        return ""
    in_all = Publication.objects.current().from_dataset(sorted(namespaces)).count()
    return (
        f"{count:,} of the {in_all:,} public events of {', '.join(sorted(namespaces))} are not in the source, such as "
        f"{', '.join(examples)}. If all of it was given, and they are to be withdrawn, run this again with --yes."
    )
