"""What is published is sorted into the indexes by keys once it is public; here, the transaction of the test goes on."""

from __future__ import annotations

import pytest
from django.db import connection

from events.models import Event
from timeline.index_entries import sort_in_after_commit
from timeline.publishing import publish, withdraw

pytestmark = pytest.mark.django_db


def asked(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def pages_pending(index):
    """How many pages the index's list had; it has none afterwards."""
    return asked(f"SELECT gin_clean_pending_list('{index}')")


@pytest.fixture
def event(curated):
    pages_pending("publication_keys")
    found = Event.objects.get(slug="trump-state-visit-beijing-2017")
    found.texts.update(summary="Another one.")
    return found


def test_without_it_there_would_be_a_list(event, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as after:
        assert publish([event]).published == [event]
    assert len(after) == 1
    assert asked("SHOW gin_pending_list_limit") == "64MB"
    assert pages_pending("publication_keys") == 1


def test_what_is_published_is_sorted_in(event, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert publish([event]).published == [event]
    assert pages_pending("publication_keys") == 0
    assert pages_pending("publication_keys_past") == 0


def test_so_is_what_is_past(event, django_capture_on_commit_callbacks):
    pages_pending("publication_keys_past")
    with django_capture_on_commit_callbacks() as after:
        assert withdraw([event]) == [event]
    assert len(after) == 1
    assert pages_pending("publication_keys_past") == 1


def test_whoever_does_not_own_the_indexes_leaves_them_alone(django_capture_on_commit_callbacks):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE pg_read_all_data")
    with django_capture_on_commit_callbacks(execute=True) as after:
        sort_in_after_commit()
    assert len(after) == 1
    assert asked("SHOW gin_pending_list_limit") == "4MB"
