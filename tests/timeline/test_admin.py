"""The door to the public as editors see it: Publish and Withdraw, and what has been published, to look at."""

from __future__ import annotations

import datetime
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import UniqueViolation

from events.digest import digest
from events.guarding import fingerprint
from events.models import Actor, Event, EventText, EventType, Topic
from tests.assertions import slugs
from tests.builders import actor, draft, event_type, member, published, state, topic
from tests.connections import elsewhere
from tests.events.admin.as_shown import as_shown
from tests.events.admin.forms import EVENT_PARTS, address, posted
from timeline import filters, importing
from timeline.admin import PublishableEventAdmin, PublishableTopicAdmin
from timeline.editions import hold_publishing
from timeline.filters import NO_FILTERS
from timeline.loading import load_curated
from timeline.models import (
    Dataset,
    DatasetVersion,
    Publication,
    PublicationCountry,
    PublicationRelation,
    PublicationText,
    Refresh,
    Tally,
    Term,
    TermText,
    Timeline,
)
from timeline.publishing import publish, publish_vocabulary, withdraw
from timeline.refreshing import refresh_all
from timeline.views.events import EventList

pytestmark = pytest.mark.django_db

EVENTS = "/admin/events/event/"
READ_ONLY = [Dataset, DatasetVersion, Publication, Refresh, Term]
INLINE = {PublicationText, PublicationCountry, PublicationRelation, Tally, TermText}
"""Registered nowhere: they are shown on the page of their version."""


@pytest.fixture
def staff(django_user_model):
    """Makes a client of a staff member who has these permissions."""

    def make(*permissions: str) -> Client:
        user = django_user_model.objects.create_user("staff", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client = Client()
        client.force_login(user)
        return client

    return make


def act(client: Client, action: str, *chosen: Any) -> list[str]:
    """The messages after an action on the rows `chosen` in their list."""
    data = {"action": action, "_selected_action": [row.pk for row in chosen]}
    response = client.post(address(type(chosen[0]), "changelist"), data, follow=True)
    assert response.redirect_chain
    return told(response)


def told(response: Any) -> list[str]:
    """Its messages, without links to what is public."""
    said = [f"{message.level_tag}: {message}" for message in response.context["messages"]]
    return [re.sub(r'<a href="/(?!admin).*?">(.*?)</a>', r"\1", sentence) for sentence in said]


def test_every_model_is_registered_or_inline():
    models = set(apps.get_app_config("timeline").get_models())

    assert {model for model in models if not admin.site.is_registered(model)} == INLINE
    assert models - INLINE == {Timeline, *READ_ONLY}


def test_every_page_renders(admin_client):
    event = published("talks", "2025", "UZ", relations=(("follows", published("before")),))
    Timeline.objects.create(slug="all", titles={"en": "All"})
    withdraw([event])
    models: list[Any] = [Timeline, *READ_ONLY, Event, Actor, EventType, Topic]
    for model in models:
        assert admin_client.get(address(model, "changelist"), {"q": "t"}).status_code == 200
        for row in model.objects.all():
            assert admin_client.get(address(model, "change", row.pk)).status_code == 200, row
    assert admin_client.get(address(Timeline, "add")).status_code == 200
    assert admin_client.get(reverse("admin:index")).status_code == 200


def test_a_publication_shows_nothing_that_only_the_index_reads(admin_client):
    published("talks", "2025", titles={"en": "Tungsten"})
    row = Publication.objects.get()
    assert "'en:tungsten'" in row.search

    page = admin_client.get(address(Publication, "change", row.pk)).content.decode()

    assert "Tungsten" in page
    assert "en:tungsten" not in page
    assert str(row.traits[0]) not in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"),
    [(Event, 12), (Timeline, 7), (Publication, 5), (Refresh, 6), (Term, 5), (Dataset, 5), (DatasetVersion, 5)],
)
def test_lists_take_as_many_queries_for_one_row_as_for_three(
    admin_client, admin_user, django_assert_num_queries, model, queries, rows
):
    for number in range(rows):
        published(f"event-{number}", "2025", "UZ", place_country=state("UZ"), topics=("trade", "uranium"))
        Timeline.objects.create(slug=f"timeline-{number}", titles={"en": "Timeline"})
        Refresh.objects.create(actors=["uz"], asked_at=timezone.now(), asked_by=admin_user)
    draft("draft", "2025", type="visit", place_country=state("KZ"))

    with django_assert_num_queries(queries):
        admin_client.get(address(model, "changelist"))


# Who may


@pytest.mark.parametrize("page", ["/admin/", EVENTS, f"{EVENTS}add/", "/admin/timeline/timeline/"])
def test_nobody_else_gets_in(client, django_user_model, page):
    for name in ("nobody", "reader"):
        if name == "reader":
            client.force_login(django_user_model.objects.create_user(name))
        for response in (client.get(page), client.post(page, {"slug": "new"})):
            assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={page}")


def test_nobody_else_can_publish(client):
    event = draft("talks")
    response = client.post(EVENTS, {"action": "publish_selected", "_selected_action": [event.pk]})

    assert response["Location"] == f"/admin/login/?next={EVENTS}"
    assert not Publication.objects.exists()


def test_staff_without_the_permission_to_publish_can_neither_publish_nor_withdraw(staff):
    talks, visit = draft("talks"), published("visit")
    shown, hidden = (Timeline.objects.create(slug=slug, titles={"en": "All"}) for slug in ("shown", "hidden"))
    publish_vocabulary(timelines=[shown], topics=[topic("uranium")])
    models = ("event", "timeline", "actor", "topic", "eventtype")
    client = staff(*(f"{action}_{model}" for action in ("add", "change", "delete", "view") for model in models))

    for row in (talks, shown, state("UZ"), topic("trade"), event_type()):
        page = client.get(address(type(row), "changelist")).text
        assert re.findall(r'<option value="(\w+)"', page) == ["delete_selected"]
    for action, row in (
        ("publish_selected", talks),
        ("withdraw_selected", visit),
        ("publish_selected", hidden),
        ("withdraw_selected", shown),
        ("publish_selected", topic("trade")),
        ("withdraw_selected", topic("uranium")),
    ):
        act(client, action, row)

    assert slugs(client) == ["visit"]
    assert list(Term.objects.current().filter(kind="timeline").values_list("key", flat=True)) == ["shown"]
    assert list(Term.objects.current().filter(kind="topic").values_list("key", flat=True)) == ["uranium"]


def test_staff_without_the_permission_to_change_cannot_change(staff):
    client = staff("view_event", "publish")

    assert client.post(address(Event, "change", draft("talks").pk), {"slug": "changed"}).status_code == 403


def test_staff_with_the_permission_to_publish_can(staff):
    client = staff("view_event", "publish")
    event = draft("talks")

    assert act(client, "publish_selected", event) == [
        "success: Published: talks.",
        "info: Public now for the first time: meeting.",
    ]
    assert Publication.objects.values_list("published_by__username", flat=True).get() == "staff"
    assert act(client, "withdraw_selected", event) == ["success: Withdrawn: talks."]


