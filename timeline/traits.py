"""What the index by keys knows of a publication besides its arrays: when its event began, and what is rare about it.

An index can only be asked for what it holds in the very same words, so that they are written once, here.
"""

from __future__ import annotations

from typing import Any

LONG_DAYS = 366
"""What may have lasted longer is `long`: a few events, kept in indexes of their own."""

DISPUTED = -10_001
"""A number that no year has: that sources contradict each other about a date."""

SPARSE, SAMPLED = 256, 128
"""One event in so many is in the samples of which estimates are made."""

IN_SAMPLE = {SAMPLED: -10_003, SPARSE: -10_004}
"""The numbers of their traits."""

YEAR = "EXTRACT(year FROM start_min)::integer"
MONTH = f"{YEAR} * 12 + EXTRACT(month FROM start_min)::integer"

TRAITS = (
    f"ARRAY[{MONTH}, -{YEAR}] || CASE WHEN long THEN ARRAY[0] END "
    f"|| CASE WHEN disputed THEN ARRAY[{DISPUTED}] END "
    + " ".join(
        f"|| CASE WHEN mod(mod(event_id * 7919, 1000003), {one_in}) = 0 THEN ARRAY[{trait}] END"
        for one_in, trait in IN_SAMPLE.items()
    )
)
"""SQL: an array of numbers: of the month, counted from the year 0; of the year, negative; and what else is so."""

LONG = "ARRAY[0]"
"""SQL: that it may have lasted longer than `LONG_DAYS`."""


def drawn_number(event_id: Any, numbers: int) -> Any:
    """A number below `numbers`, drawn for an event, by its id or the column of ids, by chance but for good.

    Where it is 0, the event is in the sample. The primes scatter neighbouring ids, which may have much in common.
    """
    return event_id * 7919 % 1_000_003 % numbers
