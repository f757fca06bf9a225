"""Importing in the admin: upload, preview, confirm, and the report of refusals."""

from __future__ import annotations

import base64
import gzip
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from events.interchange.flat import COLUMNS
from events.models import Actor, Event, EventText, Figure, Membership, Topic
from tests.builders import member
from tests.events.interchange.samples import ALL, EARLIER, FULL, KZ, PERSON, TRADE, US, imported, lines
from timeline import import_admin, importing
from timeline.import_admin import pack, unpack
from timeline.models import Publication, Refresh, Term, Timeline
from timeline.publishing import publish, publish_vocabulary, withdraw
from timeline.withdrawing import withdraw_entries

pytestmark = pytest.mark.django_db

UPLOAD, CONFIRM, REFUSALS, TABLE = (
    f"/admin/events/event/import/{step}" for step in ("", "confirm/", "refusals/", "table/")
)
EDITOR = [
    "publish",
    *(f"{action}_{model}" for action in ("add", "change") for model in ("event", "actor", "topic", "eventtype")),
    *(
        f"{action}_{part}"
        for action in ("add", "change", "delete")
        for part in ("eventtext", "participation", "source", "relation", "figure", "membership")
    ),
]


@pytest.fixture
def staff(django_user_model):
    """Makes a client of a staff member who has these permissions."""

    def make(*permissions: str) -> Client:
        user = django_user_model.objects.create_user("staff", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=[*permissions, "view_event"]))
        client = Client()
        client.force_login(user)
        return client

    return make


def upload(client, content, name="events.jsonl", **more):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content), **more})


def confirmed(content, name="events.jsonl"):
    """The form of a preview."""
    return {"name": name, "packed": pack(content), "publish": "", "shown": "0"}


def form_of(preview):
    """The form that a preview has for the import."""
    form = preview.content.decode().partition(f'action="{CONFIRM}"')[2]
    return dict(re.findall(r'<input type="hidden" name="(name|packed|publish|shown)" value="([^"]*)"', form))


def send(client, content, name="events.jsonl", **more):
    """Uploads a file, and confirms what the preview shows."""
    return client.post(CONFIRM, form_of(upload(client, content, name, **more)))


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def history():
    """What the histories of events say, with whose they are."""
    entries = LogEntry.objects.filter(content_type__model="event").order_by("pk")
    return [(entry.object_repr, entry.change_message) for entry in entries]


def would_be_published(events, entries):
    return f"<p>Of these, {events} would be published, and {entries} of actors, types and topics would change.</p>"


def cells(response):
    """The cells of the preview's tables. That foreign texts stand for themselves there is tested by itself."""
    main = re.sub("</?bdi>", "", response.content.decode().partition('id="content-main"')[2])
    return [re.sub(r"\s*<br>\s*", " / ", cell) for cell in re.findall(r"<td>(.*?)</td>", main)]


def test_the_preview_says_what_would_happen_and_writes_nothing(staff):
    response = upload(staff(*EDITOR), lines(*ALL[:7], {**FULL, "type": "party", "topics": ["tea"]}))

    assert response.status_code == 200
    assert "8 records: 7 created, 0 changed, 0 unchanged, 1 refused." in response.content.decode()
    assert cells(response) == [
        "8",
        "event test:2",
        "type: there is no type “party”: expected the slug of one that is there. / topics[0]: there is no topic “tea”: "
        "expected the slug of one that is there.",
        *("1", "type meeting", "2", "type summit", "3", "topic trade", "4", "actor jane-doe", "5", "actor kazakhstan"),
        *("6", "actor united-states", "7", "event test:1"),
    ]
    assert (Event.objects.count(), Actor.objects.count()) == (0, 0)


def test_the_form_of_the_preview_imports_the_file(staff):
    client = staff(*EDITOR)
    preview = upload(client, lines(*ALL), publish="on")
    assert would_be_published("2 events", "0 public entries") in preview.content.decode()
    form = form_of(preview)

    response = client.post(CONFIRM, form)
    assert response.status_code == 302
    assert response["Location"] == "/admin/events/event/"
    assert said(response) == [
        "Imported from events.jsonl: 8 records: 8 created, 0 changed, 0 unchanged, 0 refused.",
        "Published: 2 events.",
    ]
    assert list(Publication.objects.order_by("slug").values_list("slug", "published_by__username")) == [
        ("earlier", "staff"), ("full", "staff"),
    ]  # fmt: skip
    assert sorted((entry.object_repr, entry.change_message) for entry in LogEntry.objects.all()) == [
        ("earlier", "Imported and published."), ("full", "Imported and published."),
    ]  # fmt: skip
    # Sent twice, it does nothing twice.
    assert said(client.post(CONFIRM, form))[-2:] == [
        "Imported from events.jsonl: 8 records: 0 created, 0 changed, 8 unchanged, 0 refused.",
        "Published: 0 events.",
    ]


def test_without_publish_they_are_drafts(staff):
    send(staff(*EDITOR), lines(*ALL))

    assert (Event.objects.count(), Publication.objects.count()) == (2, 0)


def test_csv_changes_only_the_columns_that_it_has(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL))
    table = b"external_id,slug,type,title_en\r\ntest:1,earlier,meeting,Much earlier\r\n"

    assert "1 records: 0 created, 1 changed, 0 unchanged, 0 refused." in upload(client, table, "e.csv").content.decode()
    send(client, table, "e.csv")
    event = Event.objects.get(slug="earlier")
    assert (event.texts.get().title, event.sources.count()) == ("Much earlier", 1)


