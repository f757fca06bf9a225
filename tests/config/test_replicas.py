"""`manage.py serve` as operators run it: at a primary database, and at a real replica that follows it.

One test, since it takes seconds to set all that up, in whichever process of the test run.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from django.conf import settings

from config import replicas
from config.embedded import FAST, Server
from config.embedded.installation import programs_for
from config.embedded.place import server_account
from config.embedded.server import _as
from tests.serving import open_folder
from tests.timeline.test_schema import SNAPSHOT

TUNING = FAST | {"shared_buffers": "16MB", "wal_level": "replica", "max_wal_senders": "2"}
REFUSED = "Error: The database is a replica, which takes no changes. Point DATABASE_URL to the primary database.\n"
EVENT = "landau-gor-visit-kazakhstan-uzbekistan-2025"
WITHDRAW = f"""
from events.models import Event
from timeline.publishing import withdraw
withdraw(Event.objects.filter(slug="{EVENT}"))
"""
PATIENCE = 60.0
"""Seconds for a server to start, and for a replica to have what was published."""


def environment(database: Server) -> dict[str, str]:
    url = f"postgresql://postgres@{quote(str(database.folder), safe='')}:5432/{database.database}"
    return {**os.environ, "DATABASE_URL": url, "RATE_LIMIT": "0"}


def manage(database: Server, *line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *line],
        cwd=settings.BASE_DIR,
        env=environment(database),
        capture_output=True,
        text=True,
    )


@dataclass(frozen=True, slots=True)
class Site:
    """A server that answers, and what it printed when it began."""

    port: int
    printed: str

    def get(self, path: str) -> tuple[int, str]:
        """The status and the text, for a host name that all servers share."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Host": "localhost"})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text


