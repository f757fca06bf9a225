"""Folded text."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from timeline.text import fold


@given(st.text())
@example("Türkiye STRASSE Straße ΣΊΣΥΦΟΣ ﬁn 한국 q̣̇ Ǆ İ ⅻ")
def test_folding_is_that_of_the_whole_text(text):
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    assert fold(text) == "".join(character for character in decomposed if not unicodedata.combining(character))
