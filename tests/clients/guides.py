"""The guides as a reader takes them: the code, to be pasted, and what it is said to print or draw."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt

from timeline.guides import ADDRESS, text_of


@dataclass(frozen=True)
class Example:
    """A code block of a guide, and the text block behind it."""

    guide: str
    language: str
    code: str
    result: str


def examples(guide: str, address: str = ADDRESS) -> list[Example]:
    """The examples of a guide, for the server at `address`."""
    blocks = [token for token in MarkdownIt().parse(text_of(guide, address)) if token.type == "fence"]
    return [
        Example(guide, code.info, code.content, result.content)
        for code, result in pairwise(blocks)
        if (code.info == "text") < (result.info == "text")
    ]
