"""What the index by keys knows of a publication besides its arrays: when its event began, and what is rare about it.

An index can only be asked for what it holds in the very same words, so that they are written once, here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.models import Publication

LONG_DAYS = 366
"""What may have lasted longer is `long`: a few events, kept in indexes of their own."""

DISPUTED, MEASURE = -10_001, -10_002
"""Numbers that no year has: that sources contradict each other about a date; that there is an effective date."""

YEAR = "EXTRACT(year FROM start_min)::integer"
MONTH = f"{YEAR} * 12 + EXTRACT(month FROM start_min)::integer"

TRAITS = (
    f"ARRAY[{MONTH}, -{YEAR}] || CASE WHEN long THEN ARRAY[0] END "
    f"|| CASE WHEN disputed THEN ARRAY[{DISPUTED}] END "
    f"|| CASE WHEN effective_start_min IS NOT NULL THEN ARRAY[{MEASURE}] END"
)
"""SQL: an array of numbers: of the month, counted from the year 0; of the year, negative; and what else is so."""

LONG = "ARRAY[0]"
"""SQL: that it may have lasted longer than `LONG_DAYS`."""


def traits_of(publication: Publication) -> list[int]:
    """The same as `TRAITS`, of a publication that is not yet in the database."""
    day = publication.start_min
    traits = [12 * day.year + day.month, -day.year]
    if (publication.end_max - day).days > LONG_DAYS:
        traits.append(0)
    if publication.disputed:
        traits.append(DISPUTED)
    if publication.effective_start_min is not None:
        traits.append(MEASURE)
    return traits
