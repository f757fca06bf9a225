"""Choosing an event in the admin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from events.choosing import label, labelled
from events.models import Event, EventText, Figure
from tests.builders import draft, event_type, state, topic
from tests.events.admin.as_shown import as_shown
from timeline.models import Publication, Timeline
from timeline.publishing import publish

pytestmark = pytest.mark.django_db

CHOOSE = "/admin/events/event/choose/"
OTHERS = "/admin/autocomplete/"
TARGET = {"app_label": "events", "model_name": "relation", "field_name": "target"}
EVENTS = {"app_label": "timeline", "model_name": "timeline", "field_name": "events"}


@pytest.mark.parametrize(
    ("date", "titles", "text"),
    [
        ("2025-11-06", {"en": "Talks", "de": "Gespräche"}, "2025-11-06 – Talks (talks)"),
        ("", {"de": "Gespräche"}, "Gespräche (talks)"),
        ("2025", {"en": ""}, "2025 (talks)"),
        ("", {"en": ""}, "talks"),
    ],
)
def test_an_event_is_known_by_its_date_and_title(date, titles, text):
    draft("talks", date, titles={"en": "Talks"})
    EventText.objects.all().delete()
    for language, title in titles.items():
        if title:
            EventText.objects.create(event=Event.objects.get(), language=language, title=title)

    assert label(labelled(Event.objects.all()).get()) == text


@pytest.mark.parametrize("field", [TARGET, EVENTS])
@pytest.mark.parametrize("number", [1, 3])
def test_one_event_takes_as_many_queries_as_three(admin_client, django_assert_num_queries, field, number):
    for day in range(1, number + 1):
        draft(f"talks-{day}", f"2025-11-0{day}", titles={"en": f"Talks {day}", "de": f"Gespräche {day}"})

    with django_assert_num_queries(5):
        found = admin_client.get(CHOOSE, {**field, "term": "talks"}).json()["results"]

    assert [entry["text"] for entry in found] == [
        f"2025-11-0{day} – Talks {day} (talks-{day})" for day in range(number, 0, -1)
    ]


def test_only_events_are_found(admin_client):
    state("UZ")
    actor = {"app_label": "events", "model_name": "participation", "field_name": "actor"}

    assert admin_client.get(CHOOSE, {**actor, "term": "uz"}).status_code == 403


@pytest.mark.parametrize(
    ("where", "model", "field", "found"),
    [
        (CHOOSE, "relation", "target", ["2025 – Uz (talks)"]),
        (OTHERS, "event", "type", ["Uz"]),
        (OTHERS, "event", "topics", ["Uz"]),
        (OTHERS, "event", "place_country", ["Uzbekistan (UZ)"]),
        (OTHERS, "figure", "source", ["About Uzbekistan"]),
    ],
)
def test_what_no_text_has_is_not_looked_for(admin_client, where, model, field, found):
    titles, sources = {"en": "Uz"}, ({"title": "About Uzbekistan"},)
    draft("talks", "2025", "UZ", type="uz", topics=("uz",), titles=titles, sources=sources)
    looked_for = {"app_label": "events", "model_name": model, "field_name": field, "term": "\0u\0z\0"}

    response = admin_client.get(where, looked_for)

    assert [entry["text"] for entry in response.json()["results"]] == found


def test_the_chosen_event_is_shown_so(admin_client):
    before = draft("before", "2024", titles={"en": "Before"})
    after = draft("after", "2025", relations=(("follows", before),))
    timeline = Timeline.objects.create(slug="all", titles={"en": "All"})
    timeline.events.add(before)

    for page in (
        reverse("admin:events_event_change", args=[after.pk]),
        reverse("admin:events_relation_change", args=[after.relations.get().pk]),
        reverse("admin:timeline_timeline_change", args=[timeline.pk]),
    ):
        html = admin_client.get(page).text
        assert re.findall(rf'<option value="{before.pk}" selected>\s*(.*\(before\))\s*</option>', html) == [
            "2024 – Before (before)"
        ], page
        assert f'data-ajax--url="{CHOOSE}"' in html


# Whoever may not see what there is to choose.


def options(html: str) -> list[str]:
    """What is chosen in boxes that suggest entries."""
    return re.findall(r'<option value="\d+" selected>\s*(.*?)\s*</option>', html)


@pytest.mark.parametrize(
    ("account", "address", "chosen"),
    [
        ("add_timeline", "admin:timeline_timeline_add", "events"),
        ("add_event", "admin:events_event_add", "type"),
        ("add_event", "admin:events_event_add", "topics"),
        ("add_event", "admin:events_event_add", "place_country"),
        ("add_actor", "admin:events_actor_add", "successors"),
        ("add_topic", "admin:events_topic_add", "parent"),
        ("add_relation", "admin:events_relation_add", "target"),
        ("add_participation", "admin:events_participation_add", "actor"),
    ],
)
def test_an_address_that_chooses_an_entry_shows_it_to_whom_may_see_it(account_with, account, address, chosen):
    talks = draft("talks", "2025", "UZ", type="talk", topics=("secret",), titles={"en": "Secret"})
    number = {
        "type": talks.type_id,
        "topics": talks.topics.get().pk,
        "place_country": state("UZ").pk,
        "successors": state("UZ").pk,
        "parent": talks.topics.get().pk,
        "actor": state("UZ").pk,
    }.get(chosen, talks.pk)
    page = reverse(address)
    client = account_with(account)

    assert options(client.get(page, {chosen: number}).text) == []

    kind = {"type": "eventtype", "topics": "topic", "parent": "topic", "events": "event", "target": "event"}
    user = get_user_model().objects.get()
    user.user_permissions.add(Permission.objects.get(codename=f"view_{kind.get(chosen, 'actor')}"))
    assert len(options(client.get(page, {chosen: number}).text)) == 1


def test_what_an_editor_may_not_see_is_kept_and_named_by_number(account_with):
    picked, other = (draft(slug, "2025", titles={"en": slug.title()}) for slug in ("picked", "other"))
    timeline = Timeline.objects.create(slug="all", titles={"en": "All"})
    timeline.events.add(picked)
    page = reverse("admin:timeline_timeline_change", args=[timeline.pk])
    client = account_with("change_timeline")

    html = client.get(page).text
    form = as_shown(html)
    assert options(html) == [f"(not visible to you) {picked.pk}"]
    assert "picked" not in html.replace("Hand-picked", "").lower()

    assert client.post(page, form | {"titles_en": "Mine"}).status_code == 302
    timeline.refresh_from_db()
    assert (timeline.titles, list(timeline.events.all())) == ({"en": "Mine"}, [picked])

    guessed = client.post(page, as_shown(client.get(page).text) | {"events": [picked.pk, other.pk]})
    assert guessed.context["adminform"].form.errors == {
        "events": [f"Select a valid choice. {other.pk} is not one of the available choices."]
    }
    assert options(guessed.text) == [f"(not visible to you) {picked.pk}"]


def test_parts_keep_what_an_editor_may_not_see(account_with):
    before = draft("before", "2024", titles={"en": "Secret"})
    talks = draft("talks", "2025", (state("UZ"), "host"), (state("KZ"), "visitor"), relations=(("follows", before),))
    Figure.objects.create(event=talks, labels={"en": "Exports"}, value=1, unit="t", source=talks.sources.get())
    page = reverse("admin:events_event_change", args=[talks.pk])
    parts = ["participation", "relation", "figure"]
    client = account_with("change_event", *(f"{action}_{part}" for part in parts for action in ("add", "change")))

    html = client.get(page).text
    form = as_shown(html)
    assert not re.search("uzbekistan|kazakhstan", html, re.IGNORECASE)
    assert f"(not visible to you) {state('UZ').pk} (host)" in html
    hidden = [talks.type_id, *talks.participations.values_list("actor_id", flat=True), talks.sources.get().pk]
    numbers = [f"(not visible to you) {number}" for number in hidden]
    assert options(html) == [*numbers[:3], "2024 – Secret (before)", *numbers[3:]]

    assert client.post(page, form | {"participations-0-role": "mediator"}).status_code == 302
    assert list(talks.participations.values_list("actor__code", "role")) == [("UZ", "mediator"), ("KZ", "visitor")]
    assert (talks.relations.get().target, talks.figures.get().source) == (before, talks.sources.get())


@pytest.mark.parametrize("may", ["view", "change"])
@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("timeline", ["event before"]),
        ("event", ["eventtype talk", "topic trade", "actor KZ"]),
        ("participation", ["event talks", "actor UZ"]),
        ("relation", ["event talks", "event before"]),
        ("source", ["event talks"]),
        ("figure", ["event talks", "actor KZ", "source"]),
        ("publication", ["event talks", "event before"]),
    ],
)
def test_what_an_account_may_not_see_is_shown_by_number(account_with, may, model, names):
    before = draft("earlier", "2024", titles={"en": "Before"})
    relations, sources = (("follows", before),), ({"title": "Secret"},)
    others: dict[str, Any] = {"place_country": state("KZ"), "relations": relations, "sources": sources}
    talks = draft("talks", "2025", (state("UZ"), "host"), type="talk", topics=("trade",), **others)
    publish([talks])
    Event.objects.filter(pk=talks.pk).update(slug="talks-in-hand")
    talks.refresh_from_db()
    timeline = Timeline.objects.create(slug="all", titles={"en": "All"})
    timeline.events.add(before)
    figure = {"labels": {"en": "Exports"}, "value": 1, "unit": "t", "partner": state("KZ")}
    records = {
        "timeline": timeline,
        "event": talks,
        "participation": talks.participations.get(),
        "relation": talks.relations.get(),
        "source": talks.sources.get(),
        "figure": Figure.objects.create(event=talks, source=talks.sources.get(), **figure),
        "publication": Publication.objects.get(),
        "event talks": talks,
        "event before": before,
        "eventtype talk": talks.type,
        "topic trade": topic("trade"),
        "actor KZ": state("KZ"),
        "actor UZ": state("UZ"),
    }
    page = reverse(f"admin:{records[model]._meta.label_lower.replace('.', '_')}_change", args=[records[model].pk])
    client = account_with(f"{may}_{model}", "view_publicationrelation")

    html = client.get(page).text

    assert [name for name in names if f"(not visible to you) {records[name].pk}" not in html] == []
    assert [name for name in names if re.search(rf"\b{re.escape(str(records[name]))}\b", html)] == []


def test_what_an_editor_has_added_can_be_chosen_unseen(account_with):
    topic("other")
    client = account_with("add_event", "add_topic", "view_eventtype")
    client.post(reverse("admin:events_topic_add"), {"slug": "own", "names_en": "Own"})
    page = reverse("admin:events_event_add")
    form = as_shown(client.get(page).text) | {"slug": "new", "type": event_type().pk}

    assert client.post(page, form | {"topics": [topic("other").pk]}).status_code == 200
    assert client.post(page, form | {"topics": [topic("own").pk]}).status_code == 302
    assert list(Event.objects.get().topics.all()) == [topic("own")]
