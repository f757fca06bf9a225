"""The version of all that is public, and what published versions have in common."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Dataset(models.Model):
    """The one row that says which version the published data has. Its row lock puts publishers in a queue."""

    version = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()
    written_to = models.CharField(
        max_length=60,
        blank=True,
        db_default="",
        help_text="Which database this version was written to: see `timeline.editions`. Empty in old ones: not known.",
    )

    class Meta:
        constraints = [models.CheckConstraint(name="dataset_is_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.version)


class DatasetVersion(models.Model):
    """When each dataset version came to be."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        # as_of= with a moment.
        indexes = [models.Index(F("at").desc(), F("number").desc(), name="dataset_version_by_time")]

    def __str__(self) -> str:
        return str(self.number)


class Version(models.Model):
    """One published version of something. Current while `superseded_in` is NULL; never deleted, never rewritten.

    `published_in` and `superseded_in` are dataset versions. A withdrawal is a version too, with `withdrawn` set.
    """

    version = models.PositiveIntegerField()
    published_in = models.BigIntegerField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    superseded_in = models.BigIntegerField(null=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, help_text="Of all it says, in every language: equal means unchanged.")

    class Meta:
        abstract = True
