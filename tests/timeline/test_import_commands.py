"""`import_events` and `export_events`, as an operator runs them."""

import io
import math
import os
from contextlib import contextmanager, nullcontext
from pathlib import Path
from unittest import mock

import orjson
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from events.admin.events import mark_edited
from events.interchange import importing, writing
from events.interchange.reading import RecordFile
from events.interchange.writing import event_records
from events.models import Actor, Event, Membership, Topic
from tests.builders import actor, published
from tests.events.interchange.samples import ALL, EARLIER, FULL, KZ, MEETING, PERSON, SUMMIT, TRADE, US, lines
from tests.threads import in_threads
from timeline import importing as timeline_importing
from timeline.documents import load
from timeline.management.commands import import_events
from timeline.management.import_command import publish_showing_progress
from timeline.models import Publication, Refresh, Term, TermText
from timeline.progress import Progress
from timeline.publishing import publish, publish_vocabulary, withdraw
from timeline.refreshing import refresh_all
from timeline.withdrawing import withdraw_entries

pytestmark = pytest.mark.django_db

PUBLIC = [MEETING, KZ, US, EARLIER, {**EARLIER, "external_id": "test:3", "slug": "second"}]


@pytest.fixture
def file(tmp_path):
    """Writes records into a file; returns its name."""

    def write(*records):
        path = tmp_path / "events.jsonl"
        path.write_bytes(lines(*records))
        return str(path)

    return write


def run(*arguments):
    """What a command wrote to stdout and stderr, as lines, and the error that it ended with.

    Without the progress that it shows every ten seconds, which it may need on a busy machine.
    """
    out, err, ended = io.StringIO(), io.StringIO(), ""
    with mock.patch.dict(Progress.SECONDS, {False: math.inf}):
        try:
            call_command(*arguments, stdout=out, stderr=err)
        except CommandError as error:
            ended = str(error)
    return out.getvalue().splitlines(), err.getvalue().splitlines(), ended


def public():
    return list(Publication.objects.current().order_by("slug").values_list("slug", "version"))


