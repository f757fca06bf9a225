"""Measures: fills a database of its own, asks it what readers ask, and prints Markdown.

python -m tests.bench [--events 1000000] [--keep] [--write] [--only database|http] [--cases TEXT]
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

    with database.server(), database.filled(arguments.events, keep=arguments.keep):
        parts = [report.machine(arguments.events)]
        if arguments.only != "http":
            wanted = [case for case in cases(arguments.events) if arguments.cases in case.name]
            parts.append(report.queries(measure_queries(wanted)))
        if arguments.only != "database":
            parts.append(report.http(measure_http(arguments.events)))
    text = "\n\n".join(parts) + "\n"
    print(text)
    if arguments.write:
        RESULTS.write_text(text)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description="Measure the queries and the HTTP server.")
    parser.add_argument("--events", type=int, default=1_000_000, help="how many (default: 1,000,000)")
    parser.add_argument("--keep", action="store_true", help="leave the database, and use one that was left")
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    parser.add_argument("--cases", default="", help="only the queries whose name has this in it")
    parser.add_argument("--only", choices=["database", "http"], help="leave out the other part")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
