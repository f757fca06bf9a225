"""Nobody waits in a circle, and nobody at a browser waits for long."""

import threading
from array import array

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import locking
from events.interchange import importing
from events.interchange.importing import Import
from events.interchange.reading import Entry
from events.loading import load_curated, load_reference
from events.models import Event, Membership
from tests.builders import draft, state
from tests.connections import elsewhere
from tests.events.interchange.samples import ALL, KZ, imported, lines
from tests.threads import in_threads
from timeline.importing import Report, publish_imported
from timeline.models import Publication

pytestmark = pytest.mark.django_db


CHANGELIST = "/admin/events/event/"


@pytest.mark.usefixtures("committed")
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
def impatient(monkeypatch, committed):
    """Requests wait for a tenth of a second; one that waits without limit fails after five."""
    monkeypatch.setattr(locking, "PATIENCE", 0.1)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5s'")
        yield
        cursor.execute("RESET statement_timeout")


@pytest.mark.parametrize(
    ("address", "data"),
    [
        (lambda event: reverse("admin:events_event_change", args=[event.pk]), lambda event: {"opened": "0"}),
        (lambda event: reverse("admin:events_event_delete", args=[event.pk]), lambda event: {"post": "yes"}),
        (lambda event: CHANGELIST, lambda event: {"action": "publish_selected", "_selected_action": [event.pk]}),
        (lambda event: CHANGELIST, lambda event: {"action": "withdraw_selected", "_selected_action": [event.pk]}),
        (
            lambda event: reverse("admin:events_source_delete", args=[event.sources.get().pk]),
            lambda event: {"post": "yes"},
        ),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_an_editor_does_not_wait_for_long_for_what_somebody_else_is_changing(admin_client, address, data):
    event = draft("event")
    where, sent = address(event), data(event)
    admin_client.raise_request_exception = False
    with elsewhere() as cursor:
        cursor.execute("SELECT FROM events_event WHERE id = %s FOR UPDATE", [event.pk])
        cursor.execute("SELECT FROM events_source FOR UPDATE")

        response = admin_client.post(where, sent)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "<h1>Somebody else is changing the same</h1>" in response.content.decode()
    assert Publication.objects.count() == 0


@pytest.mark.usefixtures("impatient")
def test_an_import_does_not_wait_for_long_for_another_one(admin_client):
    admin_client.raise_request_exception = False
    file = SimpleUploadedFile("events.jsonl", lines(*ALL))
    with elsewhere() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locking.IMPORTING])

        assert admin_client.post(reverse("admin:events_event_import"), {"file": file}).status_code == 503


@pytest.mark.usefixtures("impatient", "reference")
def test_a_server_that_starts_waits_for_no_import():
    load_curated()
    with elsewhere() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locking.IMPORTING])

        assert load_reference() == {"types": 0, "topics": 0, "states and blocs": 0}
        assert load_curated() == ([], [])


@pytest.mark.usefixtures("committed")
def test_who_waits_for_one_of_several_holds_none_of_the_others(monkeypatch):
    monkeypatch.setattr(locking, "TRY", 0.1)
    first, second = draft("first"), draft("second")
    rows = Event.objects.order_by("pk").select_for_update(no_key=True)
    got: list[str] = []

    def lock_both():
        with transaction.atomic():
            got.extend(locking.lock_in_tries(lambda: list(rows.values_list("slug", flat=True))))

    with elsewhere() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SELECT FROM events_event WHERE id = %s FOR UPDATE", [second.pk])
        thread = threading.Thread(target=in_threads, args=[lock_both])
        thread.start()
        thread.join(0.5)
        assert got == []
        cursor.execute("SELECT FROM events_event WHERE id = %s FOR UPDATE", [first.pk])
    thread.join(10)
    assert got == ["first", "second"]


OPEC = {"record": "actor", "slug": "opec", "kind": "bloc", "names": {"en": "OPEC"}}


@pytest.mark.usefixtures("committed")
def test_an_import_holds_no_membership_while_it_waits_for_the_member():
    """For whom a form waits that has locked the member."""
    link = {"member": "KZ", "role": "member"}
    imported(KZ, {**OPEC, "members": [link]})

    with elsewhere() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SELECT FROM events_actor WHERE code = 'KZ' FOR NO KEY UPDATE")
        ended = {**OPEC, "members": [link | {"until": "2024"}]}
        thread = threading.Thread(target=in_threads, args=[lambda: imported(ended)])
        thread.start()
        thread.join(0.5)
        cursor.execute("SELECT FROM events_membership FOR UPDATE")
        assert thread.is_alive()
    thread.join(10)
    assert Membership.objects.get().until == "2024"


@transaction.atomic
def wait_in_vain():
    locking.wait_briefly()
    locking.import_next()


@transaction.atomic
def take_too_long():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")


@pytest.mark.usefixtures("impatient")
def test_only_what_another_transaction_is_in_the_way_of_is_a_conflict():
    with elsewhere() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locking.IMPORTING])
        with pytest.raises(OperationalError) as refused:
            wait_in_vain()
    assert locking.is_conflict(refused.value)
    assert locking.is_conflict(locking.Conflict("in another process"))

    with pytest.raises(OperationalError) as stopped:
        take_too_long()
    assert not locking.is_conflict(stopped.value)
    assert not locking.is_conflict(ValueError())
    assert not locking.is_conflict(None)


@pytest.mark.django_db
def test_all_that_is_named_is_locked_and_nothing_else():
    """Each by what it is known by, in batches, and what is not there passed over."""
    for slug in ("by-slug", "by-id", "other"):
        draft(slug, external_id="test:1" if slug == "by-id" else None)
    state("UZ"), state("KZ"), state("US")

    with CaptureQueriesContext(connection) as counted:
        locking.lock_all(
            [
                [("event", "by-slug"), ("event", "uzbekistan"), ("actor", "KZ")],
                [("event", "test:1"), ("actor", "uzbekistan")],
            ]
        )

    found = []
    for sql in (query["sql"] for query in counted if "NO KEY UPDATE" in query["sql"]):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found += cursor.fetchone()
    assert found == [2, 2]


def test_an_import_in_one_transaction_locks_the_members_that_a_bloc_lists_with_all_else(monkeypatch):
    named = []
    monkeypatch.setattr(importing, "lock_all", lambda batches: named.extend(batches))

    imported(OPEC, {**OPEC, "slug": "other", "members": [{"member": "KZ", "role": "member"}]})
    assert named == [[("actor", "opec"), ("actor", "other"), ("actor", "KZ")]]
