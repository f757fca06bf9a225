"""When the database refuses a part that repeats another one."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Deferrable, UniqueConstraint

from events.models import Event, EventText, Source
from events.unique_at_last import unique_at_last
from tests.builders import draft

pytestmark = pytest.mark.django_db

BOTH = {"en": "Talks", "de": "Gespräche"}


def exchange(first: EventText, second: EventText) -> None:
    first.language, second.language = second.language, first.language
    first.save()
    second.save()


def test_rows_exchange_what_only_one_of_them_can_have():
    event = draft("talks", titles=BOTH)

    with unique_at_last([EventText, Source]):
        exchange(*event.texts.all())

    assert list(event.texts.values_list("language", "title")) == [("de", "Talks"), ("en", "Gespräche")]


def test_what_is_there_twice_in_the_end_is_refused():
    event = draft("talks", titles=BOTH)

    with pytest.raises(IntegrityError, match='"event_text_once_a_language"'), unique_at_last([EventText]):
        event.texts.update(language="de")
    assert list(event.texts.values_list("language", flat=True)) == ["en", "de"]


@pytest.mark.parametrize("before", [(), ([EventText],), ([Source], [Event])])
def test_elsewhere_a_row_is_refused_as_it_is_written(before):
    event = draft("talks", titles=BOTH)
    for models in before:
        with unique_at_last(models):
            pass

    with pytest.raises(IntegrityError, match='"event_text_once_a_language"'), transaction.atomic():
        exchange(*event.texts.all())


def test_it_is_so_too_after_one_that_failed():
    event = draft("talks", titles=BOTH)
    with pytest.raises(ZeroDivisionError), unique_at_last([EventText]):
        raise ZeroDivisionError

    with pytest.raises(IntegrityError, match='"event_text_once_a_language"'), transaction.atomic():
        exchange(*event.texts.all())


def test_links_are_still_checked_at_the_end_of_the_transaction():
    with unique_at_last([EventText]):
        pass

    EventText.objects.create(event_id=0, language="en", title="Of none")  # no error yet
    EventText.objects.all().delete()
    connection.check_constraints()


def test_every_part_that_is_there_once_can_be_exchanged():
    """Each that has several of itself in one form."""
    kinds = {
        constraint.name: constraint.deferrable
        for model in apps.get_app_config("events").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint)
    }
    assert kinds == dict.fromkeys(
        ["event_text_once_a_language", "membership_once", "participation_once", "relation_once", "source_once"],
        Deferrable.IMMEDIATE,
    )
