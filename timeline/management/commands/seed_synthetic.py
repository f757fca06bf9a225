from __future__ import annotations

from argparse import ArgumentParser
from array import array
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from events.models import Event
from events.synthetic import NAMESPACE, Cast, NoReference, prepare, write
from timeline.importing import Report
from timeline.management.import_command import add_processes, publish_showing_progress
from timeline.processes import clear_waste, waste_kept
from timeline.progress import Progress

WRITTEN_AT_ONCE = 2_000


class Command(BaseCommand):
    help = (
        "Fills the database with invented events, synthetic:1 to synthetic:NUMBER, to try the server on many. Those "
        "that are there stay, so a second run continues the first one. Needs load_reference first. What is published "
        "cannot be deleted: use a database that can be thrown away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, help="How many there are to be, such as 10000.")
        parser.add_argument("--seed", type=int, default=1, help="Another number gives other events (default: 1).")
        add_processes(parser)
        parser.add_argument("--no-publish", action="store_true", help="Leave them as drafts.")
        parser.add_argument("--yes", action="store_true", help="Also into a database that has other events.")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["number"]
        if number < 1:
            raise CommandError(f"The number of events is {number}. It must be 1 or more.")
        others = Event.objects.filter(Q(external_id=None) | ~Q(external_id__startswith=f"{NAMESPACE}:")).count()
        if others and not options["yes"]:
            raise CommandError(
                f"This database has {others:,} other events, and invented ones among them can be withdrawn but never "
                "deleted. Use another database, or say --yes."
            )
        try:
            cast = prepare()
        except NoReference as error:
            raise CommandError(str(error)) from error
        ids, new = self._write(cast, options["seed"], number)
        published = 0
        if not options["no_publish"]:
            # Only those that never were public.
            published = publish_showing_progress(Report(left_alone=ids), self.stderr, options["processes"]).published
        self.stdout.write(f"Synthetic events: {new:,} new, {number - new:,} there before; published: {published:,}.")

    def _write(self, cast: Cast, seed: int, number: int) -> tuple[array[int], int]:
        """Returns the ids of all of them, and how many are new."""
        progress = Progress(self.stderr, "events")
        ids, new = array("Q"), 0
        with waste_kept():
            for first in range(1, number + 1, WRITTEN_AT_ONCE):
                some, count = write(cast, seed, range(first, min(first + WRITTEN_AT_ONCE, number + 1)))
                ids.extend(some)
                new += count
                clear_waste()
                progress.show(len(ids), len(ids) / number)
        progress.end()
        return ids, new
