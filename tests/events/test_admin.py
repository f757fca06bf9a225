"""The forms of the admin: what they save, and what they say of wrong input."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from events.guarding import fingerprint
from events.models import (
    Actor,
    Event,
    EventText,
    EventType,
    Figure,
    Membership,
    Participation,
    Relation,
    Source,
    Topic,
)
from tests.builders import actor, draft, event_type, member, state, topic

pytestmark = pytest.mark.django_db

EVENT_PARTS = ("texts", "participations", "sources", "relations", "figures")
ACTOR_PARTS = ("memberships", "members")
MODELS = [Actor, Event, EventText, EventType, Figure, Membership, Participation, Relation, Source, Topic]
MONTH_13 = "“2026-13-01” is not a date: there is no month 13: expected 01–12, a season 21–24 or XX (character 6)."
SLUG = "Use lower-case letters a–z, digits and single hyphens, such as c5-1-leaders-summit-2025."
REQUIRED = ["This field is required."]
SOMEBODY = (
    "Somebody else saved this {} after you had opened it. What you entered is still here: compare it in another tab. "
    "Saving again replaces what they changed by what stands here."
)


@pytest.fixture
def admin_user(django_user_model):
    """Without a password, whose hashing would take longer than the tests."""
    return django_user_model.objects.create_superuser("admin")


def address(model: Any, action: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def posted(names: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends: `values`, where those of the inlines `names` are lists of rows; old rows have an id."""
    data: dict[str, Any] = {}
    for name in names:
        rows = values.get(name, [])
        data[f"{name}-TOTAL_FORMS"] = len(rows)
        data[f"{name}-INITIAL_FORMS"] = len([row for row in rows if row.get("id")])
        for number, row in enumerate(rows):
            data |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return data | {key: value for key, value in values.items() if key not in names}


def event_form(**values: Any) -> dict[str, Any]:
    """A complete new event; `values` replace or add."""
    complete = {
        "slug": "new",
        "type": event_type().pk,
        "date": "2026-11-01",
        "texts": [{"language": "en", "title": "New"}, {"language": "de", "title": "Neu", "summary": "Über"}],
        "participations": [{"actor": state("UZ").pk, "role": "host"}],
        "sources": [{"url": "https://example.org/x", "title": "A source", "claims": "2026-11"}],
    }
    return posted(EVENT_PARTS, complete | values)


def errors(response: Any) -> dict[str, list[str]]:
    """All messages on the page by the input they stand at; `texts` is above the texts, `texts-0` above the first."""
    assert response.status_code == 200
    found = {
        name.replace("__all__", ""): list(messages)
        for name, messages in response.context["adminform"].form.errors.items()
    }
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        found[formset.prefix] = list(formset.non_form_errors())
        for form in formset.forms:
            for name, messages in form.errors.items():
                found[f"{form.prefix}-{name}".removesuffix("-__all__")] = list(messages)
    return {name: messages for name, messages in found.items() if messages}


def test_every_model_is_registered():
    assert set(MODELS) == set(apps.get_app_config("events").get_models())
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


def one_of_each() -> dict[Any, Any]:
    """A row of every model."""
    event = draft(
        "talks", "2025-11-06", (state("UZ"), "host"), relations=(("follows", draft("before")),), topics=("trade",)
    )
    return {
        Actor: state("UZ"),
        Event: event,
        EventText: event.texts.get(),
        EventType: event.type,
        Figure: Figure.objects.create(event=event, labels={"en": "Exports"}, value=1, unit="t"),
        Membership: member(actor("c5", "bloc"), state("UZ"), since="2015"),
        Participation: event.participations.get(),
        Relation: event.relations.get(),
        Source: event.sources.get(),
        Topic: topic("trade"),
    }


def test_every_page_renders(admin_client):
    for model, row in one_of_each().items():
        for page in (address(model, "changelist"), address(model, "add"), address(model, "change", row.pk)):
            assert admin_client.get(page).status_code == 200, page
        found = admin_client.get(address(model, "changelist"), {"q": "uz"})
        assert found.status_code == 200, model


