"""Persons out of names as printed."""

import pytest

from events.historyatstate.persons import known_persons
from events.historyatstate.visitors import Visitors, visit_by
from tests.builders import actor, member, state


@pytest.mark.parametrize(
    ("printed", "name", "office"),
    [
        ("Prime Minister Tony Blair", "Tony Blair", "prime minister"),
        ("President-elect Calderon Guardia", "Calderon Guardia", "president-elect"),
        ("Acting Prime Minister Sirik Matak", "Sirik Matak", "acting prime minister"),
        ("Chairman of the Presidency Bakir Izetbegovic", "Bakir Izetbegovic", "chairman of the presidency"),
        ("President Charles de Gaulle", "Charles de Gaulle", "president"),
        ("King Hussein", "King Hussein", "king"),
        ("Queen Elizabeth II", "Queen Elizabeth II", "queen"),
        ("President Surangel Whipps, Jr.", "Surangel Whipps, Jr.", "president"),
        ("President of the Council of Ministers Hussain Mohammad Ershad", "Hussain Mohammad Ershad",
         "president of the council of ministers"),
    ],
)  # fmt: skip
def test_a_title_and_a_name(printed, name, office):
    visit = visit_by(printed, "GB", "2001-02-23", "2001-02-24")

    assert visit is not None
    assert (visit.name, visit.office) == (name, office)


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "Tony Blair",
        "Prime Minister",
        "Prime MinisterTony Blair",
        "King Abdullah and Crown Prince Hussein",
        "Premier & Prince Sihanouk",
        "Premier and Prince Sihanouk",
        "King and Queen of Thailand",
        "Chairman of the Board Ann Other",
        "President the Younger",
        "President Anwar Sadat, Prime Minister Mustafa Khalil",
    ],
)
def test_anything_else_is_nobody(printed):
    assert visit_by(printed, "GB", "2001-02-23", "2001-02-24") is None


def settled(*entries):
    found = [visit for entry in entries if (visit := visit_by(*entry))]
    visitors = Visitors(known_persons())
    visitors.find(found)
    return visitors, [visit.slug for visit in found]


KARAMANLIS = (
    ("Prime Minister Konstandinos Karamanlis", "GR", "1961-04-17", "1961-04-20"),
    ("Prime Minister Konstandinos Karamanlis", "GR", "2004-05-20", "2004-05-21"),
)
"""Two of one name."""


def visits(*entries):
    visitors, slugs = settled(*entries)
    return slugs, visitors.records


@pytest.mark.django_db
def test_offices_are_held_as_long_as_visits_attest():
    slugs, records = visits(
        ("Prime Minister Suleiman Demirel", "TR", "1969-03-31", "1969-04-01"),
        ("President Süleyman Demirel", "TR", "1996-03-29", "1996-03-30"),
        ("President Suleiman Demirel", "TR", "1986-05-01", "1986-05-02"),
        ("Prime Minister Suleiman Demirel", "TR", "1976-07-01", "1976-07-02"),
    )

    # Another spelling is another person: that they are one is for an editor to say.
    assert slugs == ["suleiman-demirel-tr", "suleyman-demirel-tr", "suleiman-demirel-tr", "suleiman-demirel-tr"]
    assert records[0]["memberships"] == [
        {"group": "TR", "role": "prime minister", "since": "1969-03-31", "until": "1976-07-02"},
        {"group": "TR", "role": "president", "since": "1986-05-01", "until": "1986-05-02"},
    ]


@pytest.mark.django_db
def test_twenty_years_apart_are_two_persons_and_so_are_two_states():
    slugs, _ = visits(
        *KARAMANLIS,
        ("Prime Minister Konstandinos Karamanlis", "CY", "1961-04-17", "1961-04-20"),
    )

    assert slugs == [
        "konstandinos-karamanlis-gr", "konstandinos-karamanlis-gr-2004", "konstandinos-karamanlis-cy",
    ]  # fmt: skip


@pytest.mark.django_db
def test_who_is_here_under_that_name_and_of_that_state_at_the_time_is_that_actor():
    xi = actor("xi-jinping", aliases=["Xi Jinping"])
    member(state("CN"), xi, since="2013-03-14", role="president")

    slugs, records = visits(
        ("President Xi Jinping", "CN", "2015-09-24", "2015-09-26"),
        ("Vice President Xi Jinping", "CN", "2012-02-14", "2012-02-14"),
        ("President Xi Jinping", "KR", "2015-09-24", "2015-09-26"),
    )
    # As Vice President, he was no actor of that name known here; but the visits are one person's.
    assert slugs == ["xi-jinping", "xi-jinping", "xi-jinping-kr"]
    assert [record["slug"] for record in records] == ["xi-jinping-kr"]


