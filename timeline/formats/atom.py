"""Atom (RFC 4287), for readers that follow what changes: `updated` is when the record changed, not when it happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv6Address
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from timeline.documents import Document
from timeline.formats.feed import PUBLISHER, Feed, lasting_id
from timeline.formats.places import place_in_words
from timeline.formats.texts import as_html, as_html_paragraphs, clean, link

# A tag: id (RFC 4151) names a day on which its authority was in charge of the host name. Never change it.
TAG_DATE = "2025"


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """A feed with an entry for each document, in their order; readers expect what changed last first."""
    # By hand: `urlsplit` refuses some hosts.
    path, _, query = feed.url.split("/", 3)[3].partition("#")[0].partition("?")
    path = f"/{path}?{query}" if query else f"/{path}"
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={_attribute(feed.language)}>\n'
        f"<id>{_tag(feed, 'feed' + path)}</id>\n"
        f"<title>{_text(feed.title)}</title>\n"
        f"<updated>{feed.updated.isoformat()}</updated>\n"
        f"<author><name>{PUBLISHER}</name></author>\n"
        f'<link rel="self" type="application/atom+xml" href={_attribute(feed.url)}/>\n'
        f'<link rel="alternate" type="text/html" href={_attribute(feed.home)}/>\n'
    )
    for document in documents:
        yield entry(document, feed)
    yield "</feed>\n"


def entry(document: Document, feed: Feed) -> str:
    """An event; its date, place, summary and sources are the content."""
    branches = [("type", document["type"]), *(("topic", topic) for topic in document.get("topics", ()))]
    categories = "".join(
        f"<category scheme={_attribute(_tag(feed, scheme))} term={_attribute(branch['id'])} "
        f"label={_attribute(branch['name'])}/>\n"
        for scheme, branch in branches
    )
    sources = "".join(
        f'<link rel="via" href={_attribute(source["url"])} title={_attribute(source["title"])}/>\n'
        for source in document["sources"]
    )
    return (
        f"<entry xml:lang={_attribute(document['language'])}>\n"
        f"<id>{_tag(feed, 'event/' + lasting_id(document))}</id>\n"
        f"<title>{_text(document['title'])}</title>\n"
        f"<published>{_text(document['published_at'])}</published>\n"
        f"<updated>{_text(document['updated_at'])}</updated>\n"
        f'<link rel="alternate" type="text/html" href={_attribute(feed.page_of(document))}/>\n'
        f'<link rel="alternate" type="application/json" href={_attribute(document["url"])}/>\n'
        f"{sources}{categories}"
        f'<content type="html">{_text(_content(document))}</content>\n'
        "</entry>\n"
    )


def _content(document: Document) -> str:
    """HTML."""
    parts = [document["date"]["display"], place_in_words(document)]
    summary = as_html_paragraphs(document.get("summary", ""), document.get("summary_language", ""))
    sources = "".join(f"<li>{link(source['url'], source['title'])}</li>" for source in document["sources"])
    return f"<p>{as_html(', '.join(filter(None, parts)))}</p>{summary}<ul>{sources}</ul>"


def _tag(feed: Feed, name: str) -> str:
    return f"tag:{quote(clean(_authority(feed.host)))},{TAG_DATE}:{quote(clean(name), safe='/?=')}"


def _authority(host: str) -> str:
    """Whose tag it is: the host without its port. No tag has an IPv6 address: it has the name of one in the DNS."""
    if not host.startswith("["):
        return host.partition(":")[0]
    try:
        return IPv6Address(host[1:].partition("]")[0]).reverse_pointer
    except ValueError:  # Django only looks at the characters
        return "invalid"


def _text(text: str) -> str:
    return escape(clean(text))


def _attribute(text: str) -> str:
    return quoteattr(clean(text))
