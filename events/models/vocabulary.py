"""What kind of event it is and what it is about: two trees that editors can add to."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from events.fields import SLUG_PATTERN, SlugField, TranslatedField, translated


class Branch(models.Model):
    """A named node of a tree."""

    slug = SlugField()
    names = TranslatedField(help_text="The name in each language.")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        abstract = True
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(name="%(class)s_slug", condition=Q(slug__regex=SLUG_PATTERN)),
            models.CheckConstraint(name="%(class)s_named", condition=~Q(names={})),
            models.CheckConstraint(name="%(class)s_not_its_own_parent", condition=Q(parent=None) | ~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return translated(self.names)

    def clean(self) -> None:
        above, passed = self.parent, set[int]()
        while above is not None and above.pk not in passed:
            if above.pk == self.pk:
                raise ValidationError({"parent": "This stands below the entry itself: choose one that does not."})
            passed.add(above.pk)  # two who moved entries at the same time may have made a circle
            above = above.parent

    @classmethod
    def paths(cls) -> dict[int, list[Self]]:
        """For every node's id, the nodes from the root down to it. One query."""
        nodes: dict[int, Any] = {node.pk: node for node in cls._default_manager.all()}
        paths: dict[int, list[Self]] = {}
        for node in nodes.values():
            path = [node]
            while path[0].parent_id is not None and len(path) <= len(nodes):
                path.insert(0, nodes[path[0].parent_id])
            paths[node.pk] = path
        return paths


class EventType(Branch):
    """What kind of event: meeting > summit, trade-measure > export-control, …"""

    plover = models.CharField(
        "PLOVER event type",
        max_length=20,
        blank=True,
        help_text="The event type of the PLOVER ontology, such as CONSULT or SANCTION, where one fits.",
    )

    class Meta(Branch.Meta):
        verbose_name = "type"


class Topic(Branch):
    """What an event is about: critical-minerals > rare-earths, …"""

    class Meta(Branch.Meta):
        pass
