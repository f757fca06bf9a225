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
        "President Anwar Sadat, Prime Minister Mustafa Khalil",
    ],
)
def test_anything_else_is_nobody(printed):
    assert visit_by(printed, "GB", "2001-02-23", "2001-02-24") is None


def visits(*entries):
    found = [visit for entry in entries if (visit := visit_by(*entry))]
    visitors = Visitors(known_persons())
    visitors.find(found)
    return [visit.slug for visit in found], visitors.records


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
        ("Prime Minister Konstandinos Karamanlis", "GR", "1961-04-17", "1961-04-20"),
        ("Prime Minister Konstandinos Karamanlis", "GR", "2004-05-20", "2004-05-21"),
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
    assert slugs == ["xi-jinping", "xi-jinping-cn", "xi-jinping-kr"]
    assert [record["slug"] for record in records] == ["xi-jinping-cn", "xi-jinping-kr"]


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
