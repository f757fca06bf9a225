"""Tests have an embedded PostgreSQL of their own, beside the real one, so they can run while the server runs."""

import gc
import os
import shutil
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connections
from playwright.sync_api import sync_playwright
from whitenoise.middleware import WhiteNoiseMiddleware

from config import embedded
from config.embedded.place import home_folder, server_account
from config.upgrades import settled
from events.loading import load_reference
from tests.copies import filled_once

# Playwright's synchronous interface runs an event loop in the thread of the test, where Django would refuse queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FILES: dict[str, Any] = {}
"""The static files, by their address. Each client of a test would look for them anew, which takes 11 ms."""

# A busy machine is no failure: no example, nor making it, has to end within a time. And examples share the database of
# their test, where what they need is made once.
hypothesis.settings.register_profile(
    "untimed",
    hypothesis.settings(),  # which knows whether this is a run of CI
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("untimed")

gc.disable()  # until all tests are gathered, a third of which it would take
SERVER = pytest.StashKey[embedded.Server]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Point to the tests' server; start it in the process that controls the tests, before its workers."""
    settled.set()  # the tests' database is migrated; those of `config.upgrades` look
    settings.RATE_LIMIT = 0  # tests are one busy client; those of the limit set it
    # A live server sends headers and body apart: the body would wait 40 ms for the client to acknowledge the headers.
    WSGIRequestHandler.disable_nagle_algorithm = True
    find = WhiteNoiseMiddleware.add_files_from_finders
    WhiteNoiseMiddleware.add_files_from_finders = found_once(find)
    database = settings.DATABASES["default"]
    is_worker = hasattr(config, "workerinput")
    # A name for each run: two runs at once do not destroy each other's database.
    run = os.getppid() if is_worker else os.getpid()
    database.setdefault("TEST", {})["NAME"] = f"test_timeline_{run}"
    if settings.EMBEDDED_POSTGRES is None:
        return
    folder = embedded.choose_folder(settings.BASE_DIR, ".postgres-test", home=home_folder(), account=server_account())
    # Nearly everything here is rolled back. Vacuums would note that the tables are empty, and PostgreSQL would plan for
    # that: a join of a few thousand rows then takes seconds, by chance; the whole suite a third more.
    server = embedded.Server(folder, tuning=embedded.FAST | {"autovacuum": "off"})
    database["HOST"] = str(folder)
    if is_worker:
        return
    try:
        if server.acquire():
            server.drop_databases("test_")  # what killed runs left behind
    except embedded.EmbeddedError as error:
        pytest.exit(str(error), returncode=4)
    config.stash[SERVER] = server


def found_once(find: Callable[[Any], None]) -> Callable[[Any], None]:
    """What has a middleware look for the static files, if no other one has; they do not change meanwhile."""

    def add_files(middleware: Any) -> None:
        if not FILES:
            find(middleware)
            FILES.update(middleware.files)
        middleware.files.update(FILES)

    return add_files


def pytest_collection_finish() -> None:
    """Look for garbage again, but not among what stays until the end."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server if no other run uses it."""
    if server := config.stash.get(SERVER, None):
        server.release()


@pytest.fixture
def committed(transactional_db):
    """A database whose transactions really end, for tests with several connections."""


@pytest.fixture
def reference(db):
    """The states, blocs, types and topics that come with the project."""
    filled_once("reference", load_reference)


@pytest.fixture
def admin_user(django_user_model):
    """Without a password, whose hashing would take longer than the tests."""
    return django_user_model.objects.create_superuser("admin")


@pytest.fixture(scope="module")
def chromium():
    """Headless Chromium, the one of the system."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None and not os.environ.get("CI"):
        pytest.skip("There is no Chromium here; in CI there must be: .ci/run installs it.")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()
        connections.close_all()  # while an event loop runs, Django has connections of their own in this thread
