"""Numbers of public events, kept while publishing."""

from __future__ import annotations

from django.db import models


class Tally(models.Model):
    """How many public events begin and end in a month: all of them, also by day, and those that have a value; and how
    many have a value, whenever they are.

    Kept by `timeline.tallies` in the transaction that publishes. So the events of a country in a window of years are
    counted, exactly, without reading them.

    The index of the primary key reads the months of one value, in order. It is the only one, as a dozen tallies change
    with each event; and it has the numbers (`INCLUDE`, which only the migration can say), as the rows of a value lie
    scattered over the table: among a million events, reading them would take 2 ms.
    """

    class Dimension(models.TextChoices):
        ALL = ""
        DAY = "day"  # all of them, by day instead of month
        COUNTRY = "country"
        ACTOR = "actor"
        TYPE = "type"
        TOPIC = "topic"
        COUNTRIES = "countries"  # those of a country, and so on, in all months together
        ACTORS = "actors"
        TYPES = "types"
        TOPICS = "topics"

    pk = models.CompositePrimaryKey("dimension", "key", "month")
    dimension = models.CharField(max_length=9, choices=Dimension, blank=True)
    key = models.CharField(max_length=120, blank=True, help_text="A country's code, or a slug.")
    month = models.DateField(
        help_text="Its first day; of the dimension `day`, the day itself; of all months, 0001-01-01."
    )
    starts = models.IntegerField(help_text="Events whose first possible day is in the month; or in any.")
    ends = models.IntegerField(help_text="Events whose last possible day is in the month; or in any.")

    def __str__(self) -> str:
        return f"{self.dimension}:{self.key} {self.month:%Y-%m}"