LISTS = {
    Actor: 9,  # four for the public state
    Event: 11,
    EventText: 5,
    EventType: 8,
    Figure: 5,
    Membership: 5,
    Participation: 5,
    Relation: 5,
    Source: 6,
    Topic: 8,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", LISTS)
def test_lists_take_as_many_queries_for_one_row_as_for_three(
    admin_client, django_assert_num_queries, model, rows, settings
):
    first = draft("event-0", "2025")
    for number in range(rows):
        participant = actor(f"person-{number}")
        member(actor(f"bloc-{number}", "bloc"), participant)
        event = draft(
            f"event-{number + 1}",
            "2025",
            participant,
            topics=(f"topic-{number}",),
            relations=(("follows", first),),
            place_country=state("UZ"),
        )
        Figure.objects.create(event=event, labels={"en": "Exports"}, value=1, unit="t")
        event_type(f"type-{number}", parent=f"type-{number}-above")
    if model is Event:  # whose list has filters that are left out when they have one choice
        first.topics.set([topic("topic-0"), topic("another")])
        draft("other-type", "2025", type="visit", place_country=state("KZ"))

    with django_assert_num_queries(LISTS[model]):
        admin_client.get(address(model, "changelist"))


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


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("event", {"participations": ["Actor", "Role", "Name as printed"], "relations": ["Kind", "Target"]}),
        (
            "actor",
            {"memberships": ["Group", "Role", "Since", "Until"], "members": ["Member", "Role", "Since", "Until"]},
        ),
    ],
)
def test_each_field_of_a_table_has_a_name(admin_client, model, names):
    page = admin_client.get(reverse(f"admin:events_{model}_add")).content.decode()
    labels: dict[str, list[Any]] = {prefix: [] for prefix in names}
    for field in re.findall(r"<(?:input|select) [^>]*>", page):
        row = re.search(r'name="(\w+)-__prefix__-', field)  # that which is copied for a new one
        if row and row[1] in names and 'type="hidden"' not in field:
            label = re.search(r'aria-label="([^"]+)"', field)
            labels[row[1]].append(label and label[1])
    assert labels == names


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


def test_each_number_is_typed_as_text(admin_client):
    pages = [admin_client.get(address(model, "add")).text for model in (Event, Figure)]
    assert re.findall(r'name="([\w-]+)"[^>]* inputmode="decimal"', "".join(pages)) == [
        "latitude", "longitude", "figures-__prefix__-value", "value"
    ]  # fmt: skip
    assert re.findall(r'type="number"', "".join(pages)) == []


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


@pytest.fixture
def talks() -> Event:
    return draft("talks", "2025-11-06", (state("UZ"), "host"))


def form_of(event: Event, **values: Any) -> dict[str, Any]:
    """What a browser sends for an event with one text and one source that nobody changed; `values` replace or add."""
    text, source = event.texts.get(), event.sources.all()[0]
    complete = {
        "slug": event.slug,
        "type": event.type_id,
        "date": event.date,
        "opened": fingerprint(Event.objects.get(pk=event.pk)),
        "texts": [{"id": text.pk, "language": text.language, "title": text.title}, {"language": "de"}],
        "participations": [
            {"id": part.pk, "actor": part.actor_id, "role": part.role} for part in event.participations.all()
        ],
        "sources": [{"id": source.pk, "url": source.url, "title": source.title}],
    }
    return posted(EVENT_PARTS, complete | values)


def test_a_relation_to_itself_gives_error(admin_client, talks):
    wrong = form_of(talks, relations=[{"kind": "follows", "target": talks.pk}])

    assert errors(admin_client.post(address(Event, "change", talks.pk), wrong)) == {
        "relations-0-target": ["An event cannot have a relation to itself."]
    }
    assert not Relation.objects.exists()


def test_a_figure_takes_a_source_of_its_event(admin_client, talks):
    source = talks.sources.get()
    figure = {"labels_en": "Exports", "value": "1", "unit": "t", "source": source.pk}

    response = admin_client.post(address(Event, "change", talks.pk), form_of(talks, figures=[figure]))

    assert response.status_code == 302
    assert Figure.objects.get().source == source


def test_the_source_of_a_figure_is_chosen_in_the_form(admin_client, talks):
    """What a popup saves would be somebody else's edit."""
    page = admin_client.get(address(Event, "change", talks.pk)).text
    buttons = re.findall(r'id="(add|change|view|delete)_id_figures-__prefix__-(\w+)"', page)

    assert sorted({field for _, field in buttons}) == ["partner", "reporter"]