def test_many_are_published_batch_by_batch(admin_client, monkeypatch):
    monkeypatch.setattr("timeline.importing.PUBLISHED_AT_ONCE", 2)
    new = [draft(f"talks-{number}") for number in range(3)]
    refused, known = draft("untitled"), published("known")
    refused.texts.all().delete()

    with CaptureQueriesContext(connection) as captured:
        messages = act(admin_client, "publish_selected", *new, refused, known)

    locks = [query["sql"] for query in captured if re.search("FOR (NO KEY )?UPDATE", query["sql"])]
    first = next(number for number, sql in enumerate(locks) if "timeline_dataset" in sql)
    assert ["events_event" in sql for sql in locks[:first]] == [True] * first
    # All of them, before the dataset.
    assert {str(event.pk) for event in (*new, refused, known)} <= set(re.findall(r"\d+", locks[0]))
    assert messages[1:] == [
        "success: Published: talks-0, talks-1, talks-2.",
        "info: Nothing new to publish in: known.",
    ]
    assert messages[0].startswith("error: Not published: untitled. ")
    rows = Publication.objects.order_by("event__slug").values_list("event__slug", "published_in")
    assert list(rows) == [("known", 1), ("talks-0", 2), ("talks-1", 2), ("talks-2", 3)]


def test_what_has_long_texts_is_published_in_smaller_batches(admin_client, monkeypatch):
    monkeypatch.setattr("timeline.importing.PUBLISHED_TEXT", 20)
    long, short, shorter = (
        draft(slug, titles={"en": title}) for slug, title in [("a", "x" * 30), ("b", "y"), ("c", "z")]
    )

    act(admin_client, "publish_selected", long, short, shorter)
    rows = Publication.objects.order_by("slug").values_list("slug", "published_in")
    assert list(rows) == [("a", 1), ("b", 2), ("c", 2)]


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_is_published_cannot_be_changed(admin_client, model):
    published("talks", "2025", "UZ")
    Actor.objects.filter(code="UZ").update(names={"en": "Oʻzbekiston"})
    publish_vocabulary(actors=[state("UZ")])
    row: Any = model.objects.latest("pk")
    before = model.objects.values().get(pk=row.pk)

    for page in (
        address(model, "add"),
        address(model, "change", row.pk),
        address(model, "delete", row.pk),
    ):
        assert admin_client.post(page, {"version": 99, "post": "yes"}).status_code == 403, page
    admin_client.post(address(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]})
    assert model.objects.values().get(pk=row.pk) == before


# Publish and Withdraw


def test_an_event_on_its_way(admin_client, client, admin_user):
    event = draft("talks", titles={"en": "Talks", "de": "Gespräche"})
    page = address(Event, "change", event.pk)
    assert (slugs(client), admin_client.get(page).context["absolute_url"]) == ([], None)
    assert state_of(admin_client) == {"talks": "draft"}

    assert act(admin_client, "publish_selected", event) == [
        "success: Published: talks.",
        "info: Public now for the first time: meeting.",
    ]
    assert slugs(client) == ["talks"]
    assert admin_client.get(page).context["absolute_url"] == "/events/talks/"
    assert state_of(admin_client) == {"talks": "version 1"}

    texts = list(EventText.objects.order_by("pk"))
    form = {
        "slug": "summit",
        "type": event.type_id,
        "date": "2026",
        "opened": fingerprint(Event.objects.get()),
        "texts-TOTAL_FORMS": 2,
        "texts-INITIAL_FORMS": 2,
        **{f"texts-{number}-id": text.pk for number, text in enumerate(texts)},
        **{f"texts-{number}-language": text.language for number, text in enumerate(texts)},
        "texts-0-title": "Summit",
        "texts-1-title": "Gipfel",
        **{f"{part}-{count}_FORMS": 0 for part in EVENT_PARTS if part != "texts" for count in ("TOTAL", "INITIAL")},
    }
    assert admin_client.post(page, form).status_code == 302
    assert client.get("/api/v1/events/talks/").json()["title"] == "Talks"
    assert state_of(admin_client) == {"summit": "version 1, edited since"}
    assert admin_client.get(page).context["absolute_url"] == "/events/talks/"

    event = Event.objects.get()
    assert act(admin_client, "publish_selected", event) == ["success: Published: summit."]
    assert act(admin_client, "publish_selected", event) == ["info: Nothing new to publish in: summit."]
    assert client.get("/api/v1/events/summit/").json()["date"]["edtf"] == "2026"
    assert client.get("/api/v1/events/summit/?lang=de").json()["title"] == "Gipfel"
    assert state_of(admin_client) == {"summit": "version 2"}
    event.refresh_from_db()
    event.save()
    assert state_of(admin_client) == {"summit": "version 2, edited since"}
    assert act(admin_client, "publish_selected", event) == ["info: Nothing new to publish in: summit."]
    assert state_of(admin_client) == {"summit": "version 2"}

    assert act(admin_client, "withdraw_selected", event) == ["success: Withdrawn: summit."]
    assert act(admin_client, "withdraw_selected", event) == ["warning: Not public, so left alone: summit."]
    assert client.get("/api/v1/events/summit/").status_code == 410
    assert state_of(admin_client) == {"summit": "withdrawn"}
    assert admin_client.get(page).context["absolute_url"] is None

    history = LogEntry.objects.filter(object_id=str(event.pk)).order_by("pk")
    assert [entry.get_change_message() for entry in history] == [
        "Published.",
        "Changed Date and Slug. Changed Title for event text “en: Summit”. Changed Title for event text “de: Gipfel”.",
        "Published.",
        "Withdrawn.",
    ]
    assert {entry.user for entry in history} == {admin_user}


def state_of(client: Client, **query: str) -> dict[str, str]:
    """What the list of events says of each one's public state."""
    response = client.get(EVENTS, query)
    model_admin: Any = admin.site.get_model_admin(Event)
    return {event.slug: model_admin.public(event) for event in response.context["cl"].result_list}


def test_one_action_on_many_events(admin_client, client):
    old = published("old", "2023")
    new = draft("new", "2024")
    blank = draft("blank", "", sources=())
    EventText.objects.filter(event=blank).delete()
    unreadable = draft("unreadable", "2025-13")

    assert act(admin_client, "publish_selected", old, new, blank, unreadable) == [
        "error: Not published: blank. It has no title in any language: add a text with a title. It has no source: add "
        "at least one. It has no date: enter as much as is known, such as 2025-11-06, 2025-11 or 2025.",
        "error: Not published: unreadable. Its date, “2025-13”, cannot be read: there is no month 13: expected 01–12, "
        "a season 21–24 or XX (character 6).",
        "success: Published: new.",
        "info: Nothing new to publish in: old.",
    ]
    assert slugs(client) == ["new", "old"]

    assert act(admin_client, "withdraw_selected", old, blank) == [
        "success: Withdrawn: old.",
        "warning: Not public, so left alone: blank.",
    ]
    assert slugs(client) == ["new"]
    assert list(LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")) == [
        ("new", "Published."),
        ("old", "Withdrawn."),
    ]
    assert act(admin_client, "publish_selected", old, new) == [
        "success: Published: old.",
        "warning: Public again, having been withdrawn: old.",
        "info: Nothing new to publish in: new.",
    ]


def test_messages_about_many_events_name_the_first_ones(admin_client, monkeypatch):
    monkeypatch.setattr("timeline.admin.LISTED", 2)
    events = [draft(f"good-{number}") for number in range(3)]
    bad = [draft(f"bad-{number}", "", sources=()) for number in range(3)]

    said = act(admin_client, "publish_selected", *events, *bad)

    assert [sentence.partition(". ")[0] for sentence in said] == [
        "error: Not published: bad-0",
        "error: Not published: bad-1",
        "error: Not published either: 1 other.",
        "success: Published: 3, such as good-0, good-1.",
        "info: Public now for the first time: meeting.",
    ]