def test_the_preview_says_what_would_change(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL))
    event = Event.objects.get(slug="earlier")

    response = upload(client, lines(US | {"aliases": []}, EARLIER | {"date": "2024-05", "sources": []}, FULL))
    assert "3 records: 0 created, 2 changed, 1 unchanged, 0 refused." in response.content.decode()
    assert cells(response) == [
        *("1", "actor united-states", "aliases: without “USA”"),
        "2",
        f'event <a href="/admin/events/event/{event.pk}/change/">test:1</a>',
        "date: “2024” becomes “2024-05” / sources: without “https://example.org/1 One”",
    ]


def test_texts_in_other_directions_do_not_turn_what_stands_around_them(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL))
    records = EARLIER | {"texts": {"en": {"title": "لقاء"}}}, FULL | {"type": "لقاء"}, FULL | {"external_id": "اختبار"}

    html = upload(client, lines(*records)).text

    assert re.findall("<bdi>(.*?)</bdi>", html.partition('id="content-main"')[2]) == [
        "test:2",
        "type: there is no type “لقاء”: expected the slug of one that is there.",
        "اختبار",
        "external_id: “اختبار” is malformed: expected the form such as has-travels:3593.",
        "test:1",
        "texts.en.title: “Earlier” becomes “لقاء”",
    ]


TITLE = f"texts.en.title: “{'x' * 80}…” becomes “Earlier”"


def _edit(**values):
    Event.objects.filter(slug="earlier").update(updated_at=timezone.now(), **values)


def _entitle(title):
    EventText.objects.filter(event__slug="earlier").update(title=title)


@pytest.mark.parametrize(
    ("meanwhile", "shown"),
    [
        (lambda: _edit(date="2023"), ["2", "date: “2023” becomes “2024-05”", TITLE]),
        # Shown in the same words, since they are cut off, but not the same.
        (lambda: _entitle(f"{'x' * 90}z"), ["2", "date: “2024” becomes “2024-05”", TITLE]),
        (lambda: Actor.objects.update(aliases=["U.S."]), ["1", "aliases: without “U.S.”, with “USA”"]),
    ],
)
def test_what_somebody_saved_after_the_preview_is_shown_before_it_is_overwritten(staff, meanwhile, shown):
    client = staff(*EDITOR)
    send(client, lines(*ALL))
    _entitle(f"{'x' * 90}y")
    preview = upload(client, lines(US, EARLIER | {"date": "2024-05"}))
    meanwhile()
    before = Event.objects.values().get(slug="earlier")

    again = client.post(CONFIRM, form_of(preview))

    assert again.status_code == 200
    assert said(again) == [import_admin.MEANWHILE]
    assert Event.objects.values().get(slug="earlier") == before
    found = cells(again)
    assert found[found.index(shown[0]) + 2].split(" / ") == shown[1:]
    assert client.post(CONFIRM, form_of(again)).status_code == 302
    assert Event.objects.get(slug="earlier").date == "2024-05"


def test_what_is_refused_by_now_is_named_with_its_reasons(staff):
    client = staff(*EDITOR)
    imported(*ALL[:3], US)
    preview = upload(client, lines(EARLIER))
    imported({**EARLIER, "external_id": "other:1"})

    response = client.post(CONFIRM, form_of(preview))

    assert said(response) == [
        "Not imported: test:1. slug: another event, with the external id “other:1”, is called “earlier”: choose "
        "another slug.",
        "Imported from events.jsonl: 1 records: 0 created, 0 changed, 0 unchanged, 1 refused.",
    ]


def opec(*members, **more):
    """The record of a bloc that lists its members."""
    links = [{"member": name, "role": "member", **term} for name, term in members]
    return {"record": "actor", "slug": "opec", "kind": "bloc", "names": {"en": "OPEC"}, "members": links, **more}


def joins(role):
    """An editor enters Kazakhstan in the bloc."""
    member(Actor.objects.get(slug="opec"), Actor.objects.get(slug="kazakhstan"), role=role)


def test_a_membership_that_somebody_saved_after_the_preview_is_shown_before_it_is_removed(staff):
    client = staff(*EDITOR, "delete_membership")
    send(client, lines(US, KZ, opec(("US", {}))))
    preview = upload(client, lines(opec(("US", {"until": "2024"}))))
    ends = "members: without “US member”, with “US member 2024”"
    assert cells(preview) == ["1", "actor opec", ends]
    joins("member")

    again = client.post(CONFIRM, form_of(preview))

    assert said(again) == [import_admin.MEANWHILE]
    assert cells(again) == ["1", "actor opec", f"{ends} / members: without “KZ member”"]
    assert Membership.objects.filter(member__slug="kazakhstan").exists()
    assert client.post(CONFIRM, form_of(again)).status_code == 302
    assert list(Membership.objects.values_list("member__slug", "until")) == [("united-states", "2024")]


@pytest.mark.parametrize(
    ("record", "role"),
    [
        (opec(("US", {"until": "2024"})), "observer"),
        (opec(members=[], aliases=["O"]), "member"),
    ],
)
def test_a_membership_that_the_record_leaves_alone_keeps_no_preview_from_being_confirmed(staff, record, role):
    client = staff(*EDITOR)
    send(client, lines(US, KZ, opec(("US", {}))))
    preview = upload(client, lines(record))
    joins(role)

    assert client.post(CONFIRM, form_of(preview)).status_code == 302
    assert list(Membership.objects.order_by("pk").values_list("member__slug", "role")) == [
        ("united-states", "member"), ("kazakhstan", role),
    ]  # fmt: skip