def test_a_source_keeps_the_day_when_somebody_read_it(admin_client, talks):
    source = talks.sources.get()
    row = {"id": source.pk, "url": source.url, "title": source.title, "accessed": "2025-11-06"}
    page = address(Event, "change", talks.pk)

    assert admin_client.post(page, form_of(talks, sources=[row])).status_code == 302
    assert talks.sources.get().accessed == date(2025, 11, 6)
    for shown in (page, address(Source, "change", source.pk)):
        assert 'value="2025-11-06" class="vDateField"' in admin_client.get(shown).text


def test_a_figure_takes_a_source_that_is_entered_with_it(admin_client, talks):
    urls = ["https://example.org/new", "example.org/newer"]
    source = talks.sources.get()
    rows = [{"id": source.pk, "url": source.url, "title": source.title}, *({"url": url, "title": url} for url in urls)]
    figures = [{"labels_en": f"From {url}", "value": "1", "unit": "t", "source": url} for url in urls]

    response = admin_client.post(address(Event, "change", talks.pk), form_of(talks, sources=rows, figures=figures))

    assert response.status_code == 302
    assert list(Figure.objects.values_list("labels__en", "source__url")) == [
        ("From https://example.org/new", "https://example.org/new"),
        ("From example.org/newer", "https://example.org/newer"),
    ]


def test_a_new_event_has_a_figure_of_its_new_source(admin_client):
    source = {"url": "https://example.org/new", "title": "New"}
    figure = {"labels_en": "Exports", "value": "1", "unit": "t", "source": source["url"]}

    assert admin_client.post(address(Event, "add"), event_form(sources=[source], figures=[figure])).status_code == 302
    assert Figure.objects.get().source == Source.objects.get()


@pytest.mark.parametrize("source", [{"DELETE": "on"}, {"url": "https://example.org/other"}])
def test_a_figure_takes_no_source_that_is_not_to_be_saved(admin_client, talks, source):
    new = {"url": "https://example.org/new", "title": "New"} | source
    figure = {"labels_en": "Exports", "value": "1", "unit": "t", "source": "https://example.org/new"}
    saved = talks.sources.get()
    rows = [{"id": saved.pk, "url": saved.url, "title": saved.title}, new]

    response = admin_client.post(address(Event, "change", talks.pk), form_of(talks, sources=rows, figures=[figure]))

    assert errors(response) == {
        "figures-0-source": ["Select a valid choice. That choice is not one of the available choices."]
    }


def test_a_figure_whose_source_goes_has_none(admin_client, talks):
    source = talks.sources.get()
    rows = [
        {"id": source.pk, "url": source.url, "title": source.title, "DELETE": "on"},
        {"url": "https://example.org/new", "title": "New"},
    ]
    figures = [{"labels_en": "Exports", "value": "1", "unit": "t", "source": source.pk}]

    response = admin_client.post(address(Event, "change", talks.pk), form_of(talks, sources=rows, figures=figures))

    assert response.status_code == 302
    assert Figure.objects.get().source is None
    assert [row.title for row in talks.sources.all()] == ["New"]


def test_a_figure_takes_a_source_that_somebody_else_has_entered_too(admin_client, talks):
    new = {"url": "https://example.org/both", "title": "Mine"}
    rows = [{"id": row.pk, "url": row.url, "title": row.title} for row in talks.sources.all()] + [new]
    figure = {"labels_en": "Exports", "value": "1", "unit": "t", "source": new["url"]}
    mine = form_of(talks, sources=rows, figures=[figure])
    theirs = Source.objects.create(event=talks, url=new["url"], title="Theirs")
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    _saved_again(admin_client, talks, mine)

    assert Figure.objects.get().source == theirs


def test_a_figure_has_no_source_that_its_editor_may_not_add(client, django_user_model, talks):
    user = django_user_model.objects.create_user("editor", is_staff=True)
    user.user_permissions.set(Permission.objects.exclude(codename="add_source"))
    client.force_login(user)
    source = talks.sources.get()
    figure = Figure.objects.create(event=talks, labels={"en": "Exports"}, value=1, unit="t", source=source)
    mine = form_of(talks, figures=[{"id": figure.pk, "labels_en": "E", "value": "2", "unit": "t", "source": source.pk}])
    source.delete()
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    _saved_again(client, talks, mine)

    figure.refresh_from_db()
    assert figure.value == 2
    assert figure.source is None


