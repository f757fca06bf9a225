"""Published versions of events: what the filters need, the documents, the countries, the relations."""

from __future__ import annotations

import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from events.models import Event
from timeline.models.versions import Version
from timeline.querysets import PublicationQuerySet, drawn
from timeline.traits import LONG_DAYS, SAMPLED, SPARSE, drawn_number


def _ordered(prefix: str) -> Q:
    names = {name: f"{prefix}{name}" for name in ("start_min", "start_max", "end_min", "end_max")}
    return (
        # NULL compared with anything is no FALSE: that all are there must be said.
        Q(**{f"{name}__isnull": False for name in names.values()})
        & Q(**{f"{names['start_min']}__lte": F(names["start_max"])})
        & Q(**{f"{names['end_min']}__lte": F(names["end_max"])})
        & Q(**{f"{names['start_min']}__lte": F(names["end_min"])})
        & Q(**{f"{names['start_max']}__lte": F(names["end_max"])})
    )


def _is_long() -> models.GeneratedField:
    """Whether it may have lasted over `LONG_DAYS`; see `PublicationQuerySet.overlapping`."""
    latest = models.ExpressionWrapper(F("start_min") + LONG_DAYS, output_field=models.DateField())
    return models.GeneratedField(
        expression=models.ExpressionWrapper(Q(end_max__gt=latest), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )


def _is_in_sample() -> models.GeneratedField:
    """Whether the event is one of the `SAMPLED`th part that estimates are made of."""
    return models.GeneratedField(
        expression=drawn(SAMPLED),
        output_field=models.BooleanField(),
        db_persist=True,
    )


def _by_keys(name: str, condition: Q) -> GinIndex:
    """One index for all keys and words: what is wanted together is found together, inside the index."""
    arrays = ["type_path", "topics", "actors", "roles", "countries_involved", "involvements", "place_words", "traits"]
    return GinIndex(fields=[*arrays, "search"], condition=condition, name=name)


def _by_value(name: str, column: str, condition: Q) -> models.Index:
    """Of the publications that have a value in the column, those with one value, the newest first."""
    newest_first = F("start_min").desc(), F("event").desc()
    return models.Index(F(column), *newest_first, condition=condition & ~Q(**{column: ""}), name=name)


NAMES_DIGEST = 16
"""Characters: rows that are read for each page stay short, and one pair in 2**64 is taken for the same."""

DRAFT_EDITED_AT = Coalesce("drafted_at", "published_at")
"""`Publication.draft_edited_at`, for queries."""


class Publication(Version):
    """A published version of an event, with what the filters need. The documents are in `PublicationText`."""

    # Where a foreign key has no index of its own, another one begins with it.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="publications", db_index=False)
    slug = models.CharField(max_length=120)
    first_published_at = models.DateTimeField()
    drafted_at = models.DateTimeField(
        null=True,
        help_text="When the draft that it says was edited last; a version with other relations or names has that of "
        "the one before it. Empty in old ones: they count as edited when they were published.",
    )
    start_min = models.DateField()
    start_max = models.DateField()
    end_min = models.DateField()
    end_max = models.DateField()
    qualified = models.BooleanField(help_text="Whether the date is approximate or uncertain.")
    long = _is_long()
    effective_start_min = models.DateField(null=True)
    effective_start_max = models.DateField(null=True)
    effective_end_min = models.DateField(null=True)
    effective_end_max = models.DateField(null=True)
    effective_qualified = models.BooleanField(default=False)
    type_path = ArrayField(models.CharField(max_length=120), help_text="The type's slugs from the root down.")
    topics = ArrayField(models.CharField(max_length=120), help_text="The topics' slugs with those above them.")
    countries_involved = ArrayField(models.CharField(max_length=4), help_text="Their codes, as in `countries`.")
    involvements = ArrayField(
        models.CharField(max_length=45), help_text="`code:` with each of `PublicationCountry.ways`, for each of them."
    )
    actors = ArrayField(models.CharField(max_length=120), help_text="The participants' slugs.")
    roles = ArrayField(models.CharField(max_length=140), help_text="`role` and `actor:role` of each participant.")
    place_country = models.CharField(max_length=4, blank=True)
    place_words = ArrayField(models.CharField(max_length=300), help_text="The words of the place's name, folded.")
    dataset = models.CharField(max_length=200, blank=True, help_text="The namespace of the event's external id.")
    vanished = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether it was withdrawn because its data set had it no more: it comes back with it.",
    )
    disputed = models.BooleanField()
    significance = models.PositiveSmallIntegerField(
        help_text="How much there is to it: see `timeline.documents.significance`."
    )
    sample = _is_in_sample()
    traits = ArrayField(models.IntegerField(), help_text="See `timeline.traits`.")
    search = SearchVectorField(help_text="The words of the documents in all languages: see `timeline.search`.")
    names_digest = models.CharField(
        max_length=NAMES_DIGEST,
        blank=True,
        db_default="",
        help_text="Of the names and aliases of actors that a search finds it by. Empty in old ones: not known.",
    )

    objects = PublicationQuerySet.as_manager()

    @property
    def draft_edited_at(self) -> datetime.datetime:
        """`drafted_at`, or what counts as it where that is not known."""
        return self.drafted_at or self.published_at

    class Meta:
        permissions = [("publish", "Can publish and withdraw")]  # vocabulary and timelines, too
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="publication_version_once"),
            models.UniqueConstraint(
                fields=["event"], condition=Q(superseded_in=None), name="publication_one_current_version"
            ),
            models.CheckConstraint(name="publication_days", condition=_ordered("")),
            models.CheckConstraint(
                name="publication_effective_days",
                condition=Q(
                    effective_start_min=None, effective_start_max=None, effective_end_min=None, effective_end_max=None
                )
                | _ordered("effective_"),
            ),
        ]
        indexes = [
            # Detail by slug, and old slugs.
            models.Index(fields=["slug", "superseded_in"], name="publication_slug"),
            # Lists without a country, by date both ways.
            models.Index(
                F("start_min").desc(),
                F("event").desc(),
                include=["end_max", "long", "id", "significance"],
                condition=Q(superseded_in=None, withdrawn=False),
                name="publication_by_date",
            ),
            # The same in past states, which any version may belong to: those that do not are passed over in the index.
            models.Index(
                F("start_min").desc(),
                F("event").desc(),
                include=["id", "end_max", "long", "published_in", "superseded_in", "withdrawn"],
                name="publication_by_date_ever",
            ),
            # The change feed: every version, in the order of publication.
            models.Index(fields=["published_in", "event"], name="publication_changes"),
            # Lists ordered by their last change.
            models.Index(
                F("published_in").desc(),
                F("event").desc(),
                include=["id"],
                condition=Q(superseded_in=None, withdrawn=False),
                name="publication_by_change",
            ),
            # What overlaps a narrow window but began long before it.
            models.Index(
                F("start_min").desc(),
                include=["end_max", "id", "significance", "event"],
                condition=Q(superseded_in=None, withdrawn=False, long=True),
                name="publication_long",
            ),
            # Summaries of many events: the most significant ones, and the sample, in past states too.
            models.Index(
                F("significance").desc(),
                F("start_min").desc(),
                F("event").desc(),
                condition=Q(superseded_in=None, withdrawn=False),
                name="publication_by_significance",
            ),
            # Of it the sparse sample is a range, and what is not in that need not be read.
            models.Index(
                drawn_number(F("event_id"), SPARSE),
                F("event"),
                condition=Q(sample=True),
                name="publication_sample",
            ),
            # in_force_on, now or in a past state: few events are measures.
            models.Index(
                F("start_min").desc(),
                F("event").desc(),
                F("effective_start_min"),
                F("effective_end_max"),
                include=["id", "long", "superseded_in", "withdrawn", "published_in"],
                condition=Q(effective_start_min__isnull=False),
                name="publication_measures",
            ),
            models.Index(
                F("published_in").desc(),
                F("event").desc(),
                F("effective_start_min"),
                F("effective_end_max"),
                include=["id", "superseded_in", "withdrawn"],
                condition=Q(effective_start_min__isnull=False),
                name="publication_measures_changes",
            ),
            # Any filter by type, topic, actor, role, country, day in force, words of a place or of documents (q=), and
            # any of them together, with the time, by `timeline.scans`; and the same in past states, with the first.
            _by_keys("publication_keys", Q(superseded_in=None, withdrawn=False)),
            _by_keys("publication_keys_past", Q(superseded_in__isnull=False, withdrawn=False)),
            # place=KR, dataset=has-travels, newest first.
            _by_value("publication_place_country", "place_country", Q(superseded_in=None, withdrawn=False)),
            _by_value("publication_dataset", "dataset", Q(superseded_in=None, withdrawn=False)),
            # In past states, together with the one above; there would be no other than all that was ever superseded.
            _by_value("publication_dataset_past", "dataset", Q(superseded_in__isnull=False, withdrawn=False)),
        ]

    def __str__(self) -> str:
        return f"{self.slug} version {self.version}"


