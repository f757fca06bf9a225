"""Search: what finds what, in which language; and that it goes with everything else."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.assertions import assert_invalid, slugs
from tests.builders import actor, draft, published, state
from tests.copies import filled_once
from tests.timeline.test_pagination import joined, walk
from timeline import search
from timeline.pagination import Cursor
from timeline.publishing import publish
from timeline.search import NothingToSearch, queries
from timeline.stems import STEMS, Stems
from timeline.text import words_of
from timeline.vectors import vectors

pytestmark = pytest.mark.django_db

SOME = [
    "The",
    "of",
    "running",
    "runs",
    "Häuser",
    "und",
    "C5+1",
    "1e5",
    "1.5",
    "007",
    "a_b",
    "北京",
    "½",
    "O’Brien",
    "war",
    "OF",
]
phrases = st.lists(st.sampled_from(SOME) | st.text(max_size=5), max_size=4).map(" ".join)


@pytest.fixture
def events(db):
    filled_once("search", publish_events)


def publish_events():
    uzbekistan, china = state("UZ"), state("CN")
    uzbekistan.names = {"en": "Uzbekistan", "de": "Usbekistan"}
    uzbekistan.save()
    china.aliases = ["Peking", "Beijing"]
    china.save()
    xi = actor("xi-jinping", names={"en": "Xi Jinping"}, aliases=["Xi"])
    ban = published(
        "ban",
        "2023",
        (china, "imposer"),
        titles={
            "en": "China bans exports of rare-earth magnets (No. 70 of 2025)",
            "de": "China verbietet die Ausfuhr von Magneten aus Seltenen Erden",
        },
    )
    ban.texts.filter(language="en").update(summary="Semiconductors and Türkiye are mentioned.")
    ban.texts.filter(language="de").update(summary="Straßen, Häuser und Maßnahmen.")
    publish([ban])
    published(
        "summit", "2025", uzbekistan, (xi, "host"), titles={"en": "Meeting of the C5+1", "de": "Treffen der C5+1"}
    )
    published("visit", "2024", titles={"en": "A visit to Samarkand"}, place_name="Samarqand Şahri")


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("magnets", ["ban"]),
        ("magnet", ["ban"]),
        ("MAGNET", ["ban"]),
        ("banning exports", ["ban"]),
        ("exports summit", []),
        ("rare earth", ["ban"]),
        ("rare-earth", ["ban"]),
        ('"rare earth magnets"', ["ban"]),
        ('"magnets rare earth"', []),
        ('"rare earth', ["ban"]),
        ("C5+1", ["summit"]),
        ("c5", ["summit"]),
        ("No. 70", ["ban"]),
        ("70", ["ban"]),
        ("semicond*", ["ban"]),
        ("semiconductors*", ["ban"]),
        ("semicond", []),
        ("banni* expor*", ["ban"]),
        ("meeti*", ["summit", "visit", "ban"]),
        ("mentione*", ["ban"]),
        ("sa*", ["visit"]),
        ("th*", []),
        ("rare-ear*", ["ban"]),
        ("earth-rar*", []),
        ("70-of-202*", ["ban"]),
        ("rare-earth-magne*", ["ban"]),
        ("C5+1*", ["summit"]),
        ("meeting-of-the*", ["summit", "visit", "ban"]),
        ("visit-to-samar*", ["visit"]),
        ("visit-samar*", []),
        ("meeting -visit-to*", ["summit", "visit", "ban"]),
        ("meeting -magneti*", ["summit", "visit"]),
        ("meeting -rare-ear*", ["summit", "visit"]),
        ("meeting -samarka*", ["summit", "ban"]),
        ("meeting", ["summit", "visit", "ban"]),
        ("meeting -ban", ["summit", "visit"]),
        ("the", []),
        ("the -ban", []),
        ("the meeting -ban", ["summit", "visit"]),
        ("of -ban -the", []),
        ("meeting -magnets -c5", ["visit"]),
        ('meeting -"rare earth"', ["summit", "visit"]),
        ("turkiye", ["ban"]),
        ("TÜRKIYE", ["ban"]),
        ("Peking", ["ban"]),
        ("Usbekistan", ["summit"]),
        ("uzbekistan", ["summit"]),
        ("UZ", ["summit"]),
        ("Xi", ["summit"]),
        ("jinping xi", ["summit"]),
        ("samarqand sahri", ["visit"]),
        ("'); drop table", []),
        ("a & b | !c:*", []),
    ],
)
def test_what_finds_what_in_english(client, words, found):
    response = client.get("/api/v1/events/", {"q": words, "fields": "id"})

    assert [event["id"] for event in response.json()["results"]] == found
    assert client.get("/api/v1/events/count/", {"q": words}).json()["count"] == len(found)


@pytest.mark.parametrize("name", ["Nukuʻalofa", "nuku'alofa", "Nuku’alofa", "Nuku\xadʻalofa"])
@pytest.mark.parametrize("parameter", ["q", "place"])
def test_an_apostrophe_that_is_a_letter_is_found_as_people_type_it(client, parameter, name):
    published("visit", place_name="Nukuʻalofa")

    assert slugs(client, urlencode({parameter: name})) == ["visit"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("U.S.-China talks", ["US-China", "u.s.-china", "U.S. China", "US talks", '"US-China talks"', "talks US"]),
        ("US–China talks", ["U.S.-China", '"U.S.-China"', "u.s. talks", "U.S.-Chi*"]),
        ("A.I. chips", ["AI", "A.I.", "ai-chips", "A.I. chips", "a.i"]),
        ("AI chips", ["A.I.", "a.i. chips"]),
        ("Vote at the U.N.", ["UN", "U.N.", '"the UN"', "u.n"]),
        ("Report of the W.H.O.", ["WHO", "W.H.O.", "w.h.o. report"]),
        ("Report of the WHO", ["W.H.O.", "W.H.O. report"]),
        ("AT&T and R&D", ["AT&T", "at&t", "ATT", "R&D", "rd"]),
        ("G-20 summit", ["G20", "g-20", "G-20 summit", '"G20 summit"', "G\u201120", "G–20", "G\u201020", "G–20*"]),
        ("The G–20’s summit", ["G20", "G-20", "G–20", '"G–20 s summit"', "G–20–summit", "summit–G–20"]),
        ("G20-Gipfel", ["G-20", "G20", '"g-20 gipfel"', "G-20-Gip*"]),
        ("J. D. Vance", ["JD Vance", "J.D. Vance", "J. D. Vance", "j d vance"]),
        ("JD Vance", ["J.D. Vance", '"J. D. Vance"']),
    ],
)
def test_abbreviations_are_found_with_and_without_full_stops(client, title, words):
    published("found", titles={"en": title})
    for number, other in enumerate(["U Thant", "Austria (AT)", "All who at it", "A report of I. Gandhi", "U.S.S.R."]):
        published(f"other-{number}", titles={"en": other})

    for word in words:
        assert slugs(client, urlencode({"q": word})) == ["found"], word
        assert slugs(client, urlencode({"q": word, "lang": "de"})) == ["found"], word
        assert "found" not in slugs(client, urlencode({"q": f"title -{word}"})), word


def test_the_beginning_of_an_abbreviation_may_be_all_of_it(client):
    for slug, title in {"us": "U.S. talks", "ussr": "U.S.S.R.", "usable": "Usable", "u": "U Thant"}.items():
        published(slug, titles={"en": title})

    assert sorted(slugs(client, "q=U.S.*")) == ["us", "usable", "ussr"]
    assert slugs(client, "q=U.S.S.*") == ["ussr"]


@pytest.mark.parametrize("words", ["Washington, D.C.", "washington dc", "Washington, D. C.", "dc", "d.c."])
@pytest.mark.parametrize("parameter", ["q", "place"])
def test_the_place_of_an_abbreviation_is_found_with_and_without_full_stops(client, parameter, words):
    published("found", place_name="Washington, D.C.")
    published("other", place_name="Washington")

    assert slugs(client, urlencode({parameter: words})) == ["found"]


@pytest.mark.parametrize("word", ["Außenminister", "AUSSENMINISTER", "Außen\xadminister"])
def test_a_word_with_an_invisible_hyphen_is_found_as_it_looks(client, word):
    published("visit", titles={"en": "Besuch der Außen\xadminister"})

    assert slugs(client, urlencode({"q": word})) == ["visit"]


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Magnet", ["ban"]),
        ("magneten", ["ban"]),
        ("seltene erde", ["ban"]),
        ("strasse", ["ban"]),
        ("Straße", ["ban"]),
        ("haus", ["ban"]),
        ("hauser", ["ban"]),
        ("häuser", ["ban"]),
        ("maßnahme", ["ban"]),
        ("massnahmen", ["ban"]),
        ("peking", ["ban"]),
        ("treffen", ["summit"]),
        ("magnets", ["ban"]),
        ("exports", []),
        ("verbiete*", ["ban"]),
        ("maßnahme*", ["ban"]),
        ("treffe*", ["summit"]),
        ("er*", ["ban"]),
    ],
)
def test_what_finds_what_in_german(client, words, found):
    response = client.get("/api/v1/events/", {"q": words, "lang": "de", "fields": "id"})

    assert [event["id"] for event in response.json()["results"]] == found


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("war", ["armistice"]),
        ("wars attending", ["armistice"]),
        ("world war", ["armistice"]),
        ('"the world war"', ["armistice"]),
        ("the armistice -war", []),
        ("minist*", ["armistice"]),
        ("Usbekistan war", ["armistice"]),
        ("Häuser", ["haeuser"]),
        ("das Haus des Volkes", ["haeuser"]),
        ("Haus -Volk", []),
        ("Hausl*", []),
    ],
)
def test_untranslated_texts_are_found_by_their_own_words_whatever_the_reader_speaks(client, language, words, found):
    uzbekistan = state("UZ")
    uzbekistan.names = {"en": "Uzbekistan", "de": "Usbekistan"}
    uzbekistan.save()
    titles = {"en": "After the World War: ministers attended the armistice"}
    published("armistice", "1918", (uzbekistan, "host"), titles=titles)
    published("haeuser", "1919", titles={"de": "Die Häuser des Volkes"})

    assert slugs(client, f"q={quote(words)}&lang={language}") == found


def publish_half_translated(title, summary):
    """An event with Uzbekistan, of which the German title is one of its own, and the English summary is not."""
    uzbekistan = state("UZ")
    uzbekistan.names = {"en": "Uzbekistan", "de": "Usbekistan"}
    uzbekistan.save()
    event = draft("half", "2025", uzbekistan, titles={"en": "Summit of states", "de": title})
    event.texts.filter(language="en").update(summary=summary)
    publish([event])


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("de", "Gipfels", True),
        ("de", "agreement", True),
        ("de", "signs agreements", True),
        ("de", "Gipfel agreement", True),
        ("de", "Usbekistan Gipfel agreement", True),
        ("de", '"signed agreement"', True),
        ("de", "Gipfel -agreements", False),
        ("de", "summit", False),
        ("en", "summits agreement", True),
        ("en", "Gipfel", False),
    ],
)
def test_an_untranslated_summary_is_found_with_a_translated_title(client, language, words, found):
    publish_half_translated("Gipfel der Staaten", "They signed agreements, among others.")

    assert slugs(client, urlencode({"q": words, "lang": language})) == (["half"] if found else [])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Verhandlung company", True),  # each of which one stemmer alone takes for what the event says
        ("Usbekistan Verhandlung company", True),
        ("Usbekistan Gipfel", False),
        ("Usbekistan -Verhandlung", False),
        ("Usbekistan -company", False),
        ("Usbekistan Verhandlung -company", False),
        ("Usbekistan -Gipfel", True),
        ("Usbekistan Verhandlung -Gipfel", True),
        ("Usbekistan -der", True),  # which says nothing in German
        ("Usbekistan -the", True),
    ],
)
def test_words_of_both_languages_of_a_document_are_found_and_excluded_together(client, words, found):
    publish_half_translated("Verhandlungen der Staaten", "The Chinese companies signed.")

    assert slugs(client, urlencode({"q": words, "lang": "de"})) == (["half"] if found else [])


def test_what_is_translated_is_found_in_the_language_of_the_reader_only(client):
    published("visit", titles={"en": "A visit", "de": "Besuch"})

    assert [slugs(client, f"q={word}&lang=de") for word in ("visit", "Besuche")] == [[], ["visit"]]


@pytest.mark.usefixtures("events")
def test_search_goes_with_other_filters(client):
    assert slugs(client, "q=meeting&country=UZ") == ["summit"]
    assert slugs(client, "q=meeting&from=2024&to=2024") == ["visit"]
    assert slugs(client, "q=magnets&country=UZ") == []
    assert slugs(client, "q=meeting&country=CN&country=UZ&ordering=date") == ["ban", "summit"]


def test_relevance_puts_the_best_first_and_has_pages(client):
    published("in-name", "2001", actor("tungsten-company", "company"))
    published("in-title", "2002", titles={"en": "Tungsten"})
    published("twice", "2003", titles={"en": "Tungsten and tungsten"})
    in_summary = published("in-summary", "2004")
    in_summary.texts.update(summary="Tungsten")
    publish([in_summary])

    pages = walk(client, "/api/v1/events/?q=tungsten&ordering=relevance&page_size=1")

    assert joined(pages) == ["twice", "in-title", "in-name", "in-summary"]
    back = client.get(client.get("/api/v1/events/?q=tungsten&ordering=relevance&page_size=1").json()["next"]).json()
    assert joined(walk(client, back["previous"])) == ["twice", "in-title", "in-name", "in-summary"]


def test_a_new_version_is_found_by_its_new_words_only(client):
    event = published("event", titles={"en": "Tungsten"})
    target = published("target")
    published("naming", relations=(("follows", target),), titles={"en": "Graphite"})
    event.texts.update(title="Antimony")
    target.texts.update(title="Renamed")
    publish([event, target])

    assert slugs(client, "q=tungsten") == []
    assert slugs(client, "q=antimony") == ["event"]
    assert slugs(client, "q=graphite") == ["naming"]
    assert slugs(client, "q=tungsten&as_of=1") == ["event"]


@pytest.mark.parametrize(
    "words", ["*visit", "vis*it", '"state vis*"', '"state visit"*', "visit -*", "visit **", "visit*-state"]
)
def test_a_star_that_says_nothing_gives_error(client, words):
    message = "a * that is not behind the beginning of a word: write it like uzbek* or, of a phrase, rights-of-wom*."

    assert_invalid(client.get("/api/v1/events/", {"q": words}), ("q", "malformed", f"'{words}' has {message}"))


def test_many_beginnings_give_error(client):
    published("visit")

    assert slugs(client, "q=vis* vi* v* -z*") == ["visit"]
    assert_invalid(
        client.get("/api/v1/events/", {"q": "vis* vi* v* -z* -y*"}),
        ("q", "malformed", "The search has 5 beginnings of words (*): at most 4 are possible."),
    )


@pytest.mark.parametrize("words", ["vis*", "-state* visit", 'vis*"a b"', "Türk*\tvisit", "C5+1*"])
def test_a_star_at_the_end_of_a_word_is_fine(client, words):
    assert client.get("/api/v1/events/", {"q": words}).status_code == 200


@pytest.mark.parametrize("words", ["-", "-tungsten", '""', "***", "-a -b", "!?"])
def test_a_search_for_nothing_gives_error(client, words):
    assert_invalid(
        client.get("/api/v1/events/", {"q": words}),
        ("q", "malformed", f"'{words}' has no word to search for: give at least one that is not excluded by -."),
    )


def test_too_long_a_search_gives_error(client):
    assert_invalid(
        client.get("/api/v1/events/", {"q": "x" * 201}),
        ("q", "malformed", "The search has 201 characters: at most 200 are possible."),
    )


def test_relevance_without_a_search_gives_error(client):
    assert_invalid(
        client.get("/api/v1/events/?ordering=relevance"),
        ("ordering", "incomplete", "'ordering=relevance' needs a search, 'q'."),
    )


def test_a_cursor_by_relevance_without_a_search_gives_error(client):
    cursor = str(Cursor("relevance", (1, date(2025, 11, 6), 1, date.min, 0), backwards=False))

    assert_invalid(
        client.get("/api/v1/events/", {"cursor": cursor}),
        ("cursor", "incomplete", "The cursor belongs to ordering=relevance, which needs a search, 'q'."),
    )
    assert_invalid(
        client.get("/api/v1/events/", {"cursor": cursor, "ordering": "date"}),
        ("cursor", "conflict", "The cursor belongs to ordering=relevance, not to date: begin without it."),
    )


@pytest.mark.usefixtures("curated")
def test_curated_events_are_found_by_aliases_and_numbers(client):
    of_china = slugs(client, "country=CN&page_size=500&fields=id")

    for language in ("en", "de"):
        assert slugs(client, f"q=Peking&lang={language}&page_size=500&fields=id") == of_china
        assert slugs(client, f"q=Usbekistan&lang={language}&fields=id") == slugs(client, "country=UZ&fields=id")
    assert slugs(client, "q=No.+61&fields=id") == [
        "china-announcement-70-2025-suspension",
        "china-announcement-61-2025-overseas-rare-earths",
        "china-export-control-package-october-2025",
    ]


def test_of_a_long_summary_as_much_is_searched_as_a_vector_has_room_for(client):
    """As many words as there can be, each of one character that takes three bytes, and no two alike."""
    words = [chr(number) for block in (range(0x4E00, 0x9FA6), range(0x3400, 0x4DB6)) for number in block]
    event = published("long", "2025", "UZ", titles={"en": "Long", "de": "Lang"})
    event.texts.update(summary=" ".join(words))

    assert publish([event]).published == [event]
    for number, found in ((0, ["long"]), (24_999, ["long"]), (25_000, [])):
        assert slugs(client, f"q={quote(words[number])}") == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("who", ["order"]),
        ("WHO", ["order"]),
        ('"the WHO"', []),  # not both of them stand in capitals
        ("who -treaty", ["order"]),
        ("who -leaves", []),
        ("who leaves", ["order"]),  # a stop word beside another word says nothing
        ("it", ["talks"]),  # Italy's code
        ("in", []),
        ("who it", []),
    ],
)
def test_stop_words_in_capitals_are_found_where_nothing_else_is_asked_for(client, words, found):
    order = draft("order", "2025", "US", titles={"en": "The US leaves the WHO", "de": "Austritt aus der WHO"})
    order.texts.filter(language="en").update(summary="It takes a year, in which those who stay pay more.")
    order.texts.filter(language="de").update(summary="Er dauert ein Jahr.")
    publish([order])
    published("talks", "2025", state("IT"))

    assert slugs(client, urlencode({"q": words})) == found
    assert slugs(client, "q=it&lang=de") == ["talks"]  # its texts are English, where that is a stop word
    published("visit", "2024", state("ES"))
    assert slugs(client, "q=es&lang=de") == ["visit"]  # which is one to the reader


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("de", "Bosnien und Herzegowina", ["peace"]),
        ("de", '"Bosnien und Herzegowina"', ["peace"]),
        ("de", "und Bosnien", ["peace"]),
        ("de", "und Bosnien -Staat", ["peace"]),
        ("de", "und Bosnien -Herzegowina", []),
        ("de", "Bosnien und Herz*", ["peace"]),
        ("de", "Bosnien und Israel", []),
        ("en", "State of Israel", ["besuch"]),
        ("en", "Israel of", ["besuch"]),
        # In an English text, these are words, also for a German reader.
        ("de", "Civil War", ["peace"]),
        ("de", '"Civil War"', ["peace"]),
        ("de", '"Civil War" und Bosnien', []),
        ("de", "Civil-War", ["peace"]),
        ("de", "civil", ["peace", "society"]),
        ("de", 'civil -"Civil War"', ["society"]),
        ("de", "the war", ["peace"]),
        ("de", "war", ["peace"]),
        ("de", '"post war"', []),
    ],
)
def test_what_says_nothing_in_names_is_asked_for_in_texts_of_another_language(client, language, words, found):
    """Those of HistoryAtState are English alone."""
    bosnia = actor("bosnia", "state", names={"en": "Bosnia and Herzegovina", "de": "Bosnien und Herzegowina"})
    for slug, title in (("peace", "Peace after the Civil War"), ("society", "Civil society and the post")):
        publish([draft(slug, "1995", bosnia if slug == "peace" else "NL", titles={"en": title})])
    israel = actor("israel", "state", names={"en": "State of Israel", "de": "Staat Israel"})
    publish([draft("besuch", "1996", israel, titles={"de": "Besuch von Albright"})])

    assert sorted(slugs(client, urlencode({"q": words, "lang": language}))) == found


def test_beginnings_are_those_of_words_as_the_stemmer_writes_them(client):
    """PostgreSQL's German one writes ae, oe and ue as a, o and u, since version 18."""
    title = "Israelreise des Außenministers; aktuelle Steuern, Michaels Besuch; Suezkanal"
    publish([draft("reise", titles={"de": title})])

    for words in (
        "Isra*",
        "Israe*",
        "Israel*",
        "Michae*",
        "aktue*",
        "aktuel*",
        "Suez*",
        "Suezk*",
        "-Suezl* Isr*",
    ):
        for language in ("de", "en"):
            assert slugs(client, urlencode({"q": words, "lang": language})) == ["reise"], words
    for words in ("Israf*", "Suezl*", "Sue*", "Reise -Suez*"):
        assert slugs(client, urlencode({"q": words, "lang": "de"})) == []


