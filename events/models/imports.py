"""What is remembered of an import."""

from django.db import models

from events.models.events import Event


class Imported(models.Model):
    """What a data set said last of an event, field by field.

    So the next import changes what the data set says otherwise since then, and nothing that only an editor changed.
    """

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="imported")
    fingerprints = models.JSONField()
    """See `events.interchange.merging.fingerprints`."""

    def __str__(self) -> str:
        return f"Last import of {self.event}"
