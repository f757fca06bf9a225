"""Writes published events to a file or to standard output, in a format of the API that streams, or as Parquet."""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from timeline.caching import dataset_version, past_version
from timeline.consistency import one_state
from timeline.documents import Document, complete
from timeline.errors import InvalidParameters
from timeline.filters import EventFilters, check_filters, filtered, known_entries
from timeline.formats import FORMATS, Feed
from timeline.models import Publication
from timeline.pagination import EVENT_ORDERINGS, ordered, paging_fields
from timeline.parameters import ParameterField, as_of_field, language_field, read

PARQUET = "parquet"


class Command(BaseCommand):
    """The same text as the API's export of the same events."""

    help = "Writes the published events that fit, in a format of the API that streams, or as Parquet."

    def add_arguments(self, parser: CommandParser) -> None:
        formats = [name for name, format in FORMATS.items() if format.most is None]
        parser.add_argument("format", choices=[*formats, PARQUET], help="what to write")
        parser.add_argument(
            "--query",
            default="",
            help="filters, lang, as_of and ordering in the API's words, such as 'country=UZ&from=2015&lang=de'",
        )
        parser.add_argument("--output", default="-", help="the file; only a whole one replaces it (default: -, stdout)")
        parser.add_argument(
            "--site", default="http://127.0.0.1:8000", help="where the API is, for the addresses in the documents"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        site = options["site"].rstrip("/")
        parts = urlsplit(site)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
            raise CommandError(f"--site is '{options['site']}'. It must be like https://timeline.example.org.")
        output = options["output"]
        try:
            with one_state(), opened(output) as file:
                count = write(options["format"], documents(options["query"], f"{site}/api/v1"), site, file)
                version = dataset_version()
        except InvalidParameters as error:
            raise CommandError("--query: " + " ".join(problem.message for problem in error.errors)) from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{count:,} events of dataset version {version} are in {output}.")


def documents(query: str, base_url: str) -> Iterator[Document]:
    """The documents that `query` finds. Raises `InvalidParameters`."""
    fields: dict[str, ParameterField] = {
        **EventFilters.fields_by_name(),
        "lang": language_field(),
        "as_of": as_of_field(),
        "ordering": paging_fields(EVENT_ORDERINGS)["ordering"],
    }
    values = read(QueryDict(query), fields)
    check_filters(values)
    at = None if values["as_of"] is None else past_version(values["as_of"], dataset_version())
    events = filtered(Publication.objects.as_of(at), values, known_entries(values, at)).in_language(values["lang"])
    rows = ordered(events, values, EVENT_ORDERINGS).values_list("document", flat=True)
    for document in rows.iterator(chunk_size=500):
        yield complete(document, base_url)


def write(format: str, found: Iterable[Document], site: str, file: BinaryIO) -> int:
    """Writes the documents; returns how many they were."""
    number = 0

    def counted() -> Iterator[Document]:
        nonlocal number
        for document in found:
            number += 1
            yield document

    if format == PARQUET:
        try:
            from timeline import parquet
        except ImportError as error:
            raise CommandError("Parquet needs pyarrow: .venv/bin/python -m pip install pyarrow") from error
        parquet.write(counted(), file)
    else:
        now = datetime.datetime.now(datetime.UTC)
        host = urlsplit(site).netloc
        feed = Feed("Diplomatic events", site, site, "en", now, host, now.date(), now.date())
        for text in FORMATS[format].write(counted(), feed):
            file.write(text.encode())
    return number


@contextlib.contextmanager
def opened(output: str) -> Iterator[BinaryIO]:
    """Standard output for "-"; else a new file beside `output`, which takes its place when it is whole."""
    if output == "-":
        yield sys.stdout.buffer
        return
    target = Path(output)
    descriptor, unfinished = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(unfinished, 0o666 & ~mask)  # as if it had been made in the usual way
        os.replace(unfinished, target)
    except BaseException:
        os.unlink(unfinished)
        raise
