"""What is remembered of the last import of a data set; what becomes of it is in `test_importing`."""

import pytest

from events.interchange.following import CALLED_OTHERWISE, RELATIONS, SAID, Statement, fingerprints
from events.interchange.merging import merged
from events.interchange.references import KnownActor

from .test_merging import ONE, THERE

ACTORS = {name: KnownActor(pk, name, "") for pk, name in enumerate(["KZ", "cyrus-vance", "UZ", "TM"])}


def test_fingerprints_tell_which_field_says_something_else():
    before = fingerprints(THERE)
    assert list(before) == [
        "type", "date", "place.name", "place.country", "topics", "texts.en.title", "texts.en.summary", "texts.de.title",
        "sources",
    ]  # fmt: skip
    other = {**THERE, "slug": "other", "date": "2026", "texts": {**THERE["texts"], "de": {"title": "Neu"}}}
    sources = [{"title": "1", "url": "https://e.org/1", "official": True}]

    after = fingerprints({**other, "sources": sources})
    assert {field for field in before if before[field] != after[field]} == {"date", "texts.de.title"}


def test_fingerprints_are_of_the_data_sets_own_words_where_a_record_has_them():
    made = {**THERE, SAID: {"topics": ["Trade"], "place.country": "Turkey"}}
    before = fingerprints(made)
    assert list(before) == [
        "type", "date", "place.name", "texts.en.title", "texts.en.summary", "texts.de.title", "sources",
        "said.topics", "said.place.country",
    ]  # fmt: skip

    assert fingerprints({**made, "topics": ["commerce"], "place": {**THERE["place"], "country": "TM"}}) == before
    after = fingerprints({**made, SAID: {"topics": ["Trade"], "place.country": "Türkiye"}})
    assert {field for field in before if before[field] != after[field]} == {"said.place.country"}


LINKED = {**THERE, RELATIONS: [{"kind": "part_of", "event": "test:1"}]}


def test_a_link_that_is_not_made_is_not_remembered():
    now = fingerprints(LINKED)
    for before in (None, {}, fingerprints(THERE)):
        assert Statement(now, before, {}).to_remember(unlinked=True) == fingerprints(THERE)
        assert Statement(now, before, {}).to_remember(unlinked=False) == now
    other = {**now, RELATIONS: "another one"}
    assert Statement(now, other, {}).to_remember(unlinked=True) == other


def test_of_what_came_otherwise_only_added_links_and_printed_names_are_new():
    vance = {"actor": "cyrus-vance", "role": "visitor"}
    said = {**LINKED, "participants": [{"actor": "KZ", "role": "host", "printed": "Kazakstan"}, vance]}
    now = fingerprints(said)
    there = {**THERE, "participants": [{"actor": "KZ", "role": "host"}]}

    def becomes(**more):
        followed = Statement(now, None, {}, **more).follow(there, said, {}, ACTORS)
        return followed.standing, followed.values["participants"], followed.left

    fields = now.keys() - {"participants", "topics", "sources"}
    assert becomes() == (fields, there["participants"], [])
    assert becomes(adds_relations=True) == (fields - {"relations"}, there["participants"], [])
    assert becomes(called_otherwise=[0]) == (fields, said["participants"][:1], [])


def imported_again(said, there, before):
    """What is there after the import, what it names, and what it remembers. THERE is what the last one made."""
    statement = Statement(fingerprints(said), before, {})
    followed = statement.follow(there, said, {}, ACTORS)
    becomes = merged(there, followed.values, followed.standing, whole=True)
    return becomes, followed.left, {**statement.to_remember(unlinked=False), **followed.memory}


OWN_SOURCE = {"url": "https://e.org/own", "title": "Own", "official": False}
"""One that an editor added."""


@pytest.mark.parametrize("added", [[], [OWN_SOURCE]])
@pytest.mark.parametrize("change", [{"title": "Other"}, {"url": "https://e.org/other"}, {"title": "O", "url": "o"}])
def test_a_source_that_changes_after_the_import_of_an_older_version_is_changed(added, change):
    # It remembered nothing of single entries.
    before = fingerprints(THERE)
    other = {**ONE, **change}

    becomes, left, memory = imported_again({**THERE, "sources": [other]}, {**THERE, "sources": [ONE, *added]}, before)
    assert (becomes["sources"], left) == ([other, *added], [])
    becomes, left, _ = imported_again(THERE, becomes, memory)
    assert (becomes["sources"], left) == ([ONE, *added], [])


def test_a_source_that_an_editor_corrected_stays_after_the_import_of_an_older_version():
    corrected = {**ONE, "title": "Corrected"}

    said, there = {**THERE, "sources": [{**ONE, "title": "Other"}]}, {**THERE, "sources": [corrected]}
    becomes, left, _ = imported_again(said, there, fingerprints(THERE))
    assert becomes["sources"] == [corrected]
    assert left == [
        "sources: “https://e.org/1 Other” in the source by now, and left as editors have it: "
        "“https://e.org/1 Corrected”."
    ]


ELSEWHERE = {**THERE, "place": {"name": "Astana", "country": "UZ"}}


@pytest.mark.parametrize("unchanged_runs", [0, 1])
def test_a_state_that_changes_after_the_import_of_an_older_version_is_changed(unchanged_runs):
    # It remembered states by their names.
    there, memory = THERE, fingerprints(THERE)
    for _ in range(unchanged_runs):
        there, _, memory = imported_again(THERE, there, memory)

    assert imported_again(ELSEWHERE, there, memory)[:2] == (ELSEWHERE, [])
    without = {**THERE, "place": {"name": "Astana"}}
    assert imported_again(without, there, memory)[0]["place"] == {"name": "Astana", "country": None}


@pytest.mark.parametrize("unchanged_runs", [0, 1])
def test_a_state_that_an_editor_corrected_stays_after_the_import_of_an_older_version(unchanged_runs):
    there, memory = ELSEWHERE, fingerprints(THERE)
    for _ in range(unchanged_runs):
        there, _, memory = imported_again(THERE, there, memory)

    third = {**THERE, "place": {"name": "Astana", "country": "TM"}}
    left = "place.country: “TM” in the source by now, and left as editors have it: “UZ”."
    assert imported_again(third, there, memory)[:2] == (ELSEWHERE, [left])


def test_relations_are_remembered_alike_whatever_is_there_beside_them():
    said = {RELATIONS: LINKED[RELATIONS]}
    beside = {**LINKED, RELATIONS: [{"kind": "follows", "event": "other"}, *LINKED[RELATIONS]], SAID: said}

    assert fingerprints(beside) == fingerprints(LINKED)


def test_who_is_called_otherwise_is_remembered_by_the_place():
    before = {**fingerprints(THERE), CALLED_OTHERWISE: "0 2"}
    statement = Statement(fingerprints(THERE), before, {}, called_otherwise=[0, 2, 10])

    assert statement.to_remember(unlinked=False) == {**fingerprints(THERE), CALLED_OTHERWISE: "0 2 10"}
