from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from events.models import Event
from events.synthetic import NAMESPACE, NoReference, prepare, write
from timeline.importing import PUBLISHED_AT_ONCE, Batch, Published, publish_batch
from timeline.management.import_command import add_processes
from timeline.processes import clear_waste, share_out, waste_kept
from timeline.progress import Progress


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
        progress = Progress(self.stderr, "events")
        new: list[int] = []

        def batches() -> Iterator[Batch]:
            for first in range(1, number + 1, PUBLISHED_AT_ONCE):
                numbers = range(first, min(first + PUBLISHED_AT_ONCE, number + 1))
                ids, count = write(cast, options["seed"], numbers)
                new.append(count)
                clear_waste()
                yield Batch(ids, if_edited=False)

        published = 0
        with waste_kept():
            work, processes = (leave, 1) if options["no_publish"] else (publish_batch, options["processes"])
            for place, batch in enumerate(share_out(work, batches(), processes), 1):
                published += batch.published
                done = min(place * PUBLISHED_AT_ONCE, number)
                progress.show(done, done / number)
        progress.end()
        self.stdout.write(
            f"Synthetic events: {sum(new):,} new, {number - sum(new):,} there before; published: {published:,}."
        )


def leave(batch: Batch, turn: AbstractContextManager[Any]) -> Published:
    """Publishes none of them."""
    return Published()
