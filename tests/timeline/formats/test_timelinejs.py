"""TimelineJS; `tests/clients` draws it in a browser."""

from tests.timeline.formats.samples import document
from timeline.formats.timelinejs import slide


def test_paragraphs_and_lines_are_kept():
    text = slide(document(summary="One.\r\nTwo <b>.\n\nThree."))["text"]["text"]

    assert text == (
        '<p>One.<br>Two &lt;b&gt;.</p><p>Three.</p><ul><li><a href="https://example.org/a">A report</a></li></ul>'
    )
