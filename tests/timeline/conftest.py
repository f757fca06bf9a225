import pytest
from django.utils import timezone

from events.loading import load_reference
from timeline.loading import load_curated
from timeline.models import Dataset


@pytest.fixture
def committed(transactional_db):
    """A database whose transactions really end, for tests with several connections."""
    # The flush behind such a test also takes the row that a migration made.
    Dataset.objects.get_or_create(pk=1, defaults={"updated_at": timezone.now()})


@pytest.fixture
def curated(db, request):
    """The data that comes with the project, loaded and published."""
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("committed")
    load_reference()
    load_curated()
