"""What a browser sends to the forms of the admin, and what these say of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from events.guarding import fingerprint
from events.models import Actor, Event, EventText, EventType, Figure, Membership, Participation, Relation, Source, Topic
from tests.builders import actor, draft, event_type, member, state, topic

EVENT_PARTS = ("texts", "participations", "sources", "relations", "figures")
ACTOR_PARTS = ("memberships", "members")
MODELS = [Actor, Event, EventText, EventType, Figure, Membership, Participation, Relation, Source, Topic]
MONTH_13 = "“2026-13-01” is not a date: there is no month 13: expected 01–12, a season 21–24 or XX (character 6)."
SLUG = "Use lower-case letters a–z, digits and single hyphens, such as c5-1-leaders-summit-2025."
REQUIRED = ["This field is required."]
SOMEBODY = (
    "This {} was saved after you had opened it here. What you entered is still here: compare it in another tab. Saving "
    "again replaces what was changed by what stands here."
)


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


def actor_form(**values: Any) -> dict[str, Any]:
    return posted(ACTOR_PARTS, {"kind": "person", "slug": "new", "names_en": "New"} | values)


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


def saved_again(admin_client: Any, event: Event, mine: dict[str, Any]) -> None:
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
