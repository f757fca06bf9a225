"""Measures: fills a database of its own, asks it what readers ask, and prints Markdown.

python -m tests.bench [--events 1000000] [--keep] [--write] [--only database|http|peers] [--cases TEXT]
                      [--peers 10000 100000]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    arguments = parse_arguments()
    import django

    django.setup()
    from tests.bench import database, report
    from tests.bench.http_measure import measure_http
    from tests.bench.measure import measure_queries
    from tests.bench.queries import cases

    parts = []
    if arguments.only != "peers":
        with database.server(), database.filled(arguments.events, keep=arguments.keep):
            parts.append(report.machine(arguments.events))
            if arguments.only != "http":
                wanted = [case for case in cases(arguments.events) if arguments.cases in case.name]
                parts.append(report.queries(measure_queries(wanted)))
            if arguments.only != "database":
                parts.append(report.http(measure_http(arguments.events)))
    if arguments.only in (None, "peers"):
        parts += [compared(events, arguments.keep) for events in arguments.peers]
    print("\n\n".join(parts))
    if arguments.write:
        RESULTS.write_text(report.merged(RESULTS.read_text() if RESULTS.exists() else "# Measurements", parts))


def compared(events: int, keep: bool) -> str:
    """This API and its peers, over so many events."""
    from tests.bench import database
    from tests.bench.peers import contents, report
    from tests.bench.peers.measure import compare

    with database.server(contents.NAME), database.filled(events, keep=keep, fill=contents.fill):
        return report.peers(compare(events))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description="Measure the queries and the HTTP server.")
    parser.add_argument("--events", type=int, default=1_000_000, help="how many (default: 1,000,000)")
    parser.add_argument("--keep", action="store_true", help="leave the database, and use one that was left")
    parser.add_argument("--write", action="store_true", help=f"also into {RESULTS.name}; its other parts stay")
    parser.add_argument("--cases", default="", help="only the queries whose name has this in it")
    parser.add_argument("--only", choices=["database", "http", "peers"], help="leave out the other parts")
    parser.add_argument(
        "--peers", type=int, nargs="+", default=[10_000], help="how many events, for each comparison (default: 10,000)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
