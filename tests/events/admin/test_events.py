"""The form of an event: what it saves, and what it says of wrong input."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from events.models import Actor, Event, EventText, Participation, Relation, Source
from tests.builders import actor, draft, state, topic
from tests.events.admin.forms import MONTH_13, REQUIRED, SLUG, address, errors, event_form, form_of

pytestmark = pytest.mark.django_db


def test_a_new_event_offers_a_text_in_each_language(admin_client):
    texts = admin_client.get(address(Event, "add")).context["inline_admin_formsets"][0].formset

    assert [form["language"].value() for form in texts.forms] == ["en", "de"]


def test_an_event_offers_the_text_that_is_missing(admin_client):
    event = draft("talks", titles={"de": "Gespräche"})
    texts = admin_client.get(address(Event, "change", event.pk)).context["inline_admin_formsets"][0].formset

    assert [(form["language"].value(), form["title"].value()) for form in texts.forms] == [
        ("de", "Gespräche"),
        ("en", None),
    ]


def test_an_event_is_entered_at_once(admin_client):
    before = draft("before")
    response = admin_client.post(
        address(Event, "add"),
        event_form(
            topics=[topic("trade").pk],
            effective="2026-11-02/..",
            place_name="Samarkand",
            place_country=state("UZ").pk,
            latitude="39,65",
            longitude="66.9",
            external_id="",
            relations=[{"kind": "follows", "target": before.pk}],
            figures=[{"labels_en": "Exports", "labels_de": "Ausfuhren", "value": "3,07", "unit": "USD bn"}],
        ),
    )

    assert response.status_code == 302
    event = Event.objects.get(slug="new")
    assert (event.date, event.effective, event.place_name, event.place_country, event.external_id) == (
        "2026-11-01",
        "2026-11-02/..",
        "Samarkand",
        state("UZ"),
        None,
    )
    assert (event.latitude, event.longitude) == (Decimal("39.65"), Decimal("66.9"))
    assert list(event.topics.all()) == [topic("trade")]
    assert list(event.texts.values_list("language", "title", "summary")) == [("en", "New", ""), ("de", "Neu", "Über")]
    assert list(event.participations.values_list("actor__slug", "role")) == [("uzbekistan", "host")]
    assert list(event.sources.values_list("url", "claims")) == [("https://example.org/x", "2026-11")]
    assert list(event.relations.values_list("kind", "target")) == [("follows", before.pk)]
    assert list(event.figures.values_list("labels", "value")) == [
        ({"en": "Exports", "de": "Ausfuhren"}, Decimal("3.07"))
    ]


def test_a_draft_needs_no_more_than_a_slug_and_a_type(admin_client):
    blank = {"date": "", "texts": [{"language": "en"}, {"language": "de"}], "participations": [{"role": "participant"}]}
    response = admin_client.post(address(Event, "add"), event_form(**blank, sources=[{}]))

    assert response.status_code == 302
    event = Event.objects.get()
    assert [event.texts.count(), event.participations.count(), event.sources.count()] == [0, 0, 0]


WRONG = [
    ({"date": "2026-13-01"}, {"date": [MONTH_13]}),
    ({"effective": "2026-13-01"}, {"effective": [MONTH_13]}),
    ({"slug": ""}, {"slug": REQUIRED}),
    ({"slug": "New-Event"}, {"slug": [SLUG]}),
    ({"slug": "before"}, {"slug": ["Event with this Slug already exists."]}),
    ({"type": ""}, {"type": REQUIRED}),
    ({"latitude": "39.65"}, {"longitude": ["Give the longitude too, or no latitude."]}),
    ({"longitude": "66.9"}, {"latitude": ["Give the latitude too, or no longitude."]}),
    ({"latitude": "91", "longitude": "0"}, {"latitude": ["Ensure this value is less than or equal to 90."]}),
    ({"latitude": "north", "longitude": "0"}, {"latitude": ["Enter a number such as 3.07."]}),
    ({"external_id": "3593"}, {"external_id": ["A data set and an id: has-travels:3593."]}),
    (
        {"texts": [{"language": "en", "title": "One"}, {"language": "en", "title": "Two"}]},
        {"texts": ["This event already has a text in this language."], "texts-1": ["This repeats one above it."]},
    ),
    (
        {"texts": [{"language": "en", "title": "x" * 301}]},
        {"texts-0-title": ["Ensure this value has at most 300 characters (it has 301)."]},
    ),
    ({"texts": [{"language": "en", "title": " ", "summary": "Summary"}]}, {"texts-0-title": REQUIRED}),
    ({"texts": [{"language": "", "title": "New"}]}, {"texts-0-language": REQUIRED}),
    (
        {"participations": [{"actor": "UZ", "role": "host"}, {"actor": "UZ", "role": "host"}]},
        {
            "participations": ["This actor already has this role in this event."],
            "participations-1": ["This repeats one above it."],
        },
    ),
    ({"participations": [{"actor": "", "role": "host"}]}, {"participations-0-actor": REQUIRED}),
    (
        {"sources": [{"url": "javascript:alert(1)", "title": ""}]},
        {"sources-0-url": ["Enter a valid URL."], "sources-0-title": REQUIRED},
    ),
    (
        {"sources": [{"url": "ftp://example.org/x", "title": "FTP"}]},
        {"sources-0-url": ["Give an address that begins with http:// or https://."]},
    ),
    (
        {"sources": [{"url": "https://example.org/x", "title": "A"}, {"url": "https://example.org/x", "title": "B"}]},
        {
            "sources": ["This event already has a source with this URL."],
            "sources-1": ["This repeats one above it."],
        },
    ),
    (
        {"sources": [{"url": "https://example.org/x", "title": "A", "language": "EN", "claims": "2026-13-01"}]},
        {"sources-0-language": ["A language code such as en, de or zh-hans."], "sources-0-claims": [MONTH_13]},
    ),
    *(
        (
            {"sources": [{"url": "https://example.org/x", "title": "A", "accessed": accessed}]},
            {"sources-0-accessed": ["Enter a date such as 2025-11-06."]},
        )
        for accessed in ("06/11/2025", "6.11.2025", "2025-13-01", "Nov 6, 2025")
    ),
    (
        {"relations": [{"kind": "follows", "target": "before"}, {"kind": "follows", "target": "before"}]},
        {"relations": ["This relation is already there."], "relations-1": ["This repeats one above it."]},
    ),
    ({"relations": [{"kind": "", "target": "before"}]}, {"relations-0-kind": REQUIRED}),
    (
        {"figures": [{"labels_en": " ", "value": "1.234,5", "unit": "", "period": "2026-13-01"}]},
        {
            "figures-0-labels": REQUIRED,
            "figures-0-value": ["Enter a number without a sign between the thousands: 1234.5."],
            "figures-0-unit": REQUIRED,
            "figures-0-period": [MONTH_13],
        },
    ),
    (
        {"figures": [{"labels_en": "Exports", "value": "1", "unit": "t", "source": "before"}]},
        {"figures-0-source": ["Select a valid choice. That choice is not one of the available choices."]},
    ),
]


@pytest.mark.parametrize(("values", "messages"), WRONG)
def test_wrong_input_gives_error_and_is_kept(admin_client, values, messages):
    before = draft("before")
    ids = {"UZ": state("UZ").pk, "before": before.pk}
    for rows in values.values():
        for row in rows if isinstance(rows, list) else []:
            row |= {
                key: before.sources.get().pk if key == "source" else ids[row[key]]
                for key in ("actor", "target", "source")
                if row.get(key) in ids
            }
    data = event_form(place_name="Typed before the mistake", **values)

    response = admin_client.post(address(Event, "add"), data)

    assert errors(response) == messages
    assert list(Event.objects.all()) == [before]
    assert [EventText.objects.count(), Source.objects.count()] == [1, 1]
    assert b"Typed before the mistake" in response.content
    assert 'value="2026-11-01"' in response.content.decode() or "date" in values


def test_a_relation_to_itself_gives_error(admin_client, talks):
    wrong = form_of(talks, relations=[{"kind": "follows", "target": talks.pk}])

    assert errors(admin_client.post(address(Event, "change", talks.pk), wrong)) == {
        "relations-0-target": ["An event cannot have a relation to itself."]
    }
    assert not Relation.objects.exists()


def test_a_source_keeps_the_day_when_somebody_read_it(admin_client, talks):
    source = talks.sources.get()
    row = {"id": source.pk, "url": source.url, "title": source.title, "accessed": "2025-11-06"}
    page = address(Event, "change", talks.pk)

    assert admin_client.post(page, form_of(talks, sources=[row])).status_code == 302
    assert talks.sources.get().accessed == date(2025, 11, 6)
    for shown in (page, address(Source, "change", source.pk)):
        assert 'value="2025-11-06" class="vDateField"' in admin_client.get(shown).text


def test_saving_says_when_something_was_edited_last(admin_client, talks):
    page = address(Event, "change", talks.pk)
    admin_client.post(page, form_of(talks))
    assert Event.objects.get().updated_at == talks.updated_at

    admin_client.post(page, form_of(talks, date="2025"))
    once = Event.objects.get()
    assert (once.date, once.updated_at > talks.updated_at) == ("2025", True)

    admin_client.post(page, form_of(once, texts=[{"language": "de", "title": "Gespräche"}]))
    assert Event.objects.get().updated_at > once.updated_at


def test_a_summary_of_several_lines_is_changed_by_who_changes_it(admin_client, talks):
    page = address(Event, "change", talks.pk)
    talks.texts.update(summary="One\n\ntwo")
    text = {"id": talks.texts.get().pk, "language": "en", "title": "Title of talks", "summary": "One\r\n\r\ntwo"}

    assert admin_client.post(page, form_of(talks, texts=[text])).status_code == 302
    assert Event.objects.get().updated_at == talks.updated_at

    text["summary"] += "\r\nthree"
    assert admin_client.post(page, form_of(talks, texts=[text])).status_code == 302
    assert Event.objects.get().updated_at > talks.updated_at
    assert talks.texts.get().summary == "One\n\ntwo\nthree"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("talks", ["talks"]),
        ("uzbek", ["talks"]),
        ("Title of", ["talks", "before"]),
        ("example.org/before", ["before"]),
        ("samarkand", ["talks"]),
        ("x:1", ["before"]),
        ("nothing", []),
        ("samarkand uzbek", ["talks"]),
        ("samarkand x:1", []),
        ("uzbek kazakh", ["talks"]),
        ("title gespräche", ["talks"]),
        ('"title of"', ["talks", "before"]),
        ("'of title'", []),
        ('"', ["talks", "before"]),
        (" ", ["talks", "before"]),
        (" ".join(["talks"] * 10), ["talks"]),
    ],
)
def test_events_are_searched(admin_client, query, found):
    talks = draft("talks", "2025", "UZ", "KZ", place_name="Samarkand", sources=({}, {}))
    EventText.objects.create(event=talks, language="de", title="Gespräche")
    draft("before", "2024", external_id="x:1")

    response = admin_client.get(address(Event, "changelist"), {"q": query})

    shown = response.context["cl"]
    assert [event.slug for event in shown.result_list] == found
    assert list(response.context["messages"]) == []
    # Which would mean that parts are joined, a row of each with each.
    assert not shown.queryset.query.distinct


@pytest.mark.parametrize("model", [Event, Actor])
def test_more_than_ten_words_are_not_looked_for(admin_client, model):
    draft("talks", "2025", state("UZ"), titles={"en": "Uzbekistan"})
    words = ["uzbekistan"] * 10 + ["nothing"]

    response = admin_client.get(address(model, "changelist"), {"q": " ".join(words)})

    assert [row.slug for row in response.context["cl"].result_list] == ["talks" if model is Event else "uzbekistan"]
    assert list(map(str, response.context["messages"])) == ["Only the first 10 words were looked for."]
    field = {"app_label": "events", "model_name": "relation", "field_name": "target"}
    chosen = admin_client.get(reverse("admin:events_event_choose"), {**field, "term": " ".join(words * 20)})
    assert [entry["text"] for entry in chosen.json()["results"]] == ["2025 – Uzbekistan (talks)"]


@pytest.mark.parametrize(
    ("query", "found", "links"),
    [
        ({}, ["last", "last-year", "talks"], ["2025", "9999"]),
        ({"year": "9999"}, ["last", "last-year"], ["January 9999", "December 9999"]),
        ({"year": "9999", "month": "12"}, ["last"], ["December 31"]),
        ({"year": "9999", "month": "12", "day": "31"}, ["last"], ["December 31"]),
        ({"year": "2025"}, ["talks"], ["November 2025"]),
    ],
)
def test_events_are_listed_by_date_to_the_last_day_there_is(admin_client, query, found, links):
    for slug, day in (("talks", "2025-11-06"), ("last-year", "9999"), ("last", "9999-12-31")):
        draft(slug, day)

    response = admin_client.get(
        address(Event, "changelist"), {f"start_min__{unit}": value for unit, value in query.items()}
    )

    assert [event.slug for event in response.context["cl"].result_list] == found
    assert [choice["title"] for choice in response.context["choices"]] == links


@pytest.mark.parametrize("query", ["year=9999&start_min__month=13&start_min__day=1", "year=10000", "year=x"])
def test_a_date_that_does_not_exist_lists_nothing(admin_client, query):
    draft("last", "9999-12-31")

    response = admin_client.get(f"{address(Event, 'changelist')}?start_min__{query}")

    assert (response.status_code, response.url) == (302, f"{address(Event, 'changelist')}?e=1")


def test_an_event_of_two_hundred_signatories_is_saved(admin_client, talks):
    signatories = [actor(f"signatory-{number}") for number in range(200)]
    Participation.objects.bulk_create(Participation(event=talks, actor=one, role="signatory") for one in signatories)
    row = {"event": talks.pk, "name_as_printed": ""}
    rows = [{"id": part.pk, "actor": part.actor_id, "role": part.role} | row for part in talks.participations.all()]

    response = admin_client.post(
        address(Event, "change", talks.pk), form_of(talks, date="2025-11-07", participations=rows)
    )

    assert response.status_code == 302
    assert (Event.objects.get().date, talks.participations.count()) == ("2025-11-07", 201)


def test_more_than_a_form_can_have_is_refused_in_words(admin_client, talks, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10

    response = admin_client.post(address(Event, "change", talks.pk), form_of(talks, date="2025-11-07"))

    assert response.status_code == 413
    assert "Nothing was saved: what was sent has too many entries, or is too large." in response.text
