"""The questions that readers ask, by name. Filters, feeds and pages only call these.

Meanings are those of the README: a date filter asks for overlap; "possibly" takes every date at its widest, "certainly"
at its narrowest and never a qualified one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchRank
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest
from django.db.models.lookups import Exact

from events.among import among
from events.involvement import Way
from timeline import search, traits
from timeline.chosen import Chosen
from timeline.prepared_queries import Slot
from timeline.traits import LONG_DAYS, SAMPLED

LASTING = datetime.timedelta(days=LONG_DAYS)
FOUND_BY_KEYS = datetime.timedelta(days=366)
"""Of a longer window of a timeline, a page is sooner found along the dates, among a million events."""
EARLIEST = datetime.date.min + LASTING
RECENT = 15_000
"""So many events that were published last are read and looked at one by one, whatever else is asked of them: they lie
together. To find what else is asked for by keys may take longer; and their days may be any, so that few may be found
along the dates."""


def drawn(one_in: int) -> Exact:
    """That an event is in the sample of one in so many, by chance but for good. A column has it for `SAMPLED`."""
    return Exact(traits.drawn_number(F("event_id"), one_in), 0)


def long_before(day: datetime.date) -> datetime.date:
    """The day of which this holds: what began before it and lasted until `day` is `long`."""
    return max(day, EARLIEST) - LASTING


def overlap(first: datetime.date | None, last: datetime.date | None, days: str = "") -> Q:
    """That something may have been going on on a day from `first` to `last`; None is no bound.

    `days` is the prefix of its columns `start_min`, `end_max` and `long`.
    """
    wanted = Q()
    if last is not None:
        wanted &= Q(**{f"{days}start_min__lte": last})
    if first is not None:
        wanted &= Q(**{f"{days}end_max__gte": first})
        # Implied by the line above; it lets the database leave out all that began long before.
        wanted &= Q(**{f"{days}start_min__gte": long_before(first)}) | Q(**{f"{days}long": True})
    return wanted


def overlaps(first: datetime.date | None, last: datetime.date | None, days: str = "") -> list[Q]:
    """The same in parts that have nothing in common, each a range of an index: what began shortly before `first` or
    later, and what lasted long. For all rows this takes less time than `overlap`, but gives them in no order.
    """
    if first is None:
        return [overlap(first, last, days)]
    wanted = Q(**{f"{days}end_max__gte": first})
    if last is not None:
        wanted &= Q(**{f"{days}start_min__lte": last})
    return [
        wanted & Q(**{f"{days}start_min__gte": long_before(first)}),
        wanted & Q(**{f"{days}start_min__lt": long_before(first), f"{days}long": True}),
    ]


def together(parts: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    """The rows of all the parts, which have none in common."""
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def certain_overlap(first: datetime.date | None, last: datetime.date | None) -> Q:
    """What besides `overlap` holds for an event that was going on then, whichever of its possible days are true."""
    wanted = Q(qualified=False)
    if last is not None:
        wanted &= Q(start_max__lte=last)
    if first is not None:
        wanted &= Q(end_min__gte=first)
    return wanted


TALLIED = {"countries_involved": "country", "actors": "actor", "type_path": "type", "topics": "topic"}
"""Columns whose values the tallies count → the dimension (`Tally.Dimension`)."""


class VersionQuerySet(QuerySet[Any]):
    """Versions of anything published."""

    at: int | None = None
    """The dataset version asked for by `as_of`; None is the present one."""

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.at = self.at
        return clone

    def current(self) -> Self:
        """What is public now."""
        return self.as_of(None)

    def as_of(self, version: int | None) -> Self:
        """What was public in this dataset version; None is now."""
        found = self.all()
        found.at = version
        return found.filter(found._public())

    def _public(self, prefix: str = "") -> Q:
        """That a version, reached by `prefix`, was public in the dataset version asked for."""
        if self.at is None:
            return Q(**{f"{prefix}superseded_in": None, f"{prefix}withdrawn": False})
        not_yet_superseded = Q(**{f"{prefix}superseded_in": None}) | Q(**{f"{prefix}superseded_in__gt": self.at})
        return not_yet_superseded & Q(**{f"{prefix}published_in__lte": self.at, f"{prefix}withdrawn": False})


class TermQuerySet(VersionQuerySet):
    """Published vocabulary entries."""

    def known(self, entries: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
        """For those of the (kind, key) that are there, their definitions. One query."""
        keys: dict[str, list[str]] = {}
        for kind, key in entries:
            keys.setdefault(kind, []).append(key)
        wanted = Q()
        for kind, of_kind in keys.items():
            wanted |= Q(among("key", of_kind), kind=kind)
        return {
            (kind, key): definition
            for kind, key, definition in self.filter(wanted).values_list("kind", "key", "definition")
        }

    def keys_among(self, kind: str, keys: Iterable[str]) -> set[str]:
        """Those of the keys that entries of this kind have. One query, or none without keys."""
        return set(self.filter(among("key", keys), kind=kind).values_list("key", flat=True))

    def in_language(self, language: str) -> Self:
        """With the `document` of `language` as an annotation."""
        return self.annotate(
            text=FilteredRelation("texts", condition=Q(texts__language=language)), document=F("text__document")
        )


class _Document(Func):
    """SQL: the document of a publication, by its id, in a language.

    No join: of many rows that are sorted, only those of the page need their document. Nor a `Subquery`, which takes
    Django several times as long to build.
    """

    template = "(SELECT document FROM timeline_publicationtext AS text WHERE text.publication_id = %(expressions)s)"
    arg_joiner = " AND text.language = "
    output_field = TextField()


class _OneOf(Func):
    """SQL: that a value is in an array, of which the database does not know beforehand how long it is."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


