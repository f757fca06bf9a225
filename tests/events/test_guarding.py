"""What is the same record as when its form was opened. What the forms do with it is in test_admin.py."""

import pytest

from events.guarding import fingerprint
from events.models import Actor
from tests.builders import actor, draft, member, state, topic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        lambda person: Actor.objects.filter(pk=person.pk).update(qid="Q1"),
        lambda person: person.successors.add(state("KZ")),
        lambda person: person.memberships.update(role="minister"),
        lambda person: person.memberships.all().delete(),
        lambda person: member(state("KZ"), person),
    ],
)
def test_whatever_changes_gives_another_fingerprint(change):
    person = actor("person", aliases=["Ä"])
    member(state("UZ"), person, since="2016")
    before = fingerprint(Actor.objects.get(pk=person.pk), ["memberships"])
    assert fingerprint(Actor.objects.get(pk=person.pk), ["memberships"]) == before

    change(person)

    assert fingerprint(Actor.objects.get(pk=person.pk), ["memberships"]) != before


def test_the_order_of_links_says_nothing():
    event = draft("talks", topics=("trade", "energy"))
    before = fingerprint(event)
    event.topics.clear()
    event.topics.add(topic("energy"))
    assert fingerprint(event) != before

    event.topics.add(topic("trade"))
    assert fingerprint(event) == before
