"""What public events have to follow."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Refresh(models.Model):
    """That entries of the vocabulary were published anew, and the public events that name them are to follow.

    Made by `timeline.vocabulary` in the transaction that publishes the entries, done by `timeline.refreshing`.
    """

    actors = ArrayField(models.CharField(max_length=120), default=list, help_text="Slugs.")
    countries = ArrayField(models.CharField(max_length=4), default=list, help_text="Codes.")
    types = ArrayField(models.CharField(max_length=120), default=list, help_text="Slugs.")
    topics = ArrayField(models.CharField(max_length=120), default=list, help_text="Slugs.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    events = ArrayField(
        models.BigIntegerField(), null=True, help_text="Their ids, in order; NULL until somebody begins."
    )
    total = models.PositiveIntegerField(null=True, help_text="How many events there are to look at.")
    done = models.PositiveIntegerField(default=0, help_text="How many of them have been looked at.")
    changed = models.PositiveIntegerField(default=0, help_text="How many of them got a new version.")
    passed_over = models.PositiveIntegerField(
        default=0, help_text="How many name something that is not public any more, and stay as they are."
    )
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, help_text="Why the last attempt failed.")
    retry_at = models.DateTimeField(null=True, help_text="After an error: not before.")

    class Meta:
        verbose_name_plural = "refreshes"
        # What is to be done, the oldest first.
        indexes = [models.Index(fields=["id"], condition=Q(finished_at=None), name="refresh_unfinished")]

    def __str__(self) -> str:
        return ", ".join([*self.actors, *self.types, *self.topics])
