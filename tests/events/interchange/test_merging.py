"""What becomes of an event of which a record says only some things."""

from typing import Any

import pytest

from events.interchange.merging import lacking, merged, says_which_source

ONE, TWO, THREE = ({"url": f"https://e.org/{number}", "title": f"{number}", "official": True} for number in (1, 2, 3))
THERE: dict[str, Any] = {
    "record": "event", "external_id": "test:1", "slug": "there", "type": "visit", "date": "2025",
    "place": {"name": "Astana", "country": "KZ"}, "topics": ["trade"],
    "texts": {"en": {"title": "Old", "summary": "They met."}, "de": {"title": "Alt"}},
    "sources": [ONE],
}  # fmt: skip
SAID: dict[str, Any] = {"record": "event", "external_id": "test:1", "slug": "said", "type": "visit", "texts": {}}


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ({}, {}),
        ({"type": "summit", "date": ""}, {"type": "summit", "date": ""}),
        ({"effective": "2025/.."}, {"effective": "2025/.."}),
        ({"topics": ["tea"]}, {"topics": ["tea"]}),
        ({"place": {"name": "Almaty"}}, {"place": {"name": "Almaty", "country": "KZ"}}),
        ({"place": {"name": None}}, {"place": {"name": None, "country": "KZ"}}),
        (
            {"texts": {"en": {"title": "New"}, "fr": {"title": "Nouveau"}}},
            {
                "texts": {
                    "en": {"title": "New", "summary": "They met."},
                    "de": {"title": "Alt"},
                    "fr": {"title": "Nouveau"},
                }
            },
        ),
        (
            {"texts": {"en": {"title": "Old", "summary": ""}}},
            {"texts": {"en": {"title": "Old", "summary": ""}, "de": {"title": "Alt"}}},
        ),
        ({"texts": {"de": {"title": None, "summary": ""}}}, {"texts": {"en": THERE["texts"]["en"]}}),
        (
            {"texts": {"de": {"title": None}, "fr": {"title": None, "summary": ""}}},
            {"texts": {"en": THERE["texts"]["en"]}},
        ),
        (
            {"texts": {"en": {"title": None}}},
            {"texts": {"en": {"title": None, "summary": "They met."}, "de": {"title": "Alt"}}},
        ),
        (
            {"texts": {"de": {"summary": "Sie trafen sich."}}},
            {"texts": {**THERE["texts"], "de": {"title": "Alt", "summary": "Sie trafen sich."}}},
        ),
        ({"sources": []}, {"sources": []}),
        ({"sources": [{"claims": "2024"}]}, {"sources": [{**ONE, "claims": "2024"}]}),
        # The same source, whose URL or title is corrected; another one if both are.
        (
            {"sources": [{"url": "https://e.org/9", "title": "1"}]},
            {"sources": [{"url": "https://e.org/9", "title": "1", "official": True}]},
        ),
        (
            {"sources": [{"url": "https://e.org/1", "title": "9"}]},
            {"sources": [{"url": "https://e.org/1", "title": "9", "official": True}]},
        ),
        (
            {"sources": [{"url": "https://e.org/9", "title": "9"}]},
            {"sources": [{"url": "https://e.org/9", "title": "9"}]},
        ),
    ],
)  # fmt: skip
def test_what_is_not_said_stays(said, becomes):
    assert merged(THERE, {**SAID, **said}) == {**THERE, **becomes}


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ([{"url": TWO["url"], "title": "Second"}], [ONE, {**TWO, "title": "Second"}]),
        ([THREE], [ONE, TWO, THREE]),
        ([], [ONE, TWO]),
    ],
)
def test_of_several_sources_those_with_the_same_url_are_meant(said, becomes):
    assert merged({**THERE, "sources": [ONE, TWO]}, {**SAID, "sources": said})["sources"] == becomes


@pytest.mark.parametrize(
    ("there", "said", "source"),
    [
        ([ONE], [{"url": "https://e.org/9", "title": "1"}], {"source": "https://e.org/9"}),
        ([ONE], [{"url": ONE["url"], "title": "9"}], {"source": ONE["url"]}),
        ([ONE], [{"url": "https://e.org/9", "title": "9"}], {}),
        ([ONE], [], {}),
        ([ONE, TWO], [{"url": TWO["url"], "title": "9"}], {"source": ONE["url"]}),
        ([ONE], [TWO, THREE], {"source": ONE["url"]}),
    ],
)
def test_figures_keep_their_source(there, said, source):
    tons = {"labels": {"en": "Tons"}, "value": 1, "unit": "t"}
    event: dict[str, Any] = {**THERE, "sources": there, "figures": [{**tons, "source": ONE["url"]}, tons]}

    assert merged(event, {**SAID, "sources": said})["figures"] == [{**tons, **source}, tons]


