"""What is the same record as when its form was opened. What the forms do with it is in test_admin.py."""

import pytest

from events.guarding import GuardedForm, fingerprint
from events.models import Actor, Topic
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


class TopicForm(GuardedForm):
    class Meta:
        model = Topic
        fields = ["slug", "names"]


def test_what_is_deleted_while_a_form_waits_for_its_lock_stays_in_the_form():
    entry = topic("trade")
    data = {"slug": "trade", "names_en": "Mine", "opened": fingerprint(entry)}
    form = TopicForm(data, instance=Topic.objects.get())
    Topic.objects.all().delete()

    assert form.errors == {
        "__all__": [
            "Somebody else deleted this topic after you had opened it. What you entered is still here. Saving again "
            "makes it anew."
        ]
    }
    assert (form["names"].value(), form["opened"].value()) == (["Mine", None], "")
