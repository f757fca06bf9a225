"""A server with the curated events, the libraries of npm, and a web site on another origin that uses both."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from events.loading import load_reference
from tests.clients.hostile import publish_hostile_events
from tests.clients.site import Site
from timeline.loading import load_curated

HERE = Path(__file__).resolve().parent
FLUSH = {"interactive": False, "verbosity": 0, "reset_sequences": False, "allow_cascade": False}


@pytest.fixture(scope="package")
def api(django_db_setup, django_db_blocker):
    """The origin of a server with the curated events and some hostile ones; once for all: loading takes seconds."""
    with django_db_blocker.unblock():
        load_reference()
        load_curated()
        publish_hostile_events()
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()
        call_command("flush", **FLUSH)


@pytest.fixture(scope="session")
def node_modules():
    """The folder with what `package-lock.json` lists. Installed when that changes; one process at a time."""
    npm = tool("npm", "npm")
    folder, lock_file = HERE / "node_modules", HERE / "package-lock.json"
    stamp = folder / ".installed"
    with lock_file.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if not stamp.exists() or stamp.read_text() != wanted:
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
            assert run.returncode == 0, run.stdout + run.stderr
            stamp.write_text(wanted)
    return folder


@pytest.fixture(scope="package")
def site(node_modules):
    """A web site on another origin than the API."""
    with Site(node_modules) as site:
        yield site


@pytest.fixture
def page(chromium, api, site):
    """A page that gathers what the browser complains about, and whatever it asks of other hosts."""
    opened = chromium.new_page(viewport={"width": 1000, "height": 800})
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("dialog", lambda dialog: (opened.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((f"{api}/", f"{site.url}/", "data:", "blob:"))
            else opened.complaints.append(f"outside host: {request.url}")
        ),
    )
    yield opened
    opened.close()


def tool(command: str, package: str) -> str:
    """The path of a system's command; without it the test is skipped, but in CI it fails."""
    path = shutil.which(command)
    if path is None and not os.environ.get("CI"):
        pytest.skip(f"There is no {command} here; in CI there must be: .ci/run installs {package}.")
    return path or command
