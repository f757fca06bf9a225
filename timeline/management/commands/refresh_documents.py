from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from timeline.models import Refresh
from timeline.processes import waste_kept
from timeline.progress import Progress
from timeline.refreshing import Step, keep_refreshing, refresh_all


class Command(BaseCommand):
    help = (
        "Has the public events follow the actors, types and topics that were published anew since: a new version of "
        "each that says something else now. `manage.py serve` does so by itself. Any number may run at the same time, "
        "and one that was killed is continued by the next one. It ends with 1 if an error is in the way."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--watch", action="store_true", help="Go on, and wait for more.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            with waste_kept():
                keep_refreshing()
        progress = Progress(self.stderr, "events looked at")
        present: Refresh | None = None
        looked_at = changed = begun = 0

        def after_step(step: Step) -> None:
            nonlocal looked_at, changed, begun, progress, present
            done, total = step.refresh.done, step.refresh.total or 0
            if present != step.refresh:  # each has its own number, and its own time
                progress.end()
                progress, present = Progress(self.stderr, "events looked at"), step.refresh
                begun = done - step.looked_at
            looked_at += step.looked_at
            changed += step.changed
            progress.show(done - begun, (done - begun) / (total - begun) if total > begun else 0)

        with waste_kept():
            refresh_all(after_step)
        progress.end()
        stopped = Refresh.objects.filter(finished_at=None).exclude(error="").defer("events").order_by("pk")
        for refresh in stopped:
            self.stderr.write(f"{refresh} stopped, and will be tried again: {refresh.error}")
        self.stdout.write(f"Events looked at: {looked_at:,}; new versions: {changed:,}.")
        if stopped:
            raise CommandError("Not all public events follow the vocabulary, see above. Run this again in a minute.")