def test_dashes_part_words(client):
    published("talks", titles={"en": "Trump meets Xi", "de": "Trump trifft Xi"})

    for words in ("Trump–Xi", "xi—trump", "Trum*–Xi"):
        assert slugs(client, urlencode({"q": words})) == ["talks"]
    for words in ("Trump-Xi", '"Trump–Xi"'):
        assert slugs(client, urlencode({"q": words})) == []


@settings(max_examples=200)
@given(phrases, phrases, st.lists(st.tuples(st.booleans(), phrases), max_size=3))
@example("After the war, he runs", "Of", [(False, "war of running"), (True, "of the"), (False, "the")])
@example("The war of runs", "The Häuser", [(False, "the war of running"), (True, "war running"), (False, "hauser")])
@example("Häuser und war", "running", [(False, "haus und war"), (False, "runs")])
@example("x²٣ ½war", "", [(False, "x²٣"), (False, "½war")])
@example("The war", "of running", [(False, "war of running")])  # in neither of them
@example("The war", "runs", [(False, "war of runs")])
@example("The WAR OF", "und", [(False, "of")])  # a stop word in capitals
@example("The WAR OF", "und", [(False, "the of")])
@example("The WAR OF", "und", [(False, "of"), (True, "war")])
@example("The WAR OF", "und", [(False, "of"), (False, "peace")])
@example("running", "Und war", [(False, "und")])  # a stop word of the text's language, not of the name's
@example("", "war of runs", [(False, "war"), (False, "of"), (False, "runs")])  # of the name's, not of a German text's
@example("of runs", "", [(False, "of")])
@example("of runs", "", [(False, "of of")])
@example("", "OF", [(False, "of")])
@example("runs", "OF", [(False, "und of"), (True, "of war")])
@example("runs", "OF", [(False, "runs"), (True, "of")])
@example("", "und", [(False, "und und")])  # of the text's, which are looked for each by itself
def test_phrases_are_found_where_postgresql_finds_them(text, name, asked):
    asked = [(minus, " ".join(words_of(phrase))) for minus, phrase in asked]
    asked = [(minus, phrase) for minus, phrase in asked if phrase]
    query = " ".join(f'{"-" if minus else ""}"{phrase}"' for minus, phrase in asked)
    if all(minus for minus, _ in asked):
        with pytest.raises(NothingToSearch):
            queries(query, "en")
        return

    wanted = " | ".join(f"({one})" for one in queries(query, "en") if one)
    # The texts are in English, or in German though the reader's language is English, in which names are.
    for of_texts, stemmer in (("en", "english"), ("de", "german")):
        [vector] = vectors([("en", of_texts, {"A": [text], "B": [name], "C": [], "D": []})])
        assert matches(vector, wanted) == found_by_postgresql(stemmer, text, name, asked)


