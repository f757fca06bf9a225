from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from events.historyatstate.reading import Unreadable
from events.historyatstate.records import HistoryAtState, Open
from events.interchange.outcomes import Existing
from events.models import Actor
from timeline.management.import_command import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports the travels of US presidents and secretaries of state and the visits of foreign leaders, from the XML "
        "of HistoryAtState/travels and HistoryAtState/visits. Needs load_reference first, then load_curated: without "
        "it, persons whom the curated data has are made a second time. What editors added stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="The folder with one of the repositories, or with both.")
        parser.add_argument(
            "--group-summits",
            action="store_true",
            help="Make an event of each summit that is three rows or more of the visits; these become parts of it.",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        begun = timezone.now()  # before what is there is read
        try:
            found = HistoryAtState.under(options["path"], options["group_summits"])
        except Unreadable as error:
            raise CommandError(str(error)) from error
        if not Actor.objects.filter(kind=Actor.Kind.STATE).exclude(code=None).exists():
            # They would be made without their codes, and load_reference could not be run any more.
            raise CommandError("There are no states here: run manage.py load_reference first.")
        for _, sentence in found.notices:
            self.stderr.write(sentence)
        counts = Counter(kind for kind, _ in found.notices)
        for kind in Open:
            if counts[kind]:
                self.stderr.write(f"Rows with {kind}: {counts[kind]:,}, see above.")
        self.import_records(
            lambda: found.entries,
            Existing.FOLLOW,
            len(found.entries),
            lambda number: found.places[number],
            options,
            found.namespaces,
            begun=begun,
        )
