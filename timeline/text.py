"""Text folded for comparison, without accents and case. Not done in the database, which has no contrib extensions."""

from __future__ import annotations

import re
import unicodedata


def fold(text: str) -> str:
    """`text` without accents and case: "Türkiye" and "TURKIYE" both give "turkiye", "Straße" gives "strasse"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """The folded words of `text`, each once, in order of appearance."""
    return list(dict.fromkeys(re.findall(r"\w+", fold(text))))
