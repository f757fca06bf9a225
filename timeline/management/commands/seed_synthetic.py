import gc
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from events.models import Event
from events.synthetic import NAMESPACE, NoReference, ids_of, prepare, write
from timeline.importing import PUBLISHED_AT_ONCE
from timeline.progress import Progress
from timeline.publishing import publish


class Command(BaseCommand):
    help = (
        "Fills the database with invented events, synthetic:1 to synthetic:NUMBER, to try the server on many. Those "
        "that are there stay, so a second run continues the first one. Needs load_reference first. What is published "
        "cannot be deleted: use a database that can be thrown away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, help="How many there are to be, such as 10000.")
        parser.add_argument("--seed", type=int, default=1, help="Another number gives other events (default: 1).")
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
        new = published = 0
        # A batch is many objects that all die at its end: to look for waste among them all the time takes a third.
        gc.freeze()
        gc.disable()
        try:
            for first in range(1, number + 1, PUBLISHED_AT_ONCE):
                batch = range(first, min(first + PUBLISHED_AT_ONCE, number + 1))
                new += write(cast, options["seed"], batch)
                if not options["no_publish"]:
                    # Not those that somebody withdrew.
                    never = Event.objects.filter(pk__in=ids_of(batch).values(), publications=None)
                    published += len(publish(never).published) if never else 0
                gc.collect()
                progress.show(batch[-1], batch[-1] / number)
        finally:
            gc.enable()
            gc.unfreeze()
        progress.end()
        self.stdout.write(f"Synthetic events: {new:,} new, {number - new:,} there before; published: {published:,}.")