def test_what_was_saved_after_the_list_was_opened_is_published_only_when_it_was_looked_at(admin_client, client):
    def listed() -> dict[str, str]:
        """What the form of the list sends with what is chosen."""
        return dict(re.findall(r'<input type="hidden" name="(seen-\d+)" value="(.*?)">', page()))

    def page() -> str:
        return admin_client.get(EVENTS).content.decode()

    mine, theirs = draft("mine"), draft("theirs")
    before = listed()
    assert before.keys() == {f"seen-{mine.pk}", f"seen-{theirs.pk}"}
    assert 'id="action-toggle"' in page()
    Event.objects.filter(pk=theirs.pk).update(updated_at=theirs.updated_at + datetime.timedelta(microseconds=1))
    chosen = {"action": "publish_selected", "_selected_action": [mine.pk, theirs.pk]}

    response = admin_client.post(EVENTS, chosen | before, follow=True)

    assert told(response) == [
        "warning: Not published, as it was saved after you had opened the list: theirs. Look at what it says now, then "
        "publish it again.",
        "success: Published: mine.",
        "info: Public now for the first time: meeting.",
    ]
    assert slugs(client) == ["mine"]
    admin_client.post(EVENTS, chosen | listed())
    assert slugs(client) == ["theirs", "mine"]


def form_of_the_list(client: Client, model: Any = Event) -> dict[str, Any]:
    """What the form of the list sends when all in it are chosen, on other pages too, to be published."""
    page = client.get(address(model, "changelist")).text
    opened = re.findall('<input type="hidden" name="(opened)" value="(.*?)">', page.partition("changelist-form")[2])
    seen = dict(re.findall(r'<input type="hidden" name="(seen-\d+)" value="(.*?)">', page))
    first = next(iter(seen)).removeprefix("seen-")
    return {"action": "publish_selected", "select_across": "1", "_selected_action": first} | dict(opened) | seen