def test_a_figure_keeps_its_source_that_somebody_else_removed(admin_client, talks):
    source = talks.sources.get()
    Source.objects.create(event=talks, url="https://example.org/other", title="Other")
    figure = Figure.objects.create(event=talks, labels={"en": "Exports"}, value=1, unit="t", source=source)
    rows = [{"id": row.pk, "url": row.url, "title": row.title} for row in talks.sources.all()]
    row = {"id": figure.pk, "labels_en": "Exports", "value": "2", "unit": "t", "source": source.pk}
    mine = form_of(talks, sources=rows, figures=[row])
    source.delete()
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    _saved_again(admin_client, talks, mine)

    figure.refresh_from_db()
    assert figure.value == 2
    assert figure.source == Source.objects.get(url=rows[0]["url"])
    assert talks.sources.count() == 2


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


def _saved_again(admin_client: Any, event: Event, mine: dict[str, Any]) -> None:
    """Saves a form that somebody else has overtaken, and once more what the answer shows."""
    page = address(Event, "change", event.pk)
    response = admin_client.post(page, mine)
    assert errors(response) == {"": [SOMEBODY.format("event")]}
    again = dict(mine)
    for inline in response.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        again = {name: value for name, value in again.items() if not name.startswith(f"{prefix}-")}
        again |= {name: value for name, value in inline.formset.data.items() if name.startswith(f"{prefix}-")}
    opened = response.context["adminform"].form["opened"].value()
    assert admin_client.post(page, again | {"opened": opened}).status_code == 302


def test_a_part_that_somebody_else_made_anew_is_the_same(admin_client, talks):
    mine = form_of(talks, date="2025")
    gone = EventText.objects.create(event=talks, language="de", title="Gespräche")
    mine |= {"texts-INITIAL_FORMS": 2, "texts-1-id": gone.pk, "texts-1-title": gone.title}
    EventText.objects.filter(language="de").delete()
    theirs = EventText.objects.create(event=talks, language="de", title="Ihre")
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    _saved_again(admin_client, talks, mine)

    assert list(talks.texts.filter(language="de").values_list("pk", "title")) == [(theirs.pk, "Gespräche")]


def test_a_part_that_both_have_added_is_one(admin_client, talks):
    new = {"url": "https://example.org/both", "title": "Mine"}
    mine = form_of(
        talks, sources=[{"id": row.pk, "url": row.url, "title": row.title} for row in talks.sources.all()] + [new]
    )
    theirs = Source.objects.create(event=talks, url=new["url"], title="Theirs")
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    _saved_again(admin_client, talks, mine)

    assert list(Source.objects.filter(url=new["url"]).values_list("pk", "title")) == [(theirs.pk, "Mine")]


def test_a_part_that_both_have_removed_stays_removed(admin_client, talks):
    part = talks.participations.get()
    row = {"id": part.pk, "actor": part.actor_id, "role": part.role, "DELETE": "on"}
    other = {"actor": state("KZ").pk, "role": "visitor"}
    mine = form_of(talks, date="2025", participations=[row, other])
    part.delete()
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    _saved_again(admin_client, talks, mine)

    assert list(talks.participations.values_list("actor__code", "role")) == [("KZ", "visitor")]


# The other forms


def actor_form(**values: Any) -> dict[str, Any]:
    return posted(ACTOR_PARTS, {"kind": "person", "slug": "new", "names_en": "New"} | values)