@contextmanager
def served(database: Server) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    line = [sys.executable, "manage.py", "serve"]
    variables = {**environment(database), "PORT": str(port)}
    with subprocess.Popen(line, cwd=settings.BASE_DIR, env=variables, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            printed = ""
            while "Ctrl-C stops it." not in printed:
                printed += process.stdout.readline()
                assert process.poll() is None, f"It ended after it had printed: {printed}"
            yield Site(port, printed)
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    server = Server(folder, tuning=TUNING)
    server.acquire()
    yield server
    server.release()


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def primary(folder) -> Iterator[Server]:
    with running(folder / "primary") as server:
        yield server


@pytest.fixture
def replica(folder, primary) -> Iterator[Server]:
    """It follows the primary from before there was any table."""
    account = server_account()
    (folder / "replica").mkdir(mode=0o700)
    os.chown(folder / "replica", account.uid, account.gid)
    backup = [programs_for(account) / "pg_basebackup", "--host", primary.folder, "--username", "postgres"]
    options = ["--pgdata", folder / "replica/data", "--write-recovery-conf", "--checkpoint", "fast"]
    subprocess.run([*backup, *options], check=True, **_as(account))
    with running(folder / "replica") as server:
        yield server


def test_a_replica_answers_readers_as_its_primary_does(primary, replica):
    refuses_to_serve_without_tables(replica)
    with served(primary) as at_primary:
        has_prepared_the_primary(at_primary)
        until(lambda: manage(replica, "migrate", "--check").returncode == 0)
        with served(replica) as at_replica:
            has_left_the_replica_as_it_is(at_replica)
            until(lambda: at_replica.get("/api/v1/") == at_primary.get("/api/v1/"))
            for address in addresses():
                status, answer = at_replica.get(address)
                assert (status, answer) == at_primary.get(address)
                assert status == 200, address
            has_what_is_later_asked_for_again(at_replica, at_primary)
            says_that_editing_is_elsewhere(at_replica, replica)
            hears_what_is_published(at_replica, primary)


@pytest.mark.django_db
def test_a_pooler_that_tells_what_was_before_a_promotion_shuts_no_admin(client, monkeypatch):
    monkeypatch.setattr(replicas, "says_so", lambda: True)

    assert client.get("/admin/login/").status_code == 200


def refuses_to_serve_without_tables(replica: Server) -> None:
    refused = manage(replica, "serve")
    assert refused.returncode == 1
    assert re.fullmatch(
        r"CommandError: The database is a replica, and \d+ migrations are missing, \w+\.0001_initial first\. Start the "
        r"server at the primary database, which makes them; the replica then has them within moments\.\n",
        refused.stderr,
    )


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def has_prepared_the_primary(site: Site) -> None:
    base = f"http://127.0.0.1:{site.port}"
    assert site.printed.splitlines()[0] == "Database: as DATABASE_URL says"
    assert f"  API       {base}/api/v1/\n" in site.printed
    assert re.search(rf"  Admin     {base}/admin/   user admin, password \S{{16}}   \(shown only now\)\n", site.printed)
    assert site.get("/admin/login/")[0] == 200


def has_left_the_replica_as_it_is(site: Site) -> None:
    base = f"http://127.0.0.1:{site.port}"
    assert site.printed.splitlines() == [
        "Database: as DATABASE_URL says",
        "  (it is a replica: this server answers readers)",
        "System check identified no issues (0 silenced).",
        "",
        f"  Timeline  {base}/",
        f"  API       {base}/api/v1/",
        f"  API docs  {base}/api/docs/",
        f"  Admin     {base}/admin/   at the server of the primary database",
        "",
        "Ctrl-C stops it.",
    ]


def addresses() -> list[str]:
    """All that the API describes, each for something that the curated events have; and what readers see besides."""
    ids = {
        "actors": "xi-jinping",
        "countries": "UZ",
        "events": EVENT,
        "timelines": "c5-1",
        "topics": "rare-earths",
        "types": "summit",
    }
    described = yaml.safe_load(SNAPSHOT.read_text(encoding="utf-8"))["paths"]
    api = [
        re.sub(r"(?<=/)(\w+)/\{\w+\}", lambda found: f"{found[1]}/{ids[found[1]]}", path)
        for path in described
        if "/api/" in path
    ]
    asked = ["country=UZ&on=2025-10", "country_all=US&country_all=UZ", "type=summit&q=trade", "as_of=2", "format=csv"]
    pages = ["/", f"/events/{EVENT}/", "/timelines/c5-1/", f"/embed/events/{EVENT}/"]
    return [*api, *(f"/api/v1/events/?{query}" for query in asked), *pages]


def has_what_is_later_asked_for_again(at_replica: Site, at_primary: Site) -> None:
    """The primary may have by now what the replica lacks."""
    present = json.loads(at_replica.get("/api/v1/events/count/")[1])["dataset_version"]
    for address in ("/api/v1/events/?as_of=", f"/events/{EVENT}/?as_of=", "/api/v1/changes/?since="):
        status, answer = at_replica.get(f"{address}{present + 1}")
        assert status == 503
        assert f"has not replayed dataset version {present + 1} yet: its present one is {present}." in answer
        assert at_primary.get(f"{address}{present + 1}")[0] == 400


def says_that_editing_is_elsewhere(site: Site, replica: Server) -> None:
    status, page = site.get("/admin/events/event/add/")
    assert status == 503
    assert "<h1>Editing is elsewhere</h1>" in page
    refused = manage(replica, "load_curated")
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", REFUSED)


def hears_what_is_published(site: Site, primary: Server) -> None:
    """Readers who wait at the replica do."""
    newest = json.loads(site.get("/api/v1/events/count/")[1])["dataset_version"]
    with ThreadPoolExecutor() as executor:
        waiting = executor.submit(site.get, f"/api/v1/changes/?since={newest}&wait=30")
        withdrawn = manage(primary, "shell", "--verbosity", "0", "--command", WITHDRAW)
        assert (withdrawn.returncode, withdrawn.stderr) == (0, "")
        status, answer = waiting.result()
    assert status == 200
    changes = [(change["kind"], change["id"], change["dataset_version"]) for change in json.loads(answer)["results"]]
    assert ("withdrawn", EVENT, newest + 1) in changes
