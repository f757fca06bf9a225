"""What a page says of the relations of its event, and of those of others to it."""

from __future__ import annotations

import re

import pytest
from pytest_django.asserts import assertNumQueries

from tests.assertions import slugs
from tests.builders import draft, published
from timeline.pages import relations
from timeline.publishing import publish, withdraw

pytestmark = pytest.mark.django_db


def relations_of(client, address: str) -> list[str]:
    """What a page lists as related, without markup."""
    return _entries(r'<section aria-labelledby="relations">.*?</section>', "li", client.get(address).text)


def effective(client, address: str) -> list[str]:
    """What it says of when a measure is effective."""
    return _entries(r"<dt>(?:Effective|Wirksam)</dt>.*?(?=<dt>|</dl>)", "dd", client.get(address).text)


def _entries(part: str, tag: str, text: str) -> list[str]:
    found = re.search(part, text, flags=re.DOTALL)
    entries = re.findall(f"<{tag}>(.*?)</{tag}>", found[0], flags=re.DOTALL) if found else []
    return [re.sub("<[^>]*>", "", entry) for entry in entries]


def test_a_measure_says_what_suspended_and_withdrew_it(client):
    titles = {"en": "The rule", "de": "Die Regel"}
    rule = published("rule", "2024-09", effective="2024-10-01/..", titles=titles)
    published("end", "2026-01-05", relations=(("withdraws", rule),), titles={"en": "The end"})
    pause = {"en": "The pause", "de": "Die Pause"}
    published("pause", "2025-11-01", effective="2025-11-10/2026-11-10", relations=(("suspends", rule),), titles=pause)
    published("answer", "2024-11", relations=(("responds_to", rule),))
    draft("hidden", relations=(("withdraws", rule),))

    assert effective(client, "/events/rule/") == [
        "since 1 October 2024",
        "Suspended by: The pause (10 November 2025 – 10 November 2026)",
        "Withdrawn by: The end (5 January 2026)",
    ]
    assert relations_of(client, "/events/rule/") == ["Answered by: Title of answer"]
    assert effective(client, "/events/rule/?lang=de") == [
        "seit 1. Oktober 2024",
        "Ausgesetzt durch: Die Pause (10. November 2025 – 10. November 2026)",
        "Aufgehoben durch: The end (5. Januar 2026)",
    ]
    assert 'href="/events/pause/?lang=de"' in client.get("/events/rule/?lang=de").text
    assert relations_of(client, "/events/end/") == ["Withdraws: The rule"]


def test_titles_in_another_language_are_marked(client):
    """Of what others say of the event: of what it says itself, documents have no language."""
    summit = published("summit", "2024", titles={"en": "Summit", "de": "Gipfel"}, effective="2024/..")
    for kind in ("part_of", "suspends"):
        for language in ("en", "de"):
            titles = {language: f"{kind} {language}"}
            published(
                f"{kind.replace('_', '-')}-{language}",
                "2025",
                relations=((kind, summit),),
                titles=titles,
                effective="2025",
            )

    page = client.get("/events/summit/?lang=de").text

    assert re.findall(r"<bdi[^>]*>(?:part_of|suspends) ..</bdi>", page) == [
        '<bdi lang="en">suspends en</bdi>',
        '<bdi lang="de">suspends de</bdi>',
        '<bdi lang="en">part_of en</bdi>',
        '<bdi lang="de">part_of de</bdi>',
    ]


def test_they_are_those_of_the_state_that_is_shown(client):
    rule = published("rule", "2024", effective="2024-10-01/..")
    end = published("end", "2025", relations=(("withdraws", rule),))
    withdraw([end])

    assert [len(effective(client, f"/events/rule/{state}")) for state in ("?as_of=1", "?as_of=2", "?as_of=3", "")] == [
        1, 2, 1, 1,
    ]  # fmt: skip
    assert 'href="/events/end/?as_of=2"' in client.get("/events/rule/?as_of=2").text


def test_what_says_no_day_in_force_lists_all_among_the_relations(client):
    talks = published("talks", "2024", titles={"en": "Talks"})
    published("pause", "2025", relations=(("suspends", talks),))

    assert (effective(client, "/events/talks/"), relations_of(client, "/events/talks/")) == (
        [],
        ["Suspended by: Title of pause"],
    )


def test_what_says_on_no_day_to_be_effective_suspends_nothing(client):
    """As a filter by what is in force has it; what withdraws does so from its date on."""
    rule = published("rule", "2024", effective="2024-10-01/..")
    published("announced", "2025-11-06", relations=(("suspends", rule),))
    published("end", "2026-01-05", relations=(("withdraws", rule),))

    assert slugs(client, "in_force_on=2025-11-06") == ["rule"]
    assert effective(client, "/events/rule/") == ["since 1 October 2024", "Withdrawn by: Title of end (5 January 2026)"]
    assert relations_of(client, "/events/rule/") == ["Suspended by: Title of announced"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_parts_of_a_summit_stand_in_the_order_of_their_dates(client, number):
    series = published("series", "2020")
    summit = published("summit", "2024", relations=(("part_of", series),))
    publish(draft(f"part-{n}", f"2024-0{4 - n}", relations=(("part_of", summit),)) for n in range(number))

    with assertNumQueries(3):
        found = relations_of(client, "/events/summit/")
    parts = [f"Has as a part: Title of part-{n}" for n in reversed(range(number))]
    assert found == ["Part of: Title of series", *parts]


def test_of_very_many_it_says_that_there_are_more(client, monkeypatch):
    monkeypatch.setattr(relations, "MOST", 2)
    summit = published("summit", "2024")
    for n in (1, 2):
        published(f"part-{n}", f"2024-0{n}", relations=(("part_of", summit),))
    first_two = ["Has as a part: Title of part-1", "Has as a part: Title of part-2"]

    assert relations_of(client, "/events/summit/") == first_two
    published("part-3", "2024-03", relations=(("part_of", summit),))
    assert relations_of(client, "/events/summit/") == [*first_two, "and more"]