NETANYAHU = "Prime Minister Binyamin Netanyahu", "IL"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "whose"),
    [
        ("2017-03-05", "binyamin-netanyahu-il-2023"),
        ("2012-03-05", "binyamin-netanyahu-il-2023"),
        ("2010-03-05", "binyamin-netanyahu-il"),
    ],
)
def test_a_visit_between_two_actors_who_may_be_one_person_is_of_the_nearest_and_said(day, whose):
    israel = state("IL")
    for year, since, until in (("", "1996-07-09", "1998-01-20"), ("-2023", "2023-09-20", "2023-09-21")):
        known = actor(f"binyamin-netanyahu-il{year}", names={"en": "Binyamin Netanyahu"})
        member(israel, known, since=since, until=until, role="prime minister")
    there = [("1996-07-09", "1996-07-10"), ("1998-01-20", "1998-01-20"), ("2023-09-20", "2023-09-21")]

    visitors, slugs = settled(*[(*NETANYAHU, *days) for days in [*there, (day, day)]])
    assert slugs == [*["binyamin-netanyahu-il"] * 2, "binyamin-netanyahu-il-2023", whose]
    assert [(visit.first, sentence) for visit, sentence in visitors.notices] == [
        (
            day,
            "“Binyamin Netanyahu” of IL may be one person, and is here as binyamin-netanyahu-il and "
            "binyamin-netanyahu-il-2023; visits that are of none of them yet are of the one with the nearest visit.",
        )
    ]


@pytest.mark.django_db
def test_a_visit_before_those_of_a_person_who_is_here_is_by_the_same():
    israel = state("IL")
    for year, since, until in (("", "1996-07-09", "1998-01-20"), ("-2023", "2023-09-20", "2023-09-21")):
        known = actor(f"binyamin-netanyahu-il{year}", names={"en": "Binyamin Netanyahu"})
        member(israel, known, since=since, until=until, role="prime minister")

    # Twenty years after the first one.
    days = [("1998-01-20", "1998-01-20"), ("2018-03-05", "2018-03-05"), ("2023-09-20", "2023-09-21")]
    visitors, slugs = settled(*[(*NETANYAHU, *some) for some in days])
    assert slugs == ["binyamin-netanyahu-il", *["binyamin-netanyahu-il-2023"] * 2]
    assert [(record["slug"], record["memberships"][0]["since"]) for record in visitors.records] == [
        ("binyamin-netanyahu-il", "1998-01-20"), ("binyamin-netanyahu-il-2023", "2018-03-05"),
    ]  # fmt: skip
    assert visitors.notices == []


@pytest.mark.django_db
def test_two_actors_who_are_known_by_all_visits_are_no_news():
    greece = state("GR")
    for slug, since, until in (("andreas", "1985-01-01", "1990"), ("george", "1991", "1995")):
        member(greece, actor(slug, aliases=["Papandreou"]), since=since, until=until)

    visitors, slugs = settled(
        ("Prime Minister Papandreou", "GR", "1986-01-01", "1986-01-01"),
        ("Prime Minister Papandreou", "GR", "1993-01-01", "1993-01-01"),
    )
    assert (slugs, visitors.notices) == (["andreas", "george"], [])


@pytest.mark.django_db
def test_a_later_visit_is_of_the_actor_whose_slug_an_editor_changed():
    member(state("TW"), actor("chen-cheng", aliases=["Ch’en"]), since="1961-07-31", until="1961-07-31")

    slugs, records = visits(
        ("Prime Minister Ch’en", "TW", "1961-07-31", "1961-07-31"),
        ("Prime Minister Ch’en", "TW", "1962-08-01", "1962-08-01"),
    )
    assert (slugs, records) == (["chen-cheng", "chen-cheng"], [])


@pytest.mark.django_db
def test_who_came_long_before_and_becomes_known_later_is_somebody_else():
    later = actor("konstandinos-karamanlis-gr", names={"en": "Konstandinos Karamanlis"})
    member(state("GR"), later, since="2004-05-20", until="2004-05-21", role="prime minister")

    slugs, records = visits(*KARAMANLIS)
    assert slugs == ["konstandinos-karamanlis-gr-1961", "konstandinos-karamanlis-gr"]
    assert [(record["slug"], record["memberships"][0]["since"]) for record in records] == [
        ("konstandinos-karamanlis-gr-1961", "1961-04-17"), ("konstandinos-karamanlis-gr", "2004-05-20"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_who_an_editor_made_one_is_one_record():
    both = actor("konstandinos-karamanlis-gr", names={"en": "Konstandinos Karamanlis"})
    member(state("GR"), both, since="1955", until="2009", role="prime minister")

    slugs, records = visits(*KARAMANLIS)
    assert slugs == ["konstandinos-karamanlis-gr"] * 2
    assert [record["slug"] for record in records] == ["konstandinos-karamanlis-gr"]


@pytest.mark.django_db
def test_who_was_imported_stays_the_visitor_beside_somebody_else_of_that_name():
    china = state("CN")
    imported = actor("xi-jinping-cn", names={"en": "Xi Jinping"})
    member(china, imported, since="2012-02-14", until="2012-02-14", role="vice president")
    member(china, actor("xi-jinping"), since="2010", until="2016", role="president")

    assert visits(
        ("Vice President Xi Jinping", "CN", "2012-02-14", "2012-02-14"),
        ("President Xi Jinping", "CN", "2012-02-14", "2012-02-14"),
        ("President Xi Jinping", "CN", "2015-09-24", "2015-09-26"),
    )[0] == ["xi-jinping-cn", "xi-jinping", "xi-jinping"]
