"""Curated timelines."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from events.fields import SLUG_PATTERN, SlugField, TranslatedField, translated
from events.models import Event


class Timeline(models.Model):
    """A curated timeline as an editor enters it: the events that a saved filter finds, and hand-picked ones."""

    slug = SlugField()
    titles = TranslatedField("title")
    summaries = TranslatedField("summary", default=dict, blank=True)
    query = models.CharField(
        "saved filter",
        max_length=1000,
        blank=True,
        help_text="In the API's own words, such as country=CN&topic=rare-earths&from=2023. Words (q) are English ones, "
        "or, with lang=de beside them, German ones, in whatever language a reader asks for the timeline.",
    )
    events = models.ManyToManyField(Event, blank=True, related_name="timelines", help_text="Hand-picked events.")

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(name="timeline_slug", condition=Q(slug__regex=SLUG_PATTERN)),
            models.CheckConstraint(name="timeline_titled", condition=~Q(titles={})),
        ]

    def __str__(self) -> str:
        return translated(self.titles)

    def clean(self) -> None:
        from timeline.filters import check_saved_filter, saved_filter  # the filters need the models

        self.query = saved_filter(self.query)
        problems = check_saved_filter(self.query)
        if problems:
            raise ValidationError({"query": problems})
        self.summaries = self.summaries or {}
