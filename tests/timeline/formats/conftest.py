import json

import pytest
from django.db import transaction

from events.loading import load_reference
from timeline.documents import LANGUAGES, with_base_url
from timeline.loading import load_curated
from timeline.models import Publication


@pytest.fixture(scope="session")
def curated_documents(django_db_setup, django_db_blocker):
    """The documents that come with the project, in every language. Formats need no database: loaded once."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        load_curated()
        stored = [
            text
            for language in LANGUAGES
            for text in Publication.objects.as_of(None).in_language(language).values_list("document", flat=True)
        ]
        transaction.set_rollback(True)
    return [json.loads(with_base_url(text, "https://timeline.example.org/api/v1")) for text in stored]
