"""Which state a row of the data means.

A row has an id, `russia`, and a name as printed, `U.S.S.R.`. Most ids are slugs of states here. Beyond that
- a printed name that is a former state's means that state, whatever the id;
- some ids mean a former state up to a day, though the name is printed as ever;
- the Republic of China is the state `china` until October 1949, and Taiwan from then on.
What this does not know stays unknown: it is never guessed.
"""

from __future__ import annotations

CODES = {
    "antigua-barbuda": "AG",
    "bosnia-herzegovina": "BA",
    "burma": "MM",
    "congo-democratic-republic": "CD",
    "congo-kinshasa": "CD",
    "congo-republic": "CG",
    "czech-republic": "CZ",
    "german-democratic-republic": "DDDE",
    "holy-see": "VA",
    "korea-north": "KP",
    "korea-south": "KR",
    "macedonia": "MK",
    "palestinian-authority": "PS",
    "saint-kitts-nevis": "KN",
    "saint-vincent-grenadines": "VC",
    "somoa": "WS",  # a slip of the data set
    "swaziland": "SZ",
    "turkiye": "TR",
    "west-bank": "PS",
}
"""Ids that are not the slug of the state here."""

PRINTED = {
    ("benin", "Dahomey (Benin)"): "DYBJ",
    ("burkina-faso", "Upper Volta"): "HVBF",
    ("burkina-faso", "Upper Volta (Burkina Faso)"): "HVBF",
    ("korea", "Korea, South"): "KR",
    ("kosovo", "Serbia-Montenegro (Kosovo)"): "YUCS",  # 1999: the Federal Republic of Yugoslavia
    ("kosovo", "Yugoslavia (Kosovo)"): "YUCS",
    ("russia", "U.S.S.R."): "SUHH",
    ("serbia", "Serbia and Montenegro"): "CSXX",
    ("zimbabwe", "Southern Rhodesia (Zimbabwe)"): "RHZW",
    ("zimbabwe", "Zimbabwe Rhodesia"): "RHZW",
}
"""Printed names that say more than the id."""

FORMER = {
    "burma": [("BUMM", "0001-01-01", "1989-06-17")],  # renamed on 18 June 1989
    "congo-democratic-republic": [("ZRCD", "1971-10-27", "1997-05-16")],  # was called Zaire between these days
}
"""Ids that mean a former state between two days, both included."""

REPUBLIC_OF_CHINA = {"China, Republic of", "Republic of China"}
PEOPLES_REPUBLIC = "1949-10-01"

ENDED = {"SUHH": "1991-12-26", "CSHH": "1993-01-01", "YUCS": "2003-02-04", "DDDE": "1990-10-03"}
"""The first day on which these were no more."""


def code_of(state_id: str, printed: str, day: str, slugs: dict[str, str]) -> str | None:
    """The code of the state; None if it is not known. `slugs` has the codes of the states here by their slugs."""
    if (state_id, printed) in PRINTED:
        return PRINTED[state_id, printed]
    if printed in REPUBLIC_OF_CHINA:
        return "CN" if day < PEOPLES_REPUBLIC else "TW"
    for code, first, last in FORMER.get(state_id, ()):
        if first <= day <= last:
            return code
    # `burma` is here the slug of the former state alone.
    return CODES.get(state_id) or slugs.get(state_id)


def in_own_words(state_id: str, printed: str, day: str) -> str:
    """The state as far as the data itself tells it, whatever the states here are called: a code, else the id."""
    return code_of(state_id, printed, day, {}) or state_id


def in_a_sentence(printed: str) -> str:
    """A name as it stands in a sentence: the data turns some round, as an index does (“Germany, Federal Republic
    of”)."""
    name, _, before = printed.partition(", ")
    article = "the " if before.endswith(" of") else ""
    return f"{article}{before} {name}" if before else printed


def contradiction(code: str, printed: str, day: str) -> str:
    """A sentence where the data set prints the name of a state that was no more, else nothing."""
    if code in ENDED and day >= ENDED[code]:
        return f"prints “{printed}” ({code}) on {day}, which had ended by {ENDED[code]}; taken as printed."
    return ""
