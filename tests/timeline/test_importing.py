"""What an import publishes, in batches, and in which order."""

from array import array

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Actor, Event, EventText, Source
from tests.builders import draft, event_type, published, state, topic
from timeline import importing
from timeline.editions import PUBLISHING
from timeline.models import Publication, Term
from timeline.publishing import withdraw


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.usefixtures("committed")
def test_batches_are_published_in_order(processes, monkeypatch):
    monkeypatch.setattr(importing, "PUBLISHED_AT_ONCE", 2)
    published("public")
    edited = published("edited")
    edited.texts.update(title="New title")
    Event.objects.filter(pk=edited.pk).update(updated_at=timezone.now())
    withdraw([published("withdrawn")])
    new = [draft(f"new-{number}").pk for number in range(5)]
    Source.objects.filter(event=draft("refused")).delete()
    report = importing.Report(event_ids=array("Q", Event.objects.order_by("pk").values_list("pk", flat=True)))
    heard: list[tuple[int, dict[str, list[str]]]] = []

    done = importing.publish_imported(
        report, None, lambda count, batch: heard.append((count, batch.refused)), processes=processes
    )

    refused = {"refused": ["It has no source: add at least one."]}
    assert heard == [(2, {}), (4, {}), (6, {}), (8, {}), (9, refused)]
    assert (done.published, done.withdrawn) == (6, ["withdrawn"])
    assert list(done.event_ids) == [edited.pk, *new]
    assert (done.refusals, done.refused) == (1, {})
    rows = Publication.objects.current().order_by("pk").values_list("slug", "version", "published_in")
    assert list(rows) == [
        ("public", 1, 1),
        ("edited", 2, 5),
        ("new-0", 1, 6),
        ("new-1", 1, 7),
        ("new-2", 1, 7),
        ("new-3", 1, 8),
        ("new-4", 1, 8),
    ]


@pytest.mark.django_db
def test_events_come_by_the_months_in_which_they_begin_and_in_the_order_given_within_one(monkeypatch):
    monkeypatch.setattr(importing, "PUBLISHED_AT_ONCE", 2)
    dates = ["2025-02-01", "2025-01-31", "2024-12-31/2025-03", "", "2025", "2024-12", "2025-02", "0099-12", ""]
    pks = [draft(f"event-{place}", date).pk for place, date in enumerate(dates)]

    ordered = importing.by_month(array("Q", reversed(pks)))

    assert [dates[pks.index(pk)] for pk in ordered] == [
        "", "", "0099-12", "2024-12", "2024-12-31/2025-03", "2025", "2025-01-31", "2025-02", "2025-02-01"
    ]  # fmt: skip
    assert [pks.index(pk) for pk in ordered[:2]] == [8, 3]


@pytest.mark.django_db
def test_what_has_much_text_is_published_in_smaller_parts(monkeypatch):
    monkeypatch.setattr(importing, "PUBLISHED_TEXT", 20)
    sizes = [5, 16, 4, 30, 1, 20, 19, 1, 1]
    pks = [draft(f"event-{place}").pk for place in range(len(sizes))]
    for pk, size in zip(pks, sizes, strict=True):
        EventText.objects.filter(event=pk, language="de").delete()
        # Bytes, of which “é” has two, and not those that are stored.
        EventText.objects.filter(event=pk).update(title="é" if size > 1 else "e", summary="e" * (size - 2))
    heard: list[int] = []

    report = importing.Report(event_ids=array("Q", pks))
    done = importing.publish_imported(report, after_batch=lambda count, _: heard.append(count))

    assert heard == [1, 3, 4, 5, 6, 8, 9]
    assert list(done.event_ids) == pks
    assert list(importing.cut_by_text([0, pks[3]])) == [[0], [pks[3]]]


@pytest.mark.django_db
def test_an_event_deleted_meanwhile_is_left_out_when_published():
    kept = draft("kept")
    report = importing.Report(event_ids=array("Q", [kept.pk, kept.pk + 1]))

    assert importing.publish_imported(report).published == 1


@pytest.mark.django_db
def test_public_entries_of_the_vocabulary_that_change_are_counted_also_by_a_trial_which_keeps_nobody_waiting():
    event = published("visit", "2025", "UZ", topics=("trade",))
    published("other", "2025", "KZ")
    for entry in (state("UZ"), state("KZ"), state("US"), event_type("summit"), topic("trade")):
        entry.names = {"en": f"New {entry.slug}"}
        entry.save()
    event.texts.update(title="New title")
    Event.objects.filter(pk=event.pk).update(updated_at=timezone.now())
    report = importing.Report(
        event_ids=array("Q", [event.pk]),
        # What the event takes along and what it does not, what is not public, and what did not change.
        vocabulary={
            "actor": ["uzbekistan", "kazakhstan", "united-states"],
            "topic": ["trade"],
            "type": ["summit", "meeting"],
        },
    )
    rows = list(Term.objects.values())

    with CaptureQueriesContext(connection) as asked:
        tried = importing.publish_imported(report, trial=True)

    for sql in (query["sql"] for query in asked):
        assert "timeline_dataset" not in sql
        assert str(PUBLISHING) not in sql
    assert list(Term.objects.values()) == rows
    assert (tried.published, tried.vocabulary) == (1, 5)
    assert importing.publish_imported(report) == tried
    changed = Term.objects.current().filter(version=2).order_by("key").values_list("key", flat=True)
    assert list(changed) == ["KZ", "UZ", "kazakhstan", "trade", "uzbekistan"]
    again = importing.publish_imported(report)
    assert (again.published, again.vocabulary) == (0, 0)


@pytest.mark.django_db
def test_what_editors_have_in_hand_is_counted_once_with_all_the_events_that_take_it_along(monkeypatch):
    monkeypatch.setattr("timeline.importing.PUBLISHED_AT_ONCE", 1)
    published("before", "2025", "UZ", "KZ")
    Actor.objects.filter(code="UZ").update(names={"en": "In hand"})
    report = importing.Report(event_ids=array("Q", [draft(slug, "2025", "UZ", "KZ").pk for slug in ("one", "two")]))

    tried = importing.publish_imported(report, trial=True)

    assert (tried.published, tried.vocabulary) == (2, 2)
    assert importing.publish_imported(report) == tried
    changed = Term.objects.current().filter(version=2).order_by("key").values_list("key", flat=True)
    assert list(changed) == ["UZ", "uzbekistan"]


@pytest.mark.django_db
def test_what_an_editor_withdraws_while_a_batch_waits_for_it_stays_so(monkeypatch):
    event = published("summit")
    event.texts.update(title="New title")
    Event.objects.filter(pk=event.pk).update(updated_at=timezone.now())
    real = importing.publish

    def after_withdrawal(*arguments, **named):
        withdraw([event])
        return real(*arguments, **named)

    monkeypatch.setattr(importing, "publish", after_withdrawal)
    done = importing.publish_imported(importing.Report(event_ids=array("Q", [event.pk])))

    assert not Publication.objects.current().filter(event=event).exists()
    assert (done.published, done.withdrawn, done.edited_meanwhile) == (0, ["summit"], [])