def test_what_would_be_published_otherwise_is_shown_too(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    preview = upload(client, lines(EARLIER | {"date": "2023"}), publish="on")
    assert would_be_published("1 event", "0 public entries") in preview.content.decode()
    withdraw(Event.objects.filter(slug="earlier"))

    again = client.post(CONFIRM, form_of(preview))

    assert said(again) == [import_admin.MEANWHILE]
    assert "Withdrawn before, and left so: earlier." in again.content.decode()
    assert Event.objects.get(slug="earlier").date == "2024"


def test_what_an_editor_has_in_hand_beside_what_the_row_says_is_not_published_and_that_is_said_before_and_after(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    _edit(place_name="In hand")
    table = b"external_id,slug,type,date\ntest:1,earlier,meeting,2023\n"
    preview = upload(client, table, "e.csv", publish="on")

    assert would_be_published("0 events", "0 public entries") in preview.content.decode()
    assert (
        "<p>Imported but not published, since something else was changed there and never published, by an editor "
        "or with publish false: "
        "earlier.</p>" in preview.content.decode()
    )
    assert said(client.post(CONFIRM, form_of(preview)))[-2:] == [
        "Published: 0 events.",
        "Not published, since something else was changed there and never published, by an editor or with publish "
        "false: earlier. Publish them "
        "here.",
    ]
    assert (Event.objects.get(slug="earlier").date, Publication.objects.get(slug="earlier").version) == ("2023", 1)


@pytest.mark.parametrize("may_publish", [True, False])
def test_what_a_table_changed_where_nothing_was_in_hand_is_published_by_another_if_that_account_might(
    staff, django_user_model, may_publish
):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    _edit(place_name="By an editor")
    publish(Event.objects.filter(slug="earlier"))
    rights, right = django_user_model.objects.get().user_permissions, Permission.objects.get(codename="publish")
    if not may_publish:
        rights.remove(right)
    table = b"external_id,slug,type,date\ntest:1,earlier,meeting,2023\n"
    send(client, table, "e.csv")
    rights.add(right)

    left = "left so, since the file does not change them: earlier.</p>"
    preview = upload(client, table, "e.csv", publish="on")
    assert (left in preview.text, "There is nothing to import." in preview.text) == (not may_publish, not may_publish)

    # Something of it is new, so that there is something to import.
    more = upload(client, table + b"cables:9,new,meeting,2023\n", "e.csv", publish="on")
    with_it = "although the file changes nothing in them, since they are not public as they are here: earlier.</p>"
    assert (would_be_published("1 event", "0 public entries") in more.text) is may_publish
    assert (with_it in more.text) is may_publish
    assert (left in more.text) is not may_publish
    left = "Public otherwise than they are here, and left so, since the file did not change them: earlier."
    assert (left in said(client.post(CONFIRM, form_of(more)))) is not may_publish
    assert Publication.objects.current().get(slug="earlier").version == 2 + may_publish


def test_what_an_editor_has_in_hand_since_the_preview_is_said_before_it_is_left(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    preview = upload(client, b"external_id,slug,type,date\ntest:1,earlier,meeting,2023\n", "e.csv", publish="on")
    _edit()

    assert said(client.post(CONFIRM, form_of(preview))) == [import_admin.MEANWHILE]


OTHERWISE = [US | {"aliases": []}, TRADE | {"names": {"en": "Commerce"}}]


def test_the_public_vocabulary_that_changes_is_said_before_and_after(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    preview = upload(client, lines(*OTHERWISE), publish="on")

    assert would_be_published("0 events", "3 public entries") in preview.content.decode()
    assert not Term.objects.filter(version=2).exists()
    assert said(client.post(CONFIRM, form_of(preview)))[-4:] == [
        "Imported from events.jsonl: 2 records: 0 created, 2 changed, 0 unchanged, 0 refused.",
        "Published: 0 events.",
        "Changed: 3 public entries of actors, types and topics.",
        'The public events that name what changed follow by and by: <a href="/admin/timeline/refresh/">see how far it '
        "is</a>.",
    ]
    found = Term.objects.current().filter(version=2).order_by("key").values_list("key", "published_by__username")
    assert list(found) == [("US", "staff"), ("trade", "staff"), ("united-states", "staff")]
    assert (Refresh.objects.get().actors, Refresh.objects.get().topics) == (["united-states"], ["trade"])


def test_public_vocabulary_that_would_change_otherwise_is_shown_again(staff):
    """Though the file makes and changes nothing, and publishes no event."""
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    send(client, lines(*OTHERWISE))
    preview = upload(client, lines(*OTHERWISE), publish="on")
    assert would_be_published("0 events", "3 public entries") in preview.content.decode()
    publish_vocabulary(topics=Topic.objects.all())

    again = client.post(CONFIRM, form_of(preview))

    assert said(again)[-1:] == [import_admin.MEANWHILE]
    assert would_be_published("0 events", "2 public entries") in again.content.decode()
    assert not Term.objects.filter(kind="actor", version=2).exists()
    assert client.post(CONFIRM, form_of(again)).status_code == 302
    assert list(Term.objects.filter(kind="actor", version=2).values_list("key", flat=True)) == ["united-states"]


TOO = "Published with the import, although the file changes nothing in them, since they are not public as they are here"


@pytest.mark.parametrize(("listed", "named"), [(2, "earlier, full"), (1, "2, such as earlier")])
def test_events_that_are_published_though_the_file_changes_nothing_in_them_are_named(staff, monkeypatch, listed, named):
    monkeypatch.setattr(import_admin, "LISTED", listed)
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    EventText.objects.filter(language="en").update(title="By an editor")
    Event.objects.update(updated_at=timezone.now())
    records = [
        record | {"texts": record["texts"] | {"en": record["texts"]["en"] | {"title": "By an editor"}}}
        for record in (EARLIER, FULL)
    ]
    new = EARLIER | {"external_id": "test:3", "slug": "new"}
    preview = upload(client, lines(*records, new), publish="on")

    assert "3 records: 1 created, 0 changed, 2 unchanged, 0 refused." in preview.content.decode()
    assert would_be_published("3 events", "0 public entries") in preview.content.decode()
    assert f"<p>{TOO}: {named}.</p>" in preview.content.decode()
    LogEntry.objects.all().delete()
    client.post(CONFIRM, form_of(preview))
    assert sorted(history()) == [
        ("earlier", "Published."), ("full", "Published."), ("new", "Imported and published."),
    ]  # fmt: skip
    assert TOO not in upload(client, lines(*records, new), publish="on").content.decode()


def test_if_it_is_other_events_in_which_the_file_changes_nothing_they_are_shown_first(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")

    def make_otherwise_public(slug):
        """Leaves the draft as it was."""
        event = Event.objects.get(slug=slug)
        texts = event.texts.filter(language="en")
        title = texts.get().title
        for said_now in ("Otherwise", title):
            publish([event])
            texts.update(title=said_now)
            Event.objects.filter(pk=event.pk).update(updated_at=timezone.now())

    make_otherwise_public("earlier")
    preview = upload(client, lines(*ALL), publish="on")
    assert f"<p>{TOO}: earlier.</p>" in preview.content.decode()
    publish(Event.objects.filter(slug="earlier"))
    make_otherwise_public("full")

    again = client.post(CONFIRM, form_of(preview))

    assert said(again)[-1:] == [import_admin.MEANWHILE]
    assert f"<p>{TOO}: full.</p>" in again.content.decode()


def test_the_history_tells_what_was_published_with_an_import_from_what_was_not(staff):
    client = staff(*EDITOR)
    records = [*ALL[:7], {**FULL, "publish": False}]

    send(client, lines(*records), publish="on")
    assert sorted(history()) == [("earlier", "Imported and published."), ("full", "Imported.")]
    send(client, lines(*(record | {"date": "2023"} for record in ALL[6:])))
    assert sorted(history()[2:]) == [("earlier", "Imported."), ("full", "Imported.")]


NO_SOURCE = "It has no source: add at least one."


def unsourced(number):
    """Events that cannot be published."""
    return [EARLIER | {"external_id": f"test:{n}", "slug": f"bare-{n}", "sources": []} for n in range(1, number + 1)]


def test_what_cannot_be_published_is_listed_up_to_a_limit_and_can_be_downloaded(staff, monkeypatch):
    monkeypatch.setattr(import_admin, "LISTED", 2)
    monkeypatch.setattr(importing, "PUBLISHED_AT_ONCE", 1)  # first what has no date
    client = staff(*EDITOR)
    last = unsourced(4)[3] | {"date": ""}
    preview = upload(client, lines(*ALL[:6], *unsourced(3), last), publish="on")

    main = preview.content.decode().partition('id="content-main"')[2]
    assert main.index("Of these, 0 events would") < main.index("<h2>Not published: 4</h2>") < main.index("<h2>New: 10")
    assert cells(preview)[:6] == [
        *("7", "event bare-1", f"publication: {NO_SOURCE}"),
        *("8", "event bare-2", f"publication: {NO_SOURCE}"),
    ]
    assert "bare-3" not in main
    assert main.count("<p>Not published either: 2 others.</p>") == 1
    assert main.count("<p>The first 2 are shown.</p>") == 1  # of the new ones
    assert client.post(REFUSALS, form_of(preview)).content.decode().splitlines() == [
        "\ufefffile,line,record,id,field,problem",
        *(f"events.jsonl,{n + 6},event,bare-{n},publication,{NO_SOURCE}" for n in (1, 2, 3, 4)),
        'events.jsonl,10,event,bare-4,publication,"It has no date: enter as much as is known, such as 2025-11-06, '
        '2025-11 or 2025."',
    ]
    assert said(client.post(CONFIRM, form_of(preview))) == [
        "Imported from events.jsonl: 10 records: 10 created, 0 changed, 0 unchanged, 0 refused.",
        "Published: 0 events.",
        f"Not published: bare-1. {NO_SOURCE}",
        f"Not published: bare-2. {NO_SOURCE}",
        "Not published either: 2 others.",
    ]


def test_what_cannot_be_published_is_all_named_if_it_is_little(staff, monkeypatch):
    monkeypatch.setattr(import_admin, "LISTED", 2)
    client = staff(*EDITOR)
    preview = upload(client, lines(*ALL[:6], *unsourced(2)), publish="on")

    assert "Not published either" not in preview.content.decode()
    assert said(client.post(CONFIRM, form_of(preview)))[2:] == [
        f"Not published: bare-1. {NO_SOURCE}",
        f"Not published: bare-2. {NO_SOURCE}",
    ]


@pytest.mark.parametrize(("listed", "named"), [(2, "earlier, full"), (1, "2, such as earlier")])
def test_what_stays_withdrawn_is_named_up_to_a_limit(staff, monkeypatch, listed, named):
    monkeypatch.setattr(import_admin, "LISTED", listed)
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    withdraw(Event.objects.order_by("pk"))
    preview = upload(client, lines(*ALL), publish="on")

    assert f"<p>Withdrawn before, and left so: {named}.</p>" in preview.content.decode()
    assert said(client.post(CONFIRM, form_of(preview)))[-1] == f"Withdrawn before, and left so: {named}."


@pytest.mark.parametrize(
    ("records", "publish", "buttons"),
    [
        (ALL, {}, ["Import"]),
        (ALL, {"publish": "on"}, ["Import and publish"]),
        ([*ALL[:6], FULL], {}, ["Download all refusals (CSV)", "Import"]),
        ([*ALL[:6], *unsourced(1)], {"publish": "on"}, ["Download all refusals (CSV)", "Import and publish"]),
        ([EARLIER], {}, ["Download all refusals (CSV)"]),
    ],
)
def test_the_preview_has_the_file_once_and_the_first_button_does_not_import(staff, records, publish, buttons):
    main = upload(staff(*EDITOR), lines(*records), **publish).content.decode().partition('id="content-main"')[2]

    assert len(re.findall(r'name="packed"', main)) == 1
    ids = re.findall(r' id="([^"]*)"', main)
    assert len(ids) == len(set(ids))
    found = re.findall(r'<input type="submit"(?: class="default")?(?: formaction="([^"]*)")? value="([^"]*)">', main)
    assert found == [(REFUSALS if button.startswith("Download") else "", button) for button in buttons]


def test_a_table_to_fill_in(staff):
    client = staff(*EDITOR)
    assert f'<a href="{TABLE}">this table</a>' in client.get(UPLOAD).content.decode()

    response = client.get(TABLE)
    assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert response["Content-Disposition"] == 'attachment; filename="events.csv"'
    assert response.content.decode() == "\ufeff" + ",".join(COLUMNS) + "\r\n"


def test_the_refusals_can_be_downloaded(staff):
    bad = [{**EARLIER, "slug": "=1+1"}, {**EARLIER, "date": "soon"}]

    response = staff(*EDITOR).post(REFUSALS, confirmed(lines(*ALL[:6], *bad)))
    assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert response["Content-Disposition"] == 'attachment; filename="refusals.csv"'
    assert response.content.decode().splitlines() == [
        "\ufefffile,line,record,id,field,problem",
        "events.jsonl,7,event,test:1,slug,“=1+1” is malformed: expected the form such as c5-1-leaders-summit-2025.",
        "events.jsonl,8,event,test:1,date,\"“soon” is not a date: 's' does not belong in a date: expected digits, X, - "
        'and one of ? ~ % at the end (character 1); write it like 2025-11-06 or 2025-11."',
    ]
    assert Event.objects.count() == 0


def test_a_link_that_leads_nowhere_is_shown_and_can_be_downloaded(staff):
    client = staff(*EDITOR)
    content = lines(*ALL[:6], FULL)
    left_out = "there is no event “test:1”, in the file or the database. The rest of the record is imported."
    preview = upload(client, content)

    assert cells(preview)[:3] == ["7", "event test:2", f"relations[0].event: {left_out}"]
    assert client.post(REFUSALS, form_of(preview)).content.decode().splitlines()[1:] == [
        f'events.jsonl,7,event,test:2,relations[0].event,"{left_out}"'
    ]
    assert said(client.post(CONFIRM, form_of(preview))) == [
        "Imported from events.jsonl: 7 records: 7 created, 0 changed, 0 unchanged, 0 refused, 1 without some of their "
        "links."
    ]


def test_a_formula_in_the_report_is_guarded(staff):
    client = staff(*EDITOR)
    first, second = (
        client.post(REFUSALS, confirmed(b'{"record": "event", "slug": "%b"}\n' % slug)) for slug in (b"=1+1", b"a;=1+1")
    )

    assert "events.jsonl,1,event,'=1+1,type,it is missing: this must be given." in first.text
    assert "events.jsonl,1,event,a;'=1+1,type,it is missing" in second.text  # for who separates cells by semicolons


@pytest.mark.parametrize("missing", ["add_event", "change_event"])
def test_who_may_not_add_and_change_events_may_not_import(staff, missing):
    client = staff(*(set(EDITOR) - {missing}))

    assert "Import events" not in client.get("/admin/events/event/").content.decode()
    assert [client.get(address).status_code for address in (UPLOAD, TABLE)] == [403] * 2
    assert [client.post(address, confirmed(lines(*ALL))).status_code for address in (UPLOAD, CONFIRM, REFUSALS)] == [
        403
    ] * 3
    assert Event.objects.count() == 0


def test_who_may_not_publish_imports_drafts(staff):
    client = staff(*(set(EDITOR) - {"publish"}))
    assert "Your account may not publish: what is imported are drafts." in client.get(UPLOAD).text

    preview = upload(client, lines(*ALL), publish="on")
    form = form_of(preview)
    assert form["publish"] == "False"
    assert client.post(CONFIRM, form | {"publish": "True"}).status_code == 302

    assert Event.objects.count() == 2
    assert not Publication.objects.exists()


def test_what_an_account_imports_that_may_not_publish_no_import_after_it_publishes(staff):
    imported(*ALL)
    aliased = {**US, "aliases": ["America"]}
    assert Event.objects.filter(imported_at=None).count() == 0

    send(staff(*(set(EDITOR) - {"publish"})), lines(aliased, {**EARLIER, "date": "2023"}))

    assert list(Event.objects.filter(imported_at=None).values_list("slug", "date")) == [("earlier", "2023")]
    assert Actor.objects.get(code="US").aliases == ["America"]
    assert not Actor.objects.exclude(imported_at=None).exists()


def test_the_list_leads_to_it(staff):
    assert '<a href="/admin/events/event/import/">Import events</a>' in (
        staff("add_event", "change_event").get("/admin/events/event/").content.decode()
    )


def test_a_visitor_is_sent_to_sign_in(client):
    assert [client.post(address).status_code for address in (UPLOAD, CONFIRM, REFUSALS, TABLE)] == [302] * 4


def test_what_an_account_may_not_change_by_hand_it_may_not_import(staff):
    response = upload(staff("add_event", "change_event"), lines(*ALL[:4]))

    assert cells(response) == [
        "1", "type meeting", "record: your account may not add and change types.",
        "2", "type summit", "record: your account may not add and change types.",
        "3", "topic trade", "record: your account may not add and change topics.",
        "4", "actor jane-doe", "record: your account may not add and change actors.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "unseen"),
    [
        ([], {"type": "types", "topics": "topics", "participants": "actors"}),
        (["view_eventtype", "change_topic"], {"participants": "actors"}),
        (["view_eventtype", "view_actor"], {"topics": "topics"}),
    ],
)
def test_an_account_may_import_no_event_that_names_what_it_may_not_see(staff, seen, unseen):
    """It would read in the preview what that is, and that it is there."""
    imported(*ALL)
    client = staff(*(name for name in EDITOR if not name.endswith(("_actor", "_topic", "_eventtype"))), *seen)

    (refused,) = upload(client, lines({**EARLIER, "participants": []})).context["effects"].refused

    assert [str(problem) for problem in refused.problems] == [
        f"{field}: your account may not view {kind}." for field, kind in unseen.items()
    ]


def test_of_what_an_account_may_not_see_a_table_says_nothing_that_has_no_column_for_it(staff):
    imported(*ALL)
    parts = ("_actor", "_topic", "_eventtype", "_eventtext", "_participation", "_source", "_figure", "_relation")
    client = staff(*(name for name in EDITOR if not name.endswith(parts)), "view_eventtype")
    table = "external_id,slug,type,date{}\r\ntest:1,earlier,meeting,2023{}\r\n"

    changed, refused = (
        upload(client, table.format(*more).encode(), "events.csv").context["effects"]
        for more in (("", ""), (",place_country,title_en", ",KZ,New"))
    )

    assert [result.changes for result in changed.changed] == [["date: “2024” becomes “2023”"]]
    assert [list(map(str, result.problems)) for result in refused.refused] == [
        [
            "title_en: your account may not add, change and delete event texts.",
            "place_country: your account may not view actors.",
        ]
    ]


def test_a_table_that_corrects_the_url_of_a_source_says_nothing_of_the_figures_from_it(staff):
    """It is of the source, as in the forms: figures name actors, whom this account may not see."""
    imported(*ALL)
    client = staff(*(name for name in EDITOR if not name.endswith(("_actor", "_topic", "_figure"))), "view_eventtype")
    table = b"external_id,slug,type,source_url,source_title\r\ntest:2,full,summit,https://example.org/3,Two\r\n"

    preview = upload(client, table, "events.csv")

    (changed,) = preview.context["effects"].changed
    source = "“https://example.org/{} Two Paper en 2025-11 2025-12-24 2025-11-06 2025-12-01/..”"
    assert changed.changes == [f"sources: without {source.format(2)}, with {source.format(3)}"]
    client.post(CONFIRM, form_of(preview))
    assert Figure.objects.values_list("source__url", flat=True).get() == "https://example.org/3"


def test_what_an_account_may_not_do_with_the_parts_of_an_event_it_may_not_import(staff):
    client = staff(*(set(EDITOR) - {"delete_source", "add_figure", "change_membership"}))
    records = lines(*ALL[:3], {**PERSON, "memberships": []}, *ALL[4:6], EARLIER)
    table = b"slug,type,title_en,source_url,source_title\r\nnew,meeting,New,https://example.org/,One\r\n"

    refused = {
        result.key: [str(problem) for problem in result.left_out]
        for content, name in ((records, "events.jsonl"), (table, "events.csv"))
        for result in upload(client, content, name).context["effects"].refused
    }
    memberships = "memberships: your account may not add, change and delete memberships."
    sources = "sources: your account may not add, change and delete sources."
    assert refused == {
        "jane-doe": [memberships],
        "kazakhstan": [memberships],
        "united-states": [memberships],
        "test:1": [sources, "figures: your account may not add, change and delete figures."],
        "new": [sources.replace("sources:", "source_url:")],
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("events.xlsx", b"x", "“events.xlsx” is neither .jsonl nor .csv: choose one that is."),
        ("events.jsonl", b"", "The submitted file is empty."),
        (
            "events.jsonl",
            gzip.compress(b"{}", mtime=0),
            "“events.jsonl” is packed (gzip): unpack it, and upload what was in it.",
        ),
        (
            "events.jsonl",
            b" " * 2_000,
            "The file is too large to be imported here: at most 5 MB, and 1.5 MB when packed (gzip). Split it, or have "
            "an operator run manage.py import_events.",
        ),
    ],
)
def test_a_bad_upload_gives_error(staff, monkeypatch, name, content, message):
    monkeypatch.setattr(import_admin, "MOST_BYTES", 1_000)

    response = upload(staff(*EDITOR), content, name)
    assert response.context["form"].errors == {"file": [message]}


def test_what_does_not_pack_well_is_too_large_too(staff, monkeypatch):
    monkeypatch.setattr(import_admin, "MOST_PACKED", 10)

    assert upload(staff(*EDITOR), lines(*ALL)).context["form"].errors == {"file": [import_admin.TOO_LARGE]}


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "no base64",
        base64.b64encode(b"no gzip").decode(),
        pack(b"x" * 100)[:20] + "==",
        base64.b64encode(gzip.compress(b" " * 6_000_000)).decode(),
    ],
)
def test_a_file_that_does_not_come_back_whole_gives_error(staff, packed):
    client = staff(*EDITOR)

    for address in (CONFIRM, REFUSALS):
        response = client.post(address, {"name": "events.jsonl", "packed": packed})
        assert (response.status_code, response["Location"]) == (302, UPLOAD)
    assert said(response)[-1] == "The file did not come back whole: upload it again."


def test_after_logging_in_again_nothing_is_imported(staff):
    response = staff(*EDITOR).get(CONFIRM)

    assert (response.status_code, response["Location"]) == (302, UPLOAD)
    assert said(response) == ["Nothing was imported: upload the file again."]


def test_packing():
    assert unpack(pack(b"a file")) == b"a file"


def test_an_error_on_the_way_writes_nothing(staff, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError

    monkeypatch.setattr(import_admin, "publish_imported", fail)

    with pytest.raises(RuntimeError):
        send(staff(*EDITOR), lines(*ALL), publish="on")
    assert (Event.objects.count(), Actor.objects.count(), LogEntry.objects.count()) == (0, 0, 0)


def test_the_pages_have_nothing_inline(staff):
    client = staff(*EDITOR)
    pages = [client.get(UPLOAD), upload(client, lines(*ALL, {}))]

    for page in pages:
        assert page["Content-Security-Policy"].startswith("default-src 'self'")
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", page.content.decode())


def test_what_editors_had_in_hand_is_said_if_the_import_takes_it_along(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    LogEntry.objects.all().delete()
    Actor.objects.filter(code="KZ").update(names={"en": "Qazaqstan"})
    Topic.objects.update(names={"en": "In hand"})

    response = send(client, lines(TRADE | {"names": {"en": "Commerce"}}, FULL | {"date": "2023"}), publish="on")

    link = '<a href="/api/v1/actors/kazakhstan/">kazakhstan</a>'
    assert said(response)[-5:] == [
        "Imported from events.jsonl: 2 records: 0 created, 2 changed, 0 unchanged, 0 refused.",
        "Published: 1 event.",
        "Changed: 3 public entries of actors, types and topics.",
        f"What was saved of these actors, types and topics is public now, too: {link}.",
        'The public events that name what changed follow by and by: <a href="/admin/timeline/refresh/">see how far it '
        "is</a>.",
    ]
    assert list(LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")) == [
        ("full", "Imported and published."),
        ("Qazaqstan (KZ)", "Published with an import."),
        ("Commerce", "Published with an import."),
    ]


IN_HAND_OF_KZ = (
    "<p>What was saved of these actors, types and topics would be public, too: "
    '<a href="/api/v1/actors/kazakhstan/">kazakhstan</a>.</p>'
)


def name_kazakhstan(name):
    Actor.objects.filter(code="KZ").update(names={"en": name})


@pytest.mark.parametrize("at_once", [1, 2000])
def test_what_editors_have_in_hand_is_said_before_the_import_takes_it_along(staff, monkeypatch, at_once):
    monkeypatch.setattr("timeline.importing.PUBLISHED_AT_ONCE", at_once)
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    name_kazakhstan("Qazaqstan")
    new = [FULL | {"slug": slug, "external_id": f"cables:{slug}", "relations": []} for slug in ("one", "two")]
    preview = upload(client, lines(TRADE | {"names": {"en": "Commerce"}}, *new), publish="on")

    # The actor and the country, and the topic of the file.
    assert would_be_published("2 events", "3 public entries") in preview.text
    assert IN_HAND_OF_KZ in preview.text
    assert not Term.objects.filter(version=2).exists()
    name_kazakhstan("Nobody has seen this")
    again = client.post(CONFIRM, form_of(preview))

    assert said(again) == [import_admin.MEANWHILE]
    assert would_be_published("2 events", "3 public entries") in again.text
    assert not Term.objects.filter(version=2).exists()
    assert "Changed: 3 public entries of actors, types and topics." in said(client.post(CONFIRM, form_of(again)))
    assert client.get("/api/v1/countries/KZ/").json()["name"] == "Nobody has seen this"


@pytest.mark.parametrize("at_once", [1, 2000])
def test_what_nobody_saved_after_the_preview_is_not_shown_again(staff, monkeypatch, at_once):
    monkeypatch.setattr("timeline.importing.PUBLISHED_AT_ONCE", at_once)
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    name_kazakhstan("Qazaqstan")
    new = [FULL | {"slug": slug, "external_id": f"cables:{slug}", "relations": []} for slug in ("one", "two")]

    assert send(client, lines(US | {"aliases": []}, *new), publish="on").status_code == 302
    assert client.get("/api/v1/countries/KZ/").json()["name"] == "Qazaqstan"


@pytest.mark.parametrize("others", [[], ["john-doe"]])
def test_who_is_of_a_group_that_an_event_names_anew_keeps_no_preview_from_being_confirmed(staff, others):
    """Whether they are public, and the file has them, or become so with the event."""
    client = staff(*EDITOR)
    office = {"memberships": [{"group": "opec", "role": "secretary-general"}]}
    jane, john = ({**PERSON, "slug": slug, **office} for slug in ("jane-doe", "john-doe"))
    visit = {**EARLIER, "participants": [{"actor": name, "role": "visitor"} for name in ("opec", *others)]}
    send(client, lines(ALL[0], opec(), jane, {**EARLIER, "participants": visit["participants"][:1]}), publish="on")
    publish_vocabulary(actors=Actor.objects.all())

    preview = upload(client, lines(opec(names={"en": "Petrol"}), jane, john, visit | {"date": "2023"}), publish="on")
    assert would_be_published("1 event", "2 public entries") in preview.text
    assert "Changed: 2 public entries of actors, types and topics." in said(client.post(CONFIRM, form_of(preview)))


def test_what_would_be_public_for_the_first_time_is_shown_again_if_somebody_saved_it(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL))
    preview = upload(client, lines(*ALL[6:]), publish="on")
    assert would_be_published("2 events", "0 public entries") in preview.text
    name_kazakhstan("Nobody has seen this")

    assert said(client.post(CONFIRM, form_of(preview))) == [import_admin.MEANWHILE]
    assert not Term.objects.exists()


@pytest.mark.parametrize("new", [True, False])
def test_who_joins_a_public_bloc_is_published_by_an_import_that_does_nothing_else(staff, new):
    client = staff(*EDITOR)
    send(client, lines(opec()))
    publish_vocabulary(actors=Actor.objects.all())
    joined = lines(KZ, opec(("KZ", {})))
    if not new:
        send(client, joined)

    preview = upload(client, joined, publish="on")
    assert 'value="Import and publish"' in preview.text
    assert "<p>These would be public for the first time: kazakhstan.</p>" in preview.text
    link = '<a href="/api/v1/actors/kazakhstan/">kazakhstan</a>'
    assert not Term.objects.filter(key="KZ").exists()
    assert f"Public now for the first time: {link}." in said(client.post(CONFIRM, form_of(preview)))
    assert Term.objects.current().filter(key="KZ").exists()


def test_who_has_a_code_by_then_would_be_public_for_the_first_time(staff):
    client = staff(*EDITOR)
    send(client, lines(KZ, US))
    publish_vocabulary(actors=[Actor.objects.get(code="US")])

    preview = upload(client, lines(KZ | {"code": "KX"}, US | {"code": "KZ"}), publish="on")

    assert "for the first time" not in preview.text


def test_what_would_be_public_again_is_said_before(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    withdraw(Event.objects.all())
    withdraw_entries(Term.Kind.ACTOR, [Actor.objects.get(code="KZ")])

    preview = upload(client, lines(FULL | {"slug": "again", "external_id": "cables:2"}), publish="on")
    link = '<a href="/api/v1/actors/kazakhstan/">kazakhstan</a>'
    assert f"<p>These, which were withdrawn, would be public again: {link}.</p>" in preview.text
    assert would_be_published("1 event", "0 public entries") in preview.text


def test_an_import_says_which_states_alone_changed_and_what_is_public_again(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    kazakhstan, united_states = Actor.objects.get(code="KZ"), Actor.objects.get(code="US")
    link, other = (f'<a href="/api/v1/actors/{slug}/">{slug}</a>' for slug in ("kazakhstan", "united-states"))

    kazakhstan.successors.add(united_states)
    response = send(client, lines(FULL | {"date": "2023"}), publish="on")
    assert f"What was saved of these actors, types and topics is public now, too: {link}, {other}." in said(response)

    kazakhstan.successors.clear()
    publish_vocabulary(actors=[kazakhstan, united_states])
    withdraw(Event.objects.all())
    assert withdraw_entries(Term.Kind.ACTOR, [kazakhstan]) == ([kazakhstan], {})
    response = send(client, lines(FULL | {"slug": "again", "external_id": "cables:2"}), publish="on")
    assert f"Public again, having been withdrawn: {link}." in said(response)


def test_an_entry_that_an_import_publishes_without_an_event_is_in_the_history(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    LogEntry.objects.all().delete()

    send(client, lines(*OTHERWISE), publish="on")
    assert list(LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")) == [
        ("United States (US)", "Published with an import."),
        ("Commerce", "Published with an import."),
    ]


def test_an_import_says_which_timelines_name_a_code_that_it_ends(staff):
    client = staff(*EDITOR)
    send(client, lines(*ALL), publish="on")
    timeline = Timeline.objects.create(slug="american", titles={"en": "American"}, query="country=US")
    publish_vocabulary(timelines=[timeline])

    response = send(client, lines(US | {"code": "UX"}), publish="on")

    assert said(response)[-1] == (
        f'The saved filter of the timeline <a href="/admin/timeline/timeline/{timeline.pk}/change/">american</a> names '
        "US, which is UX: it finds less as soon as the public events have followed. Correct it, and publish the "
        "timeline."
    )
