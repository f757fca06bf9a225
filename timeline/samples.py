"""Samples of events, drawn by chance but always the same ones, of which estimates are made where counting takes long.

Each is part of the next: one event in `SPARSE`, in `SAMPLED`, in `DENSE`. Where n events are found in a sample, the
number that they stand for is known to about 1 / √n: 400 events tell it to 5 %.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from timeline.models import Publication, PublicationCountry
from timeline.querysets import PublicationQuerySet, drawn, overlaps, together
from timeline.tallies import Tallied
from timeline.traits import SAMPLED, SPARSE

DENSE = 16

MANY = 100_000
"""Of more events, the sparse sample says enough."""

MOST_WALKED = 40_000
"""Events, of a country or a window or all of them, whose index is walked through to find the dense sample of them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Of some events those that are in the sample, one in `one_in`; and whether of the window's only."""

    events: PublicationQuerySet
    one_in: int
    in_window: bool


def sample(
    events: PublicationQuerySet,
    expected: float,
    among: Tallied,
    first: datetime.date | None,
    last: datetime.date | None,
) -> Sample:
    """A sample of the events, of which so many are expected to overlap the days from `first` to `last`.

    The dense one needs an index to find it in: that of a country that all the events involve, or that of days. `among`
    are the events in it. Of a past state there is no dense one: those are of what is public now.
    """
    country = among.key
    if events.at is None and among.number(first, last) <= MOST_WALKED:
        return Sample(events.filter(pk__in=_dense(country, first, last)), DENSE, in_window=True)
    if expected > MANY:
        return Sample(events.in_sample(SPARSE), SPARSE, in_window=False)
    return Sample(events.in_sample(SAMPLED), SAMPLED, in_window=False)


def _dense(country: str, first: datetime.date | None, last: datetime.date | None) -> QuerySet[Any]:
    """The ids of all current publications in the dense sample; read in an index, without the publications."""
    rows, pk = (
        (PublicationCountry.objects.filter(code=country, current=True), "publication")
        if country
        else (Publication.objects.current(), "pk")
    )
    parts = [rows.filter(part).filter(drawn(DENSE)).order_by().values(pk) for part in overlaps(first, last)]
    return together(parts)
