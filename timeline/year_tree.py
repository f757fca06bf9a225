"""Spans of years as nodes of a binary tree, so that an index by keys finds the spans that contain a year.

A leaf is a year; each other node stands for all the years below it. A span is cut into the fewest nodes that have
exactly its years: two at most of each level. It contains a year if one of them is that year's leaf or above it. This is
the segment tree of computational geometry (Bentley 1977), kept in an inverted index.
"""

from __future__ import annotations

LEVELS = 14
FIRST_LEAF = 2**LEVELS
"""The year 0; the root is 1, and above node n is n // 2."""


def nodes_of(first: int, last: int) -> list[int]:
    """The nodes that have exactly the years from `first` to `last`, which lie between 0 and 9999."""
    low, high = FIRST_LEAF + first, FIRST_LEAF + last + 1
    nodes = []
    while low < high:
        if low % 2:
            nodes.append(low)
            low += 1
        if high % 2:
            high -= 1
            nodes.append(high)
        low, high = low // 2, high // 2
    return sorted(nodes)


def nodes_with(year: int) -> list[int]:
    """The nodes that have the year: its leaf, and all above."""
    return [(FIRST_LEAF + year) >> level for level in range(LEVELS + 1)]
