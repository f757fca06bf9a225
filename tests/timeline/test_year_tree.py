"""Spans of years: what their nodes contain, year by year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.year_tree import nodes_of, nodes_with

years = st.integers(min_value=1, max_value=9999) | st.integers(min_value=1990, max_value=2030)


@given(years, years, years)
def test_a_span_shares_a_node_with_the_years_that_it_contains(one, other, year):
    first, last = sorted([one, other])

    nodes = nodes_of(first, last)

    assert len(set(nodes) & set(nodes_with(year))) == (first <= year <= last)
    assert len(nodes) == len(set(nodes)) <= 26


@pytest.mark.parametrize(
    ("first", "last", "nodes"),
    [
        (2025, 2025, [16384 + 2025]),
        (2024, 2025, [(16384 + 2024) // 2]),
        (2023, 2026, [9204, 16384 + 2023, 16384 + 2026]),
        (0, 8191, [2]),
    ],
)
def test_nodes(first, last, nodes):
    assert nodes_of(first, last) == nodes
