"""The states, blocs and vocabulary that come with the project, read straight from the files."""

import json
import re
from datetime import date
from itertools import combinations

import pytest

from events.dates import parse
from events.loading import DATA


def codes(text):
    return set(text.split())


# ISO 3166-1 alpha-2, as of 2025: 249.
ISO_3166_1 = codes("""
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
    TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """)
# ISO 3166-3: 31.
FORMER = codes("""
    AIDJ ANHH BQAQ BUMM BYAA CSHH CSXX CTKI DDDE DYBJ FQHH FXFR GEHH HVBF JTUM MIUM NHVU NQAQ NTHH PCHH PUUM PZPA RHZW
    SKIN SUHH TPTL VDVN WKUM YDYE YUCS ZRCD
    """)
EU = codes("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
G7 = codes("CA DE FR GB IT JP US")
NATO = codes("""
    AL BE BG CA CZ DE DK EE ES FI FR GB GR HR HU IS IT LT LU LV ME MK NL NO PL PT RO SE SI SK TR US
    """)

STATES = json.loads((DATA / "states.json").read_text(encoding="utf-8"))
GROUPS = json.loads((DATA / "groups.json").read_text(encoding="utf-8"))
VOCABULARY = json.loads((DATA / "vocabulary.json").read_text(encoding="utf-8"))
CURATED_ACTORS = json.loads((DATA / "curated" / "actors.json").read_text(encoding="utf-8"))
ACTORS = [*STATES, *GROUPS, *CURATED_ACTORS]

MEMBERS = {group["slug"]: group.get("members", []) for group in GROUPS}


def members(group, day):
    """The members on `day`; of "2010-12" and "2015" any day counts. ISO dates compare as texts."""
    return {
        link["member"]
        for link in MEMBERS[group]
        if link.get("since", "") <= day and day[: len(link.get("until", day))] <= link.get("until", day)
    }


def values(key, records=ACTORS):
    return [record[key] for record in records if key in record]


def test_states_are_those_of_iso_3166_and_kosovo():
    assert (len(ISO_3166_1), len(FORMER)) == (249, 31)
    assert set(values("code", STATES)) == {*ISO_3166_1, "XK", *FORMER}
    assert len(STATES) == 249 + 1 + 31
    assert values("code", GROUPS) == ["EU"]


def test_identifiers_are_unique_and_well_formed():
    for key, pattern in {"slug": r"[a-z0-9]+(-[a-z0-9]+)*", "code": r"[A-Z]{2}|[A-Z]{4}", "qid": r"Q[1-9]\d*"}.items():
        found = values(key)
        assert [value for value in found if not re.fullmatch(pattern, value)] == []
        assert sorted(set(found)) == sorted(found)


def test_alpha_3_codes():
    """Kosovo has none; a former state may have had that of a present one (ATF)."""
    present = values("alpha3", [state for state in STATES if len(state["code"]) == 2])

    assert sorted(set(present)) == sorted(present)
    assert [code for code in values("alpha3") if not re.fullmatch(r"[A-Z]{3}", code)] == []
    assert [state["code"] for state in STATES if "alpha3" not in state] == ["XK"]


def test_former_states_and_only_these_name_successors_that_exist():
    assert {state["code"] for state in STATES if state.get("successors")} == FORMER
    assert [
        (state["code"], code)
        for state in STATES
        for code in state.get("successors", [])
        if code not in values("code", STATES) or code == state["code"]
    ] == []
    # Every successor leads to states of today: Yugoslavia by way of Serbia and Montenegro.
    successors = {state["code"]: set(state.get("successors", [])) for state in STATES}
    assert successors["YUCS"] & FORMER == {"CSXX"}
    assert {code for former in FORMER - {"YUCS"} for code in successors[former] & FORMER} == set()


@pytest.mark.parametrize("records", [STATES, GROUPS, CURATED_ACTORS, VOCABULARY["types"], VOCABULARY["topics"]])
def test_every_name_is_there_in_english_and_german(records):
    assert [record["slug"] for record in records if not (record["names"].get("en") and record["names"].get("de"))] == []


@pytest.mark.parametrize("tree", ["types", "topics"])
def test_parents_stand_before_their_children(tree):
    slugs = values("slug", VOCABULARY[tree])

    assert sorted(set(slugs)) == sorted(slugs)
    assert [
        node["slug"]
        for at, node in enumerate(VOCABULARY[tree])
        if "parent" in node and node["parent"] not in slugs[:at]
    ] == []


@pytest.mark.parametrize(
    ("group", "day", "expected"),
    [
        ("c5-1", "2025-11-06", {"KG", "KZ", "TJ", "TM", "US", "UZ"}),
        ("c5-1", "2014-12-31", set()),
        ("european-union", "2025-11-06", EU),
        ("european-union", "2020-02-01", EU),
        ("european-union", "2020-01-31", EU | {"GB"}),
        ("european-union", "2013-06-30", EU - {"HR"} | {"GB"}),
        ("european-union", "2004-04-30", codes("AT BE DE DK ES FI FR GB GR IE IT LU NL PT SE")),
        ("g7", "2025-06-17", G7),
        ("g7", "1975-11-15", G7 - {"CA"}),
        ("g8", "2014-03-24", G7 | {"RU"}),
        ("g8", "2014-03-25", set()),
        ("nato", "2024-07-09", NATO),
        ("nato", "2024-03-06", NATO - {"SE"}),
        ("nato", "2023-04-03", NATO - {"SE", "FI"}),
        ("nato", "1949-04-04", {"BE", "CA", "DK", "FR", "GB", "IS", "IT", "LU", "NL", "NO", "PT", "US"}),
        ("brics", "2023-08-22", {"BR", "CN", "IN", "RU", "ZA"}),
        ("brics", "2024-10-22", {"BR", "CN", "IN", "RU", "ZA", "AE", "EG", "ET", "IR"}),
        ("brics", "2025-11-06", {"BR", "CN", "IN", "RU", "ZA", "AE", "EG", "ET", "IR", "ID"}),
        ("un-security-council-permanent-members", "1970-01-01", {"FR", "GB", "US", "SUHH", "TW"}),
        ("un-security-council-permanent-members", "1980-01-01", {"FR", "GB", "US", "SUHH", "CN"}),
        ("un-security-council-permanent-members", "2025-11-06", {"FR", "GB", "US", "RU", "CN"}),
    ],
)
def test_members_on_a_day(group, day, expected):
    assert members(group, day) == expected


@pytest.mark.parametrize(
    ("group", "size"), [("european-union", 27), ("nato", 32), ("brics", 10), ("g20", 21), ("osce", 57), ("asean", 11)]
)
def test_members_today(group, size):
    assert len(members(group, "2025-11-06")) == size


def test_members_exist():
    known = {*values("code"), *values("slug")}

    assert [link for links in MEMBERS.values() for link in links if link["member"] not in known] == []
    assert [
        link for actor in CURATED_ACTORS for link in actor.get("memberships", []) if link["group"] not in known
    ] == []


def test_no_membership_overlaps_another_of_the_same_member():
    """In the same group and role. What ends and begins on one day does overlap: that day would count twice."""
    rows = [(group, link["member"], link) for group, links in MEMBERS.items() for link in links]
    rows += [(link["group"], actor["slug"], link) for actor in CURATED_ACTORS for link in actor.get("memberships", [])]

    def days(link):
        since, until = link.get("since"), link.get("until")
        return parse(since).start_min if since else date.min, parse(until).end_max if until else date.max

    def overlap(one, other):
        (begins, ends), (other_begins, other_ends) = days(one), days(other)
        return begins <= other_ends and other_begins <= ends

    assert [
        (one, other)
        for one, other in combinations(rows, 2)
        if one[:2] == other[:2] and one[2]["role"] == other[2]["role"] and overlap(one[2], other[2])
    ] == []
    assert [link for _, _, link in rows if days(link)[0] > days(link)[1]] == []
