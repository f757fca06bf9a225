"""Atom, read with feedparser and the XML parser of the standard library."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from xml.etree import ElementTree

import feedparser
import pytest

from tests.timeline.formats.samples import FEED, MINIMAL, document, each_hostile_text, hostile, legible, written

ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(*documents):
    found = feedparser.parse(written("atom", *documents).encode())
    assert not found.bozo
    return found


def elements(*documents, feed=FEED):
    return ElementTree.fromstring(written("atom", *documents, feed=feed).encode())


def test_a_feed():
    assert written("atom", document()) == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        "<id>tag:timeline.example.org,2025:feed/api/v1/events/?country=UZ%26format=x</id>\n"
        "<title>Talks &amp; &lt;trade&gt;</title>\n"
        "<updated>2031-11-07T12:00:00+00:00</updated>\n"
        "<author><name>Diplomatic events</name></author>\n"
        '<link rel="self" type="application/atom+xml" '
        'href="https://timeline.example.org/api/v1/events/?country=UZ&amp;format=x"/>\n'
        '<link rel="alternate" type="text/html" href="https://timeline.example.org/"/>\n'
        '<entry xml:lang="en">\n'
        "<id>tag:timeline.example.org,2025:event/c5-1-leaders-summit-2025</id>\n"
        "<title>Summit</title>\n"
        "<published>2031-11-07T12:00:00.000000Z</published>\n"
        "<updated>2031-11-07T12:00:00.000000Z</updated>\n"
        '<link rel="alternate" type="text/html" '
        'href="https://timeline.example.org/events/c5-1-leaders-summit-2025/?lang=de"/>\n'
        '<link rel="alternate" type="application/json" '
        'href="http://testserver/api/v1/events/c5-1-leaders-summit-2025/"/>\n'
        '<link rel="via" href="https://example.org/a" title="A report"/>\n'
        '<category scheme="tag:timeline.example.org,2025:type" term="summit" label="Summit"/>\n'
        '<category scheme="tag:timeline.example.org,2025:topic" term="rare-earths" label="Rare-Earths"/>\n'
        '<content type="html">&lt;p&gt;6 November 2025, White House, Washington, D.C., United States&lt;/p&gt;'
        "&lt;p&gt;What happened.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;"
        '&lt;a href="https://example.org/a"&gt;A report&lt;/a&gt;&lt;/li&gt;&lt;/ul&gt;</content>\n'
        "</entry>\n"
        "</feed>\n"
    )


def test_what_a_reader_sees():
    found = parsed(document(), MINIMAL)

    assert (found.feed.title, found.feed.updated) == ("Talks & <trade>", "2031-11-07T12:00:00+00:00")
    assert found.feed.language == "en"
    [full, minimal] = found.entries
    assert full.id == "tag:timeline.example.org,2025:event/c5-1-leaders-summit-2025"
    assert full.updated_parsed[:6] == (2031, 11, 7, 12, 0, 0)
    assert full.link == "https://timeline.example.org/events/c5-1-leaders-summit-2025/?lang=de"
    assert [tag.term for tag in full.tags] == ["summit", "rare-earths"]
    assert minimal.content[0].value == (
        '<p>6 November 2025</p><ul><li><a href="https://example.org/a">A report</a></li></ul>'
    )


def test_paragraphs_and_lines_are_kept():
    [entry] = elements(document(summary="One.\r\nTwo <b>.\n\nThree.\n")).findall(f"{ATOM}entry")

    content = entry.findtext(f"{ATOM}content")
    assert "</p><p>One.<br>Two &lt;b&gt;.</p><p>Three.</p><ul>" in content


def test_a_summary_in_another_language_says_so():
    [entry] = elements(document(summary="Eins.", summary_language="de")).findall(f"{ATOM}entry")

    assert '<p lang="de">Eins.</p>' in entry.findtext(f"{ATOM}content")


def test_updated_is_when_the_record_changed():
    [entry] = parsed(document(updated_at="2032-01-02T03:04:05.000000Z")).entries

    assert (entry.published, entry.updated) == ("2031-11-07T12:00:00.000000Z", "2032-01-02T03:04:05.000000Z")


def test_a_renamed_event_keeps_its_id():
    [entry] = parsed(document(first_id="first")).entries

    assert entry.id == "tag:timeline.example.org,2025:event/first"


@pytest.mark.parametrize("host", ["timeline.example.org", "timeline.example.org:8000"])
def test_a_tag_has_no_port(host):
    text = written("atom", document(), feed=dataclasses.replace(FEED, host=host))

    assert "<id>tag:timeline.example.org,2025:event/c5-1-leaders-summit-2025</id>" in text


LOOPBACK = "1." + 31 * "0." + "ip6.arpa"
DOCUMENTED = "1." + 23 * "0." + "8.b.d.0.1.0.0.2.ip6.arpa"


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("127.0.0.1:8000", "127.0.0.1"),
        ("Timeline.example.org.:8000", "Timeline.example.org."),
        ("[::1]:8000", LOOPBACK),
        ("[::1]", LOOPBACK),
        ("[0:0:0:0:0:0:0:1]", LOOPBACK),
        ("[2001:DB8::1]:8000", DOCUMENTED),
        ("[1:2]:8000", "invalid"),
    ],
)
def test_a_tag_has_a_name(host, authority):
    url = FEED.url.replace(FEED.host, host)
    found = elements(document(), feed=dataclasses.replace(FEED, host=host, url=url))

    assert [element.text for element in found.iter(f"{ATOM}id")] == [
        f"tag:{authority},2025:feed/api/v1/events/?country=UZ%26format=x",
        f"tag:{authority},2025:event/c5-1-leaders-summit-2025",
    ]


@pytest.mark.parametrize(("query", "in_id"), [("?q=who?", "?q=who?"), ("?", ""), ("?q=a#b", "?q=a"), ("", "")])
def test_an_id_has_the_query_if_there_is_one(query, in_id):
    feed = dataclasses.replace(FEED, url=f"https://timeline.example.org/events/{query}")
    found = ElementTree.fromstring(written("atom", feed=feed)).findtext(f"{ATOM}id")
    assert found == f"tag:timeline.example.org,2025:feed/events/{in_id}"


def test_feeds_of_other_filters_have_other_ids():
    def feed_id(query):
        feed = dataclasses.replace(FEED, url=f"https://timeline.example.org/api/v1/events/{query}")
        return ElementTree.fromstring(written("atom", feed=feed)).findtext(f"{ATOM}id")

    ids = {feed_id(query) for query in ("", "?country=UZ", "?country=UZ&topic=trade", "?q=%C3%A4", "?q=ä")}

    assert len(ids) == 5
    assert all(one.isascii() for one in ids)


def test_a_source_that_is_no_page_is_no_link_in_the_content():
    source = {"url": "javascript:alert(1)", "title": "A report", "official": False}

    [entry] = elements(document(sources=[source])).findall(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}content").endswith("<ul><li>A report</li></ul>")


@each_hostile_text
def test_hostile_text(text):
    [entry] = elements(hostile(text)).findall(f"{ATOM}entry")

    as_xml_reads_it = legible(text).replace("\r\n", "\n").replace("\r", "\n")
    assert entry.findtext(f"{ATOM}title") == as_xml_reads_it
    [page, alternate, via] = entry.findall(f"{ATOM}link")
    assert set(via.attrib) == {"rel", "href", "title"}
    # None of the texts has a blank line in it.
    lines = [line for line in text.splitlines() if legible(line).strip()]
    summary: list[tuple[str, list[object]]] = [("br" if number else "p", []) for number, _ in enumerate(lines)]
    assert Tags.of(entry.findtext(f"{ATOM}content")) == [
        ("p", []), *summary, ("ul", []), ("li", []), ("a", [("href", "https://example.org/a")]),
    ]  # fmt: skip
    assert page.get("href") == "https://timeline.example.org/events/c5-1-leaders-summit-2025/?lang=de"
    assert alternate.get("href") == "http://testserver/api/v1/events/c5-1-leaders-summit-2025/"


class Tags(HTMLParser):
    """The tags in a piece of HTML."""

    found: list[tuple[str, list[tuple[str, str | None]]]]

    @classmethod
    def of(cls, text):
        reader = cls()
        reader.found = []
        reader.feed(text)
        return reader.found

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))


@pytest.mark.django_db
def test_curated_documents(curated_documents):
    found = parsed(*curated_documents)

    assert [entry.id.rpartition("/")[2] for entry in found.entries] == [one["id"] for one in curated_documents]
    assert [entry.title for entry in found.entries] == [one["title"] for one in curated_documents]
