"""Measures this API and its peers: fills databases of its own, asks them what readers ask, and prints Markdown.

python -m tests.bench --events 10000 100000 1000000 --keep --write
python -m tests.bench --only oracle --events 10000
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
RESULTS = Path(__file__).with_name("RESULTS.md")
SIZES, QUERIES = [10_000, 100_000, 1_000_000], 1000
PARTS = ("http", "peers", "import", "sql", "pairs", "oracle")


def main() -> int:
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # whatever was started is ended first
    import django

    django.setup()
    from tests.bench import report, rounds, run

    if arguments.quick:
        rounds.PACE.rounds, rounds.PACE.seconds = 1, 0.5
    wanted = run.Wanted(sorted(arguments.events), arguments.only or PARTS, arguments.cases, arguments.queries)
    found = run.run(wanted, keep=arguments.keep)
    if not found.sizes:
        return 1
    text = report.report(found)
    print(text)
    if arguments.plans:
        print(report.plans(found))
    if arguments.write and is_whole(arguments) and len(found.sizes) == len(wanted.sizes):
        RESULTS.write_text(text)
    elif arguments.write:
        print(f"{RESULTS.name} stays as it is: this was not a whole run.", file=sys.stderr)
    return 1 if found.failures else 0


def is_whole(arguments: argparse.Namespace) -> bool:
    """Whether everything was measured."""
    partial = arguments.quick or arguments.only or arguments.cases
    return not partial and sorted(arguments.events) == SIZES and arguments.queries >= QUERIES


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description="Measure this API beside its peers.")
    parser.add_argument(
        "--events", type=int, nargs="+", default=[10_000], metavar="N", help="sizes to measure at (default: 10000)"
    )
    parser.add_argument("--keep", action="store_true", help="leave the databases, and use those that were left")
    parser.add_argument("--only", choices=PARTS, nargs="+", help="leave out the other parts")
    parser.add_argument("--cases", default="", help="sql: only the questions whose name has this in it")
    parser.add_argument("--queries", type=int, default=QUERIES, help=f"oracle: how many queries (default: {QUERIES})")
    parser.add_argument("--quick", action="store_true", help="only try whether it works: one round of half a second")
    parser.add_argument("--plans", action="store_true", help="sql: print the plans too")
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}, if it is all that there is")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