def test_an_actor_is_entered_at_once(admin_client):
    response = admin_client.post(
        address(Actor, "add"),
        actor_form(
            names_de="Neu",
            aliases="Novus\r\n\r\n  Neo ",
            qid="Q1",
            memberships=[{"group": state("UZ").pk, "role": "president", "since": "2016-12", "until": ""}],
        ),
    )

    assert response.status_code == 302
    new = Actor.objects.get(slug="new")
    assert (new.names, new.aliases, new.code, new.alpha3, new.qid) == (
        {"en": "New", "de": "Neu"},
        ["Novus", "Neo"],
        None,
        "",
        "Q1",
    )
    assert list(new.memberships.values_list("group__slug", "role", "since", "until")) == [
        ("uzbekistan", "president", "2016-12", "")
    ]


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        ({"names_en": ""}, {"names": REQUIRED}),
        ({"names_en": "x" * 301}, {"names": ["Ensure this value has at most 300 characters (it has 301)."]}),
        ({"kind": "state", "code": "uz"}, {"code": ["Two or four upper-case letters, such as UZ or SUHH."]}),
        ({"kind": "state", "code": "UZ"}, {"code": ["Actor with this Code already exists."]}),
        ({"code": "ZZ"}, {"": ["Only a state or a bloc has a code, of two or four upper-case letters."]}),
        ({"qid": "265"}, {"qid": ["A Q and a number, such as Q265."]}),
        ({"slug": "New"}, {"slug": [SLUG]}),
        (
            {"aliases": "short\n" + "x" * 301},
            {
                "aliases": [
                    "Item 2 in the array did not validate: Ensure this value has at most 300 characters (it has 301)."
                ]
            },
        ),
        (
            {"memberships": [{"group": "UZ", "role": "president", "since": "2026-13-01"}]},
            {"memberships-0-since": [MONTH_13]},
        ),
        (
            {"memberships": [{"group": "UZ", "role": "president", "since": "2021", "until": "2020"}]},
            {"memberships-0-until": ["“Since” is after “until”."]},
        ),
        (
            {"memberships": [{"group": "UZ", "role": "president", "until": "2020/2021"}]},
            {"memberships-0-until": ["One date, not an interval: the other end has a field of its own."]},
        ),
    ],
)
def test_a_wrong_actor_gives_error(admin_client, values, messages):
    uzbekistan = state("UZ")
    for row in values.get("memberships", []):
        row["group"] = uzbekistan.pk

    assert errors(admin_client.post(address(Actor, "add"), actor_form(**values))) == messages
    assert list(Actor.objects.all()) == [uzbekistan]


def test_an_actor_is_no_member_of_itself(admin_client):
    uzbekistan = state("UZ")
    data = actor_form(
        kind="state",
        slug=uzbekistan.slug,
        code="UZ",
        memberships=[{"group": uzbekistan.pk, "role": "member"}],
    )

    assert errors(admin_client.post(address(Actor, "change", uzbekistan.pk), data)) == {
        "memberships-0-group": ["An actor cannot be a member of itself."]
    }


def test_a_bloc_shows_its_members_and_takes_another_one(admin_client, django_assert_num_queries):
    bloc = actor("c5", "bloc")
    first = member(bloc, state("UZ"), since="2015")
    page = address(Actor, "change", bloc.pk)
    members = admin_client.get(page).context["inline_admin_formsets"][1]
    assert [members.has_add_permission, members.has_change_permission, members.has_delete_permission] == [
        True,
        False,
        False,
    ]

    row = {"id": first.pk, "since": "1999"}  # which no form has offered
    new = {"member": state("KZ").pk, "role": "member", "since": "2016"}
    data = actor_form(kind="bloc", slug="c5", names_en="C5", members=[row, new])

    assert admin_client.post(page, data).status_code == 302
    assert list(bloc.members.order_by("id").values_list("member__code", "since")) == [("UZ", "2015"), ("KZ", "2016")]

    with django_assert_num_queries(9):
        admin_client.get(page)
    for number in range(30):
        member(bloc, actor(f"member-{number}"))
    with django_assert_num_queries(9):
        admin_client.get(page)


def their_name(actor: Any) -> None:
    Actor.objects.filter(pk=actor.pk).update(names={"en": "Theirs"})


def test_a_member_whom_somebody_else_removed_stays_removed(admin_client):
    """Of members a form has only the id: what they are can only be looked at there."""
    bloc = actor("c5", "bloc")
    rows = [{"id": member(bloc, state(code), since="2015").pk} for code in ("UZ", "KZ")]
    Membership.objects.filter(pk=rows[0]["id"]).delete()
    new = {"member": state("TJ").pk, "role": "member", "since": "2016"}
    data = actor_form(kind="bloc", slug="c5", names_en="C5", members=[*rows, new])

    assert admin_client.post(address(Actor, "change", bloc.pk), data).status_code == 302
    assert list(bloc.members.order_by("id").values_list("member__code", "since")) == [("KZ", "2015"), ("TJ", "2016")]


def their_membership(actor: Any) -> None:
    actor.memberships.update(role="chancellor")


def their_new_membership(actor: Any) -> None:
    member(state("KZ"), actor)


def their_successor(actor: Any) -> None:
    actor.successors.add(state("KZ"))


