"""Writes published events to a file or to standard output, in a format of the API that streams, or as Parquet."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict
from django.urls import reverse

from timeline.caching import dataset_version, past_version
from timeline.consistency import one_state
from timeline.documents import Document, complete
from timeline.errors import InvalidParameters, NotReplayed
from timeline.filters import EventFilters, check_filters, filtered, known_entries
from timeline.formats import FORMATS, Feed
from timeline.links import query_of
from timeline.management.whole_file import whole_file
from timeline.models import Publication
from timeline.pagination import EVENT_ORDERINGS, ordered, paging_fields
from timeline.parameters import ParameterField, as_of_field, language_field, read
from timeline.titles import title_of

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
        try:
            parts = urlsplit(site)
        except ValueError:  # such as http://[::1
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query or parts.fragment:
            raise CommandError(f"--site is '{options['site']}'. It must be like https://timeline.example.org.")
        output = options["output"]
        try:
            with one_state(), whole_file(output) as file:
                values = understood(options["query"])
                found = documents(values, f"{site}/api/v1")
                count = write(options["format"], found, feed(values, site), file)
                version = dataset_version() if values["as_of"] is None else values["as_of"]
        except InvalidParameters as error:
            raise CommandError("--query: " + " ".join(problem.message for problem in error.errors)) from error
        except NotReplayed as error:
            raise CommandError(f"--query: {error}") from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{count:,} events of dataset version {version} are in {output}.")


def understood(query: str) -> dict[str, Any]:
    """The values of all parameters, `as_of` as a dataset version. Raises `InvalidParameters`."""
    fields: dict[str, ParameterField] = {
        **EventFilters.fields_by_name(),
        "lang": language_field(),
        "as_of": as_of_field(),
        "ordering": paging_fields(EVENT_ORDERINGS)["ordering"],
    }
    values = read(QueryDict(query), fields)
    check_filters(values)
    if values["as_of"] is not None:
        values["as_of"] = past_version(values["as_of"], dataset_version())
    return values


def documents(values: Mapping[str, Any], base_url: str) -> Iterator[Document]:
    """The documents that the values find. Raises `InvalidParameters` at once, before there is anything to write."""
    at = values["as_of"]
    events = filtered(Publication.objects.as_of(at), values, known_entries(values, at)).in_language(values["lang"])
    rows = ordered(events, values, EVENT_ORDERINGS).values_list("document", flat=True)
    return (complete(document, base_url) for document in rows.iterator(chunk_size=500))


def feed(values: Mapping[str, Any], site: str) -> Feed:
    """What formats need to know that stream."""
    now = datetime.datetime.now(datetime.UTC)
    page = f"{site}{reverse('event-page', args=['*'])}{query_of(values['lang'], values['as_of'])}"
    host = urlsplit(site).netloc
    return Feed(title_of(values), site, site, page, values["lang"], now, host, now.date(), now.date())


def write(format: str, found: Iterable[Document], feed: Feed, file: BinaryIO) -> int:
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
        for text in FORMATS[format].write(counted(), feed):
            file.write(text.encode())
    return number
