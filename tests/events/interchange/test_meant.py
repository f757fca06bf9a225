"""What is offered for a name that leads nowhere."""

import pytest

from events.interchange import meant, references
from events.interchange.meant import actors_meant, branch_meant, branches_called
from events.models import Actor, EventType, Topic

from .samples import EARLIER, KZ, MEETING, PERSON, SUMMIT, TRADE, US, imported, refusals

pytestmark = pytest.mark.django_db

NONE = "expected the code or slug of one that is there, or that stands earlier in the file."


@pytest.fixture
def actors():
    def actor(slug, code, alpha3, *aliases, **names):
        return Actor.objects.create(
            slug=slug, kind="state" if code else "person", code=code, alpha3=alpha3, aliases=aliases, names=names
        )

    actor("uzbekistan", "UZ", "UZB", "Republic of Uzbekistan", en="Uzbekistan", de="Usbekistan")
    actor("georgia", "GE", "GEO", en="Georgia")
    actor("georgia-atlanta", None, "", en="Georgia")
    actor("giorgi", None, "", en="Giorgi")


@pytest.mark.usefixtures("actors")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Uzbekistan", "UZ (Uzbekistan)"),
        ("USBEKISTAN", "UZ (Uzbekistan)"),
        ("republic of uzbekistan", "UZ (Uzbekistan)"),
        ("uz", "UZ (Uzbekistan)"),
        ("UZB", "UZ (Uzbekistan)"),
        (" Uzbekistan ", "UZ (Uzbekistan)"),
        ("uzbekistn", "UZ (Uzbekistan)"),
        ("Uzbekistahn", "UZ (Uzbekistan)"),
        ("Georgia", "GE (Georgia) or georgia-atlanta (Georgia)"),
        ("georgi", "GE (Georgia)"),
        ("girgi", "giorgi (Giorgi)"),
    ],
)
def test_actors_are_meant_by_what_they_are_called_else_by_what_is_spelt_nearly_so(name, expected):
    assert actors_meant([name]) == {name: expected}


@pytest.mark.usefixtures("actors")
@pytest.mark.parametrize("name", ["", " ", "—", "u", "US", "zbekistan", "uzb-ministry"])
def test_nobody_is_meant_by_what_is_not_near(name):
    assert actors_meant([name]) == {}


@pytest.mark.usefixtures("actors")
def test_a_batch_takes_three_queries_and_looks_at_the_first_misspelt_ones(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(meant, "MOST", 1)

    with django_assert_num_queries(3):
        found = actors_meant(["uzbekistn", "GEO", "georgi"])
    assert found == {"GEO": "GE (Georgia)", "georgi": "GE (Georgia)"}


def test_many_of_one_name_are_not_listed():
    for number in range(4):
        Actor.objects.create(slug=f"body-{number}", kind="body", names={"en": "B"}, aliases=["Foreign Office"])

    assert actors_meant(["foreign office"]) == {}


def test_the_first_unknown_topics_of_a_batch_are_explained_by_one_query(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(references, "MOST", 2)
    Topic.objects.create(slug="trade", names={"en": "Trade"})
    found = references.References({})

    with django_assert_num_queries(1):
        for name in ("trades", "tradex", "trades", "tradey"):
            found.branch(Topic, {}, name, "topics[0]")

    assert [problem.message.partition(".")[2] for problem in found.problems] == [" Did you mean trade?"] * 3 + [""]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("gipfeltreffen", "summit"), ("sumit", "summit"), ("summits", "summit"), ("summary", ""), ("x", "")],
)
def test_a_branch_is_meant_by_a_name_or_slug(name, expected):
    EventType.objects.create(slug="summit", names={"en": "Summit", "de": "Gipfeltreffen"})
    Topic.objects.create(slug="summary", names={"en": "Summary"})

    assert branch_meant(branches_called(EventType), name) == expected


def test_refusals_and_links_that_are_left_out_say_it():
    imported(MEETING, TRADE, US, KZ)

    assert refusals({**SUMMIT, "parent": "meting"}) == [
        "1: parent: there is no “meting”: expected the slug of one that is there or stands before this. "
        "Did you mean meeting?"
    ]
    imported({**SUMMIT, "parent": "meeting"})
    assert refusals({**SUMMIT, "parent": "sumit"}) == [
        "1: parent: there is no “sumit”: expected the slug of one that is there or stands before this."
    ]
    assert refusals({**EARLIER, "type": "Meeting", "topics": ["Trade", "Rare earths"]}) == [
        "1: type: there is no type “Meeting”: expected the slug of one that is there. Did you mean meeting?",
        "1: topics[0]: there is no topic “Trade”: expected the slug of one that is there. Did you mean trade?",
        "1: topics[1]: there is no topic “Rare earths”: expected the slug of one that is there.",
    ]
    assert refusals({**SUMMIT, "slug": "State visit", "parent": "Meeting"}) == [
        "1: slug: “State visit” is malformed: expected the form such as state-visit."
    ]
    assert refusals({**SUMMIT, "slug": "state-visit", "parent": "Meeting"}) == [
        "1: parent: there is no “Meeting”: expected the slug of one that is there or stands before this. "
        "Did you mean meeting?"
    ]
    event = {**EARLIER, "type": "treffn", "topics": ["trades"], "place": {"country": "Kazakhstan"}}
    assert refusals(event) == [
        "1: type: there is no type “treffn”: expected the slug of one that is there. Did you mean meeting?",
        "1: topics[0]: there is no topic “trades”: expected the slug of one that is there. Did you mean trade?",
        f"1: place.country: there is no actor “Kazakhstan”: {NONE} Did you mean KZ (Kazakhstan)?",
    ]
    (result,) = imported({**PERSON, "memberships": [{"group": "usa", "role": "envoy"}]})
    assert list(map(str, result.unlinked)) == [
        "memberships[0].group: there is no actor “usa”, in the file or the database. The rest is imported. "
        "Did you mean US (United States)?"
    ]
