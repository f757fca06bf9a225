"""Choosing an event in the admin."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from events.choosing import label, labelled
from events.models import Event, EventText
from tests.builders import draft, state
from timeline.models import Timeline

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
        assert re.findall(rf'<option value="{before.pk}" selected>\s*(.*?)\s*</option>', html) == [
            "2024 – Before (before)"
        ], page
        assert f'data-ajax--url="{CHOOSE}"' in html
