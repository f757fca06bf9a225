"""What was measured, as Markdown."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections import Counter
from statistics import median

from django.db import connection

from tests.bench.http_measure import Round
from tests.bench.measure import Measured, Scan

COUNTRY_INDEX = "publication_country_by_date"


def machine(events: int) -> str:
    """What it ran on, and on how much."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('shared_buffers')")
        version, buffers = cursor.fetchone()
        cursor.execute(
            "SELECT relname, CASE relkind WHEN 'i' THEN 'index' ELSE 'table' END, "
            "pg_size_pretty(CASE relkind WHEN 'i' THEN pg_relation_size(oid) ELSE pg_table_size(oid) END) "
            "FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace "
            "AND relname LIKE '%publication%' ORDER BY relkind DESC, pg_relation_size(oid) DESC"
        )
        sizes = [f"| {name} | {kind} | {size} |" for name, kind, size in cursor.fetchall()]
    python = platform.python_version()
    return "\n".join(
        [
            "# Measurements",
            "",
            f"{datetime.date.today()}, `make bench`, {events:,} synthetic events. {os.cpu_count()} cores "
            f"({platform.machine()}), shared by all there is; PostgreSQL {version} with shared_buffers={buffers}; "
            f"Python {python}.",
            "",
            "| relation | kind | size |",
            "| --- | --- | ---: |",
            *sizes,
        ]
    )


def queries(found: list[Measured]) -> str:
    """The table of times, whether the country and the date are one range of one index, and every plan."""
    lines = [
        "## Queries",
        "",
        "Milliseconds in one process, median and 99th percentile over different values: of the main query as the "
        "application sees it (planned, executed, fetched), of all queries of the request, and of the whole view. "
        "The scans are those of most of 20 values; `+date` is a bound of the date in the index condition.",
        "",
        "| question | values | main p50 | main p99 | queries | all p50 | view p50 | main query reads |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for case in found:
        scans, often = case.plans.most_common(1)[0]
        reads = f"{often}/{case.plans.total()}: {'; '.join(map(str, scans))}"
        lines.append(
            f"| {case.name} | {len(case.main)} | {median(case.main):.2f} | {percentile(case.main, 99):.2f} "
            f"| {case.queries} | {median(case.database):.2f} | {median(case.whole):.2f} | {reads} |"
        )
    lines += ["", "### Country and date: one range of one index?", ""]
    lines += [f"- {case.name}: {verdict(case)}" for case in found if case.name.startswith("country (")]
    lines += ["", "### Plans", ""]
    for case in found:
        lines += [f"#### {case.name}", "", f"`{case.example}`", "", "```", case.plan, "```", ""]
    return "\n".join(lines).rstrip()


def verdict(case: Measured) -> str:
    """How the plans read the country's index, and how often so."""
    ways = Counter[str]()
    for scans, often in case.plans.items():
        ways[", ".join(describe(scan) for scan in scans if scan.relation == COUNTRY_INDEX) or "not"] += often
    return "; ".join(f"{way} ({often} of {ways.total()})" for way, often in ways.most_common())


def describe(scan: Scan) -> str:
    """Which range of the country's index is read."""
    words = {0: "the country alone", 1: "the country and one bound of the date"}
    return f"{scan.kind} of `{scan.relation}`, {words.get(scan.dates, 'the country and both bounds of the date')}"


def http(found: dict[str, list[Round]]) -> str:
    """The table of requests a second."""
    lines = [
        "## HTTP",
        "",
        "gunicorn as `manage.py serve` runs it, 8 connections over loopback, the load generator on the same cores; "
        f"medians of {max(map(len, found.values()))} interleaved rounds, noise = (highest - lowest) / median.",
        "",
        "| request | req/s | noise | p50 ms | p99 ms |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, rounds in found.items():
        rates = [each.requests_a_second for each in rounds]
        lines.append(
            f"| {name} | {median(rates):,.0f} | {noise(rates):.0%} | {median(each.p50 for each in rounds):.1f} "
            f"| {median(each.p99 for each in rounds):.1f} |"
        )
    return "\n".join(lines)


def noise(rates: list[float]) -> float:
    """How far the rounds lie apart, as a share of the middle one."""
    return (max(rates) - min(rates)) / median(rates)


def merged(old: str, new: list[str]) -> str:
    """The results with `new` parts in the place of those of the same heading; the others stay."""
    parts = {part.partition("\n")[0]: part for part in re.split(r"^(?=##? )", old, flags=re.M) if part.strip()}
    parts |= {part.partition("\n")[0]: part for part in new}
    title_first = sorted(parts.values(), key=lambda part: not part.startswith("# "))
    return "\n\n".join(part.strip() for part in title_first) + "\n"


def percentile(values: list[float], percent: int) -> float:
    """The value that `percent` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
