"""iCalendar (RFC 5545, RFC 7986), for calendars that subscribe. A withdrawn event is simply no longer there."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from timeline.documents import Document
from timeline.formats.days import When, dated_title, day_after
from timeline.formats.feed import Feed, lasting_id
from timeline.formats.places import place_in_words
from timeline.formats.texts import clean

REFRESH = "PT12H"
ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r\n": "\\n", "\r": "\\n", "\x85": "\\n"}
SPECIAL = re.compile("\r\n|[\\\\;,\n\r\x85]")
NOT_IN_A_URL = re.compile("[\\s\x00-\x1f\x7f-\x9f]")


def write(documents: Iterable[Document], feed: Feed) -> Iterator[str]:
    """A calendar of all-day events.

    It has no `METHOD`: that is for scheduling messages (RFC 5546), of which each event has an `ORGANIZER`, and
    `DTSTAMP` is when the message was made. Calendar programs import, and subscribe to, what has none.
    """
    yield _lines(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_uri(feed.host)}//Diplomatic events timeline//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(feed.title)}",
        f"X-WR-CALNAME:{_text(feed.title)}",
        f"URL:{_uri(feed.home)}",
        f"SOURCE;VALUE=URI:{_uri(feed.url)}",
        f"LAST-MODIFIED:{_moment(feed.updated)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    )
    for document in documents:
        yield event(document, feed)
    yield _lines("END:VCALENDAR")


def event(document: Document, feed: Feed) -> str:
    """An event on all its possible days, and its date in words in the title if it is not that of one day or several.

    Of an open date only the known end is shown ("since 4 April 2025" on that day): a calendar has no open ends, and a
    banner over every day until the end of time helps nobody.
    """
    when = When.of(document)
    first, last = when.known_days()
    end = day_after(last)
    place = document.get("place", {})
    updated = _moment(datetime.datetime.fromisoformat(document["updated_at"]))
    texts = [document.get("summary"), None if when.exact else document["date"]["display"]]
    texts += [source["url"] for source in document["sources"]]
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(lasting_id(document))}@{_uri(feed.host)}",
        f"DTSTAMP:{updated}",
        f"LAST-MODIFIED:{updated}",
        f"CREATED:{_moment(datetime.datetime.fromisoformat(document['published_at']))}",
        f"SEQUENCE:{document['version'] - 1}",
        f"DTSTART;VALUE=DATE:{_day(first)}",
        # It has to be later. Without one the event lasts that day (RFC 5545, 3.6.1): the last one that there is.
        *([f"DTEND;VALUE=DATE:{_day(end)}"] if end > first else []),
        f"SUMMARY:{_text(dated_title(document, when))}",
        f"DESCRIPTION:{_text(chr(10).join(filter(None, texts)))}",
        f"CATEGORIES:{','.join(_text(branch['name']) for branch in (document['type'], *document.get('topics', ())))}",
        f"URL:{_uri(feed.page_of(document))}",
        "TRANSP:TRANSPARENT",
    ]
    if where := place_in_words(document):
        lines.append(f"LOCATION:{_text(where)}")
    if "latitude" in place and "longitude" in place:
        lines.append(f"GEO:{place['latitude']:.6f};{place['longitude']:.6f}")
    return _lines(*lines, "END:VEVENT")


def _lines(*lines: str) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    """`line` in lines of at most 75 octets, no character torn apart (RFC 5545, 3.1)."""
    octets = line.encode()
    if len(octets) <= 75:
        return line
    pieces, begin, room = [], 0, 75
    while len(octets) - begin > room:
        end = begin + room
        while octets[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        pieces.append(octets[begin:end])
        begin, room = end, 74
    return b"\r\n ".join([*pieces, octets[begin:]]).decode()


def _text(text: str) -> str:
    return SPECIAL.sub(lambda found: ESCAPED[found[0]], clean(text))


def _uri(text: str) -> str:
    return NOT_IN_A_URL.sub("", clean(text))


def _day(day: datetime.date) -> str:
    return day.isoformat().replace("-", "")


def _moment(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
