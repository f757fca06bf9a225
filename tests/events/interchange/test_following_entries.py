"""Lists in which a data set and editors have both had a hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("FR host", "FR host as Gallia, BE host", "BE host", "FR host as Gallia, BE host", [("", "FR host as Gallia")]),
        # Where a role is that of several, who is new is not instead of one of them.
        ("FR participant, DE participant", "FR participant as Gaul, DE participant", "DE participant, JP participant",
         "FR participant as Gaul, DE participant, JP participant", [("", "FR participant as Gaul")]),
        ("FR participant, DE participant", "DE participant", "DE participant, JP participant",
         "DE participant, JP participant", []),
        ("US host, smith visitor, FR visitor", "US host, smith visitor as Bob, FR visitor", "US host, BE visitor",
         "US host, BE visitor, smith visitor as Bob", [("", "smith visitor as Bob")]),
        ("FR visitor", "FR visitor as Gaul", "BE visitor, smith visitor",
         "FR visitor as Gaul, BE visitor, smith visitor", [("", "FR visitor as Gaul")]),
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


def sources(*urls):
    """Each with its title, such as `u1 First`, with what is to be remembered of it."""
    found = [dict(zip(("url", "title"), url.split(), strict=True)) for url in urls]
    return [(source, described("sources", source)) for source in found]


def test_a_source_is_instead_of_another_one_if_each_is_the_only_one():
    first, second, edited, third = sources("u1 First", "u2 Second", "u1 Edited", "u3 Third")

    found = follow_entries([edited, second], [second, third], [first[1], second[1]])
    assert found.values == [edited[0], second[0], third[0]]
    assert found.left == [(None, edited[0])]
    found = follow_entries([edited], [third], [first[1]])
    assert (found.values, found.left) == ([edited[0]], [(third[0], edited[0])])


def lists(max_size=4):
    """Participants, no two of whom are the same in the same role."""
    names, roles = st.sampled_from(["FR", "DE", "JP", "US"]), st.sampled_from(["host", "visitor"])
    printed = st.sampled_from([{}, {"printed": "Gaul"}, {"printed": "Empire"}])
    parts = st.builds(lambda actor, role, more: {"actor": actor, "role": role, **more}, names, roles, printed)
    return st.lists(parts, max_size=max_size, unique_by=who)


def who(part):
    return part["actor"], part["role"]


@st.composite
def edited(draw, made):
    """What editors make of a list: they leave some out, correct some, and add others."""
    kept = [part for part in made if draw(st.booleans())]
    others = draw(lists())
    corrected = {who(part): part for part in others}
    mine = [corrected.get(who(part), part) for part in kept]
    return mine + [part for part in others if who(part) not in map(who, mine)]


@st.composite
def histories(draw):
    """A list as the source said it, what editors made of it, and what the source says now, which is much the same."""
    before = draw(lists())
    return before, draw(edited(before)), draw(edited(before))


def in_words(parts, own_words):
    """With what is to be remembered of each, of own words perhaps, in which nobody has a name as printed."""
    return [(part, described("participants", part, list(who(part)) if own_words else None)) for part in parts]


@given(histories(), st.booleans())
def test_whatever_editors_and_the_source_do_nothing_of_either_is_lost(history, own_words):
    before, there, said = history
    now, remembered = in_words(said, own_words), [entry for _, entry in in_words(before, own_words)]
    found = follow_entries(in_words(there, own_words), now, remembered)

    def only(part, others):
        return [other for other in others if other["role"] == part["role"]] == [part]

    words = {entry.words for entry in remembered}
    missing = [part for part, entry in now if entry.words not in words and part not in found.values]
    # Named, beside what editors have of the same, or of the only one whom it is instead of, or nothing.
    assert [part for part, _ in found.left if part] == missing
    for part, stays in found.left:
        assert stays is None or stays in found.values
        if part and who(part) not in map(who, there):
            [predecessor] = [
                old for old in before if who(old) == who(part) or (only(part, said) and only(old, before))
                if old["role"] == part["role"]
            ]  # fmt: skip
            assert predecessor not in there
    # What is there and not as the source made it is an editor's.
    assert [part for part in there if part not in before and part not in found.values] == []
    assert [part for part in found.values if part not in there and part not in said] == []
    # What the source says no more is gone, unless it is named.
    gone = [
        part for part, entry in zip(before, remembered, strict=True) if entry.words not in {e.words for _, e in now}
    ]
    assert [part for part in gone if part in found.values and part not in said] == []
    again = follow_entries(in_words(found.values, own_words), now, found.entries)
    assert (again.values, again.left) == (found.values, [])


@given(histories(), st.booleans())
def test_a_list_that_nobody_edited_becomes_what_the_source_says(history, own_words):
    before, there, said = history
    remembered = [entry for _, entry in in_words(before, own_words)]

    found = follow_entries(in_words(before, own_words), in_words(said, own_words), remembered)
    assert sorted(map(who, found.values)) == sorted(map(who, said))
    assert own_words or all(part in said for part in found.values)
    assert found.left == []
    # What the source says again leaves the list as it is.
    unchanged = follow_entries(in_words(there, own_words), in_words(before, own_words), remembered)
    assert (unchanged.values, unchanged.left) == (there, [])
