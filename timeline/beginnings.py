"""Words that may begin with some letters, for a search that knows stems only.

A stem is a word without its endings ("meet" of "meeting"). Letters that reach into an ending ("meeti") begin none. So
they are completed by every ending that they may have begun; the stems of what comes out are those wanted. What is no
word at all ("meetity") has a stem that no document has, or one that begins with the letters anyway.
"""

from __future__ import annotations

ENDINGS = {
    "english": (
        "able", "ables", "ably", "al", "ally", "als", "ance", "ances", "ant", "ants", "ation", "ational",
        "ations", "ative", "atively", "atives", "ator", "ators", "ed", "ence", "ences", "ent", "ential",
        "ently", "ents", "er", "ers", "es", "ful", "fully", "fulness", "ible", "ibly", "ic", "ical", "ically",
        "icity", "ied", "ier", "ies", "iest", "ily", "iness", "ing", "ings", "ion", "ional", "ionally",
        "ions", "ise", "ised", "ising", "ism", "isms", "ist", "istic", "istically", "ists", "ities", "ity",
        "ive", "ively", "ives", "ivity", "ization", "ize", "ized", "izes", "izing", "less", "ly", "ment",
        "ments", "ness", "ous", "ously", "ousness", "s", "ship", "y",
    ),
    "german": (
        "e", "em", "en", "end", "ende", "enden", "ender", "endes", "er", "erin", "erinnen", "ern", "es",
        "est", "heit", "heiten", "ig", "ige", "igem", "igen", "iger", "iges", "ik", "in", "innen", "isch",
        "ische", "ischem", "ischen", "ischer", "isches", "keit", "keiten", "lich", "liche", "lichem",
        "lichen", "licher", "liches", "n", "nis", "nisse", "nissen", "s", "st", "t", "te", "tem", "ten",
        "ter", "tes", "ung", "ungen",
    ),
}  # fmt: skip
"""What PostgreSQL's stemmers take off, by configuration."""

DOUBLED = ("ed", "er", "ing", "ings")
"""English endings before which a letter may have been doubled: "stopped"."""

SHORTEST = 2
"""Letters that a stem has."""


def completions(beginning: str, configuration: str) -> list[str]:
    """The words, for a stemmer, that may have a stem shorter than their `beginning`, which is one of them."""
    found = {beginning: None}
    for ending in ENDINGS.get(configuration, ()):
        for begun in range(1, min(len(ending), len(beginning) - SHORTEST) + 1):
            if beginning.endswith(ending[:begun]):
                found[beginning + ending[begun:]] = None
    if configuration == "english" and len(beginning) > SHORTEST and beginning[-1] == beginning[-2]:
        found |= dict.fromkeys(beginning + ending for ending in DOUBLED)
    return list(found)
