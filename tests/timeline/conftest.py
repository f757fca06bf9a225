import pytest

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
