"""The `Link` header (RFC 8288): where an answer's neighbours are."""

from __future__ import annotations

from django.http import HttpResponseBase


def link(response: HttpResponseBase, url: str | None, rel: str, **attributes: str) -> None:
    """Adds a link to `response`, if there is a URL. URLs of ours have no character that would need care."""
    if url is None:
        return
    more = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    entry = f'<{url}>; rel="{rel}"{more}'
    response["Link"] = f"{response['Link']}, {entry}" if "Link" in response else entry