class PublicationQuerySet(VersionQuerySet):
    """Published versions of events."""

    days = ""
    """Prefix of the columns `start_min`, `end_max`, `long` and `event_id` to filter and order by.

    After `involving` one country it names the row that joins publication and country, so that the country and the
    date are one range of one index.
    """

    whenever: Self | None = None
    """What it was before it was to be in force on a day, or to overlap a window: for estimates."""

    chosen = Chosen()
    """By what, as far as that decides how they are found."""

    def _clone(self) -> Self:
        clone = super()._clone()
        clone.days, clone.whenever, clone.chosen = self.days, self.whenever, self.chosen
        return clone

    def chosen_by(self, **noted: Any) -> Self:
        """The same, with this noted in `chosen`."""
        return self.all()._note(**noted)

    def _note(self, **noted: Any) -> Self:
        """Notes this in `chosen`, of a query set that nobody else has: a copy takes longer than all else here."""
        self.chosen = self.chosen._replace(**noted)
        return self

    def _note_tallied(self, dimension: str, values: Sequence[str]) -> Self:
        """Notes that one of the values, which the tallies have, is wanted."""
        return self._note(tallied=(*self.chosen.tallied, (dimension, tuple(values))))

    def without_joins(self) -> Self:
        """The same; countries that are filtered by later are looked up in the publication itself, not joined to it.

        That is quicker where the publications are few, or in another order than that of the country's dates.
        """
        return self.chosen_by(with_others=True)

    def not_by_date(self) -> Self:
        """The same, to be read in another order than that of dates, for which no index of them is of use."""
        return self.chosen_by(with_others=True, common=True)

    def by_keys(self, **wanted: Any) -> Self:
        """Those that have what is wanted of what the index by keys and words has."""
        found = self.filter(**wanted)._note(keyed=True)
        for column, dimension in TALLIED.items():
            if values := wanted.get(f"{column}__overlap"):
                found._note_tallied(dimension, values)
        return found

    def either(self, one: Self, other: Self) -> Self:
        """Those that are in `one` or in `other`, which are some of these, joined to no country.

        Each is a condition on the publication itself, not a subquery: what the first one finds by keys is found so, and
        how pages are found goes on as for any other filter.
        """
        first, last = one.chosen.window_first, one.chosen.window_last
        if first and last and last - first <= FOUND_BY_KEYS and (in_window := traits.of_window(first, last)):
            one = one.by_keys(traits__overlap=in_window)
        found = self.without_joins()
        if self.at is None:
            found.query = (one | other).query
        else:
            # What is still public and what is not any more have an index each: the database takes no two alternatives
            # apart that stand beside each other.
            found.query = (one.filter(superseded_in=None) | one.filter(superseded_in__gt=self.at) | other).query
        # Of what `one` is chosen by, only how it is found, and that the database expects it wrongly, holds for all.
        kept = ("keyed", "common", "correlated", "involving_several")
        return found._note(alone=False, **{name: getattr(one.chosen, name) for name in kept})

    def in_language(self, language: str | Slot) -> Self:
        """With the `document` of `language` as an annotation."""
        return self.annotate(document=_Document("pk", language if isinstance(language, Slot) else Value(language)))

    def matching(self, words: str, language: str) -> Self:
        """Events whose document in this language has the words (see `timeline.search`)."""
        wanted = search.queries(words, language)
        return self.by_keys(search=search.Finding(*wanted))._note(sought=tuple(wanted))

    def ranked(self) -> Self:
        """With `rank`, from 1 up: how well each fits the words that they match."""
        # One by one: of one query for all of them, no rank would say how near to each other the words are.
        ranks = (
            Cast(SearchRank(F("search"), search.Finding(one)) * 1_000_000, BigIntegerField())
            for one in self.chosen.sought
        )
        return self.annotate(rank=Greatest(*ranks, 1))

    # Who

    def involving(self, codes: Sequence[str], ways: Sequence[str] = ()) -> Self:
        """Events that involve any of the countries, in any of the `ways` (entries of `PublicationCountry.ways`)."""
        if ways:
            found = self.by_keys(involvements__overlap=[f"{code}:{way}" for code in codes for way in ways])
            return found._note_tallied("country", codes)
        # The index by country and date has one country's present state.
        if len(codes) > 1 or self.at is not None or self.chosen.with_others:
            return self.by_keys(countries_involved__overlap=list(codes))
        columns = ("start_min", "end_max", "long", "event_id", "current")
        joined = self.annotate(
            by_country=FilteredRelation("countries", condition=Q(countries__code=codes[0])),
            # Everything by annotation: each condition on the relation itself might join it once more.
            **{f"country_{name}": F(f"by_country__{name}") for name in columns},
        ).filter(country_current=True)
        joined.days = "country_"
        return joined

    def involving_all(self, codes: Sequence[str], ways: Sequence[str] = ()) -> Self:
        """Events that involve every one of the countries, each in any of the `ways`."""
        if len(codes) > 1 and not ways:
            found = self.by_keys(countries_involved__contains=list(codes))
            for code in codes:
                found._note_tallied("country", [code])
            return found._note(involving_several=True)
        found = self
        for code in codes:
            found = found.involving([code], ways)
        return found.chosen_by(correlated=self.chosen.correlated or len(codes) > 1)

    def with_actor(self, slugs: Sequence[str], roles: Sequence[str] = ()) -> Self:
        """Events in which any of the actors takes part itself, in any of the `roles`."""
        if roles:
            found = self.by_keys(roles__overlap=[f"{slug}:{role}" for slug in slugs for role in roles])
            return found._note_tallied("actor", slugs)
        return self.by_keys(actors__overlap=list(slugs))

    def with_role(self, roles: Sequence[str]) -> Self:
        """Events in which somebody has any of the `roles`."""
        return self.by_keys(roles__overlap=list(roles))

    # What

    def of_type(self, slugs: Sequence[str]) -> Self:
        """Events of any of the types or of a type below one."""
        return self.by_keys(type_path__overlap=list(slugs))

    def about(self, slugs: Sequence[str]) -> Self:
        """Events with any of the topics or a topic below one."""
        return self.by_keys(topics__overlap=list(slugs))

    def disputed(self, yes: bool) -> Self:
        """Events about whose date two sources contradict each other, or the others."""
        return self.by_keys(traits__overlap=[traits.DISPUTED]) if yes else self.filter(disputed=False)

    def from_dataset(self, namespaces: Sequence[str]) -> Self:
        """Events whose external id is in any of the namespaces."""
        return self.exclude(dataset="").filter(dataset__in=namespaces)

    def updated_since(self, moment: datetime.datetime) -> Self:
        """Events whose version was published at this moment or later.

        Two queries: for the first dataset version since, and for whether there are many.
        """
        from timeline.models import DatasetVersion  # the models need their querysets first

        later = DatasetVersion.objects.filter(at__gte=moment).order_by("at", "number")
        first = later.values_list("number", flat=True).first()
        if first is None:
            return self.none()
        since = self.model._default_manager.as_of(self.at).filter(published_in__gte=first)
        if since.values("pk")[: RECENT + 1].count() > RECENT:
            return self.filter(published_in__gte=first)
        return self.filter(_OneOf("pk", ArraySubquery(since.values("pk"))))._note(recent=True)

    # Where

    def in_country(self, code: str) -> Self:
        """Events that took place in the country."""
        if self.chosen.with_others or self.at is not None:
            return self.by_keys(involvements__overlap=[f"{code}:{Way.LOCATION}:"])
        return self.exclude(place_country="").filter(place_country=code)

    def at_place(self, words: Sequence[str]) -> Self:
        """Events whose place's name has all these folded words."""
        return self.by_keys(place_words__contains=list(words))

    # When

    def overlapping(self, first: datetime.date | None, last: datetime.date | None) -> Self:
        """Events that may have been going on on a day from `first` to `last`; None is no bound."""
        found, days = self, self.days
        if self.chosen.keyed or self.chosen.common:
            # A sum is in no index: few events are read, so that a wide range by date is not read for them, too.
            began = ExpressionWrapper(F("start_min") + 0, DateField())
            found = self.annotate(plain_start_min=began, plain_end_max=F("end_max"), plain_long=F("long"))
            days = "plain_"
        found = found.filter(overlap(first, last, days))._note(
            window_first=max(filter(None, (first, self.chosen.window_first)), default=None),
            window_last=min(filter(None, (last, self.chosen.window_last)), default=None),
        )
        found.whenever = self if self.whenever is None else self.whenever
        return found

    def certainly_overlapping(self, first: datetime.date | None, last: datetime.date | None) -> Self:
        """Events that were going on on a day from `first` to `last`, whichever of their possible days are true."""
        found = self.chosen_by(common=not self.days)
        return found.overlapping(first, last).filter(certain_overlap(first, last))

    def in_force_on(self, day: datetime.date) -> Self:
        """Measures that may be in force on `day`.

        Their effective dates may cover it, nothing that suspends them certainly covers it, and nothing that withdraws
        them had certainly taken effect by then.
        """
        return self._effective_on(day).filter(
            ~Exists(self._relations("suspends").filter(_certainly_effective(day, "publication__"))),
            ~Exists(self._relations("withdraws").filter(took_effect_max__lte=day, took_effect_qualified=False)),
        )

    def certainly_in_force_on(self, day: datetime.date) -> Self:
        """Measures that are in force on `day`, whichever of the possible days are true.

        Their effective dates certainly cover it, nothing that suspends them may cover it, and nothing that withdraws
        them may have taken effect by then.
        """
        return self._effective_on(day).filter(
            _certainly_effective(day),
            ~Exists(
                self._relations("suspends").filter(
                    publication__effective_start_min__lte=day, publication__effective_end_max__gte=day
                )
            ),
            ~Exists(self._relations("withdraws").filter(took_effect_min__lte=day)),
        )

    def possibly_effective_on(self, day: datetime.date) -> Self:
        """Measures that may be effective then, whatever suspends or withdraws them."""
        return self.filter(effective_start_min__lte=day, effective_end_max__gte=day)

    def _effective_on(self, day: datetime.date) -> Self:
        """The same, found by keys."""
        in_year = self.by_keys(traits__overlap=traits.effective_in_year_of(day))
        found = in_year.possibly_effective_on(day)._note(in_force=day)
        found.whenever = in_year
        return found

    # Many

    def in_sample(self, one_in: int) -> Self:
        """One in so many of the events, `SAMPLED` or `SPARSE`, by chance but always the same ones.

        By an index of the sample; or by that in which they are found, so that nothing else is read. Joined to no
        country.
        """
        if self.chosen.keyed:
            return self.filter(traits__overlap=[traits.IN_SAMPLE[one_in]])
        found = self.filter(sample=True)
        return found if one_in == SAMPLED else found.filter(drawn(one_in))

    def most_significant(self, most: int) -> Self:
        """The most significant ones, these first; of equal ones the newest."""
        return self.order_by("-significance", "-start_min", "-event_id")[:most]

    def _relations(self, kind: str) -> QuerySet[Any]:
        """What current publications say of this kind about the outer one, with the days on which they took effect."""
        from timeline.models import PublicationRelation  # the models need their querysets first

        return PublicationRelation.objects.filter(
            self._public("publication__"), target=OuterRef("event"), kind=kind
        ).alias(
            # What has no effective date took effect when it happened.
            took_effect_min=Coalesce("publication__effective_start_min", "publication__start_min"),
            took_effect_max=Coalesce("publication__effective_start_max", "publication__start_max"),
            took_effect_qualified=Case(
                When(publication__effective_start_min=None, then=F("publication__qualified")),
                default=F("publication__effective_qualified"),
            ),
        )


def _certainly_effective(day: datetime.date, prefix: str = "") -> Q:
    return Q(
        **{
            f"{prefix}effective_start_max__lte": day,
            f"{prefix}effective_end_min__gte": day,
            f"{prefix}effective_qualified": False,
        }
    )
