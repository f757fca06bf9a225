"""Numbers for what is asked of a publication besides its keys and words: when it was, what is rare about it, and about
when it was written.

They stand in one array, which the index by keys has, too: what is asked of them is found together with all else.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from events.dates import EdtfDate
from timeline.year_tree import nodes_of, nodes_with

LONG_DAYS = 366
"""What may have lasted longer is `long`: a few events, kept in indexes of their own."""

DISPUTED = -10_001
"""That sources contradict each other about a date. No month or year has this number."""

SPARSE, SAMPLED = 256, 128
"""One event in so many is in the samples of which estimates are made."""

IN_SAMPLE = {SAMPLED: -10_003, SPARSE: -10_004}
"""The numbers of their traits."""

WRITTEN_TOGETHER = 4_096
"""Publications have a trait for about so many of them, written one after the other: their block."""

FIRST_BLOCK = -20_000
"""The trait of the first block; each has the next lower one. No other trait is as low."""

_LATER, _EFFECTIVE, _LONG = 200_000, 1_000_000, 2_000_000

MOST_MONTHS = 40
"""Of a longer time, the years are looked up: each month costs some."""

LONGEST = 73_050
"""Days whose years are looked up at most."""

YEAR = "-EXTRACT(year FROM {day})::integer"
MONTH = "EXTRACT(year FROM {day})::integer * 12 + EXTRACT(month FROM {day})::integer"
"""SQL: `year_of` and `month_of` a day."""


def month_of(day: datetime.date) -> int:
    """The trait of what began in the month of this day: the month, counted from the year 0."""
    return 12 * day.year + day.month


def year_of(day: datetime.date) -> int:
    """The trait of what began in the year of this day: the year, negative."""
    return -day.year


def still_in_month_of(day: datetime.date) -> int:
    """The trait of what began in another month, is not long, and may have lasted into the month of this day."""
    return _LATER + month_of(day)


def lasting_until(first: datetime.date) -> list[int]:
    """Traits of which all have one that began before this day and may have lasted until it."""
    return [month_of(first), still_in_month_of(first), *(_LONG + node for node in nodes_with(first.year))]


def of_window(first: datetime.date, last: datetime.date) -> list[int] | None:
    """Traits of which all have one that may have been going on on a day from `first` to `last`; None if these would be
    too many."""
    if (last - first).days > LONGEST:
        return None
    months = range(month_of(first), month_of(last) + 1)
    begun = months if len(months) <= MOST_MONTHS else range(year_of(last), year_of(first) + 1)
    return [*begun, *lasting_until(first)]


def effective_in_year_of(day: datetime.date) -> list[int]:
    """Traits of which each measure has one that may be effective on some day of the year."""
    return [_EFFECTIVE + node for node in nodes_with(day.year)]


def with_block(traits: Iterable[int], block: int) -> list[int]:
    """The traits with that of the block, counted from 0, which is the first one; and without another block's."""
    return [FIRST_BLOCK - block, *(trait for trait in traits if trait > FIRST_BLOCK)]


def traits_of(event_id: int, when: EdtfDate, effective: EdtfDate | None, *, disputed: bool) -> list[int]:
    """All that an event has, in order; but for that of the block, which is known only when it is written."""
    first, last = when.start_min, when.end_max
    traits = [month_of(first), year_of(first)]
    if (last - first).days > LONG_DAYS:
        traits += [_LONG + node for node in nodes_of(first.year, last.year)]
    else:
        traits += [_LATER + month for month in range(month_of(first) + 1, month_of(last) + 1)]
    if disputed:
        traits.append(DISPUTED)
    traits += [trait for one_in, trait in IN_SAMPLE.items() if drawn_number(event_id, one_in) == 0]
    if effective:
        traits += [_EFFECTIVE + node for node in nodes_of(effective.start_min.year, effective.end_max.year)]
    return sorted(traits)


def drawn_number(event_id: Any, numbers: int) -> Any:
    """A number below `numbers`, drawn for an event, by its id or the column of ids, by chance but for good.

    Where it is 0, the event is in the sample. The primes scatter neighbouring ids, which may have much in common.
    """
    return event_id * 7919 % 1_000_003 % numbers
