"""The data of the comparison: invented events in the tables of editors, published through the door."""

from __future__ import annotations

import sys

from django.core.management import call_command
from django.db import connection

NAME = "bench_peers"


def fill(events: int) -> None:
    """The reference data and so many events, with progress on stderr."""
    call_command("load_reference", verbosity=0)
    call_command("seed_synthetic", str(events), stdout=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