CAPITALS = re.compile(r"(?<!\w)[A-Z]{2,12}(?!\w)")


def matches(vector, query):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector, query])
        return cursor.fetchone()[0]


def found_by_postgresql(stemmer, text, name, asked):
    """Whether the document has all the phrases that are not excluded, and none that is, be they stemmed as the text or
    as the name; as the name in the name alone, where fewer of their words say something there than in the text, and not
    at all, where others do.

    Those that are nothing but stop words in the text are looked for only if nothing else is wanted: in the name, if
    they are no stop words of its language, or each by itself there or in capitals. All that is wanted is there, too,
    where all of it that says something in the name is there, and that is less than what says something in the text.
    What stands in capitals and is a stop word in one of the two languages is there for the other one too, though no
    phrase goes on from it.
    """
    capitals = {word.lower() for word in CAPITALS.findall(f"{text} {name}")}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH document AS (
                SELECT to_tsvector(%(stemmer)s, %(text)s) AS in_text, to_tsvector('english', %(name)s) AS in_name,
                    array_to_tsvector(ARRAY(
                        SELECT word FROM unnest(%(capitals)s::text[]) AS word
                        WHERE '' IN (to_tsvector(%(stemmer)s, word), to_tsvector('english', word))
                    )) AS alone
            )
            SELECT minus,
                ARRAY(SELECT word FROM regexp_split_to_table(phrase, ' ') AS word
                    WHERE to_tsvector(%(stemmer)s, word) <> ''),
                ARRAY(SELECT word FROM regexp_split_to_table(phrase, ' ') AS word
                    WHERE to_tsvector('english', word) <> ''),
                in_text @@ as_text OR in_name @@ as_text OR alone @@ as_text,
                in_text @@ as_name OR in_name @@ as_name OR alone @@ as_name,
                in_name @@ as_name OR alone @@ as_name,
                string_to_array(phrase, ' ') <@ (
                    %(capitals)s || tsvector_to_array(in_text) || tsvector_to_array(in_name)
                )
            FROM unnest(%(minus)s::boolean[], %(phrases)s::text[]) AS asked (minus, phrase), document,
                phraseto_tsquery(%(stemmer)s, phrase) AS as_text, phraseto_tsquery('english', phrase) AS as_name
            """,
            {
                "stemmer": stemmer,
                "text": " ".join(words_of(text)),
                "name": " ".join(words_of(name)),
                "capitals": list(capitals),
                "minus": [minus for minus, _ in asked],
                "phrases": [phrase for _, phrase in asked],
            },
        )
        found = [(minus, set(ours), set(theirs), *has) for minus, ours, theirs, *has in cursor.fetchall()]

    def has_it(of_text, of_name, as_text, as_name, as_name_in_name):
        if of_name == of_text:
            return as_text or as_name
        return as_text or (of_name < of_text and as_name_in_name)

    excluded = any(has_it(*row[:-1]) for minus, *row in found if minus and row[0])
    wanted = [row for minus, *row in found if not minus]
    said = [row for row in wanted if row[0]]
    if not said:
        return not excluded and all(as_name or each for _, _, _, as_name, _, each in wanted)
    of_text, of_name = (set().union(*(row[place] for row in wanted)) for place in (0, 1))
    named = of_name < of_text and [row[4] for row in wanted if row[1]]
    return not excluded and (all(has_it(*row[:-1]) for row in said) or bool(named and all(named)))


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("people s republic of china", ["talks"]),
        ("talks in busan", ["talks"]),
        ("the outcome", ["talks"]),
        # From one name into the next, from the title into the names, from the place into the type and the summary.
        ("united states china", []),
        ("busan united", []),
        ("busan and united", []),
        ("busan to the united", []),
        ("meeting of the outcome", []),
        ("busan-and-united", []),
        ("busan meeting", []),
        ("meeting outcome", []),
    ],
)
def test_no_phrase_goes_on_from_one_text_or_name_into_another(client, phrase, found):
    china = state("CN")
    china.aliases = ["People’s Republic of China"]
    china.save()
    event = draft("talks", "2025", (state("US"), "host"), (china, "visitor"), place_name="Busan")
    event.texts.update(title="Talks in Busan", summary="Outcome of the outcome")
    publish([event])

    assert slugs(client, urlencode({"q": f'"{phrase}"'})) == found
    assert slugs(client, urlencode({"q": f'talks -"{phrase}"'})) == ([] if found else ["talks"])


def test_a_search_asks_each_stemmer_once(django_assert_num_queries):
    STEMS.clear()
    with django_assert_num_queries(3):
        queries('alpha "beta gamma" delta* -epsilon-zet*', "en")
    with django_assert_num_queries(0):
        queries("alpha zet* beta", "de")
    with django_assert_num_queries(3):  # what is long is not remembered
        queries("x" * 41 + "*", "en")


def test_a_beginning_in_which_postgresql_knows_no_letter_is_not_looked_for(monkeypatch):
    class Unknowing(Stems):
        def of(self, words):
            return {word: ((), 0) if word.startswith("zz") else said for word, said in super().of(words).items()}

    found = queries("peace", "en")
    monkeypatch.setattr(search, "stems", Unknowing)

    assert queries("peace-zz*", "en") == found
    assert queries("peace -visit-zz*", "en") == found
    assert queries("zz*", "en") == ["", ""]