@contextmanager
def unread():
    """A stream whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", buffering=1) as stream:
        yield stream


@pytest.mark.parametrize("and_refusals", [True, False])
def test_who_reads_only_the_beginning_of_what_is_said_has_all_imported(file, and_refusals):
    """As `| head` does; and `2>&1 | head`."""
    name = file(*PUBLIC, {**EARLIER, "slug": "lost", "external_id": "test:4", "type": "nothing"})
    said = io.StringIO()
    with unread() as out, unread() if and_refusals else nullcontext(said) as err:
        command = import_events.Command(stdout=out, stderr=err)
        with pytest.raises(CommandError, match=r"Some records were refused, see above; the others are imported\."):
            call_command(command, name, "--publish", "--continue-on-error", "-v2")
    assert ("test:4" in said.getvalue()) != and_refusals
    assert public() == [("earlier", 1), ("second", 1)]


@pytest.mark.usefixtures("curated")
def test_what_comes_with_the_project_comes_back_to_the_last_byte(tmp_path):
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    assert run("export_events", str(before)) == (["Exported 73 events."], [], "")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # what is published is never deleted otherwise
        cursor.execute("TRUNCATE events_event, events_actor, events_eventtype, events_topic, timeline_term CASCADE")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert (Event.objects.count(), Publication.objects.count(), Actor.objects.count()) == (0, 0, 0)
    count = len(before.read_bytes().splitlines())

    assert run("import_events", str(before), "--publish") == (
        [f"Imported {count} records: {count} created, 0 changed, 0 unchanged, 0 refused.", "Published: 69."],
        [],
        "",
    )
    run("export_events", str(after))
    assert after.read_bytes() == before.read_bytes()
    assert run("import_events", str(before), "--publish") == (
        [f"Imported {count} records: 0 created, 0 changed, {count} unchanged, 0 refused.", "Published: 0."],
        [],
        "",
    )
    assert set(Publication.objects.values_list("version", flat=True)) <= {1, 2}


def test_publishing_makes_no_new_version_of_what_is_unchanged(file):
    run("import_events", file(*PUBLIC), "--publish")
    assert public() == [("earlier", 1), ("second", 1)]
    changed = [*PUBLIC[:-1], {**PUBLIC[-1], "date": "2023"}]

    assert run("import_events", file(*changed), "--publish") == (
        ["Imported 5 records: 0 created, 1 changed, 4 unchanged, 0 refused.", "Published: 1."],
        [],
        "",
    )
    assert public() == [("earlier", 1), ("second", 2)]


def test_without_publish_everything_is_a_draft_and_is_published_by_the_next_run(file):
    """So is what a killed run imported and did not come to publish."""
    run("import_events", file(*PUBLIC))
    assert public() == []

    assert run("import_events", file(*PUBLIC), "--publish")[0][1] == "Published: 2."
    assert public() == [("earlier", 1), ("second", 1)]


def test_a_record_can_ask_to_stay_a_draft(file):
    run("import_events", file(*PUBLIC[:-1], {**PUBLIC[-1], "publish": False}), "--publish")

    assert public() == [("earlier", 1)]


def test_what_an_editor_withdrew_stays_so(file):
    run("import_events", file(*PUBLIC), "--publish")
    withdraw(Event.objects.filter(slug="second"))

    changed = [*PUBLIC[:-1], {**PUBLIC[-1], "date": "2023"}]
    assert run("import_events", file(*changed), "--publish")[0] == [
        "Imported 5 records: 0 created, 1 changed, 4 unchanged, 0 refused.",
        "Published: 0.",
        "Withdrawn before, and left so: second.",
    ]
    assert public() == [("earlier", 1)]


def test_an_actor_who_is_called_otherwise_becomes_so_for_readers(file):
    run("import_events", file(*PUBLIC), "--publish")
    renamed = {**US, "names": {"en": "USA"}}

    name = file(MEETING, KZ, renamed, *PUBLIC[3:])
    assert run("import_events", name, "--publish", "--dry-run")[0][1:] == [
        "Would be published: 0.",
        "Would change: 2 public entries of actors, types and topics.",
    ]
    assert run("import_events", name, "--publish")[0][1:] == [
        "Published: 0.",
        "Changed: 2 public entries of actors, types and topics.",
    ]
    assert run("import_events", name, "--publish")[0][1:] == ["Published: 0."]
    assert Term.objects.current().get(kind="actor", key="united-states").names[0] == "USA"


def opec(*members):
    """The record of a bloc that lists its members, by their codes."""
    links = {"members": [{"member": code, "role": "member"} for code in members]} if members else {}
    return {"record": "actor", "slug": "opec", "kind": "bloc", "names": {"en": "OPEC"}, **links}


@pytest.mark.parametrize("at_once", [True, False])
def test_whoever_a_bloc_lists_belongs_to_it_for_readers_and_whoever_it_does_not_list_any_more_does_not(file, at_once):
    """Also if it is published by a later run than the one that changed it."""

    def published_with(record):
        if not at_once:
            run("import_events", file(record))
        return run("import_events", file(record), "--publish")[0][1:]

    def public_members_of_opec():
        texts = TermText.objects.filter(term__in=Term.objects.current().filter(kind="actor"), language="en")
        documents = [load(document) for document in texts.values_list("document", flat=True)]
        return sorted(
            document["code"]
            for document in documents
            for link in document.get("memberships", ())
            if link["group"] == "opec"
        )

    meets = {**EARLIER, "slug": "meets", "external_id": "test:4"}
    meets["participants"] = [{"actor": name, "role": "participant"} for name in ("opec", "KZ", "US")]
    run("import_events", file(*PUBLIC, opec(), meets), "--publish")
    Actor.objects.filter(code="US").update(names={"en": "In hand"})
    assert public_members_of_opec() == []

    for members, changed in ((["KZ"], "1 public entry"), (["US"], "3 public entries")):
        refreshes = Refresh.objects.count()
        assert published_with(opec(*members)) == [
            "Published: 0.",
            f"Changed: {changed} of actors, types and topics.",
        ]
        assert public_members_of_opec() == members
        assert Refresh.objects.count() > refreshes
        assert published_with(opec(*members)) == ["Published: 0."]
    assert Term.objects.current().get(kind="actor", key="united-states").names[0] == "In hand"


@pytest.mark.parametrize("brought_back", [[], [[], ["--publish"]], [["--publish"]]])
def test_what_an_editor_enters_of_a_member_of_whom_a_file_says_what_is_public_stays_a_draft(file, brought_back):
    """Also if imports, with these options, brought back what somebody had removed."""
    run("import_events", file(*PUBLIC, opec()), "--publish")
    run("import_events", file(opec("KZ")))
    publish_vocabulary(actors=Actor.objects.filter(slug__in=["opec", "kazakhstan"]))
    if brought_back:
        Membership.objects.all().delete()
    for options in brought_back:
        run("import_events", file(opec("KZ")), *options)

    Actor.objects.filter(code="KZ").update(names={"en": "In hand"})
    assert run("import_events", file(opec("KZ")), "--publish")[0][1:] == ["Published: 0."]
    assert Term.objects.current().get(kind="actor", key="kazakhstan").names[:2] == ["Kasachstan", "Kazakhstan"]


@pytest.mark.parametrize("at_once", [True, False])
def test_whoever_joins_a_public_bloc_by_its_record_is_public_with_it(client, file, at_once):
    """Though nobody of them was, as public events of the bloc involve them; of a draft, they stay drafts."""
    meets = {**EARLIER, "participants": [{"actor": "opec", "role": "host"}]}
    run("import_events", file(MEETING, opec(), meets), "--publish")
    draft = {**opec("US"), "slug": "draft"}
    if not at_once:
        run("import_events", file(KZ, US, opec("KZ"), draft))

    all_of_them = file(KZ, US, opec("KZ"), draft, meets)
    assert run("import_events", all_of_them, "--publish", "--dry-run")[0][1:] == [
        "Would be published: 0.", "Would be public for the first time: kazakhstan."
    ]  # fmt: skip
    assert run("import_events", all_of_them, "--publish")[0][1:] == [
        "Published: 0.", "Public now for the first time: kazakhstan."
    ]  # fmt: skip
    assert run("import_events", all_of_them, "--publish")[0][1:] == ["Published: 0."]
    refresh_all()
    found = client.get("/api/v1/events/", {"country": "KZ"}).json()["results"]
    assert [(event["id"], event["countries"]) for event in found] == [
        ("earlier", [{"code": "KZ", "name": "Kazakhstan", "via": ["bloc"]}]),
    ]
    actors = Term.objects.current().filter(kind="actor").order_by("key").values_list("key", flat=True)
    assert list(actors) == ["kazakhstan", "opec"]


def test_whoever_was_withdrawn_stays_so_whatever_a_bloc_says_of_them(file):
    run("import_events", file(KZ, opec("KZ")), "--publish")
    publish_vocabulary(actors=Actor.objects.all())
    assert withdraw_entries(Term.Kind.ACTOR, [Actor.objects.get(code="KZ")], None)
    since = {**opec(), "members": [{"member": "KZ", "role": "member", "since": "2001"}]}

    run("import_events", file(KZ, since), "--publish")
    assert not Term.objects.current().filter(key="kazakhstan").exists()


UNUSED = {"record": "topic", "slug": "unused", "names": {"en": "Unused"}}


def unused_topic_public_until(file, monkeypatch, end):
    """Has the public topic of this record end, by `end`, when an import publishes its first events."""
    run("import_events", file(*PUBLIC, UNUSED), "--publish")
    publish_vocabulary(topics=Topic.objects.filter(slug="unused"))
    real = timeline_importing.publish_batch

    def ending(*arguments):
        end(Topic.objects.filter(slug="unused"))
        return real(*arguments)

    monkeypatch.setattr(timeline_importing, "publish_batch", ending)


def test_what_is_deleted_while_events_are_published_keeps_nothing_else_from_it(file, monkeypatch):
    unused_topic_public_until(file, monkeypatch, lambda topics: topics.delete())

    renamed = {**MEETING, "names": {"en": "Encounter"}}
    assert run("import_events", file(renamed, UNUSED, *PUBLIC[1:]), "--publish", "--processes=1")[2] == ""
    assert "Encounter" in Term.objects.current().get(key="meeting").names


def test_what_is_withdrawn_while_events_are_published_stays_so(file, monkeypatch):
    unused_topic_public_until(file, monkeypatch, lambda topics: withdraw_entries(Term.Kind.TOPIC, topics))

    run("import_events", file(*PUBLIC, UNUSED), "--publish", "--processes=1")

    assert not Term.objects.current().filter(key="unused").exists()


def test_what_an_editor_has_in_hand_is_counted_where_an_event_takes_it_along(file):
    run("import_events", file(*PUBLIC), "--publish")
    Actor.objects.filter(code="US").update(names={"en": "In hand"})

    name = file(KZ, EARLIER, {**PUBLIC[-1], "date": "2023"})
    assert run("import_events", name, "--publish", "--dry-run")[0][1:] == [
        "Would be published: 1.",
        "Would change: 2 public entries of actors, types and topics.",
    ]
    assert run("import_events", name, "--publish")[0][1:] == [
        "Published: 1.",
        "Changed: 2 public entries of actors, types and topics.",
    ]


@pytest.mark.parametrize("stopped", [True, False])
def test_what_a_run_before_changed_in_the_vocabulary_is_published(file, stopped):
    """By a run that was stopped by a mistake, or one that did not publish."""
    jane = {"record": "actor", "slug": "jane-doe", "kind": "person", "names": {"en": "Jane Doe"}}
    visit = {**EARLIER, "participants": [{"actor": "jane-doe", "role": "visitor"}]}
    assert run("import_events", file(MEETING, jane, visit), "--publish")[2] == ""
    renamed = {**jane, "names": {"en": "Jane Smith"}}
    with mock.patch.object(importing, "BATCH", 1):
        if stopped:
            run("import_events", file(renamed, {**visit, "date": "2025-13-01"}), "--publish")
        else:
            run("import_events", file(renamed, visit))
        run("import_events", file(renamed, visit), "--publish")

    assert Term.objects.current().get(kind="actor", key="jane-doe").names == ["Jane Smith"]
    before = public()
    run("import_events", file(renamed, visit), "--publish")
    assert public() == before


def test_what_a_run_before_changed_and_did_not_publish_is_published_unless_an_editor_has_it_in_hand(file, tmp_path):
    run("import_events", file(*ALL[:7]), "--publish")
    table = tmp_path / "events.csv"
    table.write_text("external_id,slug,type,title_en\r\ntest:1,earlier,meeting,Otherwise\r\n")
    run("import_events", str(table))  # stopped before it published, say

    assert run("import_events", str(table), "--publish")[0][1:] == ["Published: 1."]
    assert public()[0] == ("earlier", 2)
    event = Event.objects.get(slug="earlier")
    event.texts.update(summary="By an editor")
    mark_edited([event.pk])
    assert run("import_events", str(table), "--publish") == (
        [
            "Imported 1 records: 0 created, 0 changed, 1 unchanged, 0 refused.",
            "Published: 0.",
            "Public otherwise than they are here, and left so, since the file did not change them and an editor has "
            "had a hand in them: earlier. Publish them in the admin.",
        ],
        [],
        "",
    )
    publish([event])
    assert run("import_events", str(table), "--publish")[0][1:] == ["Published: 0."]


def test_what_an_editor_has_in_hand_is_not_published_with_what_a_row_says_of_the_same_event(file, tmp_path):
    run("import_events", file(*PUBLIC), "--publish")
    events = {event.slug: event for event in Event.objects.all()}
    for event in events.values():
        event.date = "1999"
        event.save()
    publish([events["second"]])  # of which nothing is in hand any more
    table = tmp_path / "events.csv"
    table.write_text(
        "external_id,slug,type,summary_en\ntest:1,earlier,meeting,They met.\ntest:3,second,meeting,They met.\n"
    )
    why = "since something else was changed there and never published, by an editor or with publish false"
    left = f"published, {why}: earlier. Publish them in "

    assert run("import_events", str(table), "--publish", "--dry-run")[0][1:] == [
        "Would be published: 1.", f"Would not be {left}the admin."
    ]  # fmt: skip
    assert run("import_events", str(table), "--publish") == (
        [
            "Imported 2 records: 0 created, 2 changed, 0 unchanged, 0 refused.",
            "Published: 1.",
            f"Not {left}the admin.",
        ],
        [],
        "",
    )
    assert public() == [("earlier", 1), ("second", 3)]
    # A record that is the whole truth leaves nothing in hand.
    assert run("import_events", file({**EARLIER, "date": "1999-05"}), "--publish")[0][-1] == "Published: 1."


def test_what_an_editor_saves_while_the_import_runs_is_not_published(file):
    """Of what the import has read, changed and made; what editors had changed before is as the file says now."""
    new = {**EARLIER, "external_id": "test:4", "slug": "new"}
    run("import_events", file(*PUBLIC, {**EARLIER, "external_id": "test:5", "slug": "third"}), "--publish")
    third = Event.objects.get(slug="third")
    third.texts.update(title="By an editor")
    mark_edited([third.pk])
    records = [{**PUBLIC[-1], "date": "2023"}, new, EARLIER, {**EARLIER, "external_id": "test:5", "slug": "third"}]

    def edit_and_publish(*args, **options):
        edited = Event.objects.filter(slug__in=["earlier", "second", "new"])
        for event in edited:
            event.texts.update(title="Half")
        mark_edited(edited.values_list("pk", flat=True))
        return publish_showing_progress(*args, **options)

    with mock.patch("timeline.management.import_command.publish_showing_progress", edit_and_publish):
        assert run("import_events", file(*records), "--publish")[0] == [
            "Imported 4 records: 1 created, 2 changed, 1 unchanged, 0 refused.",
            "Published: 0.",
            "Not published, since somebody has saved them in the admin after the import had begun: earlier, second, "
            "new. Publish them there.",
        ]
    assert public() == [("earlier", 1), ("second", 1), ("third", 1)]


@pytest.mark.parametrize("table", [False, True])
def test_what_an_editor_saves_before_its_turn_is_neither_overwritten_nor_published(file, tmp_path, table):
    run("import_events", file(*ALL[:7]), "--publish")
    name = file({**EARLIER, "date": "2023"})
    if table:
        name = str(tmp_path / "events.csv")
        Path(name).write_text("external_id,slug,type,date\ntest:1,earlier,meeting,2023\n")
    in_transaction = importing.Import._in_transaction

    def edited(self, *args, **options):
        event = Event.objects.get(slug="earlier")
        event.texts.update(title="Half")
        mark_edited([event.pk])
        return in_transaction(self, *args, **options)

    with mock.patch.object(importing.Import, "_in_transaction", edited):
        assert run("import_events", name, "--publish") == (
            [
                "Imported 1 records: 0 created, 0 changed, 0 unchanged, 0 refused, 1 left, saved in the admin "
                "meanwhile.",
                "Published: 0.",
            ],
            [
                f"{name}:{1 + table}: test:1: somebody has saved it in the admin since the import began: import it "
                "again, to take what is said here."
            ],
            "Some events were saved in the admin while this was running, and are left so, see above. Run this again to "
            "take them.",
        )
    assert public() == [("earlier", 1)]
    event = Event.objects.get(slug="earlier")
    assert (event.date, event.texts.get().title) == ("2024", "Half")
    assert run("import_events", name, "--publish")[2] == ""
    assert Event.objects.get(slug="earlier").date == "2023"


def test_what_editors_changed_before_the_import_is_published_as_the_file_says(file, monkeypatch):
    """Also where a link is made when all has been read, a batch later."""
    monkeypatch.setattr(importing, "BATCH", 1)
    run("import_events", file(*PUBLIC), "--publish")
    event = Event.objects.get(slug="earlier")
    event.texts.update(title="By an editor")
    mark_edited([event.pk])
    later = {**EARLIER, "external_id": "test:4", "slug": "later"}
    records = [{**EARLIER, "relations": [{"kind": "follows", "event": "nowhere"}], "date": "2023"}, later]

    assert run("import_events", file(*records, PUBLIC[-1]), "--publish")[0][1:] == ["Published: 2."]
    assert public() == [("earlier", 2), ("later", 1), ("second", 1)]


@pytest.mark.parametrize("column", ["summary_en", "place_name"])
@pytest.mark.parametrize("stopped", [True, False])
def test_what_an_import_changed_where_nothing_was_in_hand_is_published_by_the_next_run(file, tmp_path, stopped, column):
    """Whether that says the same or something else. The first was stopped by a mistake, or did not publish."""
    run("import_events", file(*PUBLIC[:4]), "--publish")
    event = Event.objects.get(slug="earlier")
    event.date = "1999"
    event.save()
    publish([event])
    table = tmp_path / "events.csv"
    row = "test:1,earlier,meeting,They met.\n"
    with mock.patch.object(importing, "BATCH", 1):
        table.write_text(f"external_id,slug,type,summary_en\n{row}" + ("test:3,second,party,\n" if stopped else ""))
        run("import_events", str(table), *(["--publish"] if stopped else []))
    assert public() == [("earlier", 2)]

    table.write_text(f"external_id,slug,type,{column}\n{row}")
    counted = "0 created, 0 changed, 1 unchanged" if column == "summary_en" else "0 created, 1 changed, 0 unchanged"
    assert run("import_events", str(table), "--publish", "--dry-run")[0] == [
        f"Would be, in 1 records: {counted}, 0 refused.", "Would be published: 1."
    ]  # fmt: skip
    assert run("import_events", str(table), "--publish")[0] == [
        f"Imported 1 records: {counted}, 0 refused.", "Published: 1."
    ]  # fmt: skip
    assert public() == [("earlier", 3)]


def test_what_is_not_the_imports_alone_is_not_published_by_the_next_run(file, tmp_path):
    """What a record asked to keep back, and what an editor had in hand when an import changed more of it."""
    run("import_events", file(*ALL[:7], {**EARLIER, "external_id": "test:3", "slug": "third"}), "--publish")
    run("import_events", file({**EARLIER, "date": "2023", "publish": False}))
    event = Event.objects.get(slug="third")
    event.place_name = "In hand"
    event.save()
    table = tmp_path / "events.csv"
    table.write_text("external_id,slug,type,date\r\ntest:1,earlier,meeting,2023\r\ntest:3,third,meeting,2023\r\n")
    run("import_events", str(table))

    assert run("import_events", str(table), "--publish")[0] == [
        "Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused.",
        "Published: 0.",
        "Public otherwise than they are here, and left so, since the file did not change them and an editor has had a "
        "hand in them: earlier, third. Publish them in the admin.",
    ]


def test_what_a_record_asks_to_keep_back_is_kept_back_though_it_was_imported_before(file, tmp_path):
    run("import_events", file(*ALL[:7]), "--publish")
    run("import_events", file({**EARLIER, "date": "2023"}))
    run("import_events", file({**EARLIER, "date": "2023", "publish": False}), "--publish")
    table = tmp_path / "events.csv"
    table.write_text("external_id,slug,type,date\r\ntest:1,earlier,meeting,2023\r\n")

    assert run("import_events", str(table), "--publish")[0][1] == "Published: 0."


def test_an_unknown_namespace_cannot_be_exported(tmp_path):
    assert run("export_events", str(tmp_path / "events.jsonl"), "--dataset", "(")[2] == (
        "No event has an external id in the namespace '('."
    )


def test_what_cannot_be_published_is_listed(file):
    bare = {key: EARLIER[key] for key in ("record", "external_id", "slug", "type", "texts")}

    assert run("import_events", file(MEETING, bare), "--publish") == (
        ["Imported 2 records: 2 created, 0 changed, 0 unchanged, 0 refused.", "Published: 0."],
        [
            "Not published: earlier: It has no source: add at least one. It has no date: enter as much as is known, "
            "such as 2025-11-06, 2025-11 or 2025."
        ],
        "Some events could not be published, see above; they are drafts.",
    )


def test_records_are_checked_once_and_once_more_to_lock_what_is_there(file):
    """The latter where the import is one transaction, as here: to look for names that move takes neither."""
    with mock.patch.object(RecordFile, "entries", autospec=True, side_effect=RecordFile.entries) as reading:
        run("import_events", file(*PUBLIC))
    assert reading.call_count == 2


def test_a_dry_run_says_the_same_and_writes_nothing(file):
    before = Event.objects.count()

    assert run("import_events", file(*PUBLIC), "--publish", "--dry-run") == (
        ["Would be, in 5 records: 5 created, 0 changed, 0 unchanged, 0 refused.", "Would be published: 2."],
        [],
        "",
    )
    assert (Event.objects.count(), Actor.objects.count(), public()) == (before, 0, [])


def test_what_another_transaction_is_in_the_way_of_can_be_run_again(file, monkeypatch):
    def run_into_another(*_):
        try:
            raise DeadlockDetected("deadlock detected")
        except DeadlockDetected as error:
            raise OperationalError("deadlock detected") from error

    monkeypatch.setattr("timeline.management.import_command.run", run_into_another)
    assert run("import_events", file(*PUBLIC))[2] == (
        "Somebody else changed the same at the same time. Run this again: what is done is passed over."
    )
    monkeypatch.setattr("timeline.management.import_command.run", mock.Mock(side_effect=OperationalError("gone")))
    with pytest.raises(OperationalError, match="gone"):
        run("import_events", file(*PUBLIC))


def test_a_refusal_stops_it_and_names_file_line_record_and_field(file, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    name = file(MEETING, US, EARLIER, {**FULL, "type": "party"}, PUBLIC[-1])

    out, err, ended = run("import_events", name, "--publish")
    assert out == ["Imported 4 records: 3 created, 0 changed, 0 unchanged, 1 refused."]
    assert err == [
        f"{name}:4: test:2: type: there is no type “party”: expected the slug of one that is there.",
        f"{name}:4: test:2: topics[0]: there is no topic “trade”: expected the slug of one that is there.",
        *(
            f"{name}:4: test:2: {field}: there is no actor “{actor}”: expected the code or slug of one that is there, "
            "or that stands earlier in the file."
            for field, actor in (
                ("place.country", "KZ"),
                ("participants[0].actor", "KZ"),
                ("participants[1].actor", "jane-doe"),
                ("figures[0].reporter", "KZ"),
            )
        ),
    ]
    assert ended == (
        "Stopped at a record that is refused, see above; its batch was not written. Correct it and run this again: "
        "what is imported already is passed over. --continue-on-error leaves out what is refused."
    )
    assert list(Event.objects.values_list("slug", flat=True)) == ["earlier"]


def test_it_can_leave_out_what_is_refused(file):
    name = file(MEETING, US, {**EARLIER, "date": "soon"}, PUBLIC[-1])

    assert run("import_events", name, "--continue-on-error", "--publish") == (
        ["Imported 4 records: 3 created, 0 changed, 0 unchanged, 1 refused.", "Published: 1."],
        [
            f"{name}:3: test:1: date: “soon” is not a date: 's' does not belong in a date: expected digits, X, - and "
            "one of ? ~ % at the end (character 1); write it like 2025-11-06 or 2025-11."
        ],
        "Some records were refused, see above; the others are imported.",
    )
    assert public() == [("second", 1)]


@pytest.mark.parametrize(
    ("options", "ended"),
    [
        (
            [],
            "Some would be refused, see above, and maybe others: --continue-on-error looks at all. "
            "Nothing was written.",
        ),
        (["--continue-on-error"], "Some would be refused, see above. Nothing was written."),
    ],
)
def test_a_dry_run_says_that_it_would_refuse_some(file, options, ended):
    name = file(MEETING, US, {**EARLIER, "date": "soon"}, PUBLIC[-1])

    assert run("import_events", name, "--dry-run", *options)[2] == ended
    assert Event.objects.count() == 0


def test_a_dry_run_can_say_what_would_change(file):
    run("import_events", file(*ALL))
    name = file({**EARLIER, "date": "2023"}, FULL)

    assert run("import_events", name, "--dry-run", "--verbosity", "2")[0] == [
        f"{name}:1: test:1: date: “2024” becomes “2023”",
        "Would be, in 2 records: 0 created, 1 changed, 1 unchanged, 0 refused.",
    ]
    assert run("import_events", name, "--dry-run")[0] == [
        "Would be, in 2 records: 0 created, 1 changed, 1 unchanged, 0 refused."
    ]


def test_what_vanished_is_reported_and_withdrawn_only_if_asked_to(file):
    run("import_events", file(*PUBLIC), "--publish")
    missing = [
        "Not in the source any more: test:3 (second)",
        "Not in the source any more: 1 events in all.",
    ]
    imported = "Imported 4 records: 0 created, 0 changed, 4 unchanged, 0 refused."

    assert run("import_events", file(*PUBLIC[:-1]))[0] == [imported, *missing]
    assert public() == [("earlier", 1), ("second", 1)]
    dry = run("import_events", file(*PUBLIC[:-1]), "--withdraw-missing", "--dry-run")[0]
    assert dry == [imported.replace("Imported", "Would be, in"), *missing, "Would be withdrawn: 1."]
    assert public() == [("earlier", 1), ("second", 1)]
    assert run("import_events", file(*PUBLIC[:-1]), "--withdraw-missing")[0] == [imported, *missing, "Withdrawn: 1."]
    assert public() == [("earlier", 1)]
    assert run("import_events", file(*PUBLIC[:-1]), "--withdraw-missing")[0] == [imported, "Withdrawn: 0."]


@pytest.mark.parametrize("name", ["again.jsonl", "again.csv"])
def test_what_was_withdrawn_because_it_had_vanished_comes_back_with_its_data_set(file, tmp_path, name):
    run("import_events", file(*PUBLIC), "--publish")
    again = str(tmp_path / name)
    run("export_events", again, "--dataset", "test")
    run("import_events", file(*PUBLIC[:-1]), "--publish", "--withdraw-missing")

    assert run("import_events", again)[0][1:] == []
    assert public() == [("earlier", 1)]
    assert run("import_events", again, "--publish")[0][1:] == ["Published: 1."]
    assert public() == [("earlier", 1), ("second", 3)]
    # When it vanishes once more, it is withdrawn once more.
    assert run("import_events", file(*PUBLIC[:-1]), "--withdraw-missing")[0][1:] == [
        "Not in the source any more: test:3 (second)",
        "Not in the source any more: 1 events in all.",
        "Withdrawn: 1.",
    ]
    assert run("import_events", again, "--publish")[0][1:] == ["Published: 1."]
    # What an editor withdraws after that stays so.
    withdraw(Event.objects.filter(slug="second"))
    assert run("import_events", again, "--publish")[0][1:] == [
        "Published: 0.",
        "Withdrawn before, and left so: second.",
    ]


MANY = [*PUBLIC, *({**EARLIER, "external_id": f"test:many-{n}", "slug": f"many-{n:02}"} for n in range(21))]


def test_more_than_twenty_are_withdrawn_only_with_yes(file):
    run("import_events", file(*MANY), "--publish")
    left = [*PUBLIC, {**EARLIER, "external_id": "test:4", "slug": "new"}]
    question = (
        "21 of the 23 public events of test are not in the source, such as many-00, many-01, many-10. If all of it was "
        "given, and they are to be withdrawn, run this again with --yes."
    )

    out, _, ended = run("import_events", file(*left), "--withdraw-missing", "--dry-run")
    assert (out[-1], ended) == (f"Would be withdrawn only with --yes: {question}", "")
    out, _, ended = run("import_events", file(*left), "--withdraw-missing", "--publish")
    assert out[-2:] == [f"Nothing was withdrawn: {question}", "Published: 1."]
    assert ended == "Events that are not in the source were not withdrawn, see above: --yes does it."
    assert len(public()) == 24
    dry = run("import_events", file(*left), "--withdraw-missing", "--yes", "--dry-run")
    assert (dry[0][-1], dry[2]) == ("Would be withdrawn: 21.", "")
    out, _, ended = run("import_events", file(*left), "--withdraw-missing", "--yes", "--verbosity", "0")
    assert out[1:] == ["Not in the source any more: 21 events in all.", "Withdrawn: 21."]
    assert (len(public()), ended) == (3, "")


def test_what_csv_cannot_hold_has_not_vanished_from_it(file, tmp_path):
    run("import_events", file(*PUBLIC, {**EARLIER, "external_id": "test:4", "slug": "fourth"}), "--publish")
    run("import_events", file({**EARLIER, "external_id": "test:5", "slug": "untitled", "texts": {}}))
    other = [{"url": "https://example.org/3", "title": "Three"}]
    run("import_events", file({**PUBLIC[-1], "sources": [*PUBLIC[-1]["sources"], *other]}), "--publish")
    table = tmp_path / "events.csv"
    run("export_events", str(table))
    kept = [line for line in table.read_text().splitlines(keepends=True) if ",fourth," not in line]
    assert len(kept) == 2
    table.write_text("".join(kept))

    assert run("import_events", str(table), "--withdraw-missing")[0][1:] == [
        "Not in the source any more: test:4 (fourth)",
        "Not in the source any more: 1 events in all.",
        "Not looked for: 2 events that CSV cannot hold.",
        "Withdrawn: 1.",
    ]
    assert public() == [("earlier", 1), ("second", 2)]


def test_nothing_is_withdrawn_while_something_is_refused(file):
    """A line that cannot be read may be the very event that seems to be missing."""
    run("import_events", file(*PUBLIC), "--publish")
    name = file(*PUBLIC[:-1])
    with Path(name).open("ab") as broken:
        broken.write(b"{\n")

    out, err, _ = run("import_events", name, "--withdraw-missing", "--continue-on-error")
    assert out[-1] == "Nothing was withdrawn: some records were refused, and may be among these."
    assert err == [f"{name}:5: this is no JSON: unexpected end of data (character 2). Expected one object a line."]
    assert public() == [("earlier", 1), ("second", 1)]


def test_what_is_refused_has_not_vanished(file):
    """If it says which event it is about. Nothing is withdrawn all the same: what has another external id by now, and
    is refused for its slug, is the event that seems to be missing."""
    run("import_events", file(*PUBLIC, {**EARLIER, "external_id": "test:4", "slug": "fourth"}), "--publish")
    name = file(*PUBLIC[:-2], {**EARLIER, "date": "soon"}, {**EARLIER, "external_id": "test:9", "slug": "second"})
    out = [
        "Imported 5 records: 0 created, 0 changed, 3 unchanged, 2 refused.",
        "Not in the source any more: test:3 (second)",
        "Not in the source any more: test:4 (fourth)",
        "Not in the source any more: 2 events in all.",
    ]
    assert run("import_events", name, "--continue-on-error")[0] == out
    assert run("import_events", name, "--continue-on-error", "--withdraw-missing")[0] == [
        *out,
        "Nothing was withdrawn: some records were refused.",
    ]
    assert public() == [("earlier", 1), ("fourth", 1), ("second", 1)]


def test_what_is_refused_in_a_data_set_of_which_nothing_else_is_left_has_not_vanished(file):
    run("import_events", file(*PUBLIC))

    assert run("import_events", file({**EARLIER, "date": "soon"}), "--continue-on-error")[0] == [
        "Imported 1 records: 0 created, 0 changed, 0 unchanged, 1 refused.",
        "Not in the source any more: test:3 (second)",
        "Not in the source any more: 1 events in all.",
    ]


def test_a_mistyped_data_set_is_not_looked_into(file):
    run("import_events", file(*PUBLIC, {**EARLIER, "external_id": "other:1", "slug": "other"}))
    mistyped = {**EARLIER, "external_id": "other:x", "slug": "new", "date": "soon"}

    assert run("import_events", file(*PUBLIC, mistyped), "--continue-on-error")[0] == [
        "Imported 6 records: 0 created, 0 changed, 5 unchanged, 1 refused.",
    ]


def test_what_is_refused_without_an_external_id_may_have_vanished_or_not(file):
    run("import_events", file(*PUBLIC))
    own = {key: value for key, value in EARLIER.items() if key != "external_id"}
    malformed = [{**own, "external_id": external_id} for external_id in (7, "test 1", "test:\0", "x:" + "y" * 5_000)]
    name = file(PUBLIC[-1], own, *malformed, {**MEETING, "names": 7}, {"record": ["event"]})

    assert run("import_events", name, "--continue-on-error")[0] == [
        "Imported 8 records: 0 created, 0 changed, 1 unchanged, 7 refused.",
        "Not in the source any more: test:1 (earlier)",
        "Not in the source any more: 1 events in all.",
        "6 records were refused, and may be among these: no external id can be read in them.",
    ]
    # Where nothing seems to be missing, there is nothing that they could be.
    name = file(*PUBLIC, own)
    imported = "Imported 6 records: 0 created, 0 changed, 5 unchanged, 1 refused."
    assert run("import_events", name, "--continue-on-error")[0] == [imported]
    assert run("import_events", name, "--continue-on-error", "--withdraw-missing")[0] == [
        imported,
        "Nothing was withdrawn: some records were refused.",
    ]


def test_from_standard_input(monkeypatch):
    class Input:
        buffer = io.BytesIO(lines(*ALL))

    monkeypatch.setattr("sys.stdin", Input)

    assert run("import_events", "-")[0] == ["Imported 8 records: 8 created, 0 changed, 0 unchanged, 0 refused."]


def test_standard_input_that_is_closed_gives_error(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)

    assert run("import_events", "-") == ([], [], "Standard input cannot be read: it is closed.")


def test_a_file_that_is_not_there_gives_error():
    assert run("import_events", "/nowhere.jsonl") == (
        [], [], "/nowhere.jsonl cannot be read: No such file or directory."
    )  # fmt: skip


def test_flat_events_come_back_from_csv(file, tmp_path):
    run("import_events", file(*ALL))
    table = tmp_path / "events.csv"

    assert run("export_events", str(table)) == (
        ["Exported 1 events."],
        [
            "Left out, since CSV cannot hold it: full: it has 1 relation, it has 1 figure.",
            "Left out: 1 events in all. JSON Lines hold everything.",
        ],
        "",
    )
    assert table.read_text(encoding="utf-8").splitlines()[1] == (
        "test:1,earlier,meeting,,2024,,,,,,Earlier,,,,host:US,https://example.org/1,One,,,,,false,,,false"
    )
    table.write_text(table.read_text(encoding="utf-8").replace("Earlier", "Much earlier"), encoding="utf-8")
    assert run("import_events", str(table))[0][0] == (
        "Imported 1 records: 0 created, 1 changed, 0 unchanged, 0 refused."
    )
    assert Event.objects.get(slug="earlier").texts.get().title == "Much earlier"


def test_csv_changes_only_its_columns_and_an_empty_cell_clears(file, tmp_path):
    run("import_events", file(*ALL))
    table = tmp_path / "events.csv"
    before = event_records([Event.objects.get(slug="full").pk])

    table.write_text("external_id,slug,type,title_en,place_name,source_url,source_publisher,source_title\n"
                     "test:2,full,summit,Talks,,https://example.org/2,,New\n")  # fmt: skip
    assert run("import_events", str(table), "--verbosity", "2")[0] == [
        f"{table}:2: test:2: place.name: “Astana” becomes nothing",
        f"{table}:2: test:2: texts.en.title: “Summit” becomes “Talks”",
        f"{table}:2: test:2: sources: without “https://example.org/2 Two Paper en 2025-11 2025-12-24 2025-11-06 "
        "2025-12-01/..”, with “https://example.org/2 New en 2025-11 2025-12-24 2025-11-06 2025-12-01/..”",
        "Imported 1 records: 0 created, 1 changed, 0 unchanged, 0 refused.",
        "Not in the source any more: test:1 (earlier)",
        "Not in the source any more: 1 events in all.",
    ]
    [(pk, record)] = before.items()
    record["place"].pop("name")
    record["texts"]["en"]["title"] = "Talks"
    record["sources"][0].pop("publisher")
    record["sources"][0]["title"] = "New"
    assert event_records([pk]) == {pk: record}


CHANGED = "Imported 1 records: 0 created, 1 changed, 0 unchanged, 0 refused."
UNCHANGED = "Imported 1 records: 0 created, 0 changed, 1 unchanged, 0 refused."
CLAIMED = EARLIER["sources"][0] | {"claims": "2024-05"}


@pytest.mark.parametrize(
    ("cells", "becomes"),
    [
        ({"date": "2023"}, {"date": "2023"}),
        ({"summary_de": "Sie trafen sich."}, {"texts": {"en": {"title": "Earlier"},
                                              "de": {"title": "Früher", "summary": "Sie trafen sich."}}}),
        ({"title_de": "Eher"}, {"texts": {"en": {"title": "Earlier"}, "de": {"title": "Eher"}}}),
        ({"title_de": "", "summary_de": ""}, {"texts": {"en": {"title": "Earlier"}}}),
        ({"title_en": "", "summary_en": "", "title_de": "Früher"}, {"texts": {"de": {"title": "Früher"}}}),
        ({"source_claims": "2024-06"}, {"sources": [{**CLAIMED, "claims": "2024-06"}]}),
        ({"source_claims": ""}, {"sources": EARLIER["sources"]}),
        ({"source_claims": "", "source_url": ""}, {"sources": []}),
        ({"latitude": "51.5"}, {"place": {"latitude": 51.5, "longitude": 71.5}}),
        ({"latitude": "", "longitude": ""}, {"place": {}}),
    ],
)  # fmt: skip
def test_what_a_row_leaves_out_is_as_the_event_has_it(file, tmp_path, cells, becomes):
    texts = {"en": {"title": "Earlier"}, "de": {"title": "Früher"}}
    there = {**EARLIER, "texts": texts, "place": {"latitude": 51.25, "longitude": 71.5}, "sources": [CLAIMED]}
    run("import_events", file(MEETING, US, there))
    table = one_row(tmp_path, cells)

    assert run("import_events", table) == ([CHANGED], [], "")
    wanted = {key: value for key, value in {**there, **becomes}.items() if value}
    assert list(event_records(Event.objects.values_list("pk", flat=True)).values()) == [wanted]
    assert run("import_events", table) == ([UNCHANGED], [], "")


def one_row(tmp_path, cells):
    """A table about `EARLIER`, with these cells besides; returns its name."""
    row = {"external_id": "test:1", "slug": "earlier", "type": "meeting", **cells}
    table = tmp_path / "events.csv"
    table.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    return str(table)


def test_a_claim_of_no_source_that_is_not_made_is_no_change(file, tmp_path):
    run("import_events", file(MEETING, US, {**EARLIER, "sources": []}))

    table = one_row(tmp_path, {"source_claims": ""})
    assert run("import_events", table) == ([UNCHANGED], [], "")


MISSING = "it is missing: this must be given."
NO_TITLE = "it is empty, and the event has no other title: expected at least one of en, de."
WHICH = "the event has several: give the URL of one of them, or leave the source out."
BOTH = "it is missing: give both latitude and longitude, or neither."
OTHER = {"url": "https://example.org/other", "title": "Other"}


@pytest.mark.parametrize(
    ("more", "cells", "refused"),
    [
        ({"texts": {"de": {"title": "Früher"}}}, {"title_de": "", "summary_de": ""}, [f"title_de: {NO_TITLE}"]),
        ({"texts": {"de": {"title": "Früher"}}}, {"title_de": ""}, [f"title_de: {NO_TITLE}"]),
        ({}, {"title_de": "", "summary_de": "Sie trafen sich."}, [f"title_de: {MISSING}"]),
        ({}, {"summary_de": "Sie trafen sich."}, [f"title_de: {MISSING}"]),
        ({"sources": []}, {"source_claims": "2024"}, [f"source_url: {MISSING}", f"source_title: {MISSING}"]),
        ({}, {"source_url": "", "source_title": "One"}, [f"source_url: {MISSING}"]),
        ({"sources": [*EARLIER["sources"], OTHER]}, {"source_claims": "2024"}, [f"source_url: {WHICH}"]),
        ({}, {"latitude": "51.5"}, [f"longitude: {BOTH}"]),
        ({}, {"place_country": "US", "longitude": "71.5"}, [f"latitude: {BOTH}"]),
        ({}, {"place_country": "XX"}, ["place_country: there is no actor “XX”: expected the code or slug of one that "
                                       "is there, or that stands earlier in the file."]),
        ({"place": {"latitude": 51.5, "longitude": 71.5}}, {"latitude": ""}, [f"latitude: {BOTH}"]),
    ],
)  # fmt: skip
def test_what_the_event_lacks_with_a_row_gives_error_by_column(file, tmp_path, more, cells, refused):
    run("import_events", file(MEETING, US, {**EARLIER, **more}))
    before = event_records(Event.objects.values_list("pk", flat=True))
    table = one_row(tmp_path, cells)

    assert run("import_events", table, "--continue-on-error") == (
        ["Imported 1 records: 0 created, 0 changed, 0 unchanged, 1 refused."],
        [f"{table}:2: test:1: {problem}" for problem in refused],
        "Some records were refused, see above; the others are imported.",
    )
    assert event_records(Event.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        ({"date": "2024"}, ["title_en: it is empty: expected at least one of en, de."]),
        ({"title_de": "", "summary_de": ""}, ["title_en: it is empty: expected at least one of en, de."]),
        ({"summary_de": "Sie trafen sich."}, [f"title_de: {MISSING}"]),
        ({"title_en": "New", "source_claims": "2024"}, [f"source_url: {MISSING}", f"source_title: {MISSING}"]),
        ({"title_en": "New", "longitude": "71.5"}, [f"latitude: {BOTH}"]),
    ],
)
def test_what_a_new_event_lacks_gives_error_by_column(file, tmp_path, cells, refused):
    run("import_events", file(MEETING))
    table = one_row(tmp_path, cells)

    assert run("import_events", table, "--continue-on-error")[1] == [
        f"{table}:2: test:1: {problem}" for problem in refused
    ]
    assert Event.objects.count() == 0


def test_a_new_event_needs_no_more_than_a_title(file, tmp_path):
    run("import_events", file(MEETING))

    table = one_row(
        tmp_path, {"title_en": "", "title_de": "Neu", "summary_en": "", "source_claims": "", "latitude": ""}
    )
    assert run("import_events", table)[0] == ["Imported 1 records: 1 created, 0 changed, 0 unchanged, 0 refused."]
    assert list(event_records(Event.objects.values_list("pk", flat=True)).values()) == [
        {key: EARLIER[key] for key in ("record", "external_id", "slug", "type")} | {"texts": {"de": {"title": "Neu"}}}
    ]


def test_a_figure_keeps_its_source_when_csv_corrects_the_url(file, tmp_path):
    run("import_events", file(*ALL))
    [(pk, record)] = event_records([Event.objects.get(slug="full").pk]).items()
    table = tmp_path / "events.csv"

    table.write_text(
        "external_id,slug,type,title_en,source_url,source_title\ntest:2,full,summit,Summit,https://example.org/new,Two\n"
    )
    assert run("import_events", str(table), "--verbosity", "2")[0][:2] == [
        f"{table}:2: test:2: sources: without “https://example.org/2 Two Paper en 2025-11 2025-12-24 2025-11-06 "
        "2025-12-01/..”, with “https://example.org/new Two Paper en 2025-11 2025-12-24 2025-11-06 2025-12-01/..”",
        "Imported 1 records: 0 created, 1 changed, 0 unchanged, 0 refused.",
    ]
    for part in (record["sources"][0], record["figures"][0]):
        part["url" if "url" in part else "source"] = "https://example.org/new"
    assert event_records([pk]) == {pk: record}
    assert run("import_events", str(table))[0][0] == "Imported 1 records: 0 created, 0 changed, 1 unchanged, 0 refused."


def test_a_slug_that_csv_changes_is_the_events_from_then_on_and_the_old_one_leads_to_it(client, file, tmp_path):
    run("import_events", file(*PUBLIC), "--publish")
    table = tmp_path / "events.csv"
    run("export_events", str(table))
    exported = table.read_text(encoding="utf-8")
    unchanged = "Imported 2 records: 0 created, 0 changed, 2 unchanged, 0 refused."
    assert run("import_events", str(table), "--publish")[0] == [unchanged, "Published: 0."]

    renamed = exported.replace("test:3,second,", "test:3,renamed,")
    table.write_text(renamed, encoding="utf-8")
    assert run("import_events", str(table), "--publish", "--verbosity", "2")[0] == [
        f"{table}:3: test:3: slug: “second” becomes “renamed”",
        "Imported 2 records: 0 created, 1 changed, 1 unchanged, 0 refused.",
        "Published: 1.",
    ]
    assert public() == [("earlier", 1), ("renamed", 2)]
    moved = client.get("/api/v1/events/second/")
    assert (moved.status_code, moved["Location"]) == (308, "/api/v1/events/renamed/")
    assert run("import_events", str(table), "--publish")[0] == [unchanged, "Published: 0."]
    run("export_events", str(table))
    assert table.read_text(encoding="utf-8") == renamed


ROWS = "external_id,slug,type,title_en\r\ntest:1,earlier,meeting,Much earlier\r\ntest:2,full,summit,{cell}\r\ntest:3,"


def test_what_stands_after_a_row_that_is_no_csv_is_not_said_to_be_imported(file, tmp_path):
    run("import_events", file(*ALL, PUBLIC[-1]), "--publish")
    assert public() == [("earlier", 1), ("full", 1), ("second", 1)]
    table = tmp_path / "events.csv"
    table.write_text(ROWS.format(cell='"The "Full" one"') + "second,meeting,New\r\n")

    out, err, ended = run("import_events", str(table), "--continue-on-error", "--withdraw-missing", "--publish")
    assert out == [
        "Imported 2 records: 0 created, 1 changed, 0 unchanged, 1 refused.",
        "What is not in the source any more was not looked for: not all of it was read.",
        "Published: 1.",
    ]
    assert err == [
        f"{table}:3: this is no CSV: ',' expected after '\"'. Nothing from this line on was read, since it cannot be "
        "told where the next row begins: expected a cell in quotes to end with one, and to have each quote that is in "
        "it twice."
    ]
    assert ended == (
        "Some records were refused, see above, and nothing after the last of them could be read; the others before it "
        "are imported. Correct it and run this again."
    )
    # That which follows the earlier one says how it is called now.
    assert public() == [("earlier", 2), ("full", 2), ("second", 1)]
    for options in (["--continue-on-error"], []):
        assert run("import_events", str(table), "--dry-run", *options)[2] == (
            "Some would be refused, see above, and maybe others: nothing after the last of them could be read. "
            "Nothing was written."
        )


def test_what_stands_after_a_row_with_a_bad_cell_is_imported(file, tmp_path):
    run("import_events", file(*ALL, PUBLIC[-1]))
    table = tmp_path / "events.csv"
    table.write_text(ROWS.format(cell="x" * 301) + "second,meeting,New\r\n")

    out, err, ended = run("import_events", str(table), "--continue-on-error")
    assert out[0] == "Imported 3 records: 0 created, 2 changed, 0 unchanged, 1 refused."
    assert err == [f"{table}:3: test:2: title_en: it has 301 characters: expected at most 300."]
    assert ended == "Some records were refused, see above; the others are imported."
    assert Event.objects.get(slug="second").texts.get().title == "New"


def test_one_data_set_is_exported_with_what_it_needs(file, tmp_path):
    other = {**EARLIER, "external_id": "other:1", "slug": "other"}
    run("import_events", file(*ALL, other))
    path = tmp_path / "other.jsonl"

    run("export_events", str(path), "--dataset", "other")
    assert [orjson.loads(line) for line in path.read_bytes().splitlines()] == [
        MEETING, US, {**other, "publish": False},
    ]  # fmt: skip


def test_an_export_of_everything_has_the_vocabulary_that_no_event_names_too(file, tmp_path):
    unused = [KZ | {"successors": ["US"]}, US]
    path = tmp_path / "everything.jsonl"
    run("import_events", file(MEETING, SUMMIT, TRADE, *unused))

    assert run("export_events", str(path)) == (["Exported 0 events."], [], "")
    assert [orjson.loads(line) for line in path.read_bytes().splitlines()] == [MEETING, SUMMIT, TRADE, *unused]


def test_one_data_set_can_be_imported_without_those_that_its_relations_lead_to(file):
    """Such a file is what `export_events --dataset` writes."""
    records = [*ALL[:6], {**FULL, "relations": [{"kind": "follows", "event": "earlier"}]}]
    one = file(*records)
    left_out = (
        f"{one}:7: test:2: relations[0].event: there is no event “earlier”, in the file or the database. The rest of "
        "the record is imported."
    )

    assert run("import_events", one, "--dry-run")[1:] == (
        [left_out],
        "Some links were left out, see above. Nothing was written.",
    )
    assert run("import_events", one, "--publish") == (
        [
            "Imported 7 records: 7 created, 0 changed, 0 unchanged, 0 refused, 1 without some of their links.",
            "Published: 1.",
        ],
        [left_out],
        "Some links were left out, see above. All else is imported.",
    )
    assert public() == [("full", 1)]

    run("import_events", file(EARLIER), "--publish")
    assert run("import_events", file(*records), "--publish")[1:] == ([], "")
    assert public() == [("earlier", 1), ("full", 2)]


def test_an_export_that_fails_leaves_the_old_file(file, tmp_path, monkeypatch):
    run("import_events", file(*ALL))
    path = tmp_path / "old.jsonl"
    path.write_text("old")
    monkeypatch.setattr("timeline.management.commands.export_events.export", lambda events: iter([(None, object())]))

    with pytest.raises(TypeError):
        run("export_events", str(path))
    assert [(found.name, found.read_text()) for found in tmp_path.glob("old*")] == [("old.jsonl", "old")]


@pytest.mark.usefixtures("reference")
def test_it_fits_what_is_there_already(file):
    """States and types that come with the project are the file's own."""
    event = {**EARLIER, "type": "summit"}

    assert run("import_events", file(event))[0] == ["Imported 1 records: 1 created, 0 changed, 0 unchanged, 0 refused."]
    publish(Event.objects.all())
    assert [country.code for country in Publication.objects.get().countries.all()] == ["US"]


