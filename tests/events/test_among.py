"""Conditions for many values at once."""

import pytest

from events.among import among
from events.models import Participation, Topic
from tests.builders import draft, topic

pytestmark = pytest.mark.django_db


def test_ids_and_texts():
    tea, oil, gas = topic("tea"), topic("oil"), topic("gas")

    assert list(Topic.objects.filter(among("pk", [tea.pk, gas.pk, 0]))) == [gas, tea]
    assert list(Topic.objects.filter(among("slug", {"oil", 'a"\\,b{}', ""}))) == [oil]
    assert list(Topic.objects.exclude(among("pk", [tea.pk])).filter(among("slug", ["tea", "gas"]))) == [gas]


def test_across_a_relation():
    event = draft("talks", "2025", "US", "CN")
    draft("others", "2025", "US")

    rows = Participation.objects.filter(among("event__slug", ["talks"])).values_list("event_id", "actor__code")
    assert sorted(rows) == [(event.pk, "CN"), (event.pk, "US")]


def test_nothing_is_not_asked_for(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(Topic.objects.filter(among("slug", []))) == []


def test_many_values_are_one_array(django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert list(Topic.objects.filter(among("pk", range(3)))) == []
    assert "= ANY('{0,1,2}'::bigint[])" in queries.captured_queries[0]["sql"]
