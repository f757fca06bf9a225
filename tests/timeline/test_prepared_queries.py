"""Queries that are built once and asked with other values."""

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BooleanField, CharField, Q

from events.models import Actor
from tests.builders import actor, state
from timeline.prepared_queries import PreparedQuery, Slot

pytestmark = pytest.mark.django_db

BY_SLUG = Slot("slug", CharField())


def test_the_same_text_is_asked_with_other_values(django_assert_num_queries):
    actor("here"), actor("there")
    found = Actor.objects.filter(slug=BY_SLUG, kind="person").values_list("slug", "kind")
    prepared = PreparedQuery.from_queryset(found)

    with django_assert_num_queries(3):
        assert prepared.rows({"slug": "here"}) == [("here", "person")]
        assert prepared.rows({"slug": "there"}) == [("there", "person")]
        assert prepared.rows({"slug": "it's %s"}) == []


def test_a_slot_can_hold_what_is_made_of_a_value():
    state("US"), state("CN")
    slugs = Slot("codes", ArrayField(CharField()), lambda codes: [code.upper() for code in codes])
    prepared = PreparedQuery.from_queryset(Actor.objects.filter(code__in=[slugs]).values_list("code"))
    assert [param.fill({"codes": ["us"]}) for param in prepared.params] == [["US"]]


def test_a_query_can_have_other_parameters_between_its_slots():
    actor("here"), state("US")
    found = Actor.objects.filter(Q(slug=BY_SLUG) | Q(code="US")).order_by("pk").values_list("slug", flat=False)
    assert PreparedQuery.from_queryset(found).rows({"slug": "here"}) == [("here",), ("united-states",)]


def test_one_plan_is_prepared_once_for_a_connection():
    def plans():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%only_here%"])
            return cursor.fetchone()[0]

    asked = Actor.objects.annotate(only_here=Slot("yes", BooleanField())).filter(slug=BY_SLUG).values_list("only_here")
    prepared = PreparedQuery.from_queryset(asked)
    before = plans()
    for slug in ("here", "there"):
        prepared.rows({"yes": True, "slug": slug})
    assert plans() == before + 1