def test_of_all_in_the_list_what_was_saved_after_it_was_opened_is_published_only_when_that_is_known(
    admin_client, client, monkeypatch
):
    monkeypatch.setattr(PublishableEventAdmin, "list_per_page", 2)
    events = [draft(f"talks-{number}", f"{2020 + number}") for number in range(5)]
    form = form_of_the_list(admin_client)
    assert [name for name in form if name.startswith("seen-")] == [f"seen-{events[4].pk}", f"seen-{events[3].pk}"]
    events[1].save()
    events[4].save()
    draft("made-meanwhile")

    assert told(admin_client.post(EVENTS, form, follow=True)) == [
        "warning: Not published, as it was saved after you had opened the list: made-meanwhile, talks-4, talks-1. Look "
        "at what it says now, then publish it again.",
        "success: Published: talks-0, talks-2, talks-3.",
        "info: Public now for the first time: meeting.",
    ]
    assert sorted(slugs(client)) == ["talks-0", "talks-2", "talks-3"]
    assert told(admin_client.post(EVENTS, form_of_the_list(admin_client), follow=True)) == [
        "success: Published: talks-1, talks-4, made-meanwhile.",
        "info: Nothing new to publish in: talks-0, talks-2, talks-3.",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_being_saved_when_the_list_was_opened_is_not_taken_for_seen(admin_client, client, monkeypatch):
    monkeypatch.setattr(PublishableEventAdmin, "list_per_page", 1)
    draft("first", "2025"), draft("second", "2024")
    with elsewhere() as cursor:
        cursor.execute("UPDATE events_event SET updated_at = clock_timestamp() WHERE slug = 'second'")
        form = form_of_the_list(admin_client)
        cursor.execute("COMMIT")

    assert told(admin_client.post(EVENTS, form, follow=True))[:2] == [
        "warning: Not published, as it was saved after you had opened the list: second. Look at what it says now, then "
        "publish it again.",
        "success: Published: first.",
    ]
    messages = told(admin_client.post(EVENTS, form_of_the_list(admin_client), follow=True))
    assert messages[0] == "success: Published: second."


def test_what_was_saved_of_an_entry_after_the_list_was_opened_is_published_only_when_it_was_looked_at(admin_client):
    uz, kz = state("UZ"), state("KZ")
    group = actor("c5", kind="bloc")
    timelines = [Timeline.objects.create(slug=slug, titles={"en": slug}) for slug in ("mine", "theirs")]
    entries: dict[Any, Any] = {Actor: [kz, uz], Topic: [topic("mine"), topic("theirs")], Timeline: timelines}
    for model, (mine, theirs) in entries.items():
        act(admin_client, "publish_selected", mine, theirs)
        for entry in (mine, theirs):
            name = "titles" if model is Timeline else "names"
            setattr(entry, name, {"en": "In hand"})
            entry.save()
        form = form_of_the_list(admin_client, model) | {"select_across": "0", "_selected_action": [mine.pk, theirs.pk]}
        if model is Timeline:
            theirs.events.add(draft("talks"))
        elif model is Actor:
            member(group, theirs)
        else:
            theirs.names = {"en": "Later"}
            theirs.save()

        assert told(admin_client.post(address(model, "changelist"), form, follow=True))[:2] == [
            f"warning: Not published, as it was saved after you had opened the list: {theirs.slug}. Look at what it "
            "says now, then publish it again.",
            f"success: Published: {mine.slug}.",
        ]
        assert states(admin_client, model)[theirs.slug] == "version 1, edited since"
        form |= form_of_the_list(admin_client, model) | {"select_across": "0", "_selected_action": [theirs.pk]}
        assert told(admin_client.post(address(model, "changelist"), form, follow=True))[0] == (
            f"success: Published: {theirs.slug}."
        )


def test_of_all_entries_in_the_list_those_that_were_saved_after_it_was_opened_are_named(admin_client, monkeypatch):
    monkeypatch.setattr(PublishableTopicAdmin, "list_per_page", 1)
    listed, edited, made, published_by_them, as_it_was = (topic(f"topic-{number}") for number in range(1, 6))
    made.delete()
    page = address(Topic, "changelist")
    act(admin_client, "publish_selected", edited)
    form = form_of_the_list(admin_client, Topic)
    assert [name for name in form if name.startswith("seen-")] == [f"seen-{listed.pk}"]
    admin_client.post(address(Topic, "add"), {"slug": "topic-3", "names_en": "Made"})
    admin_client.post(address(Topic, "change", edited.pk), {"names_en": "Edited"})
    unchanged = address(Topic, "change", as_it_was.pk)
    admin_client.post(unchanged, as_shown(admin_client.get(unchanged).text))
    act(admin_client, "publish_selected", published_by_them)

    assert told(admin_client.post(page, form, follow=True)) == [
        "warning: Not published, as it was saved after you had opened the list: topic-2, topic-3. Look at what it says "
        "now, then publish it again.",
        "success: Published: topic-1, topic-5.",
        "info: Nothing new to publish in: topic-4.",
    ]
    assert told(admin_client.post(page, form_of_the_list(admin_client, Topic), follow=True))[:2] == [
        "success: Published: topic-2, topic-3.",
        "info: Nothing new to publish in: topic-1, topic-4, topic-5.",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_being_saved_of_an_entry_when_the_list_was_opened_is_not_taken_for_seen(
    admin_client, admin_user, monkeypatch
):
    monkeypatch.setattr(PublishableTopicAdmin, "list_per_page", 1)
    topic("first"), topic("second")
    with elsewhere() as cursor:
        cursor.execute("UPDATE events_topic SET names = '{\"en\": \"Theirs\"}' WHERE slug = 'second'")
        cursor.execute(
            "INSERT INTO django_admin_log (action_time, object_id, object_repr, action_flag, change_message, "
            "content_type_id, user_id) SELECT clock_timestamp(), topic.id, '', 2, 'Changed.', kind.id, %s "
            "FROM events_topic AS topic, django_content_type AS kind "
            "WHERE topic.slug = 'second' AND kind.model = 'topic'",
            [admin_user.pk],
        )
        form = form_of_the_list(admin_client, Topic)
        cursor.execute("COMMIT")

    assert told(admin_client.post(address(Topic, "changelist"), form, follow=True)) == [
        "warning: Not published, as it was saved after you had opened the list: second. Look at what it says now, then "
        "publish it again.",
        "success: Published: first.",
    ]


@pytest.mark.parametrize(("model", "word"), [("publication", "talks"), ("term", "meeting")])
def test_lists_of_what_is_public_are_searched_for_ten_words_too(admin_client, model, word):
    published("talks")

    words = [word] * 10 + ["nothing"]
    response = admin_client.get(reverse(f"admin:timeline_{model}_changelist"), {"q": " ".join(words)})

    assert list(map(str, response.context["messages"])) == ["Only the first 10 words were looked for."]
    assert response.context["cl"].result_list.count() == 1


@pytest.mark.parametrize("opened", ["", "\0", "9", "x", "2026-02-31T00:00:00+00:00"])
def test_a_form_of_the_list_that_says_nonsense_is_no_error(admin_client, opened):
    for row in (draft("talks"), topic("trade")):
        form = {"action": "publish_selected", "select_across": "1", "_selected_action": row.pk, "opened": opened}

        assert admin_client.post(address(type(row), "changelist"), form).status_code == 302
        assert admin_client.post(address(type(row), "changelist"), form | {f"seen-{row.pk}": opened}).status_code == 302


def test_saving_says_what_publishing_would_refuse(admin_client):
    values = {"slug": "talks", "type": event_type().pk, "date": "2026"}
    form = posted(EVENT_PARTS, values)
    missing = (
        "warning: Saved, but it cannot be published yet. It has no title in any language: add a text with a title. It "
        "has no source: add at least one."
    )
    assert missing in told(admin_client.post(address(Event, "add"), form, follow=True))
    page = address(Event, "change", Event.objects.get().pk)
    assert missing in told(admin_client.post(page, form, follow=True))
    parts = {
        "texts": [{"language": "en", "title": "Talks"}],
        "sources": [{"url": "https://example.org/", "title": "One"}],
    }

    said = told(admin_client.post(page, posted(EVENT_PARTS, values | parts), follow=True))

    assert [message.partition(":")[0] for message in said] == ["success"]


def test_messages_lead_to_what_was_published(admin_client):
    data = {"action": "publish_selected", "_selected_action": [draft("talks").pk]}
    page = admin_client.post(EVENTS, data, follow=True).content.decode()
    assert 'Published: <a href="/events/talks/">talks</a>.' in page

    timeline = Timeline.objects.create(slug="all", titles={"en": "All"})
    for row, href in ((timeline, "/timelines/all/"), (topic("trade"), "/api/v1/topics/trade/")):
        data = {"action": "publish_selected", "_selected_action": [row.pk]}
        page = admin_client.post(address(type(row), "changelist"), data, follow=True).content.decode()
        assert f'Published: <a href="{href}">{row.slug}</a>.' in page


def test_many_are_withdrawn_only_when_that_was_asked_for_once_more(admin_client, client, monkeypatch):
    monkeypatch.setattr("timeline.admin.LISTED", 2)
    events = [published(f"talks-{number}", f"{2020 + number}") for number in range(3)]
    drafts = [draft(f"draft-{number}", "2030") for number in range(3)]
    chosen = [str(event.pk) for event in reversed([*events, *drafts])]
    page = admin_client.post(EVENTS, {"action": "withdraw_selected", "_selected_action": chosen, "index": "0"})

    assert "<p>Withdraw 3 events?" in page.text
    assert "<p>Such as talks-2, talks-1.</p>" in page.text
    assert f'href="{EVENTS}">No, back to the list' in page.text
    assert len(slugs(client)) == 3
    form = sent(page)
    assert form == {
        "action": ["withdraw_selected"],
        "_selected_action": chosen,
        "index": ["0"],
        "confirmed": [digest(sorted(event.pk for event in [*events, *drafts]))],
    }
    assert told(admin_client.post(EVENTS, form, follow=True)) == [
        "success: Withdrawn: 3, such as talks-2, talks-1.",
        "warning: Not public, so left alone: 3, such as draft-2, draft-1.",
    ]
    assert slugs(client) == []


def test_many_are_withdrawn_some_at_a_time(admin_client, monkeypatch):
    monkeypatch.setattr(importing, "PUBLISHED_AT_ONCE", 2)
    events = [published(f"event-{number}") for number in range(3)]

    assert act(admin_client, "withdraw_selected", *events) == ["success: Withdrawn: event-2, event-1, event-0."]

    ended = Publication.objects.filter(withdrawn=True).order_by("slug")
    assert list(ended.values_list("slug", "published_in", "search")) == [
        ("event-0", 5, ""), ("event-1", 4, ""), ("event-2", 4, ""),
    ]  # fmt: skip


def test_what_somebody_else_saved_since_the_form_was_checked_is_no_error_of_ours(admin_client, monkeypatch):
    def published_by_somebody_else(*arguments, **options):
        raise IntegrityError from UniqueViolation("duplicate key value violates unique constraint")

    event = draft("event")
    admin_client.raise_request_exception = False
    monkeypatch.setattr("timeline.admin.publish", published_by_somebody_else)

    response = admin_client.post(EVENTS, {"action": "publish_selected", "_selected_action": [event.pk]})

    assert response.status_code == 503
    assert "Somebody else is changing the same" in response.text


def test_what_somebody_else_has_just_published_is_not_deleted_and_no_error_of_ours(admin_client, monkeypatch):
    def published_by_somebody_else(*arguments, **options):
        raise ProtectedError("Cannot delete some instances", set())

    event = draft("event")
    admin_client.raise_request_exception = False
    monkeypatch.setattr(Event, "delete", published_by_somebody_else)

    response = admin_client.post(address(Event, "delete", event.pk), {"post": "yes"})

    assert response.status_code == 503
    assert "Somebody else is changing the same" in response.text


def test_of_all_in_the_list_those_are_withdrawn_that_were_meant(admin_client, client, monkeypatch):
    monkeypatch.setattr("timeline.admin.LISTED", 1)
    chosen = {"action": "withdraw_selected", "_selected_action": [published("one").pk], "select_across": "1"}
    other = published("two")
    published("else", "2024")
    page = admin_client.post(f"{EVENTS}?start_min__year=2025", chosen)
    assert "<p>Withdraw 2 events?" in page.text
    published("meanwhile")
    Event.objects.filter(pk=other.pk).update(start_min="2024-01-01")

    page = admin_client.post(f"{EVENTS}?start_min__year=2025", sent(page))

    assert "<p>Withdraw 2 events?" in page.text  # as many, but not the same
    assert len(slugs(client)) == 4
    withdraw([Event.objects.get(slug="one")])
    assert told(admin_client.post(f"{EVENTS}?start_min__year=2025", sent(page), follow=True)) == [
        "success: Withdrawn: meanwhile.",
        "warning: Not public, so left alone: one.",
    ]
    assert slugs(client) == ["two", "else"]


def sent(page: Any) -> dict[str, list[str]]:
    """What its form sends when its button is pressed."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="(.*?)"', page.text):
        found.setdefault(name, []).append(value)
    return found


def test_what_is_not_in_the_list_any_more_is_left_alone_and_named(admin_client, client):
    one, moved, *deleted = [published(slug) for slug in ("one", "moved")] + [draft(f"deleted-{n}") for n in range(2)]
    chosen = [one.pk, moved.pk, *(event.pk for event in deleted)]
    list_of_2025 = f"{EVENTS}?start_min__year=2025"
    Event.objects.filter(pk=moved.pk).update(start_min="2024-01-01")
    Event.objects.filter(slug__startswith="deleted").delete()
    left = [
        "warning: Not in this list any more, so left alone: moved. Look at what it says now.",
        "warning: 2 of the events that you chose are deleted by now.",
    ]

    assert told(admin_client.post(list_of_2025, {"_selected_action": chosen, "action": ""}, follow=True)) == [
        "warning: No action selected."
    ]
    form = {"action": "withdraw_selected", "_selected_action": chosen}
    assert told(admin_client.post(list_of_2025, form, follow=True)) == ["success: Withdrawn: one.", *left]
    assert slugs(client) == ["moved"]
    form["action"] = "delete_selected"
    assert told(admin_client.post(list_of_2025, form)) == left
    form |= {"action": "publish_selected", "_selected_action": [moved.pk, deleted[0].pk]}
    assert told(admin_client.post(list_of_2025, form, follow=True)) == [
        left[0],
        "warning: 1 of the events that you chose is deleted by now.",
    ]
    form |= {"_selected_action": [moved.pk], "select_across": "1"}
    assert told(admin_client.post(list_of_2025, form, follow=True))[0] == "success: Published: one."


def test_an_entry_that_is_not_in_the_list_any_more_is_left_alone_and_named(admin_client):
    ministry, state_of_uz = actor("ministry", kind="body"), state("UZ")
    form = {"action": "publish_selected", "_selected_action": [ministry.pk, state_of_uz.pk], "select_across": "0"}

    assert told(admin_client.post(f"{address(Actor, 'changelist')}?kind=state", form, follow=True)) == [
        "success: Published: uzbekistan.",
        "warning: Not in this list any more, so left alone: ministry. Look at what it says now.",
    ]


def test_messages_escape_what_editors_wrote(admin_client):
    draft("talks", "<script>alert(1)</script>")
    data = {"action": "publish_selected", "_selected_action": [Event.objects.get().pk]}

    page = admin_client.post(EVENTS, data, follow=True).content.decode()

    assert "Its date, “&lt;script&gt;alert(1)&lt;/script&gt;”, cannot be read" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("draft", ["draft"]),
        ("public", ["edited", "public"]),
        ("edited", ["edited"]),
        ("withdrawn", ["withdrawn"]),
        ("nonsense", ["draft", "edited", "public", "withdrawn"]),
    ],
)
def test_events_by_public_state(admin_client, wanted, found):
    draft("draft")
    published("public")
    published("edited").save()
    withdraw([published("withdrawn")])

    assert sorted(state_of(admin_client, state=wanted)) == found


def test_an_edit_in_hand_stays_one_when_the_public_version_follows_something_else(admin_client):
    host = state("UZ")
    target = published("target")
    events = [published("follower", "2025", relations=(("follows", target),)), published("guest", "2025", host)]
    for event in events:
        event.place_name = "In hand"
        event.save()
    target.texts.update(title="New title")
    publish([target])
    host.names = {"en": "New name"}
    host.save()
    publish_vocabulary(actors=[host])
    refresh_all()

    assert state_of(admin_client, state="edited") == {
        "follower": "version 2, edited since",
        "guest": "version 2, edited since",
    }
    publish(events)
    assert state_of(admin_client, state="edited") == {}
    assert list(Publication.objects.current().values_list("slug", "version").order_by("slug")) == [
        ("follower", 3), ("guest", 3), ("target", 2)
    ]  # fmt: skip


# Deleting


@pytest.mark.parametrize(
    ("withdrawn", "what_to_do"), [(False, "Withdraw the event instead."), (True, "It is withdrawn already.")]
)
def test_a_published_event_cannot_be_deleted(admin_client, withdrawn, what_to_do):
    event = published("talks")
    if withdrawn:
        withdraw([event])
    sentence = f"All that was ever published of “talks”. {what_to_do}"
    page = address(Event, "delete", event.pk)

    for response in (
        admin_client.get(page),
        admin_client.post(page, {"post": "yes"}),
        admin_client.post(EVENTS, {"action": "delete_selected", "_selected_action": [event.pk]}),
        admin_client.post(EVENTS, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"}),
    ):
        assert (response.status_code, response.context["protected"]) == (200, [sentence])
        assert sentence in response.content.decode()
    assert Event.objects.exists()


def test_a_draft_can_be_deleted(admin_client):
    event = draft("talks", "2025", "UZ")

    assert admin_client.post(address(Event, "delete", event.pk), {"post": "yes"}).status_code == 302
    assert not Event.objects.exists()


def test_a_draft_that_a_timeline_has_is_not_deleted(admin_client, staff):
    event = draft("talks")
    for slug in ("visits", "all"):
        Timeline.objects.create(slug=slug, titles={"en": slug}).events.add(event)

    response = admin_client.post(address(Event, "delete", event.pk), {"post": "yes"})

    assert response.context["protected"] == [
        "“talks” is in the timeline “all”: take it out there first.",
        "“talks” is in the timeline “visits”: take it out there first.",
    ]
    assert [timeline.events.get() for timeline in Timeline.objects.all()] == [event, event]

    sees_no_timelines = staff("view_event", "delete_event")
    response = sees_no_timelines.post(address(Event, "delete", event.pk), {"post": "yes"})
    assert response.context["protected"] == ["“talks” is in a timeline: have it taken out there first."]


def test_what_others_need_cannot_be_deleted(admin_client):
    draft("talks", "2025", "UZ", relations=(("follows", draft("before")),))
    for row, why in (
        (state("UZ"), "1 event has “uzbekistan” (talks): give it another actor first."),
        (event_type(), "2 events have “meeting” (before, talks): give them another type first."),
    ):
        response = admin_client.post(address(type(row), "delete", row.pk), {"post": "yes"})

        assert (response.status_code, response.context["protected"]) == (200, [why])
        assert type(row)._default_manager.filter(pk=row.pk).exists()
    before = Event.objects.get(slug="before")
    assert len(admin_client.post(address(Event, "delete", before.pk), {"post": "yes"}).context["protected"]) == 1
    assert Event.objects.filter(pk=before.pk).exists()


@pytest.mark.parametrize("public", [True, False])
def test_what_has_many_events_is_refused_without_reading_them(admin_client, public):
    uz = state("UZ")
    for number in range(3):
        (published if public else draft)(f"talks-{number}", "2025", uz)

    for row in (uz, event_type()):
        for page, form in (
            (address(type(row), "delete", row.pk), {"post": "yes"}),
            (address(type(row), "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]}),
        ):
            with CaptureQueriesContext(connection) as captured:
                response = admin_client.post(page, form)
            assert len(response.context["protected"]) == 1
            reading = [
                query["sql"] for query in captured if "events_event" in query["sql"].replace("events_eventtype", "")
            ]
            assert [sql for sql in reading if "COUNT(" not in sql and "LIMIT" not in sql] == []


def test_of_many_that_cannot_be_deleted_the_first_ones_are_named(admin_client, monkeypatch):
    monkeypatch.setattr("timeline.admin.LISTED", 2)
    monkeypatch.setattr("events.deleting.LISTED", 2)
    timeline = Timeline.objects.create(slug="all", titles={"en": "All"})
    events = [published(f"talks-{number}", topics=(f"topic-{number}",)) for number in range(3)]
    drafts = [draft(f"draft-{number}", type=f"type-{number}") for number in range(3)]
    timeline.events.add(*events, *drafts)

    def protected(*chosen: Any) -> list[str]:
        form = {"action": "delete_selected", "_selected_action": [row.pk for row in chosen]}
        refused: list[str] = admin_client.post(address(type(chosen[0]), "changelist"), form).context["protected"]
        return refused

    all_of_it, public = "All that was ever published of {}.", "What is public of {}, which nobody could edit any more: "
    assert protected(*events) == [
        f"{all_of_it.format('“talks-0”')} Withdraw the event instead.",
        f"{all_of_it.format('“talks-1”')} Withdraw the event instead.",
        all_of_it.format("1 other"),
    ]
    assert protected(*Topic.objects.all()) == [
        f"{public.format('“topic-0”')}withdraw it first.",
        f"{public.format('“topic-1”')}withdraw it first.",
        f"{public.format('1 other')}withdraw it first.",
    ]
    assert protected(*drafts) == [
        "“draft-0” is in the timeline “all”: take it out there first.",
        "“draft-1” is in the timeline “all”: take it out there first.",
        "Timelines have 1 other, too.",
    ]
    assert protected(*(event.type for event in drafts)) == [
        "1 event has “type-0” (draft-0): give it another type first.",
        "1 event has “type-1” (draft-1): give it another type first.",
        "Events have others of them, too.",
    ]


def test_what_a_public_version_named_cannot_be_deleted(admin_client):
    before = draft("before")
    for slug in ("talks", "summit"):
        event = published(slug, relations=(("follows", before),))
        event.texts.update(title="Another")
        publish([event])
        event.relations.all().delete()

    page = admin_client.get(address(Event, "delete", before.pk))

    assert page.context["protected"] == [
        "A version of “summit” that was published names “before”, and what was published stays.",
        "A version of “talks” that was published names “before”, and what was published stays.",
    ]


def test_public_vocabulary_cannot_be_deleted(admin_client):
    entry = Timeline.objects.create(slug="all", titles={"en": "All"})
    publish_vocabulary(timelines=[entry])

    response = admin_client.post(address(Timeline, "delete", entry.pk), {"post": "yes"})

    assert response.context["protected"] == [
        "What is public of “all”, which nobody could edit any more: withdraw it first."
    ]
    assert Timeline.objects.exists()
    draft_entry = Timeline.objects.create(slug="draft", titles={"en": "Draft"})
    assert admin_client.post(address(Timeline, "delete", draft_entry.pk), {"post": "yes"}).status_code == 302


# Vocabulary and timelines


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: actor("xi-jinping"), "/api/v1/actors/xi-jinping/"),
        (lambda: event_type("summit"), "/api/v1/types/summit/"),
        (lambda: topic("trade"), "/api/v1/topics/trade/"),
        (lambda: Timeline.objects.create(slug="all", titles={"en": "All"}), "/api/v1/timelines/all/"),
    ],
)
def test_vocabulary_is_published(admin_client, client, make, key):
    entry = make()
    page = address(type(entry), "change", entry.pk)
    assert (client.get(key).status_code, admin_client.get(page).context["absolute_url"]) == (404, None)

    assert act(admin_client, "publish_selected", entry) == [f"success: Published: {entry.slug}."]
    site = key.removeprefix("/api/v1") if "/timelines/" in key else key
    assert (client.get(key).status_code, admin_client.get(page).context["absolute_url"]) == (200, site)

    assert act(admin_client, "publish_selected", entry) == [f"info: Nothing new to publish in: {entry.slug}."]
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Published."]


def states(client: Client, model: Any) -> dict[str, str]:
    """What the list of entries says of each one's public state."""
    response = client.get(address(model, "changelist"))
    return {entry.slug: entry.public_state for entry in response.context["cl"].result_list}


def test_lists_say_whether_what_is_saved_of_an_entry_is_public(admin_client):
    timeline = Timeline.objects.create(slug="all", titles={"en": "All"})
    entries: list[Any] = [state("UZ"), event_type("summit"), topic("trade"), timeline]
    for entry in entries:
        slug, model = entry.slug, type(entry)
        assert states(admin_client, model) == {slug: "draft"}
        act(admin_client, "publish_selected", entry)
        assert states(admin_client, model) == {slug: "version 1"}
        name = "titles" if model is Timeline else "names"
        setattr(entry, name, {"en": "Other"})
        entry.save()
        assert states(admin_client, model) == {slug: "version 1, edited since"}
        act(admin_client, "publish_selected", entry)
        assert states(admin_client, model) == {slug: "version 2"}
    Actor.objects.update(alpha3="UZX")  # which is said of the country alone
    assert states(admin_client, Actor) == {"uzbekistan": "version 2, edited since"}


def test_lists_say_of_each_entry_what_is_so_without_the_others_on_the_page(admin_client):
    """As it would be published alone: what a bloc, a state or a successor is called only once it is published."""
    bloc, germany, soviet, uzbekistan = actor("c5", kind="bloc"), state("DE"), state("SUHH"), state("UZ")
    person = actor("jane-doe")
    ministry = actor("ministry", kind="body")
    for group, who in ((bloc, germany), (germany, person), (ministry, person)):
        member(group, who)
    for entry in (bloc, germany, ministry, person, soviet):
        act(admin_client, "publish_selected", entry)
    soviet.successors.add(uzbekistan)  # which is a draft
    for entry in (bloc, germany):
        entry.names = {"en": "Other"}
        entry.save()

    assert states(admin_client, Actor) == {
        "c5": "version 1, edited since",
        "germany": "version 1, edited since",
        "jane-doe": "version 1",
        "ministry": "version 1",
        "soviet-union": "version 1",
        "uzbekistan": "draft",
    }
    assert act(admin_client, "publish_selected", person) == ["info: Nothing new to publish in: jane-doe."]
    ministry.names = {"en": "Other"}  # through which she speaks: it is published with her
    ministry.save()
    assert states(admin_client, Actor)["jane-doe"] == "version 1, edited since"


@pytest.mark.usefixtures("curated")
def test_what_comes_with_the_project_is_public_as_it_is_and_not_brought_back(admin_client):
    for model in (Timeline, EventType, Topic):
        assert {*states(admin_client, model).values()} <= {"version 1", "draft"}
    entry = Timeline.objects.get(slug="c5-1")
    act(admin_client, "withdraw_selected", entry)
    assert admin_client.post(address(Timeline, "delete", entry.pk), {"post": "yes"}).status_code == 302

    load_curated()

    assert not Timeline.objects.filter(slug="c5-1").exists()


def keeps(slug: str) -> dict[str, list[str]]:
    """What is said of another slug, “third”."""
    return {
        "__all__": [
            "The slug “third” is not possible any more: this timeline has become public after you had opened the form. "
            f"Saving again keeps “{slug}”."
        ]
    }


def test_the_slug_of_what_is_public_stays(admin_client):
    entry = Timeline.objects.create(slug="all", titles={"en": "All"})
    page = address(Timeline, "change", entry.pk)
    data = {"slug": "other", "titles_en": "Other"}
    assert admin_client.post(page, data).status_code == 302
    entry.refresh_from_db()
    act(admin_client, "publish_selected", entry)

    response = admin_client.post(page, {"slug": "third", "titles_en": "Third"})
    form = response.context["adminform"].form
    assert form.errors == keeps("other")
    assert "slug" not in form.fields
    assert form["titles"].value() == ["Third", None]

    assert admin_client.post(page, {"titles_en": "Third"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.slug, entry.titles) == ("other", {"en": "Third"})


def test_the_slug_of_what_becomes_public_while_its_form_waits_stays(admin_client, monkeypatch):
    entry = Timeline.objects.create(slug="all", titles={"en": "All"})
    page = address(Timeline, "change", entry.pk)
    # Whoever publishes is waited for.
    monkeypatch.setattr("timeline.admin.hold_publishing", lambda: publish_vocabulary(timelines=[entry]))

    response = admin_client.post(page, {"slug": "third", "titles_en": "Third"})
    form = response.context["adminform"].form
    assert form.errors == keeps("all")
    assert "slug" not in form.fields
    assert '<div class="readonly">all</div>' in response.text

    assert admin_client.post(page, {"titles_en": "Third"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.slug, entry.titles) == ("all", {"en": "Third"})


@pytest.mark.django_db(transaction=True)
def test_whoever_publishes_is_waited_for():
    published("talks")
    with elsewhere() as cursor, transaction.atomic():
        hold_publishing()
        cursor.execute("SET lock_timeout = '10ms'")
        with pytest.raises(OperationalError):
            cursor.execute("SELECT FROM timeline_dataset FOR UPDATE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deleted", [True, False])
def test_nobody_waits_for_who_waits_for_an_entry(admin_client, deleted):
    """Somebody has linked to it, or changed what would be deleted with it, in a transaction that goes on."""
    published("talks")
    entry = state("UZ")
    member(actor("bloc", kind="bloc"), entry)
    page = address(Actor, "delete" if deleted else "change", entry.pk)
    data: Any = {"post": "yes"} if deleted else as_shown(admin_client.get(page).text) | {"slug": "third"}
    held = "events_membership WHERE member_id" if deleted else "events_actor WHERE id"
    with ThreadPoolExecutor(1) as executor, elsewhere() as cursor:
        cursor.execute(f"SELECT FROM {held} = %s FOR {'UPDATE' if deleted else 'KEY SHARE'}", [entry.pk])
        answer = executor.submit(_posted, admin_client, page, data)
        with pytest.raises(TimeoutError):
            answer.result(timeout=1)
        cursor.execute("SET LOCAL lock_timeout = '500ms'")
        cursor.execute("SELECT FROM timeline_dataset FOR UPDATE")
        cursor.execute("COMMIT")
        assert answer.result(timeout=10).status_code == 302


def _posted(client: Client, page: str, data: Any) -> Any:
    try:
        return client.post(page, data)
    finally:
        connection.close()


@pytest.mark.parametrize("chosen", [True, False])
def test_what_becomes_public_while_its_deletion_waits_stays(admin_client, monkeypatch, chosen):
    entry = Timeline.objects.create(slug="all", titles={"en": "All"})
    monkeypatch.setattr("timeline.admin.hold_publishing", lambda: publish_vocabulary(timelines=[entry]))

    if chosen:
        data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
        admin_client.post(address(Timeline, "changelist"), data)
    else:
        admin_client.post(address(Timeline, "delete", entry.pk), {"post": "yes"})

    assert Timeline.objects.filter(pk=entry.pk).exists()


def test_a_timeline_can_be_withdrawn_and_comes_back(admin_client, client):
    entry, other = (Timeline.objects.create(slug=slug, titles={"en": slug.title()}) for slug in ("all", "other"))
    act(admin_client, "publish_selected", entry)
    published("talks")

    assert act(admin_client, "withdraw_selected", entry, other) == [
        "success: Withdrawn: all.",
        "warning: Not public, so left alone: other.",
    ]
    at = Term.objects.get(key="all", withdrawn=True).published_at
    said = f"The timeline 'all' was withdrawn on {at:%Y-%m-%d}."
    for query in ("", "?format=ics", "?as_of=3"):
        gone = client.get(f"/api/v1/timelines/all/{query}")
        assert (gone.status_code, gone.json()["detail"]) == (410, said), query
    assert client.get("/api/v1/timelines/all/?as_of=2").status_code == 200
    page = client.get("/timelines/all/")
    assert (page.status_code, said in unescape(page.content.decode())) == (410, True)
    assert client.get("/api/v1/timelines/other/").status_code == 404
    assert client.get("/api/v1/timelines/").json()["results"] == []
    assert client.get("/api/v1/events/?timeline=all").status_code == 400
    assert states(admin_client, Timeline) == {"all": "withdrawn", "other": "draft"}

    assert act(admin_client, "publish_selected", entry, other) == [
        "success: Published: all, other.",
        "warning: Public again, having been withdrawn: all.",
    ]
    assert states(admin_client, Timeline) == {"all": "version 3", "other": "version 1"}
    assert client.get("/api/v1/timelines/all/").status_code == 200
    act(admin_client, "withdraw_selected", entry)
    assert admin_client.post(address(Timeline, "delete", entry.pk), {"post": "yes"}).status_code == 302
    assert client.get("/api/v1/timelines/all/").status_code == 410


def test_what_did_not_change_is_said_and_not_in_the_history(admin_client):
    uz, kz = state("UZ"), state("KZ")
    assert act(admin_client, "publish_selected", uz, kz) == ["success: Published: kazakhstan, uzbekistan."]
    LogEntry.objects.all().delete()
    uz.alpha3 = "UZB"
    uz.save()

    assert act(admin_client, "publish_selected", uz, kz)[:2] == [
        "success: Published: uzbekistan.",
        "info: Nothing new to publish in: kazakhstan.",
    ]
    assert list(LogEntry.objects.values_list("object_repr", "change_message")) == [("Uzbekistan (UZ)", "Published.")]


def test_a_timeline(admin_client):
    event = published("talks", "2025", "UZ", topics=("trade",))
    data = {
        "slug": "all",
        "titles_en": "All",
        "titles_de": "Alle",
        "summaries_en": "One line.\nAnother " + "long" * 200,
        "query": "country=UZ&topic=trade",
        "events": [event.pk],
    }

    assert admin_client.post(address(Timeline, "add"), data).status_code == 302
    entry = Timeline.objects.get()
    assert (entry.titles, list(entry.summaries), entry.query, list(entry.events.all())) == (
        {"en": "All", "de": "Alle"},
        ["en"],
        "country=UZ&topic=trade",
        [event],
    )


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        (
            {"query": "coutnry=UZ&from=2023-13"},
            {
                "query": [
                    "There is no parameter 'coutnry' here. Did you mean 'country'?",
                    "'2023-13' is not a date: there is no month 13: write 01 to 12.",
                ]
            },
        ),
        (
            {"query": "country=UZ&page_size=5&lang=de"},
            {
                "query": [
                    f"“{name}” does not say which events: leave it out here, and give it in the address of the "
                    "timeline's feed."
                    for name in ("page_size", "lang")
                ]
            },
        ),
        (
            {"query": "q=visit&lang=fr"},
            {"query": ["'fr' is not possible here. Possible: en, de."]},
        ),
        (
            {"query": "https://example.org/api/v1/events/?timeline=c5-1&country=UZ"},
            {"query": ["A timeline cannot be made of another one: paste that one's saved filter."]},
        ),
        *(
            (
                {"query": address},
                {"query": ["This address has no filter behind a “?”: paste one such as …/api/v1/events/?country=UZ."]},
            )
            for address in ("https://example.org/api/v1/events/", "/timelines/c5-1/")
        ),
        (
            {"slug": "All!", "titles_en": " "},
            {
                "slug": [
                    "Use lower-case letters a–z, digits and single hyphens, such as c5-1-leaders-summit-2025.",
                ],
                "titles": ["This field is required."],
            },
        ),
        ({"titles_en": "x" * 301}, {"titles": ["Ensure this value has at most 300 characters (it has 301)."]}),
    ],
)
def test_a_wrong_timeline_gives_error(admin_client, values, messages):
    response = admin_client.post(address(Timeline, "add"), {"slug": "all", "titles_en": "All"} | values)

    assert response.context["adminform"].form.errors == messages
    assert not Timeline.objects.exists()


def test_each_text_of_a_timeline_has_a_name_of_its_own(admin_client):
    page = admin_client.get(address(Timeline, "add")).text

    assert re.findall(r'<div class="translations" role="group" aria-label="([^"]+)">', page) == ["Title", "Summary"]
    assert re.findall(r'lang="\w+" aria-label="([^"]+)"', page) == [
        "Title, English", "Title, Deutsch", "Summary, English", "Summary, Deutsch"
    ]  # fmt: skip


def test_the_filter_of_a_timeline_may_be_pasted_with_its_address(admin_client):
    published("talks", "2025", "UZ")
    address_of_list = "https://example.org/api/v1/events/"
    for number, pasted in enumerate((f"{address_of_list}?country=UZ#x", "?country=UZ", " country=UZ ")):
        data = {"slug": f"all-{number}", "titles_en": "All", "query": pasted}
        assert admin_client.post(address(Timeline, "add"), data).status_code == 302
    assert set(Timeline.objects.values_list("query", flat=True)) == {"country=UZ"}
    assert filters.saved_filter("q=why?&country=UZ") == "q=why?&country=UZ"


@pytest.mark.parametrize("query", ["q=visit&lang=de", "lang=en&q=visit", "q=visit"])
def test_the_filter_of_a_timeline_may_say_the_language_of_its_words(admin_client, query):
    data = {"slug": "all", "titles_en": "All", "query": query}

    assert admin_client.post(address(Timeline, "add"), data).status_code == 302
    assert Timeline.objects.get().query == query


def test_the_list_says_which_saved_filters_name_what_is_no_longer_known(admin_client, client):
    kazakhstan = state("KZ")
    published("talks", "2025", kazakhstan)
    published("visit", "2025", "UZ")
    queries = {"fine": "country=UZ&from=2020&q=visit%231", "kazakh": "country=KZ", "picked": ""}
    timelines = [Timeline.objects.create(slug=slug, titles={"en": slug}, query=queries[slug]) for slug in queries]
    publish_vocabulary(timelines=timelines)
    assert slugs(client, "timeline=kazakh") == ["talks"]
    fine = '<a href="/api/v1/events/?country=UZ&from=2020&q=visit%231&lang=en">country=UZ & from=2020 & q=visit%231</a>'
    kazakh = '<a href="/api/v1/events/?country=KZ&lang=en">country=KZ</a>'
    assert saved_filters(admin_client) == [fine, kazakh, "-"]

    kazakhstan.code = "KZAK"
    kazakhstan.save()
    publish_vocabulary(actors=[kazakhstan])
    refresh_all()

    assert slugs(client, "timeline=kazakh") == []
    assert saved_filters(admin_client) == [
        fine,
        "country=KZ<br><strong>To be corrected:</strong> 'KZ' is not the code of any country here.",
        "-",
    ]


def test_a_timeline_whose_filter_names_what_was_withdrawn_since_is_not_published(admin_client):
    trade = topic("trade")
    publish_vocabulary(topics=[trade])
    queries = {"all": "", "fine": "country=RU", "lost": "topic=trade&country=UZ"}
    published("visit", "2025", "RU", "UZ")
    timelines = [Timeline.objects.create(slug=slug, titles={"en": slug}, query=queries[slug]) for slug in queries]
    assert act(admin_client, "withdraw_selected", trade) == ["success: Withdrawn: trade."]

    assert act(admin_client, "publish_selected", *timelines) == [
        "error: Not published: lost. 'trade' is not the id of any topic here.",
        "success: Published: all, fine.",
    ]
    assert set(Term.objects.current().filter(kind="timeline").values_list("key", flat=True)) == {"all", "fine"}


def saved_filters(client: Client) -> list[str]:
    """What the list of timelines shows of each one's filter."""
    page = client.get(address(Timeline, "changelist")).text
    return [unescape(cell) for cell in re.findall(r'<td class="field-saved_filter">(.*?)</td>', page)]


def test_what_is_no_filter_is_known():
    assert set(NO_FILTERS) == EventList.parameters().keys() - filters._saved_fields().keys()


def test_a_timeline_that_somebody_else_saved_is_not_overwritten_unasked(admin_client):
    entry = Timeline.objects.create(slug="all", titles={"en": "All"})
    page = address(Timeline, "change", entry.pk)
    response = admin_client.get(page)
    assert "events/guard.js" in response.text
    opened = response.context["adminform"].form["opened"].value()
    mine = {"slug": "all", "titles_en": "Mine", "opened": opened}
    event = draft("talks")
    entry.events.add(event)

    response = admin_client.post(page, mine)

    form = response.context["adminform"].form
    assert form.errors == {
        "__all__": [
            "This timeline was saved after you had opened it here. What you entered is still here: compare it in "
            "another tab. Saving again replaces what was changed by what stands here."
        ]
    }
    assert list(entry.events.all()) == [event]
    assert admin_client.post(page, mine | {"opened": form["opened"].value()}).status_code == 302
    assert (Timeline.objects.get().titles, entry.events.exists()) == ({"en": "Mine"}, False)


def test_publishing_a_renamed_actor_leads_to_the_progress(admin_client):
    uz = state("UZ")
    published("visit", "2025-11-06", uz)
    published("other", "2025-11-06", "US")
    uz.names = {"en": "Oʻzbekiston"}
    uz.save()

    assert act(admin_client, "publish_selected", uz) == [
        "success: Published: uzbekistan.",
        'info: The public events that name what changed follow by and by: <a href="/admin/timeline/refresh/">see how '
        "far it is</a>.",
    ]
    page = admin_client.get("/admin/timeline/refresh/")
    assert page["Refresh"] == "5"
    assert cells(page) == ["uzbekistan", "not counted yet", "waiting", "admin", "0", "0", "-"]
    refresh_all()
    page = admin_client.get("/admin/timeline/refresh/")
    assert "Refresh" not in page
    bar = '<progress value="1" max="1" aria-label="Public events that have followed uzbekistan"></progress> 1 of 1'
    assert cells(page)[1:3] == [bar, "finished"]
    assert bar in page.text
    assert act(admin_client, "publish_selected", uz) == ["info: Nothing new to publish in: uzbekistan."]


def cells(page):
    """What the list of refreshes says in its first row, but for the times."""
    changelist = page.context["cl"]
    refresh = changelist.result_list[0]
    shown = changelist.model_admin
    return [
        shown.what(refresh),
        shown.progress(refresh),
        shown.state(refresh),
        str(refresh.asked_by),
        str(refresh.changed),
        str(refresh.passed_over),
        "-" if refresh.finished_at is None else "at",
    ]


def test_a_refresh_that_runs_or_failed(admin_client):
    Refresh.objects.create(
        actors=["a"], asked_at=timezone.now(), events=[1, 2, 3], total=3000, done=1500, changed=1400, passed_over=1
    )  # fmt: skip
    assert cells(admin_client.get("/admin/timeline/refresh/"))[:3] == [
        "a",
        '<progress value="1500" max="3000" aria-label="Public events that have followed a"></progress> 1,500 of 3,000',
        "running",
    ]
    Refresh.objects.update(error="ValueError: <b>", retry_at=datetime.datetime(2026, 1, 1, 12, 30, tzinfo=datetime.UTC))

    page = admin_client.get("/admin/timeline/refresh/")
    assert cells(page)[2] == "failed, tried again from 12:30:00 UTC: ValueError: <b>"
    assert "ValueError: &lt;b&gt;" in page.text
