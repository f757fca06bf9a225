"""Which rows are one summit."""

import datetime

from events.historyatstate.summits import Guest, summits


def guests(*rows):
    return [
        Guest(
            f"has-visits:{number}", state, datetime.date.fromisoformat(first), datetime.date.fromisoformat(last), text
        )
        for number, (state, first, last, text) in enumerate(rows)
    ]


def found(*rows):
    made = summits(guests(*rows))
    return [(summit.external_id, summit.title, [guest.state for guest in summit.guests]) for summit in made]


NUCLEAR = "Attended the Nuclear Security Summit."


def test_same_words_and_dates_that_overlap():
    assert found(
        ("FR", "2016-03-31", "2016-04-01", NUCLEAR),
        ("DE", "2016-03-30", "2016-03-31", "Attended the Nuclear Security summit"),
        ("GB", "2016-04-02", "2016-04-02", NUCLEAR),
        ("IT", "2016-04-04", "2016-04-04", NUCLEAR),
        ("FR", "2010-04-12", "2010-04-13", NUCLEAR),
        ("DE", "2010-04-12", "2010-04-13", NUCLEAR),
        ("GB", "2010-04-12", "2010-04-13", NUCLEAR),
    ) == [
        ("has-summits:2010-04-12-nuclear-security-summit", "Nuclear Security Summit", ["FR", "DE", "GB"]),
        ("has-summits:2016-03-30-nuclear-security-summit", "Nuclear Security Summit", ["DE", "FR", "GB"]),
    ]  # fmt: skip


def test_a_point_within_a_word_does_not_end_the_title():
    africa = "Attended the U.S.-Africa Leaders Summit. Met with the President."
    rows = [(code, "2014-08-05", "2014-08-06", africa) for code in ("AO", "BJ", "KE")]

    assert found(*rows) == [
        ("has-summits:2014-08-05-us-africa-leaders-summit", "U.S.-Africa Leaders Summit", ["AO", "BJ", "KE"])
    ]


def test_what_else_a_guest_did_is_no_part_of_the_title():
    nato = "Attended NATO’s 50th Anniversary Summit"
    others = (" and discussed the Caucasus situation", ", and also met with President Clinton", " and discussed")
    rows = [(code, "1999-04-23", "1999-04-25", f"{nato}.") for code in ("FR", "DE", "GB")]
    rows += [(f"X{n}", "1999-04-23", "1999-04-26", f"{nato}{other}.") for n, other in enumerate(others)]

    assert found(*rows) == [
        (
            "has-summits:1999-04-23-natos-50th-anniversary-summit",
            "NATO’s 50th Anniversary Summit",
            ["FR", "DE", "GB", "X0", "X1", "X2"],
        )
    ]


def test_a_title_may_have_an_and_in_it():
    text = "Attended the Asia-Pacific Economic and Cooperation Summit at Honolulu and Kapolei, Hawaii."
    rows = [(code, "2011-11-10", "2011-11-13", text) for code in ("AU", "CA", "CL")]

    assert [title for _, title, _ in found(*rows)] == [text.removeprefix("Attended the ").removesuffix(".")]


def test_what_is_no_summit():
    for text in (
        "Attended funeral of President Kennedy.",
        "Attended the funeral of President Kennedy and met with the President at a summit.",
        "Met with the President at a summit.",
        "",
    ):
        assert found(*[(code, "1963-11-24", "1963-11-25", text) for code in ("FR", "DE", "GB")]) == []
    assert found(*[(code, "2016-03-31", "2016-04-01", NUCLEAR) for code in ("FR", "DE")]) == []
