import pytest
from django.utils import timezone

from timeline.models import Dataset


@pytest.fixture
def committed(transactional_db):
    """A database whose transactions really end, for tests with several connections."""
    # The flush behind such a test also takes the row that a migration made.
    Dataset.objects.get_or_create(pk=1, defaults={"updated_at": timezone.now()})