def test_figures_that_are_said_are_the_whole_list():
    event: dict[str, Any] = {**THERE, "figures": [{"unit": "t", "source": ONE["url"]}]}

    assert merged(event, {**SAID, "sources": [], "figures": [{"unit": "kg"}]})["figures"] == [{"unit": "kg"}]


@pytest.mark.parametrize(
    ("there", "said", "clear"),
    [
        ([], {"sources": [ONE]}, True),
        ([ONE], {"sources": [TWO]}, True),
        ([ONE], {"sources": []}, True),
        ([ONE, TWO], {}, True),
        ([ONE, TWO], {"sources": [TWO]}, True),
        ([ONE, TWO], {"sources": [THREE]}, False),
        ([ONE], {"sources": [{"claims": "2024"}]}, True),
        ([ONE, TWO], {"sources": [{"claims": "2024"}]}, False),
        ([ONE, TWO], {"sources": []}, False),
    ],
)
def test_whether_it_is_clear_which_source_is_meant(there, said, clear):
    assert says_which_source({**THERE, "sources": there}, said) is clear


@pytest.mark.parametrize(
    ("there", "more", "problems"),
    [
        (THERE, {}, []),
        (None, {}, []),
        # Something else is wrong in what is there: nobody says it now.
        (THERE, {"date": "soon"}, []),
        (THERE, {"texts": {}}, [f"texts.{language}.title: it is empty, and the event has no other title: expected at "
                                "least one of en, de." for language in ("en", "de")]),
        (None, {"texts": {}}, ["texts: it is empty: expected at least one of en, de."]),
        ({**SAID, "texts": {"de": {"title": "Alt"}}}, {"texts": {"de": {"summary": "Sie trafen sich."}}},
         ["texts.de.title: it is missing: this must be given."]),
        (THERE, {"sources": [{"title": "1", "official": True}]},
         ["sources[0].url: it is missing: this must be given."]),
        (THERE, {"place": {"latitude": 51.2}},
         ["place.longitude: it is missing: give both latitude and longitude, or neither."]),
    ],
)  # fmt: skip
def test_what_an_event_would_lack(there, more, problems):
    assert list(map(str, lacking(there, {**THERE, **more}))) == problems


def test_an_event_without_a_text_lacks_one():
    bare = {key: value for key, value in THERE.items() if key != "texts"}

    assert list(map(str, lacking(None, bare))) == ["texts: it is empty: expected at least one of en, de."]
    assert lacking(bare, bare) == []  # nor had it one before


@pytest.mark.parametrize(
    ("standing", "becomes"),
    [
        ((), {"type": "summit", "date": "1999", "place": {"name": "Almaty", "country": "UZ"},
              "texts": {"en": {"title": "New", "summary": "Talks."}, "de": {"title": "Alt"}, "fr": {"title": "N"}}}),
        (["type", "date", "place.country"], {"place": {"name": "Almaty", "country": "KZ"},
              "texts": {"en": {"title": "New", "summary": "Talks."}, "de": {"title": "Alt"}, "fr": {"title": "N"}}}),
        (["type", "date", "place.name", "place.country", "texts.en.title", "texts.fr.title"],
              {"texts": {"en": {"title": "Old", "summary": "Talks."}, "de": {"title": "Alt"}}}),
        (["type", "date", "place.name", "place.country", "texts.en.title", "texts.en.summary", "texts.fr.title"], {}),
    ],
)  # fmt: skip
def test_what_stands_is_left_as_it_is(standing, becomes):
    said = {
        **SAID, "type": "summit", "date": "1999", "place": {"name": "Almaty", "country": "UZ"},
        "texts": {"en": {"title": "New", "summary": "Talks."}, "fr": {"title": "N"}},
    }  # fmt: skip

    assert merged(THERE, said, standing) == {**THERE, **becomes}


def test_a_text_that_an_editor_removed_comes_back_as_a_whole():
    said: dict[str, Any] = {**SAID, "texts": {"fr": {"title": "Nouveau", "summary": "Mots."}}}

    assert merged(THERE, said, ["texts.fr.title"])["texts"] == {**THERE["texts"], **said["texts"]}
