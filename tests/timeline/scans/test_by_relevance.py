"""Pages by relevance: the newest ones that fit are ranked, the others follow by date."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event, EventText
from tests.builders import draft, published
from tests.timeline.test_pagination import assert_pages, joined, walk
from timeline.publishing import publish, withdraw
from timeline.scans import by_date, by_relevance, estimates
from timeline.search import queries

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["few", "steps"])
def way(request, monkeypatch):
    """Each way to find the newest ones."""
    monkeypatch.setattr(estimates, "SOON", float("inf") if request.param == "few" else -1)
    monkeypatch.setattr(by_date, "SOON_FOR_EACH", 0)
    monkeypatch.setattr(by_date, "NEAR", 4)
    monkeypatch.setattr(by_date, "BLOCK", 10)


def ids(page):
    return [event["id"] for event in page["results"]]


def entered(events, *participants):
    """Public events, each given by its year and how often its title has the word."""
    made = []
    for year, times in events:
        title = " ".join(["Agreement", *["tungsten"] * times])
        made.append(draft(f"event-{Event.objects.count()}", str(year), *participants, titles={"en": title}))
    publish(made)
    return made


@pytest.mark.usefixtures("way")
@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(2000, 2025), st.integers(0, 3)), min_size=1, max_size=14),
    st.sampled_from([1, 4, 100]),
    st.sampled_from([2, 5]),
    st.booleans(),
)
def test_pages_agree_with_sorting_everything(client, monkeypatch, events, ranked, size, of_china):
    """The more often an event's title has the word, the higher its rank."""
    monkeypatch.setattr(by_relevance, "RANKED", ranked)
    withdraw(Event.objects.all())
    made = entered(events, *["CN"] * of_china)
    known = [(times, year, event.pk, event.slug) for (year, times), event in zip(events, made, strict=True)]
    newest = sorted((one for one in known if one[0]), key=lambda one: one[1:3], reverse=True)
    best = sorted(newest[:ranked], reverse=True)
    wanted = [slug for *_, slug in [*best, *newest[ranked:]]]
    more = "&country=CN" if of_china else ""
    start = f"/api/v1/events/?q=tungsten&ordering=relevance&page_size={size}&fields=id{more}"

    assert_pages(client, start, wanted, size)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(2000, 2025), st.integers(1, 3)), min_size=6, max_size=12),
    st.lists(st.integers(1990, 2030), max_size=6),
    st.sets(st.integers(0, 5)),
    st.sampled_from([2, 4, 100]),
    st.sampled_from([2, 5]),
)
def test_what_is_published_or_withdrawn_between_two_pages_moves_nothing_else(
    client, monkeypatch, events, added, withdrawn, ranked, size
):
    monkeypatch.setattr(by_relevance, "RANKED", ranked)
    withdraw(Event.objects.all())
    made = entered(events)
    start = f"/api/v1/events/?q=tungsten&ordering=relevance&page_size={size}&fields=id"
    first = client.get(start).json()
    second = client.get(first["next"]).json()
    entered((year, number % 3 + 1) for number, year in enumerate(added))
    withdraw([made[number] for number in withdrawn])
    stays = {event.slug for number, event in enumerate(made) if number not in withdrawn}

    seen = [*ids(first), *joined(walk(client, first["next"]))]
    assert {slug: seen.count(slug) for slug in stays} == dict.fromkeys(stays, 1)
    before = [*joined(reversed(walk(client, second["previous"], "previous"))), *ids(second)]
    assert [slug for slug in before if slug in stays] == [slug for slug in (*ids(first), *ids(second)) if slug in stays]


@pytest.mark.parametrize(("edited", "times", "seen"), [(3, 5, [0, 1, 2]), (0, 1, [0, 1, 2, 0, 3])])
def test_what_is_published_again_with_other_words_moves_alone(client, edited, times, seen):
    made = entered([(2025, 4), (2024, 3), (2023, 2), (2022, 1)])
    first = client.get("/api/v1/events/?q=tungsten&ordering=relevance&page_size=2&fields=id").json()
    EventText.objects.filter(event=made[edited]).update(title=" ".join(["Agreement", *["tungsten"] * times]))
    publish([made[edited]])

    assert [*ids(first), *joined(walk(client, first["next"]))] == [made[number].slug for number in seen]


def test_of_very_many_that_came_meanwhile_none_is_left_out(client, monkeypatch):
    monkeypatch.setattr(by_relevance, "RANKED", 2)
    monkeypatch.setattr(by_relevance, "MOST_RANKED", 4)
    for number in range(4):
        published(f"before-{number}", f"200{number}", titles={"en": "Tungsten"})
    first = client.get("/api/v1/events/?q=tungsten&ordering=relevance&page_size=1&fields=id").json()
    for number in range(5):
        published(f"meanwhile-{number}", f"201{number}", titles={"en": "Tungsten"})

    found = [*ids(first), *joined(walk(client, first["next"]))]
    assert {f"before-{number}" for number in range(4)} <= set(found)


def test_a_page_takes_the_version_a_plan_and_two_queries(client, django_assert_num_queries):
    def ask():
        return joined(walk(client, "/api/v1/events/?q=tungsten&ordering=relevance&fields=id"))

    queries("tungsten", "en")  # so that its stems are known
    published("one", titles={"en": "Tungsten"})
    with django_assert_num_queries(4):
        assert ask() == ["one"]
    published("two", titles={"en": "Tungsten"}), published("three", titles={"en": "Tungsten"})
    with django_assert_num_queries(4):
        assert ask() == ["three", "two", "one"]


def test_behind_what_is_ranked_nothing_is_ranked_again(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(by_relevance, "RANKED", 1)
    for year in range(2020, 2025):
        published(f"in-{year}", str(year), titles={"en": "Tungsten"})
    first = client.get("/api/v1/events/?q=tungsten&ordering=relevance&page_size=2&fields=id").json()

    with django_assert_num_queries(4):
        second = client.get(first["next"]).json()

    assert [[event["id"] for event in page["results"]] for page in (first, second)] == [
        ["in-2024", "in-2023"],
        ["in-2022", "in-2021"],
    ]


def test_what_was_not_ranked_can_be_ranked_after_an_edit(client, monkeypatch):
    monkeypatch.setattr(by_relevance, "RANKED", 1)
    for year in (2020, 2021, 2022):
        published(f"in-{year}", str(year), titles={"en": "Tungsten"})
    event = Event.objects.get(slug="in-2020")
    event.date = "2024"
    event.save()
    publish([event])

    found = joined(walk(client, "/api/v1/events/?q=tungsten&ordering=relevance&page_size=1&fields=id"))

    assert found == ["in-2020", "in-2022", "in-2021"]
