import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from events.loading import load_reference
from timeline.loading import load_curated


@pytest.fixture
def committed(transactional_db):
    """A database whose transactions really end, for tests with several connections."""


@pytest.fixture
def curated(db, request):
    """The data that comes with the project, loaded and published."""
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("committed")
    load_reference()
    load_curated()


@pytest.fixture
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


@pytest.fixture
def page(chromium, live_server):
    """A page that gathers what the browser complains about."""
    opened = chromium.new_page(viewport={"width": 1000, "height": 800})
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:", "blob:"))
            else opened.complaints.append(f"outside host: {request.url}")
        ),
    )
    yield opened
    opened.close()
