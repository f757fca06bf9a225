"""What a request's `Accept` header prefers (RFC 9110, 12.5.1)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.http.request import MediaType

LONGEST = 1_000
"""Characters of a header that is kept: what anybody may send must not fill the memory."""
MOST_READ = 4_000
"""Characters of one that is read. To take it apart takes a time that grows with their square."""


def preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """The media type that it prefers; of those it likes as much, the first; None if it rules out all of them.

    A longer header than `MOST_READ` is passed over, as if there was none.
    """
    accept = accept.strip()
    if accept in ("", "*/*") or len(accept) > MOST_READ:
        return offered[0]
    find = _preferred if len(accept) <= LONGEST else _preferred.__wrapped__
    return find(accept, offered)


@functools.lru_cache(maxsize=1000)
def _preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """The one that it likes most. Kept, as clients send the same ones again and again."""
    ranges = list(_ranges(accept))
    qualities = {name: _quality(ranges, name) for name in offered}
    chosen = max(offered, key=qualities.__getitem__)
    return chosen if qualities[chosen] else None


def _ranges(accept: str) -> Iterator[MediaType]:
    for text in filter(str.strip, accept.split(",")):
        with suppress(ValueError, TypeError):  # a parameter that cannot be decoded, or be put together from its parts
            yield MediaType(text)


def _quality(ranges: Iterable[MediaType], offered: str) -> float:
    """How much they like a type: as much as the most specific one that it is in says. Parameters, such as
    `charset=utf-8`, tell nothing apart here; to Django they make other types."""
    main, _, sub = offered.partition("/")
    found = [
        (each.main_type != "*", each.sub_type != "*", each.quality)
        for each in ranges
        if each.main_type in ("*", main) and each.sub_type in ("*", sub)
    ]
    return max(found)[-1] if found else 0
