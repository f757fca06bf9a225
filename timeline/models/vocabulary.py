"""Published versions of vocabulary entries."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from timeline.models.versions import Version
from timeline.querysets import TermQuerySet


class Term(Version):
    """A published version of a vocabulary entry: a country, an actor, a type, a topic or a timeline."""

    class Kind(models.TextChoices):
        COUNTRY = "country"
        ACTOR = "actor"
        TYPE = "type"
        TOPIC = "topic"
        TIMELINE = "timeline"

    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=120, help_text="A country's code, else a slug.")
    group = models.CharField(max_length=12, blank=True, help_text="Of an actor: its kind.")
    names = ArrayField(models.CharField(max_length=300), help_text="All its names and aliases, for suggestions.")
    definition = models.JSONField(
        default=dict, help_text='Of a timeline: {"query": saved filter, "events": ids of picked events}.'
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "version"], name="term_version_once"),
            # Whether a code is known; the vocabulary lists, in the order of their keys.
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(superseded_in=None), name="term_one_current_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class TermText(models.Model):
    """A vocabulary entry in one language: the JSON as the API serves it, marked like `PublicationText.document`."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="texts", db_index=False)
    language = models.CharField(max_length=12)
    document = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "language"], name="term_text_once")]

    def __str__(self) -> str:
        return f"{self.language}: {self.term}"
