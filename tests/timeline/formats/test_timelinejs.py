"""TimelineJS; `tests/clients` draws it in a browser."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tests.timeline.formats.samples import FEED, document, written
from timeline.formats.timelinejs import slide


def test_paragraphs_and_lines_are_kept():
    text = slide(document(summary="One.\r\nTwo <b>.\n\nThree."))["text"]["text"]

    assert text == (
        '<p>One.<br>Two &lt;b&gt;.</p><p>Three.</p><ul><li><a href="https://example.org/a">A report</a></li></ul>'
    )


@pytest.mark.parametrize(
    ("language", "said"), [("en", "No events."), ("de", "Keine Ereignisse."), ("fr", "No events.")]
)
def test_a_feed_without_events_says_so_at_the_end_of_its_window(language, said):
    feed = json.loads(written("timelinejs", feed=dataclasses.replace(FEED, language=language)))

    assert feed == {
        "title": {"text": {"headline": "Talks &amp; &lt;trade&gt;"}},
        "events": [
            {
                "start_date": {"year": 2030, "month": 12, "day": 31},
                "display_date": "Talks &amp;amp; &amp;lt;trade&amp;gt;",
                "text": {"headline": said},
            }
        ],
    }
