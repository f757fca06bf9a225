"""Lists in which a data set and editors have both had a hand."""

import pytest

from events.interchange.following_entries import described, follow_entries


def parts(text):
    """Participants such as `FR host, US visitor as America`, with ids for actors like in a record."""
    found = []
    for part in filter(None, text.split(", ")):
        who, _, printed = part.partition(" as ")
        actor, role = who.split()
        found.append({"actor": actor, "role": role, **({"printed": printed} if printed else {})})
    return found


def entries(text, words=""):
    """With what is remembered of each; `words` are the data set's own, if these are others."""
    own = words.split(", ") if words else [None] * len(parts(text))
    return [(part, described("participants", part, word)) for part, word in zip(parts(text), own, strict=True)]


def remembered(text, words=""):
    return [entry for _, entry in entries(text, words)]


@pytest.mark.parametrize(
    ("before", "there", "said", "becomes", "left"),
    [
        # What the source says again stays as editors have it.
        ("FR host, US visitor", "FR host, US visitor, JP observer", "FR host, US visitor",
         "FR host, US visitor, JP observer", []),
        ("FR host, US visitor", "FR host", "FR host, US visitor", "FR host", []),
        ("FR host, US visitor", "US visitor as America, FR host", "FR host, US visitor",
         "US visitor as America, FR host", []),
        # What it says otherwise changes, in its place, and with it nothing else.
        ("FR host, US visitor", "JP observer, FR host, US visitor", "BE host, US visitor",
         "JP observer, BE host, US visitor", []),
        ("FR host, US visitor", "FR host, JP observer", "FR host as Gaul, US visitor",
         "FR host as Gaul, JP observer", []),
        ("FR host as Gaul", "FR host as Gaul", "FR host", "FR host", []),
        ("FR host, US visitor", "FR host, US visitor", "US visitor, FR host", "FR host, US visitor", []),
        # What is new is added where it stands in the source, as far as that is there.
        ("FR host, US visitor", "FR host, US visitor, JP observer", "FR host, DE participant, US visitor",
         "FR host, DE participant, US visitor, JP observer", []),
        ("US visitor", "JP observer, US visitor", "FR host, US visitor", "JP observer, FR host, US visitor", []),
        ("US visitor", "JP observer", "FR host, US visitor", "JP observer, FR host", []),
        ("", "", "FR host, US visitor", "FR host, US visitor", []),
        ("", "JP observer", "FR host, US visitor", "JP observer, FR host, US visitor", []),
        # What it says no more goes.
        ("FR host, US visitor", "FR host, US visitor, JP observer", "FR host", "FR host, JP observer", []),
        ("FR host, US visitor", "FR host, JP observer", "FR host", "FR host, JP observer", []),
        # Where an editor has changed the same, it stays and is named.
        ("FR host", "FR host as Gallia", "FR host as Gaul", "FR host as Gallia",
         [("FR host as Gaul", "FR host as Gallia")]),
        ("FR host", "", "FR host as Gaul", "", [("FR host as Gaul", "")]),
        ("FR host", "FR host as Gallia", "BE host", "FR host as Gallia", [("BE host", "FR host as Gallia")]),
        ("FR host", "ES host", "BE host", "ES host", [("BE host", "")]),
        ("FR host, US visitor", "FR host, US visitor as America", "FR host", "FR host, US visitor as America",
         [("", "US visitor as America")]),
        ("FR host", "FR host, US visitor as America", "FR host, US visitor", "FR host, US visitor as America",
         [("US visitor", "US visitor as America")]),
        # Not where an editor has entered just that before.
        ("FR host", "BE host", "BE host", "BE host", []),
        ("FR host", "FR host, BE host", "BE host", "BE host", []),
        ("FR host", "FR host, BE host as Belgia", "BE host", "BE host as Belgia", [("BE host", "BE host as Belgia")]),
    ],
)  # fmt: skip
def test_what_becomes_of_a_list(before, there, said, becomes, left):
    found = follow_entries(entries(there), entries(said), remembered(before))

    assert found.values == parts(becomes)
    assert found.left == [tuple(next(iter(parts(one)), None) for one in both) for both in left]
    # A second time, nothing becomes of it.
    again = follow_entries(entries(becomes), entries(said), found.entries)
    assert (again.values, again.left) == (parts(becomes), [])


def test_the_words_of_the_source_tell_what_it_says_again():
    before = remembered("FR host, US visitor", "France, America")

    said = entries("FR host as France, US visitor", "France, America")
    assert follow_entries(entries("FR host, US visitor"), said, before).values == parts("FR host, US visitor")
    said = entries("FR host, US visitor", "Gaul, America")
    assert follow_entries(entries("FR host as Frankia, US visitor"), said, before).left == [
        (part, {**part, "printed": "Frankia"}) for part in parts("FR host")
    ]


def test_topics_are_no_successors_of_others():
    def topics(*slugs):
        return [(slug, described("topics", slug)) for slug in slugs]

    before = [entry for _, entry in topics("trade", "talks")]
    found = follow_entries(topics("talks", "gold"), topics("talks", "oil"), before)
    assert (sorted(found.values), found.left) == (["gold", "oil", "talks"], [])
