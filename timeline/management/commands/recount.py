from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from timeline.progress import Progress
from timeline.recounting import VALUES, mended_tallies, wrong_tallies

SHOWN = 20
"""Wrong numbers that are listed."""


class Command(BaseCommand):
    help = (
        "Counts the public events anew, by month and by value, and mends what is kept of that and wrong. Publishers "
        "wait meanwhile. To be run where an older release went on publishing after the database had been migrated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Change nothing; end with 1 if anything is wrong. Nobody waits."
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        progress = Progress(self.stderr, "dimensions counted")
        wrong = 0
        for done, found in enumerate(wrong_tallies() if dry_run else mended_tallies(), 1):
            progress.end()
            for each in found[: max(0, SHOWN - wrong)]:
                self.stdout.write(f"{each}.")
            wrong += len(found)
            progress.show(done, done / len(VALUES))
        progress.end()
        if wrong > SHOWN:
            self.stdout.write(f"And {wrong - SHOWN:,} more.")
        if not wrong:
            self.stdout.write("What is kept counted is right.")
        elif dry_run:
            raise CommandError(f"Numbers that are wrong: {wrong:,}. Run this without --dry-run to mend them.")
        else:
            self.stdout.write(f"Numbers that were wrong, and are right now: {wrong:,}.")
