"""The figures of an event, and which sources they may have."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from events.models import Event, Figure, Source
from tests.events.admin.forms import address, errors, event_form, form_of, saved_again

pytestmark = pytest.mark.django_db


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


DELETED_ALONE = {
    "sources": ["A figure still has a source that is to be deleted."],
    "sources-0": ["The figure “Exports” has this source: choose another one for it, or delete the figure too."],
}


@pytest.mark.parametrize("saved", [True, False])
def test_a_source_that_a_figure_has_is_not_deleted_alone(admin_client, talks, saved):
    source = talks.sources.get()
    rows = [
        {"id": source.pk, "url": source.url, "title": source.title, "DELETE": "on"},
        {"url": "https://example.org/new", "title": "New"},
    ]
    row = {"labels_de": "Exports", "value": "1", "unit": "t", "source": source.pk}
    if saved:
        row["id"] = Figure.objects.create(event=talks, labels={"en": "Exports"}, value=1, unit="t", source=source).pk
    page = address(Event, "change", talks.pk)

    response = admin_client.post(page, form_of(talks, sources=rows, figures=[row]))

    assert errors(response) == DELETED_ALONE
    assert response.text.count(DELETED_ALONE["sources-0"][0]) == 1
    assert list(Source.objects.all()) == [source]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"source": "https://example.org/new"}, ["https://example.org/new"]),
        ({"source": ""}, [None]),
        ({"DELETE": "on"}, []),
    ],
)
def test_a_source_is_deleted_whose_figure_gets_another_one_or_goes_too(admin_client, talks, change, left):
    source = talks.sources.get()
    figure = Figure.objects.create(event=talks, labels={"en": "Exports"}, value=1, unit="t", source=source)
    rows = [
        {"id": source.pk, "url": source.url, "title": source.title, "DELETE": "on"},
        {"url": "https://example.org/new", "title": "New"},
    ]
    row = {"id": figure.pk, "labels_en": "Exports", "value": "1", "unit": "t", "source": source.pk} | change
    page = address(Event, "change", talks.pk)

    assert admin_client.post(page, form_of(talks, sources=rows, figures=[row])).status_code == 302
    assert list(Figure.objects.values_list("source__url", flat=True)) == left
    assert list(Source.objects.values_list("title", flat=True)) == ["New"]


def test_a_source_of_figures_that_the_form_does_not_have_is_not_deleted(admin_client, talks):
    """Somebody else entered them meanwhile, or they are not to be seen by who saves."""
    source = talks.sources.get()
    row = {"id": source.pk, "url": source.url, "title": source.title, "DELETE": "on"}
    for label in ("Exports", "Imports"):
        Figure.objects.create(event=talks, labels={"en": label}, value=1, unit="t", source=source)

    response = admin_client.post(address(Event, "change", talks.pk), form_of(talks, sources=[row]))

    assert errors(response)["sources-0"] == [
        "The figures “Exports”, “Imports” have this source: choose another one for them, or delete the figures too."
    ]
    assert talks.sources.get() == source


def test_a_source_that_a_figure_has_is_not_deleted_by_itself(admin_client, talks):
    source = talks.sources.get()
    other = Source.objects.create(event=talks, url="https://example.org/other", title="Other")
    Figure.objects.create(event=talks, labels={"en": "Exports"}, value=1, unit="t", source=source)
    said = "The figure “Exports” has the source “Source”: choose another one for it, or delete the figure first."
    chosen = {"action": "delete_selected", "_selected_action": [source.pk, other.pk], "post": "yes"}

    for page, sent in (
        (address(Source, "delete", source.pk), {"post": "yes"}),
        (address(Source, "changelist"), chosen),
    ):
        response = admin_client.post(page, sent)
        assert list(response.context["protected"]) == [said], page
        assert said in response.text
    assert list(talks.sources.order_by("pk")) == [source, other]

    assert admin_client.post(address(Source, "delete", other.pk), {"post": "yes"}).status_code == 302
    assert talks.sources.get() == source


def test_a_source_without_figures_is_deleted(admin_client, talks):
    source = talks.sources.get()
    row = {"id": source.pk, "url": source.url, "title": source.title, "DELETE": "on"}

    assert admin_client.post(address(Event, "change", talks.pk), form_of(talks, sources=[row])).status_code == 302
    assert not Source.objects.exists()


def test_a_figure_takes_a_source_that_somebody_else_has_entered_too(admin_client, talks):
    new = {"url": "https://example.org/both", "title": "Mine"}
    rows = [{"id": row.pk, "url": row.url, "title": row.title} for row in talks.sources.all()] + [new]
    figure = {"labels_en": "Exports", "value": "1", "unit": "t", "source": new["url"]}
    mine = form_of(talks, sources=rows, figures=[figure])
    theirs = Source.objects.create(event=talks, url=new["url"], title="Theirs")
    Event.objects.update(updated_at=talks.updated_at + timedelta(minutes=1))

    saved_again(admin_client, talks, mine)

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

    saved_again(client, talks, mine)

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

    saved_again(admin_client, talks, mine)

    figure.refresh_from_db()
    assert figure.value == 2
    assert figure.source == Source.objects.get(url=rows[0]["url"])
    assert talks.sources.count() == 2