def test_the_schema_is_public(client):
    response = client.get("/api/schema/interchange.json")

    assert (response.status_code, response["Content-Type"]) == (200, "application/schema+json")
    assert set(response.json()["$defs"]) == {"type", "topic", "actor", "event"}
    assert client.post("/api/schema/interchange.json").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_an_export_is_of_one_state_whatever_is_saved_meanwhile(file, tmp_path, monkeypatch):
    run("import_events", file(*ALL))
    listed = writing.actor_records

    def saved_meanwhile(ids):
        found = listed(ids)
        assert in_threads(lambda: published("later", "2025", actor("new-one"))) == []
        return found

    monkeypatch.setattr(writing, "actor_records", saved_meanwhile)
    path = tmp_path / "everything.jsonl"
    assert run("export_events", str(path))[0] == ["Exported 2 events."]
    assert [orjson.loads(line)["slug"] for line in path.read_bytes().splitlines()] == [
        record["slug"] for record in [*ALL[:3], PERSON, KZ, US, EARLIER, FULL]
    ]
    assert Event.objects.filter(slug="later").exists()


@pytest.mark.django_db(transaction=True)
def test_several_processes_can_publish_what_is_imported(file):
    run("import_events", file(*PUBLIC), "--publish", "--processes", "2")
    assert public() == [("earlier", 1), ("second", 1)]
    assert run("import_events", file(*PUBLIC[:-1]), "--publish", "--processes", "2")[0] == [
        "Imported 4 records: 0 created, 0 changed, 4 unchanged, 0 refused.",
        "Not in the source any more: test:3 (second)",
        "Not in the source any more: 1 events in all.",
        "Published: 0.",
    ]