@pytest.mark.parametrize("change", [their_name, their_membership, their_new_membership, their_successor])
def test_an_actor_that_somebody_else_saved_is_not_overwritten_unasked(admin_client, change):
    person = actor("person")
    row = member(state("UZ"), person, role="president")
    page = address(Actor, "change", person.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    membership = {"id": row.pk, "group": row.group_id, "role": "minister"}
    mine = actor_form(slug="person", names_en="Mine", opened=opened, memberships=[membership])
    change(person)

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format("actor")]}
    row.refresh_from_db()
    assert row.role != "minister"
    form = response.context["adminform"].form
    assert (form["names"].value()[0], form["opened"].value() != opened) == ("Mine", True)
    assert response.context["inline_admin_formsets"][0].formset.forms[0]["role"].value() == "minister"

    assert admin_client.post(page, mine | {"opened": form["opened"].value()}).status_code == 302
    row.refresh_from_db()
    person.refresh_from_db()
    assert (person.names, row.role) == ({"en": "Mine"}, "minister")


def test_a_new_member_of_a_bloc_refuses_nobody(admin_client):
    bloc = actor("c5", "bloc")
    page = address(Actor, "change", bloc.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    member(bloc, state("UZ"))

    mine = actor_form(kind="bloc", slug="c5", names_en="Mine", opened=opened)
    assert admin_client.post(page, mine).status_code == 302


@pytest.mark.parametrize(("model", "make"), [(EventType, event_type), (Topic, topic)])
def test_a_branch_that_somebody_else_saved_is_not_overwritten_unasked(admin_client, model, make):
    entry = make("entry")
    page = address(model, "change", entry.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    mine = {"slug": "entry", "names_en": "Mine", "opened": opened}
    model.objects.update(names={"en": "Theirs"})

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format(model._meta.verbose_name)]}
    assert model.objects.get().names == {"en": "Theirs"}
    opened = response.context["adminform"].form["opened"].value()
    assert admin_client.post(page, mine | {"opened": opened}).status_code == 302
    assert model.objects.get().names == {"en": "Mine"}


@pytest.mark.parametrize("model", MODELS)
def test_a_form_has_the_script_that_keeps_what_is_typed(admin_client, model):
    assert "events/guard.js" in admin_client.get(address(model, "add")).text
    assert "events/guard.js" not in admin_client.get(address(model, "changelist")).text


def test_who_may_only_look_sees_every_form(client, django_user_model):
    """Without a form, `opened` is a field that no record has."""
    user = django_user_model.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    for row in one_of_each().values():
        assert client.get(address(type(row), "change", row.pk)).status_code == 200


@pytest.mark.parametrize(("model", "make"), [(EventType, event_type), (Topic, topic)])
def test_branches(admin_client, model, make):
    above = make("above")
    assert admin_client.post(
        address(model, "add"), {"slug": "below", "names_de": "Unten", "parent": above.pk}
    ).status_code == (302)
    below = model.objects.get(slug="below")
    assert (below.names, below.parent) == ({"de": "Unten"}, above)

    wrong = {"slug": "Above!", "names_en": " ", "parent": below.pk}
    assert errors(admin_client.post(address(model, "change", above.pk), wrong)) == {
        "slug": [SLUG],
        "names": REQUIRED,
        "parent": ["This stands below the entry itself: choose one that does not."],
    }
    above.refresh_from_db()
    assert (above.slug, above.parent) == ("above", None)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (EventText, {"language": "de", "title": "Gespräche", "summary": ""}),
        (Participation, {"actor": "KZ", "role": "visitor", "name_as_printed": "Kasachstan"}),
        (Source, {"url": "https://example.org/new", "title": "New", "language": "de"}),
        (Relation, {"kind": "follows", "target": "before"}),
        (Figure, {"labels_en": "Exports", "value": "1,5", "unit": "t"}),
    ],
)
def test_a_part_by_itself(admin_client, talks, model, values):
    """Added, changed and deleted by itself, a part of an event leaves a mark on the event, with which it stays."""
    choices = {"KZ": state("KZ").pk, "before": draft("before").pk}
    values = {key: choices.get(value, value) for key, value in values.items()}
    old = Event.objects.filter(pk=talks.pk)
    seen = talks.updated_at

    def edited() -> bool:
        nonlocal seen
        before, seen = seen, old.get().updated_at
        return seen > before

    assert admin_client.post(address(model, "add"), values | {"event": talks.pk}).status_code == 302
    part = model.objects.filter(event=talks).latest("id")
    assert edited()

    other = draft("other")
    assert admin_client.post(address(model, "change", part.pk), values | {"event": other.pk}).status_code == 302
    part.refresh_from_db()
    assert part.event == talks
    assert edited()

    assert admin_client.post(address(model, "delete", part.pk), {"post": "yes"}).status_code == 302
    assert not model.objects.filter(pk=part.pk).exists()
    assert edited()


