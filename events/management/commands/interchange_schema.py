from typing import Any

import orjson
from django.core.management.base import BaseCommand

from events.interchange.records import schema


class Command(BaseCommand):
    help = "Writes the JSON Schema of the records that import_events takes to standard output."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(orjson.dumps(schema(), option=orjson.OPT_INDENT_2).decode())
