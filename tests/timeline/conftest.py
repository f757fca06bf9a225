import pytest

from events.loading import load_reference
from tests.copies import filled_once
from timeline.loading import load_curated


@pytest.fixture
def curated(db, request):
    """The data that comes with the project, loaded and published."""
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("committed")
    filled_once("curated", load)


def load():
    load_reference()
    load_curated()


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
