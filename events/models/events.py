"""An event as an editor enters it: texts, date, place, participants, sources, relations, figures."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Deferrable, F, Q

from events.fields import SLUG_PATTERN, EdtfField, SlugField, TranslatedField, translated
from events.models.actors import Actor
from events.models.vocabulary import EventType, Topic

EXTERNAL_ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*:[^\s:]\S*$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[a-z0-9]+)*$"
LANGUAGE_VALIDATOR = RegexValidator(LANGUAGE_PATTERN, "A language code such as en, de or zh-hans.")

NO_DAYS = Q(start_min=None, start_max=None, end_min=None, end_max=None)
DAYS_IN_ORDER = (
    # NULL compared with anything is no FALSE: that all are there must be said.
    Q(start_min__isnull=False, start_max__isnull=False, end_min__isnull=False, end_max__isnull=False)
    & Q(start_min__lte=F("start_max"))
    & Q(end_min__lte=F("end_max"))
    & Q(start_min__lte=F("end_min"))
    & Q(start_max__lte=F("end_max"))
)


class Event(models.Model):
    """Something that happened between actors. A draft until it is published, and again after each edit."""

    slug = SlugField(help_text="Its name in URLs. Keep it once published: an old address then redirects.")
    type = models.ForeignKey(EventType, on_delete=models.PROTECT, related_name="events")
    topics = models.ManyToManyField(Topic, related_name="events", blank=True)
    date = EdtfField(
        blank=True,
        derives={name: name for name in ("start_min", "start_max", "end_min", "end_max")},
        help_text="As much as is known, in EDTF: 2025-11-06, 2025-11, 2025, 2025-10-XX, 201X, 2025-21 (spring), "
        "2025-04-06/2025-04-07, 2025/.. (open end); ~ about, ? uncertain.",
    )
    start_min = models.DateField(null=True, editable=False)
    start_max = models.DateField(null=True, editable=False)
    end_min = models.DateField(null=True, editable=False)
    end_max = models.DateField(null=True, editable=False)
    effective = EdtfField(
        blank=True, help_text="Measures: when it is in force, in EDTF: 2025-04-04/.. or 2025-11-10/2026-11-10."
    )
    place_name = models.CharField(
        "place", max_length=300, blank=True, help_text="Such as White House, Washington, D.C."
    )
    place_country = models.ForeignKey(
        Actor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events_hosted",
        limit_choices_to={"kind": Actor.Kind.STATE},
        help_text="The state on whose ground it took place.",
    )
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(90))],
    )
    longitude = models.DecimalField(
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-180)), MaxValueValidator(Decimal(180))],
    )
    external_id = models.CharField(
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(EXTERNAL_ID_PATTERN, "A data set and an id: has-travels:3593.")],
        help_text="Its id in the data set it came from: namespace:id, such as has-travels:3593.",
    )
    imported = models.JSONField(null=True, editable=False)
    """What the data set said of it when it was imported last, if that is remembered: see
    `events.interchange.following`."""
    imported_at = models.DateTimeField(null=True, editable=False)
    """`updated_at`, as long as it is as imports wrote it, to be published: nobody has edited it since."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-start_min", "-id"]
        constraints = [
            models.CheckConstraint(name="event_slug", condition=Q(slug__regex=SLUG_PATTERN)),
            models.CheckConstraint(name="event_days", condition=NO_DAYS | DAYS_IN_ORDER),
            models.CheckConstraint(
                name="event_external_id",
                condition=Q(external_id=None) | Q(external_id__regex=EXTERNAL_ID_PATTERN),
            ),
            models.CheckConstraint(
                name="event_coordinates",
                condition=Q(latitude=None, longitude=None)
                | Q(
                    # NULL compared with anything is no FALSE: that both are there must be said.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(Decimal(-90), Decimal(90)),
                    longitude__range=(Decimal(-180), Decimal(180)),
                ),
                violation_error_message="Give latitude (-90 to 90) and longitude (-180 to 180) together.",
            ),
        ]
        # The admin's list, newest first.
        indexes = [models.Index(F("start_min").desc(), F("id").desc(), name="event_newest_first")]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        self.external_id = self.external_id or None


