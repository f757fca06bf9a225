import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from events.interchange.outcomes import Existing
from events.interchange.reading import RecordFile
from timeline.management.import_command import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports events, and what they need, from JSON Lines or (flat events only) CSV. Each is found again by its "
        "external id, so a second run, or one after a kill, changes only what is different."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="A file, .csv or else JSON Lines; - for JSON Lines from standard input.")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        if name == "-" and sys.stdin is None:
            raise CommandError("Standard input cannot be read: it is closed.")
        try:
            file = RecordFile("standard input", sys.stdin.buffer) if name == "-" else RecordFile(name)
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
        try:
            self.import_records(
                file.entries,
                Existing.REPLACE if file.complete else Existing.MERGE,
                file.size,
                lambda line: f"{file.name}:{line}",
                options,
                flat_only=not file.complete,
                outlines=file.outlines,
            )
        finally:
            file.close()
