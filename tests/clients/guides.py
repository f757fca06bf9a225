"""The guides as a reader takes them: the code, to be pasted, and what it is said to print or draw."""

from __future__ import annotations

from markdown_it import MarkdownIt

from timeline.guides import FOLDER

ADDRESS = "http://127.0.0.1:8000"


def blocks(guide: str, language: str) -> list[str]:
    """The code blocks of a guide that are in this language, in order."""
    text = (FOLDER / f"{guide}.md").read_text(encoding="utf-8")
    return [token.content for token in MarkdownIt().parse(text) if token.type == "fence" and token.info == language]


def block(guide: str, language: str, api: str) -> str:
    """The only such block, with the address of the server that is there."""
    (only,) = blocks(guide, language)
    assert ADDRESS in only or language == "text", guide
    return only.replace(ADDRESS, api)
