"""Nobody waits in a circle, and nobody at a browser waits for long."""

import threading
from array import array
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from events import locking
from events.interchange import importing
from events.interchange.importing import Import
from events.interchange.reading import Entry
from events.models import Event
from tests.builders import draft
from tests.threads import in_threads
from timeline.importing import Report, publish_imported
from timeline.models import Publication

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@contextmanager
def elsewhere():
    """A connection of somebody else, in a transaction that ends with this."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


@committed
def test_a_preview_and_the_publishing_of_what_it_is_about_do_not_wait_for_one_another(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    events = [draft(slug) for slug in ("first", "second", "third")]
    records = [
        {"record": "event", "slug": event.slug, "type": "meeting", "date": "2024", "texts": {"en": {"title": "New"}}}
        for event in reversed(events)
    ]
    entries = [Entry(number, record, []) for number, record in enumerate(records, 1)]
    begun = threading.Event()

    def preview():
        with transaction.atomic():
            for _ in Import(lambda: iter(entries)).run():
                begun.set()
                waiting.wait(0.5)  # until the publisher has what it can have, which is not what this needs next
            transaction.set_rollback(True)

    waiting = threading.Event()

    def publishing():
        begun.wait()
        publish_imported(Report(event_ids=array("Q", [event.pk for event in events])))
        waiting.set()

    assert in_threads(preview, publishing) == []
    assert set(Event.objects.values_list("date", flat=True)) == {"2025-11-06"}
    assert Publication.objects.count() == 3


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(locking, "PATIENCE", 0.1)


def publish_selected(client, *events):
    client.raise_request_exception = False
    data = {"action": "publish_selected", "_selected_action": [event.pk for event in events]}
    return client.post(reverse("admin:events_event_changelist"), data)


@committed
@pytest.mark.usefixtures("impatient")
def test_who_changes_several_hears_of_an_import_that_lasts_and_who_changes_one_goes_on(admin_client):
    one, other = draft("one"), draft("other")
    with elsewhere() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locking.SEVERAL])

        response = publish_selected(admin_client, one, other)
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert "<h1>Somebody else is changing the same</h1>" in response.content.decode()
        assert Publication.objects.count() == 0

        assert publish_selected(admin_client, one).status_code == 302
        assert Publication.objects.get().slug == "one"
    assert publish_selected(admin_client, one, other).status_code == 302
    assert Publication.objects.count() == 2


@committed
@pytest.mark.usefixtures("impatient")
def test_an_editor_does_not_wait_for_long_for_what_somebody_else_is_changing(admin_client):
    event = draft("event")
    admin_client.raise_request_exception = False
    with elsewhere() as cursor:
        cursor.execute("SELECT FROM events_event WHERE id = %s FOR UPDATE", [event.pk])

        address = reverse("admin:events_event_change", args=[event.pk])
        response = admin_client.post(address, {"opened": "0"})

    assert response.status_code == 503
    assert "<h1>Somebody else is changing the same</h1>" in response.content.decode()


@transaction.atomic
def wait_in_vain():
    locking.wait_briefly()
    locking.change_several()


@transaction.atomic
def take_too_long():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")


@pytest.mark.usefixtures("impatient")
def test_only_what_another_transaction_is_in_the_way_of_is_a_conflict():
    with elsewhere() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locking.SEVERAL])
        with pytest.raises(OperationalError) as refused:
            wait_in_vain()
    assert locking.is_conflict(refused.value)

    with pytest.raises(OperationalError) as stopped:
        take_too_long()
    assert not locking.is_conflict(stopped.value)
    assert not locking.is_conflict(ValueError())
    assert not locking.is_conflict(None)
