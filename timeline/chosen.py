"""By what events are chosen, as far as that decides how they are found."""

from __future__ import annotations

import datetime
from typing import NamedTuple


class Chosen(NamedTuple):
    """What the filters of a `PublicationQuerySet` note of themselves: for `timeline.scans`, and for later filters."""

    keyed: bool = False
    """Whether by what the index by keys and words has, so that pages are found by `timeline.scans`."""

    common: bool = False
    """Whether an index of dates is of no use, as most events are among them, or they are wanted in another order: pages
    are found by `timeline.scans` too, not all of them sorted."""

    recent: bool = False
    """Whether they are the few that were published since a moment, of which all are read."""

    alone: bool = False
    """Whether by one filter, and by a window at most: not by what certainly was in it."""

    with_others: bool = False
    """Whether the countries, or the place, are one filter among others: then the index by keys finds them, too."""

    tallied: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Of what they are chosen by, what the tallies have: dimensions, each with values of which they have one."""

    window_first: datetime.date | None = None
    window_last: datetime.date | None = None
    """The days that the events overlap; None is no bound."""

    in_force: datetime.date | None = None
    """The day on which they are in force."""

    sought: tuple[str, ...] = ()
    """The tsqueries of which they match one."""

    correlated: bool = False
    """Whether by several countries that all have to be involved in certain ways."""

    involving_several: bool = False
    """Whether by several countries that all have to be involved, in whatever ways."""
