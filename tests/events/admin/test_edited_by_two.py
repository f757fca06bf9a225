"""A form of an event that somebody else has saved meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.guarding import fingerprint
from events.models import Event, EventText, Participation, Source
from tests.builders import state
from tests.events.admin.forms import SOMEBODY, address, errors, form_of, saved_again

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
