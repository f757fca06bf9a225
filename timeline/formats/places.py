"""The place of a document, in words."""

from __future__ import annotations

from timeline.documents import Document
from timeline.formats.texts import closed


def place_in_words(document: Document) -> str:
    """The place and its country, as far as the event has them; "" if it has neither.

    A country that the place's name says itself ("Afghanistan", "Osaka, Japan") does not stand there twice.
    """
    place = document.get("place", {})
    names = {country["code"]: country["name"] for country in document.get("countries", ())}
    name, code = place.get("name", ""), place.get("country", "")
    country = names.get(code, code)
    if name == country or name.endswith(f", {country}"):
        return name
    return ", ".join(filter(None, [closed(name), country]))
