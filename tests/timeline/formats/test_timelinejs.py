"""TimelineJS; `tests/clients` draws it in a browser."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tests.timeline.formats.samples import FEED, dated, document, written
from timeline.formats.timelinejs import slide


def test_paragraphs_and_lines_are_kept():
    text = slide(document(summary="One.\r\nTwo <b>.\n\nThree."))["text"]["text"]

    assert text == (
        '<p>One.<br>Two &lt;b&gt;.</p><p>Three.</p><ul><li><a href="https://example.org/a">A report</a></li></ul>'
    )


def test_a_summary_in_another_language_says_so():
    text = slide(document(summary="Eins.\n\nZwei.", summary_language="de"))["text"]["text"]

    assert text.startswith('<p lang="de">Eins.</p><p lang="de">Zwei.</p><ul>')


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


@pytest.mark.parametrize(
    ("edtf", "start", "end"),
    [
        ("2025-11-06/2025", (2025, 11, 6), (2025, 12, 31)),
        ("2025-11-06/2025-11", (2025, 11, 6), (2025, 11, 30)),
        ("2025-11/2025", (2025, 11, 1), (2025, 12, 31)),
        ("2025/2025-06-01", (2025, 1, 1), (2025, 6, 1)),
        ("2025-06/2025-06-20", (2025, 6, 1), (2025, 6, 20)),
        ("2024-11-06/2025", (2024, 11, 6), (2025,)),
        ("2025/2025", (2025,), None),
    ],
)
def test_an_end_within_what_is_known_of_the_other_is_a_day_after_a_day(edtf, start, end):
    shown = slide(dated(edtf))

    assert (*shown["start_date"].values(),) == start
    assert (tuple(shown["end_date"].values()) if "end_date" in shown else None) == end