MINE_AND_THEIRS: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    (EventText, {"language": "en", "title": "Mine"}, {"title": "Theirs"}),
    (Figure, {"labels_en": "Exports", "value": "1", "unit": "Mine"}, {"unit": "Theirs"}),
    (Membership, {"member": "UZ", "group": "c5", "role": "Mine", "since": "2015"}, {"role": "Theirs"}),
    (Participation, {"actor": "UZ", "role": "host", "name_as_printed": "Mine"}, {"name_as_printed": "Theirs"}),
    (Relation, {"kind": "amends", "target": "before"}, {"kind": "suspends"}),
    (Source, {"url": "https://example.org/x", "title": "Mine"}, {"title": "Theirs"}),
]


@pytest.mark.parametrize(("model", "mine", "theirs"), MINE_AND_THEIRS)
def test_a_single_part_that_somebody_else_saved_is_not_overwritten_unasked(admin_client, model, mine, theirs):
    part = one_of_each()[model]
    choices = {
        "UZ": state("UZ").pk,
        "c5": actor("c5", "bloc").pk,
        "before": Event.objects.get(slug="before").pk,
    }
    mine = {key: choices.get(value, value) for key, value in mine.items()}
    page = address(model, "change", part.pk)
    mine["opened"] = admin_client.get(page).context["adminform"].form["opened"].value()
    model.objects.filter(pk=part.pk).update(**theirs)

    response = admin_client.post(page, mine)

    assert errors(response) == {"": [SOMEBODY.format(model._meta.verbose_name)]}
    assert model.objects.filter(pk=part.pk, **theirs).exists()
    mine["opened"] = response.context["adminform"].form["opened"].value()
    assert admin_client.post(page, mine).status_code == 302
    assert not model.objects.filter(pk=part.pk, **theirs).exists()


def test_a_single_part_that_nobody_changed_leaves_no_mark(admin_client, talks):
    part = talks.participations.get()
    page = address(Participation, "change", part.pk)
    opened = admin_client.get(page).context["adminform"].form["opened"].value()
    unchanged = {"actor": part.actor_id, "role": part.role, "opened": opened}

    assert admin_client.post(page, unchanged).status_code == 302
    assert Event.objects.get().updated_at == talks.updated_at
    assert admin_client.post(page, unchanged | {"role": "visitor"}).status_code == 302
    assert Event.objects.get().updated_at > talks.updated_at


def test_deleting_parts_in_the_list_leaves_a_mark(admin_client, talks):
    ids = list(Participation.objects.values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}

    assert admin_client.post(address(Participation, "changelist"), data).status_code == 302
    assert not Participation.objects.exists()
    assert Event.objects.get().updated_at > talks.updated_at


def test_a_membership_by_itself(admin_client):
    member_id, group_id = state("UZ").pk, actor("c5", "bloc").pk
    data = {"member": member_id, "group": group_id, "role": "member", "since": "2015", "until": ""}
    assert admin_client.post(address(Membership, "add"), data).status_code == 302
    assert Membership.objects.values_list("member", "group", "since").get() == (member_id, group_id, "2015")

    again = admin_client.post(address(Membership, "add"), data)
    assert errors(again) == {"": ["Membership with this Member, Group, Role and Since already exists."]}


def test_searching_for_a_code_finds_the_state_first(admin_client):
    for slug in ("australia", "austria", "russia"):
        actor(slug, "state")
    state("US")
    field = {"app_label": "events", "model_name": "participation", "field_name": "actor"}

    found = admin_client.get(reverse("admin:autocomplete"), {**field, "term": "us"}).json()["results"]

    assert [entry["text"] for entry in found] == [
        "United States (US)",
        "Australia (state)",
        "Austria (state)",
        "Russia (state)",
    ]


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
    ],
)
def test_events_are_searched(admin_client, query, found):
    draft("talks", "2025", "UZ", place_name="Samarkand")
    draft("before", "2024", external_id="x:1")

    response = admin_client.get(address(Event, "changelist"), {"q": query})

    assert [event.slug for event in response.context["cl"].result_list] == found
