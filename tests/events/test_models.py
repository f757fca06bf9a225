"""What the database refuses, whoever writes to it, and what forms say of it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

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
from tests.builders import actor, draft, event_type, state, topic

pytestmark = pytest.mark.django_db

DAY = datetime.date


def an_actor(**values: Any) -> Actor:
    return Actor(**{"slug": "new", "kind": "state", "names": {"en": "New"}, **values})


def an_event(**values: Any) -> Event:
    return Event(**{"slug": "new", "type": event_type(), **values})


def a_membership(**values: Any) -> Membership:
    return Membership(**{"member": state("KZ"), "group": actor("c5", "bloc"), "role": "member", **values})


def a_part(model: Any, **values: Any) -> Any:
    """A valid part of the event `there`, which has one of each already."""
    event = Event.objects.filter(slug="there").first() or draft(
        "there", "2025", "UZ", relations=(("follows", other()),)
    )
    valid: dict[Any, dict[str, Any]] = {
        EventText: {"language": "de", "title": "Titel"},
        Participation: {"actor": state("KZ"), "role": "host"},
        Source: {"url": "https://example.org/new", "title": "New"},
        Relation: {"kind": "amends", "target": other()},
        Figure: {"labels": {"en": "Exports"}, "value": 1, "unit": "t"},
    }
    return model(event=event, **{**valid[model], **values})


def other() -> Event:
    return Event.objects.filter(slug="other").first() or draft("other")


def itself(model: Any) -> Any:
    node = model.objects.create(slug="new", names={"en": "New"})
    node.parent = node
    return node


def twice(make: Any) -> Any:
    make().save()
    return make()


REFUSED = {
    "actor_slug": lambda: an_actor(slug="New"),
    "actor_kind": lambda: an_actor(kind="planet"),
    "actor_code": lambda: an_actor(code="uz"),
    "actor_alpha3": lambda: an_actor(alpha3="UZ"),
    "actor_qid": lambda: an_actor(qid="265"),
    "actor_named": lambda: an_actor(names={}),
    "membership_once": lambda: twice(a_membership),
    "membership_not_of_itself": lambda: a_membership(group=state("KZ")),
    "membership_dates": lambda: a_membership(since="then"),
    "membership_since_before_until": lambda: a_membership(since="2021", until="2020"),
    "eventtype_slug": lambda: EventType(slug="a--b", names={"en": "New"}),
    "eventtype_named": lambda: EventType(slug="new", names={}),
    "eventtype_not_its_own_parent": lambda: itself(EventType),
    "topic_slug": lambda: Topic(slug="", names={"en": "New"}),
    "topic_named": lambda: Topic(slug="new", names={}),
    "topic_not_its_own_parent": lambda: itself(Topic),
    "event_slug": lambda: an_event(slug="new_event"),
    "event_external_id": lambda: an_event(external_id="3593"),
    "event_coordinates": lambda: an_event(latitude=91, longitude=0),
    "event_text_once_a_language": lambda: a_part(EventText, language="en"),
    "event_text_language": lambda: a_part(EventText, language="English"),
    "event_text_title": lambda: a_part(EventText, title=""),
    "participation_once": lambda: a_part(Participation, actor=state("UZ"), role="participant"),
    "participation_role": lambda: a_part(Participation, role="guest"),
    "source_once": lambda: a_part(Source, url="https://example.org/there/0"),
    "source_url": lambda: a_part(Source, url="javascript:alert(1)"),
    "source_title": lambda: a_part(Source, title=""),
    "source_language": lambda: a_part(Source, language="EN"),
    "relation_once": lambda: a_part(Relation, kind="follows"),
    "relation_kind": lambda: a_part(Relation, kind="causes"),
    "figure_labelled": lambda: a_part(Figure, labels={}),
    "figure_unit": lambda: a_part(Figure, unit=""),
}
BY_UPDATE_ONLY = {"event_days"}  # saving derives the days; see test_days_out_of_order_are_refused


@pytest.mark.parametrize("constraint", REFUSED)
def test_the_database_refuses(constraint):
    wrong = REFUSED[constraint]()

    with pytest.raises(IntegrityError, match=f'constraint "{constraint}"'), transaction.atomic():
        wrong.save() if wrong.pk else type(wrong).objects.bulk_create([wrong])


def test_every_constraint_is_tested():
    models = apps.get_app_config("events").get_models()

    assert {constraint.name for model in models for constraint in model._meta.constraints} == {
        *REFUSED,
        *BY_UPDATE_ONLY,
    }


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "person", "code": "UZ"},
        {"kind": "organisation", "code": "EU"},
        {"code": "UZB"},
        {"code": ""},
        {"code": "1Z"},
    ],
)
def test_only_states_and_blocs_have_codes_of_two_or_four_letters(values):
    with pytest.raises(IntegrityError, match='"actor_code"'), transaction.atomic():
        Actor.objects.bulk_create([an_actor(**values)])


@pytest.mark.parametrize("values", [{"code": "SUHH"}, {"kind": "bloc", "code": "EU"}, {"code": None, "qid": None}])
def test_valid_codes_are_accepted(values):
    Actor.objects.bulk_create([an_actor(**values)])

    assert Actor.objects.get().code == values["code"]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (90.1, 0),
        (-90.1, 0),
        (0, 180.1),
        (0, -180.1),
        (1, None),
        (None, 1),
    ],
)
def test_half_a_point_or_one_off_the_globe_is_refused(latitude, longitude):
    with pytest.raises(IntegrityError, match='"event_coordinates"'), transaction.atomic():
        Event.objects.bulk_create([an_event(latitude=latitude, longitude=longitude)])


@pytest.mark.parametrize("slug", ["", "-a", "a-", "a--b", "A", "ä", "a b", "a/b", "a\n", "a."])
def test_slugs_are_words_with_hyphens(slug):
    with pytest.raises(IntegrityError, match='"event_slug"'), transaction.atomic():
        Event.objects.bulk_create([an_event(slug=slug)])


@pytest.mark.parametrize("slug", ["a", "1", "c5-1", "a-b-c"])
def test_good_slugs_are_accepted(slug):
    an_event(slug=slug).full_clean()
    Event.objects.bulk_create([an_event(slug=slug)])

    assert Event.objects.get().slug == slug


@pytest.mark.parametrize("external_id", ["3593", "Has:1", ":1", "has:", "has: 1", "has:a b", ""])
def test_external_ids_have_a_namespace(external_id):
    with pytest.raises(IntegrityError, match='"event_external_id"'), transaction.atomic():
        Event.objects.bulk_create([an_event(external_id=external_id)])


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org", "javascript:alert(1)//http://x"])
def test_sources_have_web_addresses(url):
    with pytest.raises(IntegrityError, match='"source_url"'), transaction.atomic():
        Source.objects.bulk_create([a_part(Source, url=url)])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (lambda: an_actor(slug="a"), lambda: an_actor(slug="a")),
        (lambda: an_actor(slug="a", code="UZ"), lambda: an_actor(slug="b", code="UZ")),
        (lambda: an_actor(slug="a", qid="Q1"), lambda: an_actor(slug="b", qid="Q1")),
        (lambda: an_event(slug="a"), lambda: an_event(slug="a")),
        (lambda: an_event(slug="a", external_id="x:1"), lambda: an_event(slug="b", external_id="x:1")),
        (lambda: EventType(slug="a", names={"en": "A"}), lambda: EventType(slug="a", names={"en": "B"})),
        (lambda: Topic(slug="a", names={"en": "A"}), lambda: Topic(slug="a", names={"en": "B"})),
    ],
)
def test_ids_are_unique(first, second):
    first().save()

    with pytest.raises(IntegrityError, match=r"_(key|uniq)\b"), transaction.atomic():
        second().save()


def test_days_out_of_order_are_refused():
    event = draft("there", "2025-11-06")
    for changes in (
        {"start_min": DAY(2026, 1, 1)},
        {"end_max": DAY(2025, 1, 1)},
        {"start_max": DAY(2026, 1, 1)},
        {"end_min": DAY(2025, 1, 1)},
        {"start_max": None},
        {"start_min": None},
    ):
        with pytest.raises(IntegrityError, match='"event_days"'), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(**changes)


# Derived days


DATES = [
    ("2025-11-06", (DAY(2025, 11, 6),) * 4),
    ("2025-10-XX", (DAY(2025, 10, 1), DAY(2025, 10, 31), DAY(2025, 10, 1), DAY(2025, 10, 31))),
    ("2025-04-04/..", (DAY(2025, 4, 4), DAY(2025, 4, 4), DAY(9999, 12, 31), DAY(9999, 12, 31))),
    ("", (None,) * 4),
    ("last year", (None,) * 4),
    ("2025-13", (None,) * 4),
]


def days() -> tuple[Any, ...]:
    return Event.objects.values_list("start_min", "start_max", "end_min", "end_max").get()


@pytest.mark.parametrize(("date", "expected"), DATES)
def test_saving_derives_the_days(date, expected):
    event = an_event(date="1999")
    event.save()
    event.date = date
    event.save()

    assert (Event.objects.get().date, days()) == (date, expected)


@pytest.mark.parametrize(("date", "expected"), DATES)
def test_creating_in_bulk_derives_the_days(date, expected):
    Event.objects.bulk_create([an_event(date=date)])

    assert (Event.objects.get().date, days()) == (date, expected)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2015", "2016-05", (DAY(2015, 1, 1), DAY(2016, 5, 31))),
        ("201X", "", (DAY(2010, 1, 1), None)),
        ("", "2020~", (None, DAY(2020, 12, 31))),
        ("", "", (None, None)),
        ("2020", "2020", (DAY(2020, 1, 1), DAY(2020, 12, 31))),
    ],
)
def test_memberships_derive_their_days(since, until, expected):
    Membership.objects.bulk_create([a_membership(since=since, until=until)])

    assert Membership.objects.values_list("since_min", "until_max").get() == expected


# What forms say

SLUG = "Use lower-case letters a–z, digits and single hyphens, such as c5-1-leaders-summit-2025."
MONTH_13 = "“2025-13” is not a date: there is no month 13: expected 01–12, a season 21–24 or XX (character 6)."


@pytest.mark.parametrize(
    ("wrong", "messages"),
    [
        (lambda: an_actor(slug="New"), {"slug": [SLUG]}),
        (lambda: an_actor(slug=state("UZ").slug), {"slug": ["Actor with this Slug already exists."]}),
        (lambda: an_actor(code="uz"), {"code": ["Two or four upper-case letters, such as UZ or SUHH."]}),
        (lambda: an_actor(code=state("UZ").code), {"code": ["Actor with this Code already exists."]}),
        (
            lambda: an_actor(kind="person", code="XX"),
            {"__all__": ["Only a state or a bloc has a code, of two or four upper-case letters."]},
        ),
        (lambda: an_actor(alpha3="uzb"), {"alpha3": ["Three upper-case letters, such as UZB."]}),
        (lambda: an_actor(qid="265"), {"qid": ["A Q and a number, such as Q265."]}),
        (
            lambda: an_actor(qid=actor("there", qid="Q1").qid),
            {"qid": ["Actor with this Wikidata id already exists."]},
        ),
        (lambda: an_actor(names={}), {"names": ["This field cannot be blank."]}),
        (lambda: an_actor(names={"xx": "A"}), {"names": ["“xx” is none of the languages en, de."]}),
        (lambda: a_membership(group=state("KZ")), {"__all__": ["An actor cannot be a member of itself."]}),
        (lambda: a_membership(since="2025-13"), {"since": [MONTH_13]}),
        (lambda: a_membership(since="2021", until="2020"), {"__all__": ["“Since” is after “until”."]}),
        (
            lambda: a_membership(until="2020/2021"),
            {"until": ["One date, not an interval: the other end has a field of its own."]},
        ),
        (lambda: an_event(slug="a_b"), {"slug": [SLUG]}),
        (lambda: an_event(date="2025-13"), {"date": [MONTH_13]}),
        (
            lambda: an_event(date="2026/2025"),
            {"date": ["“2026/2025” is not a date: the interval is reversed: 2026 is after 2025 (character 6)."]},
        ),
        (lambda: an_event(effective="2025-13"), {"effective": [MONTH_13]}),
        (
            lambda: an_event(latitude=1),
            {"__all__": ["Give latitude (-90 to 90) and longitude (-180 to 180) together."]},
        ),
        (
            lambda: an_event(latitude=91, longitude=0),
            {"latitude": ["Ensure this value is less than or equal to 90."]},
        ),
        (
            lambda: an_event(latitude=0, longitude=-181),
            {"longitude": ["Ensure this value is greater than or equal to -180."]},
        ),
        (lambda: an_event(external_id="3593"), {"external_id": ["A data set and an id: has-travels:3593."]}),
        (
            lambda: an_event(external_id=draft("there", external_id="x:1").external_id),
            {"external_id": ["Event with this External id already exists."]},
        ),
        (lambda: a_part(EventText, language="en"), {"__all__": ["This event already has a text in this language."]}),
        (lambda: a_part(EventText, language="fr"), {"language": ["Value 'fr' is not a valid choice."]}),
        (
            lambda: a_part(EventText, title="x" * 301),
            {"title": ["Ensure this value has at most 300 characters (it has 301)."]},
        ),
        (
            lambda: a_part(Participation, actor=state("UZ"), role="participant"),
            {"__all__": ["This actor already has this role in this event."]},
        ),
        (lambda: a_part(Participation, role="guest"), {"role": ["Value 'guest' is not a valid choice."]}),
        (
            lambda: a_part(Source, url="https://example.org/there/0"),
            {"__all__": ["This event already has a source with this URL."]},
        ),
        (lambda: a_part(Source, url="example.org"), {"url": ["Enter a valid URL."]}),
        (lambda: a_part(Source, language="EN"), {"language": ["A language code such as en, de or zh-hans."]}),
        (lambda: a_part(Source, claims="2025-13"), {"claims": [MONTH_13]}),
        (lambda: a_part(Relation, kind="follows"), {"__all__": ["This relation is already there."]}),
        (
            lambda: a_part(Relation, target=a_part(EventText).event),
            {"target": ["An event cannot have a relation to itself."]},
        ),
        (
            lambda: a_part(Figure, source=other().sources.get()),
            {"source": ["This source belongs to another event: choose one of this event's."]},
        ),
        (lambda: a_part(Figure, labels={}), {"labels": ["This field cannot be blank."]}),
    ],
)
def test_forms_say(wrong, messages):
    with pytest.raises(ValidationError) as refused:
        wrong().full_clean()
    assert refused.value.message_dict == messages


@pytest.mark.parametrize(("model", "make"), [(EventType, event_type), (Topic, topic)])
def test_trees_have_no_circles(model, make):
    bottom = make("bottom", parent="top")
    top = model.objects.get(slug="top")
    for above in (top, bottom):
        top.parent = above
        with pytest.raises(ValidationError) as refused:
            top.full_clean()
        assert refused.value.message_dict["parent"] == ["This stands below the entry itself: choose one that does not."]
    bottom.full_clean()


def test_paths_lead_from_the_root_down():
    bottom = event_type("summit", parent="meeting")

    assert {pk: [node.slug for node in path] for pk, path in EventType.paths().items()} == {
        bottom.parent_id: ["meeting"],
        bottom.pk: ["meeting", "summit"],
    }


def test_blank_codes_and_ids_are_none():
    first, event = an_actor(slug="first", code="", qid=""), an_event(external_id="")
    first.full_clean()
    event.full_clean()

    assert (first.code, first.qid, event.external_id) == (None, None, None)


def test_things_say_what_they_are():
    event = draft("talks", "2025", (state("UZ"), "host"), relations=(("follows", other()),))

    assert str(state("UZ")) == "Uzbekistan (UZ)"
    assert str(actor("c5", "bloc")) == "C5 (bloc)"
    assert str(a_membership()) == "Kazakhstan (KZ) – member – C5 (bloc)"
    assert str(event) == "talks"
    assert str(event.texts.get()) == "en: Title of talks"
    assert str(event.participations.get()) == "Uzbekistan (UZ) (host)"
    assert str(event.sources.get()) == "Source"
    assert str(event.relations.get()) == "talks follows other"
    assert str(a_part(Figure)) == "Exports"
    assert str(event_type()) == "Meeting"
