"""A form of an event that somebody else has saved meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from events.guarding import fingerprint
from events.models import Actor, Event, EventText, EventType, Participation, Source, Topic
from tests.builders import actor, event_type, state, topic
from tests.events.admin.forms import SOMEBODY, actor_form, address, errors, form_of, saved_again

pytestmark = pytest.mark.django_db


def test_what_somebody_else_saved_is_not_overwritten_unasked(admin_client, talks):
    page = address(Event, "change", talks.pk)
    mine = form_of(talks, place_name="Mine")
    Event.objects.update(place_name="Theirs", updated_at=talks.updated_at + timedelta(minutes=1))

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format("event")]}
    assert Event.objects.get().place_name == "Theirs"
    form = response.context["adminform"].form
    assert (form["place_name"].value(), form["opened"].value()) == ("Mine", fingerprint(Event.objects.get()))

    assert admin_client.post(page, mine | {"opened": form["opened"].value()}).status_code == 302
    assert Event.objects.get().place_name == "Mine"


def test_it_is_said_who_did_what_to_it_last(admin_client, django_user_model, talks):
    page = address(Event, "change", talks.pk)
    mine = form_of(talks, place_name="Mine")
    jane = Client()
    jane.force_login(django_user_model.objects.create_superuser("jane"))
    assert admin_client.post(page, form_of(talks, date="2024")).status_code == 302
    talks.refresh_from_db()
    assert jane.post(page, form_of(talks, date="2025", place_name="Theirs")).status_code == 302
    LogEntry.objects.filter(user__username="jane").update(action_time="2040-11-29T12:31:59Z")

    response = admin_client.post(page, mine)

    said = "Last in its history: jane, 2040-11-29 12:31 UTC: Changed Date and Place."
    assert errors(response) == {"": [f"{SOMEBODY.format('event')} {said}"]}


def test_who_saved_it_as_it_was_did_nothing_to_it(admin_client, django_user_model, talks):
    page = address(Event, "change", talks.pk)
    mine = form_of(talks, place_name="Mine")
    jane, john = Client(), Client()
    for name, editor in (("jane", jane), ("john", john)):
        editor.force_login(django_user_model.objects.create_superuser(name))
    assert jane.post(page, form_of(talks, place_name="Theirs")).status_code == 302
    talks.refresh_from_db()
    assert john.post(page, form_of(talks, place_name="Theirs")).status_code == 302
    LogEntry.objects.filter(user__username="jane").update(action_time="2040-11-29T12:31:59Z")
    LogEntry.objects.filter(user__username="john").update(action_time="2041-01-01T00:00:00Z")

    response = admin_client.post(page, mine)

    said = "Last in its history: jane, 2040-11-29 12:31 UTC: Changed Place."
    assert errors(response) == {"": [f"{SOMEBODY.format('event')} {said}"]}


def test_nobody_is_named_where_all_saved_it_as_it_was(admin_client, talks):
    page = address(Event, "change", talks.pk)
    mine = form_of(talks, place_name="Mine")
    Event.objects.update(place_name="Theirs", updated_at=talks.updated_at + timedelta(microseconds=1))
    assert admin_client.post(page, form_of(talks, place_name="Theirs")).status_code == 302

    assert errors(admin_client.post(page, mine)) == {"": [SOMEBODY.format("event")]}


def test_what_was_done_to_it_before_is_not_said(admin_client, talks):
    page = address(Event, "change", talks.pk)
    assert admin_client.post(page, form_of(talks, date="2024")).status_code == 302
    talks.refresh_from_db()
    mine = form_of(talks, place_name="Mine")
    source = talks.sources.get()
    theirs = {"event": talks.pk, "url": source.url, "title": "Corrected"}
    assert admin_client.post(address(Source, "change", source.pk), theirs).status_code == 302

    assert errors(admin_client.post(page, mine)) == {"": [SOMEBODY.format("event")]}


def test_a_part_that_somebody_else_changed_is_not_overwritten_unasked(admin_client, talks):
    page = address(Event, "change", talks.pk)
    mine = form_of(talks, date="2025")
    part = talks.participations.get()
    theirs = {"event": talks.pk, "actor": part.actor_id, "role": "visitor"}
    assert admin_client.post(address(Participation, "change", part.pk), theirs).status_code == 302

    assert errors(admin_client.post(page, mine)) == {"": [SOMEBODY.format("event")]}
    assert talks.participations.get().role == "visitor"


def test_a_part_that_somebody_else_removed_is_there_again_when_it_is_saved_again(admin_client, talks):
    page = address(Event, "change", talks.pk)
    Participation.objects.create(event=talks, actor=state("KZ"), role="visitor")
    talks.refresh_from_db()
    mine = form_of(talks, date="2025")
    gone = talks.participations.first()
    assert admin_client.post(address(Participation, "delete", gone.pk), {"post": "yes"}).status_code == 302

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format("event")]}
    parts = next(one.formset for one in response.context["inline_admin_formsets"] if one.formset.model is Participation)
    assert [(form["id"].value(), str(form["actor"].value())) for form in parts] == [
        (str(talks.participations.get().pk), str(state("KZ").pk)),
        ("", str(gone.actor_id)),
    ]
    again = {
        f"{parts.prefix}-{name}": parts.data[f"{parts.prefix}-{name}"] for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    for form in parts:
        again |= {form.add_prefix(name): form[name].value() for name in ("id", "actor", "role")}
    opened = response.context["adminform"].form["opened"].value()
    assert admin_client.post(page, mine | again | {"opened": opened}).status_code == 302
    assert Event.objects.get().date == "2025"
    assert sorted(talks.participations.values_list("actor__code", "role")) == [
        ("KZ", "visitor"),
        (gone.actor.code, gone.role),
    ]


def test_a_part_that_somebody_else_made_anew_is_the_same(admin_client, talks):
    mine = form_of(talks, date="2025")
    gone = EventText.objects.create(event=talks, language="de", title="Gespräche")
    mine |= {"texts-INITIAL_FORMS": 2, "texts-1-id": gone.pk, "texts-1-title": gone.title}
    EventText.objects.filter(language="de").delete()
    theirs = EventText.objects.create(event=talks, language="de", title="Ihre")
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    saved_again(admin_client, talks, mine)

    assert list(talks.texts.filter(language="de").values_list("pk", "title")) == [(theirs.pk, "Gespräche")]


def test_a_part_that_both_have_added_is_one(admin_client, talks):
    new = {"url": "https://example.org/both", "title": "Mine"}
    mine = form_of(
        talks, sources=[{"id": row.pk, "url": row.url, "title": row.title} for row in talks.sources.all()] + [new]
    )
    theirs = Source.objects.create(event=talks, url=new["url"], title="Theirs")
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    saved_again(admin_client, talks, mine)

    assert list(Source.objects.filter(url=new["url"]).values_list("pk", "title")) == [(theirs.pk, "Mine")]


def test_a_part_that_both_have_removed_stays_removed(admin_client, talks):
    part = talks.participations.get()
    row = {"id": part.pk, "actor": part.actor_id, "role": part.role, "DELETE": "on"}
    other = {"actor": state("KZ").pk, "role": "visitor"}
    mine = form_of(talks, date="2025", participations=[row, other])
    part.delete()
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    saved_again(admin_client, talks, mine)

    assert list(talks.participations.values_list("actor__code", "role")) == [("KZ", "visitor")]


DELETED = (
    "Somebody else deleted this {} after you had opened it. What you entered is still here. Saving again makes it anew."
)


def test_what_somebody_else_deleted_is_made_anew_when_it_is_saved_again(admin_client, talks):
    page = address(Event, "change", talks.pk)
    mine = form_of(talks, place_name="Mine")
    # As a browser does: each part says of which event it is.
    mine |= {f"{parts}-0-event": talks.pk for parts in ("texts", "participations", "sources")}
    talks.delete()

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [DELETED.format("event")]}
    assert not Event.objects.exists()
    form = response.context["adminform"].form
    assert (form["place_name"].value(), form["opened"].value()) == ("Mine", "")
    again = mine | {"opened": ""}
    for inline in response.context["inline_admin_formsets"]:
        again = {name: value for name, value in again.items() if not name.startswith(f"{inline.formset.prefix}-")}
        again |= {name: value for name, value in inline.formset.data.items() if name.startswith(inline.formset.prefix)}
    assert admin_client.post(page, again).status_code == 302
    made = Event.objects.get()
    assert (made.slug, made.place_name) == ("talks", "Mine")
    assert [list(getattr(made, parts).values_list(column, flat=True)) for parts, column in MADE] == [
        ["Title of talks"], ["host"], ["https://example.org/talks/0"]
    ]  # fmt: skip


def test_a_part_does_not_become_one_that_somebody_else_made_meanwhile(admin_client, talks):
    page = address(Event, "change", talks.pk)
    text = talks.texts.get()
    row = {"id": text.pk, "language": "de", "title": "Meine"}
    mine = form_of(talks, texts=[row])
    EventText.objects.create(event=talks, language="de", title="Ihre")
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))
    repeated = {
        "texts": ["This event already has a text in this language."],
        "texts-0": [
            "Somebody else has entered the same meanwhile: delete this one, or open the page anew to see theirs."
        ],
    }

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format("event")]} | repeated
    again = mine | {"opened": response.context["adminform"].form["opened"].value()}
    assert errors(admin_client.post(page, again)) == repeated
    assert list(talks.texts.values_list("language", "title")) == [("en", "Title of talks"), ("de", "Ihre")]
    assert admin_client.post(page, again | {"texts-0-DELETE": "on"}).status_code == 302
    assert list(talks.texts.values_list("language", "title")) == [("de", "Ihre")]


MADE = [("texts", "title"), ("participations", "role"), ("sources", "url")]


@pytest.mark.parametrize(("model", "make"), [(Actor, actor), (EventType, event_type), (Topic, topic)])
def test_a_deleted_entry_of_the_vocabulary_is_made_anew_when_it_is_saved_again(admin_client, model, make):
    entry = make("new")
    page = address(model, "change", entry.pk)
    names = {"slug": "new", "names_en": "Mine"}
    mine = (actor_form(**names) if model is Actor else names) | {"opened": fingerprint(entry, model_parts(model))}
    entry.delete()

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [DELETED.format(model._meta.verbose_name)]}
    opened = response.context["adminform"].form["opened"].value()
    assert admin_client.post(page, mine | {"opened": opened}).status_code == 302
    assert model.objects.get().names == {"en": "Mine"}


def model_parts(model: Any) -> list[str]:
    return ["memberships"] if model is Actor else []


def test_a_deleted_part_stays_in_its_form(admin_client, talks):
    part = talks.participations.get()
    page = address(Participation, "change", part.pk)
    mine = {"actor": part.actor_id, "role": "visitor", "opened": fingerprint(part)}
    part.delete()

    response = admin_client.post(page, mine)

    assert errors(response) == {
        "": [DELETED.format("participation")],
        "event": ["This field is required."],
    }
    assert response.context["adminform"].form["role"].value() == "visitor"


def test_who_may_not_add_is_told_that_it_was_deleted(client, django_user_model, talks):
    user = django_user_model.objects.create_user("editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_event", "change_event"]))
    client.force_login(user)
    page, mine, pk = address(Event, "change", talks.pk), form_of(talks, place_name="Mine"), talks.pk
    talks.delete()

    response = client.post(page, mine, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        f"event with ID “{pk}” doesn’t exist. Perhaps it was deleted?"
    ]
