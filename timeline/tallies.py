"""The tallies: numbers of public events by month, kept while publishing, so that counting a million reads a few rows.

Events that overlap the days from `a` to `b` are those that began up to `b`, less those that had ended before `a`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet, Sum

from timeline.buckets import last_of_month, month_of
from timeline.models import Tally

COUNTED = """
INSERT INTO timeline_tally AS tally (dimension, key, month, starts, ends)
SELECT dimension, key, month, sum(starts), sum(ends)
FROM (
    SELECT pk, dimension, key FROM (
        SELECT id, '', '' FROM timeline_publication
        UNION ALL SELECT publication_id, 'country', code FROM timeline_publicationcountry
        UNION ALL SELECT id, 'actor', value FROM timeline_publication, unnest(actors) AS part (value)
        UNION ALL SELECT id, 'type', value FROM timeline_publication, unnest(type_path) AS part (value)
        UNION ALL SELECT id, 'topic', value FROM timeline_publication, unnest(topics) AS part (value)
    ) AS valued (pk, dimension, key)
    WHERE pk = ANY(%(ids)s)
) AS counted
JOIN timeline_publication AS publication ON publication.id = pk AND NOT withdrawn
CROSS JOIN LATERAL (VALUES (start_min, %(sign)s, 0), (end_max, 0, %(sign)s)) AS ends_of (day, starts, ends)
CROSS JOIN LATERAL (SELECT date_trunc('month', day)::date AS month) AS months
GROUP BY dimension, key, month
ORDER BY dimension, key, month
ON CONFLICT (dimension, key, month)
DO UPDATE SET starts = tally.starts + excluded.starts, ends = tally.ends + excluded.ends
"""


def add(publications: Iterable[int]) -> None:
    """Counts publications, given by their ids, that become public. Withdrawals count nothing."""
    _count(publications, 1)


def remove(publications: Iterable[int]) -> None:
    """Counts them no longer."""
    _count(publications, -1)


def _count(publications: Iterable[int], sign: int) -> None:
    ids = list(publications)
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(COUNTED, {"ids": ids, "sign": sign})


FIRST_MONTH, LAST_MONTH = datetime.date.min, month_of(datetime.date.max)
"""Where an open beginning and an open end are counted."""


@dataclass(frozen=True, slots=True)
class Tallied:
    """The public events that have a value, whenever they were; all of them where the dimension is blank."""

    dimension: str = ""
    key: str = ""

    @property
    def months(self) -> QuerySet[Tally]:
        """Its tallies."""
        return Tally.objects.filter(dimension=self.dimension, key=self.key)

    def span(self) -> tuple[datetime.date, datetime.date] | None:
        """From the first day of the month of the first known day to the last of that of the last one, if any."""
        known = self.months.exclude(month__in=[FIRST_MONTH, LAST_MONTH]).filter(Q(starts__gt=0) | Q(ends__gt=0))
        found = known.aggregate(first=Min("month"), last=Max("month"))
        return (found["first"], last_of_month(found["last"])) if found["first"] else None

    def number(self, first: datetime.date | None, last: datetime.date | None) -> int:
        """How many overlap the months from that of `first` to that of `last`; None is no bound."""
        begun = Q(month__lte=last or LAST_MONTH)
        ended = Q(month__lt=month_of(first or FIRST_MONTH))
        found = self.months.aggregate(begun=Sum("starts", filter=begun), ended=Sum("ends", filter=ended))
        return (found["begun"] or 0) - (found["ended"] or 0)