class EventText(models.Model):
    """Title and summary of an event in one language."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12, choices=settings.LANGUAGES)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "language"],
                name="event_text_once_a_language",
                # Here and below: see `events.unique_at_last`.
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="This event already has a text in this language.",
            ),
            models.CheckConstraint(name="event_text_language", condition=Q(language__regex=LANGUAGE_PATTERN)),
            models.CheckConstraint(name="event_text_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"


class Participation(models.Model):
    """An actor's part in an event, and the name the source printed for it."""

    class Role(models.TextChoices):
        HOST = "host", "Host"
        VISITOR = "visitor", "Visitor"
        PARTICIPANT = "participant", "Participant"
        IMPOSER = "imposer", "Imposer (of a measure)"
        TARGET = "target", "Target (of a measure or statement)"
        SIGNATORY = "signatory", "Signatory"
        MEDIATOR = "mediator", "Mediator"
        OBSERVER = "observer", "Observer"
        SPEAKER = "speaker", "Speaker"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="participations")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=12, choices=Role, default=Role.PARTICIPANT)
    name_as_printed = models.CharField(
        max_length=300, blank=True, help_text="The name in the source, where it differs from the actor's."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "actor", "role"],
                name="participation_once",
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="This actor already has this role in this event.",
            ),
            models.CheckConstraint(
                name="participation_role",
                condition=Q(
                    role__in=[
                        "host",
                        "visitor",
                        "participant",
                        "imposer",
                        "target",
                        "signatory",
                        "mediator",
                        "observer",
                        "speaker",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} ({self.role})"


class Source(models.Model):
    """Where it is written, and the date it claims."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sources")
    url = models.URLField("URL", max_length=1000)
    title = models.CharField(max_length=500)
    publisher = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=12, blank=True, validators=[LANGUAGE_VALIDATOR], help_text="Such as en, de.")
    published = EdtfField(blank=True, help_text="When the source appeared, in EDTF.")
    accessed = models.DateField(null=True, blank=True, help_text="When somebody last read it there.")
    official = models.BooleanField(default=False, help_text="Published by a government or an international body.")
    claims = EdtfField(
        "claimed date", blank=True, help_text="The date of the event according to this source, in EDTF, if it says one."
    )
    claims_effective = EdtfField(
        "claimed effective date",
        blank=True,
        help_text="When the measure is in force according to this source, in EDTF.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "url"],
                name="source_once",
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="This event already has a source with this URL.",
            ),
            models.CheckConstraint(name="source_url", condition=Q(url__regex=r"^https?://")),
            models.CheckConstraint(name="source_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="source_language", condition=Q(language="") | Q(language__regex=LANGUAGE_PATTERN)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Relation(models.Model):
    """How `event` relates to `target`: read "event KIND target"."""

    class Kind(models.TextChoices):
        PART_OF = "part_of", "is part of"
        FOLLOWS = "follows", "follows"
        RESPONDS_TO = "responds_to", "responds to"
        IMPLEMENTS = "implements", "implements"
        AMENDS = "amends", "amends"
        SUSPENDS = "suspends", "suspends"
        WITHDRAWS = "withdraws", "withdraws"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=12, choices=Kind)
    target = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="related_from")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind", "target"],
                name="relation_once",
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="This relation is already there.",
            ),
            models.CheckConstraint(
                name="relation_kind",
                condition=Q(
                    kind__in=["part_of", "follows", "responds_to", "implements", "amends", "suspends", "withdraws"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.get_kind_display()} {self.target}"

    def clean(self) -> None:
        if self.event_id is not None and self.event_id == self.target_id:
            raise ValidationError({"target": "An event cannot have a relation to itself."})


class Figure(models.Model):
    """A number that belongs to an event: what it counts, in which unit, for which period, according to whom."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="figures")
    labels = TranslatedField("label", help_text="What the number says, in each language.")
    value = models.DecimalField(max_digits=24, decimal_places=6)
    unit = models.CharField(max_length=60, help_text="Such as USD bn, %, t.")
    period = EdtfField(blank=True, help_text="The time it counts, in EDTF, such as 2023.")
    reporter = models.ForeignKey(Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    partner = models.ForeignKey(Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey(
        Source,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="figures",
        help_text="One of this event's sources.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="figure_labelled", condition=~Q(labels={})),
            models.CheckConstraint(name="figure_unit", condition=~Q(unit="")),
        ]

    def __str__(self) -> str:
        return translated(self.labels)

    def clean(self) -> None:
        if self.source is not None and self.source.event_id != self.event_id:
            raise ValidationError({"source": "This source belongs to another event: choose one of this event's."})