class PublicationText(models.Model):
    """A publication in one language: its title, and `document`, the JSON of the event as the API serves it.

    In the document, U+0001 stands where the API's base URL belongs (see `timeline.documents`). Rows that fit a page are
    not compressed: unpacking takes longer than reading more (`toast_tuple_target`, see the migrations).
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="texts", db_index=False)
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    document = models.TextField()

    class Meta:
        constraints = [
            # Finds the document of each row of a page.
            models.UniqueConstraint(fields=["publication", "language"], name="publication_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"


class PublicationCountry(models.Model):
    """That a publication involves a country, and how: what the country filter reads.

    `ways` holds, for each way and role, `way:`, `:role` and `way:role`, so that one array overlap answers every
    combination of `involvement` and `role` (`participant` is a way and a role: the colon tells them apart). The days
    repeat the publication's, so that country and date are one range of one index. `Publication.involvements` has the
    same for the index by keys, where a way that is rare is found.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="countries", db_index=False)
    code = models.CharField(max_length=4)
    ways = ArrayField(models.CharField(max_length=40))
    event_id = models.BigIntegerField()
    start_min = models.DateField()
    end_max = models.DateField()
    long = _is_long()
    significance = models.PositiveSmallIntegerField(help_text="The publication's, for the highlights of a country.")
    current = models.BooleanField(default=True, help_text="Whether the publication is current and not withdrawn.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "code"], name="publication_country_once"),
        ]
        indexes = [
            # country= with and without dates, newest or oldest first.
            models.Index(
                F("code"),
                F("start_min").desc(),
                F("event_id").desc(),
                include=["end_max", "publication", "long", "significance"],
                condition=Q(current=True),
                name="publication_country_by_date",
            ),
            # country= in a narrow window: what began long before it.
            models.Index(
                F("code"),
                F("start_min").desc(),
                F("event_id").desc(),
                include=["end_max", "publication"],
                condition=Q(current=True, long=True),
                name="publication_country_long",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PublicationRelation(models.Model):
    """That a publication says its event relates to another, whether or not that one is public (yet)."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=12)
    target = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            # in_force_on: who suspends or withdraws this? Publishing: whose documents name this?
            models.Index(fields=["target", "kind"], name="publication_relation_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
