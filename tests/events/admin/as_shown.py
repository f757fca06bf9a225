"""What a browser sends of a form in which nobody has changed anything."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser


class _Form(HTMLParser):
    """Reads the fields of a page of the admin, whose other forms have none but buttons and the language's."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: defaultdict[str, list[str]] = defaultdict(list)
        self.name = ""
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        name, value = of.get("name") or "", of.get("value") or ""
        if tag in ("select", "textarea"):
            self.name = name
        if tag == "textarea":
            self.area = ""
        elif tag == "option" and "selected" in of:
            self.sent[self.name].append(value)
        elif tag == "input" and name and of.get("type") not in ("submit", "button"):
            if of.get("type") != "checkbox":
                self.sent[name].append(value)
            elif "checked" in of:
                self.sent[name].append(value or "on")

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area is not None:
            # The line break behind the tag is none of the text's.
            self.sent[self.name].append(self.area.removeprefix("\n").replace("\n", "\r\n"))
            self.area = None


def as_shown(html: str) -> dict[str, list[str]]:
    """The values by the names of the fields."""
    form = _Form()
    form.feed(html)
    return {name: values for name, values in form.sent.items() if "__prefix__" not in name}
