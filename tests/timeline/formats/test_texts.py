"""Texts of editors in what stands around them."""

import pytest

from timeline.formats.texts import as_html_paragraphs, paragraphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\r\n ", []),
        ("One.", [["One."]]),
        ("One.\nTwo.", [["One.", "Two."]]),
        ("One.\r\nTwo.\rThree.", [["One.", "Two.", "Three."]]),
        ("One.\n\nTwo.", [["One."], ["Two."]]),
        ("\nOne.\r\n \r\n\r\nTwo.\nThree.\n", [["One."], ["Two.", "Three."]]),
        ("One.\x85Two.\u2028Three.\x00\x1c", [["One.", "Two.", "Three."]]),
        ("One.\x0bTwo.\x0cThree.\x1fFour.", [["One.", "Two.", "Three. Four."]]),  # as text processors have them
    ],
)
def test_paragraphs(text, expected):
    assert paragraphs(text) == expected


def test_paragraphs_as_html():
    assert as_html_paragraphs("A & b\n<i>\r\n\r\nC") == "<p>A &amp; b<br>&lt;i&gt;</p><p>C</p>"
    assert as_html_paragraphs("") == ""
