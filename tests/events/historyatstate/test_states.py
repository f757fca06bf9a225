"""Which state a row means."""

import pytest

from events.historyatstate.states import code_of, contradiction, in_a_sentence
from events.loading import DATA, read_records

SLUGS = {state["slug"]: state["code"] for state in read_records(DATA / "states.json")}


@pytest.mark.parametrize(
    ("state_id", "printed", "day", "code"),
    [
        ("turkey", "Turkey", "2020-11-16", "TR"),
        ("turkiye", "Türkiye", "2023-02-19", "TR"),
        ("czech-republic", "Czech Republic", "2016-03-31", "CZ"),
        ("czechia", "Czechia", "2019-03-06", "CZ"),
        ("swaziland", "Swaziland", "1968-09-18", "SZ"),
        ("eswatini", "Eswatini", "2022-12-13", "SZ"),
        ("macedonia", "Macedonia", "2004-03-28", "MK"),
        ("north-macedonia", "North Macedonia", "2024-07-10", "MK"),
        ("samoa", "Western Samoa", "1987-06-22", "WS"),
        ("somoa", "Somoa", "2022-09-28", "WS"),
        ("china", "China, People’s Republic of", "1972-02-21", "CN"),
        ("china", "China", "2018-10-08", "CN"),
        ("china", "China, Republic of", "1945-04-26", "CN"),
        ("china", "China, Republic of", "1949-10-01", "TW"),
        ("taiwan", "Republic of China", "1969-08-01", "TW"),
        ("taiwan", "China, Republic of", "1970-10-24", "TW"),
        ("russia", "U.S.S.R.", "1961-06-03", "SUHH"),
        ("russia", "U.S.S.R.", "1992-01-27", "SUHH"),
        ("russia", "Russia", "1992-01-31", "RU"),
        ("germany", "Germany, Federal Republic of", "1953-02-05", "DE"),
        ("germany", "Germany", "1945-07-16", "DE"),
        ("german-democratic-republic", "German Democratic Republic", "1989-12-12", "DDDE"),
        ("yugoslavia", "Yugoslavia", "1963-10-17", "YUCS"),
        ("serbia", "Serbia and Montenegro", "2003-04-02", "CSXX"),
        ("serbia", "Serbia", "2020-09-04", "RS"),
        ("kosovo", "Yugoslavia (Kosovo)", "2001-07-24", "YUCS"),
        ("kosovo", "Kosovo", "2008-07-17", "XK"),
        ("czechoslovakia", "Czechoslovakia", "1990-02-06", "CSHH"),
        ("netherlands-antilles", "Netherlands Antilles", "1970-02-22", "ANHH"),
        ("burma", "Burma", "1955-02-26", "BUMM"),
        ("burma", "Burma", "2012-11-19", "MM"),
        ("congo-democratic-republic", "Democratic Republic of the Congo (Zaire)", "1960-07-27", "CD"),
        ("congo-democratic-republic", "Democratic Republic of the Congo (Zaire)", "1973-10-10", "ZRCD"),
        ("congo-democratic-republic", "Democratic Republic of the Congo (Zaire)", "1997-12-11", "CD"),
        ("congo-kinshasa", "Congo, Democratic Republic of", "2014-05-03", "CD"),
        ("benin", "Dahomey (Benin)", "1969-03-05", "DYBJ"),
        ("zimbabwe", "Zimbabwe Rhodesia", "1979-07-09", "RHZW"),
        ("zimbabwe", "Zimbabwe", "1980-08-21", "ZW"),
        ("korea", "Korea, South", "2017-06-29", "KR"),
        ("korea", "Korea", "1905-01-01", None),
        ("hawaii", "Hawaii", "1881-09-28", None),
        ("atlantis", "Atlantis", "1881-09-28", None),
    ],
)
def test_code(state_id, printed, day, code):
    assert code_of(state_id, printed, day, SLUGS) == code


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("Germany, Federal Republic of", "the Federal Republic of Germany"),
        ("Macedonia, Former Yugoslav Republic of", "the Former Yugoslav Republic of Macedonia"),
        ("Korea, North", "North Korea"),
        ("United Kingdom (Wales)", "United Kingdom (Wales)"),
    ],
)
def test_a_name_in_a_sentence(printed, said):
    assert in_a_sentence(printed) == said


def test_a_name_that_was_no_more_is_noted():
    assert contradiction("SUHH", "U.S.S.R.", "1991-12-15") == ""
    assert contradiction("SUHH", "U.S.S.R.", "1992-01-27") == (
        "prints “U.S.S.R.” (SUHH) on 1992-01-27, which had ended by 1991-12-26; taken as printed."
    )
