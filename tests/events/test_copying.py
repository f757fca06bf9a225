"""Rows in bulk."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from events.copying import copy_objects, copy_rows, new_ids, update_rows
from events.models import Actor, Membership, Topic

pytestmark = pytest.mark.django_db


def test_rows_with_ids_that_nothing_else_gets():
    ids = new_ids(Topic, 2)
    copy_rows(
        Topic, ["id", "slug", "names"], [[ids[0], "trade", '{"en": "Trade\\t\\"x\\""}'], [ids[1], "tea", '{"en": "T"}']]
    )

    other = Topic.objects.create(slug="other", names={"en": "Other"})
    assert list(Topic.objects.order_by("pk").values_list("pk", "slug")) == [
        (ids[0], "trade"), (ids[1], "tea"), (other.pk, "other"),
    ]  # fmt: skip
    assert Topic.objects.get(slug="trade").names == {"en": 'Trade\t"x"'}
    assert ids[0] < ids[1]


def test_objects_get_ids_of_the_database():
    copy_objects([Topic(slug="trade", names={"en": "Trade"}), Topic(slug="tea", names={"en": "Tea"})])

    assert list(Topic.objects.order_by("pk").values_list("slug", "names")) == [
        ("trade", {"en": "Trade"}), ("tea", {"en": "Tea"}),
    ]  # fmt: skip


def test_fields_set_what_they_set_when_an_object_is_saved():
    group, member = (Actor.objects.create(slug=slug, kind="body", names={"en": slug}) for slug in ("group", "member"))
    terms = [("2015", "202X"), ("2031-05", "")]
    copy_objects([Membership(group=group, member=member, role="m", since=one, until=other) for one, other in terms])

    assert list(Membership.objects.order_by("pk").values_list("since", "until", "since_min", "until_max")) == [
        ("2015", "202X", date(2015, 1, 1), date(2029, 12, 31)), ("2031-05", "", date(2031, 5, 1), None),
    ]  # fmt: skip


def test_rows_are_changed_in_one_statement(django_assert_num_queries):
    one, two, three = (Topic.objects.create(slug=slug, names={"en": slug}) for slug in ("one", "two", "three"))
    columns = ["slug", "names", "parent_id"]

    with django_assert_num_queries(1):
        update_rows(
            Topic, columns, [[one.pk, "uno", '{"it": "100%s"}', None], [two.pk, "due", '{"it": "2"}', three.pk]]
        )
    with django_assert_num_queries(1):
        update_rows(Topic, ["parent_id"], [[two.pk, None]])

    assert list(Topic.objects.order_by("pk").values_list(*columns)) == [
        ("uno", {"it": "100%s"}, None), ("due", {"it": "2"}, None), ("three", {"en": "three"}, None),
    ]  # fmt: skip


def test_nothing_is_nothing():
    copy_rows(Topic, ["slug"], [])
    update_rows(Topic, ["slug"], [])
    copy_objects([])

    assert (new_ids(Topic, 0), Topic.objects.count()) == ([], 0)


def test_errors_are_those_of_django():
    with pytest.raises(IntegrityError, match="topic_named"), transaction.atomic():
        copy_rows(Topic, ["slug", "names"], [["trade", "{}"]])
    with pytest.raises(IntegrityError, match="actor_kind"), transaction.atomic():
        copy_rows(
            Actor,
            ["slug", "kind", "names", "aliases", "alpha3"],
            [["somebody", "ghost", '{"en": "Somebody"}', [], ""]],
        )


def test_lists_arrive_as_they_were():
    aliases = ['a "quoted" name', "back\\slash", "comma, and {braces}", "NULL", "", "tab\tand\nline"]
    copy_objects([Actor(slug="somebody", kind="person", names={"en": "S"}, aliases=aliases)])
    copy_objects([Actor(slug="nobody", kind="person", names={"en": "N"}, aliases=[])])

    assert list(Actor.objects.order_by("pk").values_list("slug", "aliases")) == [("somebody", aliases), ("nobody", [])]
