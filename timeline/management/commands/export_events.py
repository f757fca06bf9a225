import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import IO, Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet

from events.interchange import flat
from events.interchange.records import Values
from events.interchange.writing import export
from events.models import Event
from timeline.consistency import one_state
from timeline.management.whole_file import STANDARD_OUTPUT, whole_file
from timeline.models import Publication


class Command(BaseCommand):
    help = (
        "Exports events as editors have them, and types, topics and actors, as import_events takes them. CSV has "
        "events only, and only flat ones: at most one source, no relations, no figures."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="A file, .csv or else JSON Lines; - for JSON Lines to standard output.")
        parser.add_argument(
            "--dataset",
            action="append",
            help="Only events whose external id is in this namespace, and what they need. May be repeated.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with one_state(), whole_file(options["file"]) as file:
                events = events_of(options["dataset"]) if options["dataset"] else None
                records = with_public_state(export(events))
                if options["file"].lower().endswith(".csv"):
                    count = self.write_csv(file, records)
                else:
                    count = write_json_lines(file, records)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from error
        if options["file"] not in STANDARD_OUTPUT:
            self.stdout.write(f"Exported {count:,} events.")

    def write_csv(self, file: IO[bytes], records: Iterator[Values]) -> int:
        count = left_out = 0
        file.write(",".join(flat.COLUMNS).encode() + b"\r\n")
        line = csv.writer(_Lines(file))
        for values in records:
            if values["record"] != "event":
                continue
            cells, reasons = flat.row(values)
            if reasons:
                left_out += 1
                self.stderr.write(f"Left out, since CSV cannot hold it: {values['slug']}: {', '.join(reasons)}.")
            else:
                count += 1
                line.writerow(cells)
        if left_out:
            self.stderr.write(f"Left out: {left_out:,} events in all. JSON Lines hold everything.")
        return count


def events_of(namespaces: Sequence[str]) -> QuerySet[Event]:
    """The events of these data sets. Raises CommandError if one has none."""
    of_any = Q()
    for name in namespaces:
        of_one = Q(external_id__startswith=f"{name}:")
        if not Event.objects.filter(of_one).exists():
            raise CommandError(f"No event has an external id in the namespace {name!r}.")
        of_any |= of_one
    return Event.objects.filter(of_any)


class _Lines:
    """Takes the text that `csv` writes; a file of bytes wants bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def write(self, text: str) -> int:
        return self.file.write(text.encode())


def write_json_lines(file: IO[bytes], records: Iterator[Values]) -> int:
    """Writes the records; returns how many were events."""
    count = 0
    for values in records:
        count += values["record"] == "event"
        file.write(orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE))
    return count


def with_public_state(records: Iterator[tuple[int | None, Values]]) -> Iterator[Values]:
    """With `"publish": false` in each event that is not public."""
    public: set[int] = set()
    upto = 0
    for pk, values in records:
        if pk is None:
            yield values
            continue
        if pk > upto:
            found = Publication.objects.current().filter(event_id__gte=pk).order_by("event_id")
            ids = list(found.values_list("event_id", flat=True)[:1000])
            public, upto = set(ids), ids[-1] if len(ids) == 1000 else sys.maxsize
        yield values if pk in public else {**values, "publish": False}
