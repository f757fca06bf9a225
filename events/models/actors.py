"""Who takes part: states, blocs, bodies, persons, and who belongs to whom, and when (Popolo's terms)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Deferrable, F, Q

from events.fields import SLUG_PATTERN, EdtfField, LinesField, SlugField, TranslatedField, translated

CODE_PATTERN = r"^([A-Z]{2}|[A-Z]{4})$"
ALPHA3_PATTERN = r"^[A-Z]{3}$"
QID_PATTERN = r"^Q[1-9][0-9]*$"
NAMED = 3
"""How many events are named where an actor has too many to name all."""


class Actor(models.Model):
    """Whoever can take part in an event."""

    class Kind(models.TextChoices):
        STATE = "state", "State"
        ORGANISATION = "organisation", "Organisation"
        BLOC = "bloc", "Bloc (has states as members)"
        BODY = "body", "Body (ministry, agency)"
        PERSON = "person", "Person"
        COMPANY = "company", "Company"

    kind = models.CharField(max_length=12, choices=Kind)
    slug = SlugField()
    names = TranslatedField(help_text="The usual name in each language.")
    aliases = LinesField(help_text="Other names that people search for or sources print, one a line.")
    code = models.CharField(
        max_length=4,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(CODE_PATTERN, "Two or four upper-case letters, such as UZ or SUHH.")],
        help_text="States: ISO 3166-1 alpha-2 (UZ); former states: the four letters of ISO 3166-3 (SUHH); XK; EU.",
    )
    alpha3 = models.CharField(
        "alpha-3",
        max_length=3,
        blank=True,
        validators=[RegexValidator(ALPHA3_PATTERN, "Three upper-case letters, such as UZB.")],
        help_text="ISO 3166 alpha-3.",
    )
    qid = models.CharField(
        "Wikidata id",
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(QID_PATTERN, "A Q and a number, such as Q265.")],
    )
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="predecessors",
        blank=True,
        help_text="Of a former state: the states that came after it.",
    )
    imported = models.JSONField(null=True, editable=False)
    """The memberships that a data set gave it when it was imported last, if that is remembered: see
    `events.interchange.following_memberships`."""
    imported_at = models.DateTimeField(null=True, editable=False)
    """When an import changed it last; empty once an import has published that."""

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(name="actor_slug", condition=Q(slug__regex=SLUG_PATTERN)),
            models.CheckConstraint(
                name="actor_kind", condition=Q(kind__in=["state", "organisation", "bloc", "body", "person", "company"])
            ),
            models.CheckConstraint(
                name="actor_code",
                condition=Q(code=None) | (Q(code__regex=CODE_PATTERN) & Q(kind__in=["state", "bloc"])),
                violation_error_message="Only a state or a bloc has a code, of two or four upper-case letters.",
            ),
            models.CheckConstraint(name="actor_alpha3", condition=Q(alpha3="") | Q(alpha3__regex=ALPHA3_PATTERN)),
            models.CheckConstraint(name="actor_qid", condition=Q(qid=None) | Q(qid__regex=QID_PATTERN)),
            models.CheckConstraint(name="actor_named", condition=~Q(names={})),
        ]

    def __str__(self) -> str:
        return f"{translated(self.names)} ({self.code or self.get_kind_display().split(' (')[0].lower()})"

    def clean(self) -> None:
        # A blank input means "none": two actors without a code must not collide.
        self.code = self.code or None
        self.qid = self.qid or None
        if self.kind != Actor.Kind.STATE and (why := self.why_a_state(self.names_events)):
            raise ValidationError({"kind": why})

    names_events = False
    """Whether `clean` may name events, of which some are drafts: whoever is told may see them."""

    def why_a_state(self, named: bool = True) -> str:
        """Why it must stay a state: how many events take place there, and which, if they may be `named`; blank if none
        do."""
        if not self.pk or not (count := self.events_hosted.count()):
            return ""
        slugs = first_slugs(self.events_hosted.all(), count) if named else ""
        take_place, them = (f"{count:,} events take", "them") if count > 1 else ("1 event takes", "it")
        return f"{take_place} place there{slugs}, so it must be a state: give {them} another country first."


def first_slugs(events: models.QuerySet[Any], count: int) -> str:
    """Of so many events the first ones, as “ (first, second, …)”."""
    slugs = events.order_by("slug").values_list("slug", flat=True)[:NAMED]
    return f" ({', '.join(slugs)}{', …' if count > NAMED else ''})"


class Membership(models.Model):
    """`member` belongs to `group` or speaks for it, for a time.

    A person is of a state or a ministry, a ministry or a company of a state, a state of a bloc. The membership holds
    from the earliest day of `since` to the latest day of `until`, both included; blank is open.
    """

    member = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(max_length=200, help_text="Such as president, minister, member, ministry.")
    since = EdtfField(blank=True, derives={"since_min": "start_min"}, help_text="EDTF, such as 2015 or 2025-01-20.")
    until = EdtfField(blank=True, derives={"until_max": "end_max"}, help_text="EDTF. Blank: it goes on.")
    since_min = models.DateField(null=True, editable=False)
    until_max = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["member", "since_min", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "group", "role", "since"],
                name="membership_once",
                deferrable=Deferrable.IMMEDIATE,  # see `events.unique_at_last`
            ),
            models.CheckConstraint(
                name="membership_not_of_itself",
                condition=~Q(member=F("group")),
                violation_error_message="An actor cannot be a member of itself.",
            ),
            models.CheckConstraint(
                name="membership_dates",
                condition=(Q(since="") | Q(since_min__isnull=False)) & (Q(until="") | Q(until_max__isnull=False)),
                violation_error_message="“Since” and “until” must be EDTF dates or blank.",
            ),
            models.CheckConstraint(
                name="membership_since_before_until",
                condition=Q(since_min=None) | Q(until_max=None) | Q(since_min__lte=F("until_max")),
                violation_error_message="“Since” is after “until”.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.role} – {self.group}"

    def clean(self) -> None:
        for name in ("since", "until"):
            if "/" in getattr(self, name):
                raise ValidationError({name: "One date, not an interval: the other end has a field of its own."})
            field = self._meta.get_field(name)
            assert isinstance(field, EdtfField)
            field.pre_save(self, add=False)  # so that the constraints see the days
