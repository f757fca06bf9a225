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


def test_what_is_no_summit():
    for text in ("Attended funeral of President Kennedy.", "Met with the President at a summit.", ""):
        assert found(*[(code, "1963-11-24", "1963-11-25", text) for code in ("FR", "DE", "GB")]) == []
    assert found(*[(code, "2016-03-31", "2016-04-01", NUCLEAR) for code in ("FR", "DE")]) == []
