"""The filters of the event list: each an attribute whose `apply` calls a named QuerySet method."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django.http import QueryDict

from events.dates import EdtfDate
from events.involvement import Way
from events.models import Participation
from timeline.errors import InvalidParameters, ParameterError
from timeline.models import Publication, Term
from timeline.parameters import (
    BooleanField,
    ChoiceField,
    CodeField,
    DayField,
    Known,
    NamespaceField,
    ParameterField,
    PeriodField,
    PlaceField,
    PublishedSearchField,
    SearchField,
    SlugParameter,
    UpdatedSinceField,
    check_vocabulary,
    language_field,
    named_entries,
    read,
)
from timeline.querysets import PublicationQuerySet
from timeline.text import words

ROLES = Participation.Role.values
WAYS = [way.value for way in Way]
DATE_FILTERS = ("from", "to", "on", "in_force_on")
WINDOW = {"from", "to", "on", "certainty"}
BY_COUNTRY = {"country", "country_all", "involvement", *WINDOW}
"""Filters that are answered by the index by country and date, where there are no others."""


@dataclass(slots=True)
class Asked:
    """The values of all filters of one request, for those whose meaning depends on another."""

    values: Mapping[str, Any]
    known: Known

    @property
    def certain(self) -> bool:
        return bool(self.values["certainty"] == "certain")

    @property
    def country_ways(self) -> list[str]:
        """Entries of `PublicationCountry.ways`: by these ways, and through somebody in one of these roles."""
        ways = self.values["involvement"] or []
        # With an actor given, `role` is the actor's.
        roles = [] if self.values["actor"] else self.values["role"] or []
        if not ways and not roles:
            return []
        return [f"{way}:{role}" for way in ways or [""] for role in roles or [""]]

    @property
    def role_is_taken(self) -> bool:
        """Whether `role` says something of the actor or the country asked for, rather than of anybody."""
        return bool(self.values["actor"] or self.values["country"] or self.values["country_all"])


Apply = Callable[[PublicationQuerySet, Any, Asked], PublicationQuerySet]


class Parameter(django_filters.Filter):
    """A filter and the parameter that it reads. `apply` gets the queryset, the value and everything asked."""

    def __init__(self, field: ParameterField, apply: Apply) -> None:
        super().__init__()
        self.parameter_field = field
        self.apply = apply


class EventFilters(django_filters.FilterSet):
    """All filters of `/events/`. `from_` reads the parameter `from`."""

    q = Parameter(
        SearchField(
            help_text="Has these words, in `lang`, in title, summary, actors, countries, place, type, topics or "
            'figures: words, "a phrase", -without, begin* (up to four). Accents and case do not matter, nor the full '
            'stops or hyphens of abbreviations (U.S.: US, G-20: G20). Words such as "the" are passed over; alone they '
            "find what stands in capitals (who: WHO).",
        ),
        lambda found, text, asked: found.matching(text, asked.values["lang"]),
    )
    country = Parameter(
        CodeField(
            many=True,
            help_text="Involves this country: it takes part, is represented, is a member of a bloc that takes part, "
            "or is the place. Repeated: any of them.",
        ),
        lambda found, codes, asked: found.involving(codes, asked.country_ways),
    )
    country_all = Parameter(
        CodeField(many=True, help_text="Involves this country too. Repeated: all of them."),
        lambda found, codes, asked: found.involving_all(codes, asked.country_ways),
    )
    involvement = Parameter(
        ChoiceField(
            WAYS,
            many=True,
            help_text="Only this way of being involved; goes with `country` or `country_all`. Repeated: any of them.",
        ),
        lambda found, ways, asked: found,  # see Asked.country_ways
    )
    actor = Parameter(
        SlugParameter(
            Term.Kind.ACTOR,
            many=True,
            example="xi-jinping",
            help_text="This actor takes part itself. Repeated: any of them.",
        ),
        lambda found, slugs, asked: found.with_actor(slugs, asked.values["role"] or []),
    )
    role = Parameter(
        ChoiceField(
            ROLES,
            many=True,
            help_text="In this role: the `actor` if given, else somebody through whom the `country` is involved (by "
            "`location` it is through nobody), else anybody. Repeated: any of them.",
        ),
        lambda found, roles, asked: found if asked.role_is_taken else found.with_role(roles),
    )
    type = Parameter(
        SlugParameter(
            Term.Kind.TYPE, many=True, example="summit", help_text="Is of this type or one below it. Repeated: any."
        ),
        lambda found, slugs, asked: found.of_type(slugs),
    )
    topic = Parameter(
        SlugParameter(
            Term.Kind.TOPIC,
            many=True,
            example="rare-earths",
            help_text="Has this topic or one below it. Repeated: any of them.",
        ),
        lambda found, slugs, asked: found.about(slugs),
    )
    from_ = Parameter(
        PeriodField(help_text="Was going on, or may have been, on the first day of this year, month or day, or later."),
        lambda found, period, asked: _overlap(found, asked, period.start_min, None),
    )
    to = Parameter(
        PeriodField(
            help_text="Was going on, or may have been, on the last day of this year, month or day, or earlier."
        ),
        lambda found, period, asked: _overlap(found, asked, None, period.end_max),
    )
    on = Parameter(
        PeriodField(help_text="Was going on, or may have been, in this year or month or on this day."),
        lambda found, period, asked: _overlap(found, asked, period.start_min, period.end_max),
    )
    certainty = Parameter(
        ChoiceField(
            ["possible", "certain"],
            help_text="`certain`: only where it is so whichever day of an imprecise date is the true one. Goes with a "
            "date filter, whose default is `possible`.",
        ),
        lambda found, certainty, asked: found,  # see Asked.certain
    )
    in_force_on = Parameter(
        DayField(help_text="A measure that is in force on this day: effective, not suspended, not withdrawn."),
        lambda found, day, asked: (
            found.certainly_in_force_on(day.start_min) if asked.certain else found.in_force_on(day.start_min)
        ),
    )
    place = Parameter(
        PlaceField(
            help_text="Took place here: a country's code, or words of the place's name, in any case, but two or four "
            "capital letters alone are a code.",
        ),
        lambda found, place, asked: found.in_country(place) if is_code(place) else found.at_place(words(place)),
    )
    disputed = Parameter(
        BooleanField(help_text="Whether two of its sources contradict each other about a date."),
        lambda found, yes, asked: found.disputed(yes),
    )
    dataset = Parameter(
        NamespaceField(many=True, help_text="Its external id is in this namespace. Repeated: any of them."),
        lambda found, namespaces, asked: found.from_dataset(namespaces),
    )
    timeline = Parameter(
        SlugParameter(Term.Kind.TIMELINE, example="c5-1", help_text="Is in this curated timeline."),
        lambda found, slug, asked: _in_timeline(found, asked.known[Term.Kind.TIMELINE, slug]),
    )
    updated_since = Parameter(
        UpdatedSinceField(
            help_text="Its last version (`updated_at`) was published at this moment or later; a year, a month or a day "
            "stands for its beginning, in UTC. What was withdrawn is in `changes/` alone."
        ),
        lambda found, since, asked: found.updated_since(_moment(since)),
    )

    class Meta:
        model = Publication
        fields: list[str] = []

    @classmethod
    @functools.cache
    def parameters(cls) -> dict[str, Parameter]:
        """The filters by the names of their parameters."""
        return {name.rstrip("_"): filter_ for name, filter_ in cls.base_filters.items()}

    @classmethod
    @functools.cache
    def fields_by_name(cls) -> Mapping[str, ParameterField]:
        """The fields that read the parameters."""
        return {name: filter_.parameter_field for name, filter_ in cls.parameters().items()}


def check_filters(values: Mapping[str, Any]) -> None:
    """Checks values against each other, without a query. Raises `InvalidParameters`."""
    errors = _contradictions(values)
    if errors:
        raise InvalidParameters(errors)


class PlaceCode(CodeField):
    """What is asked for as a place, and looks like a country's code."""

    hint = " For words of a place's name write them in small letters."


def known_entries(values: Mapping[str, Any], at: int | None = None) -> Known:
    """The vocabulary entries that the values name, as of a dataset version; one query, or none, and one for `dataset`.

    Raises `InvalidParameters` for one that is not there.
    """
    return check_vocabulary(values, _naming_fields(values), at)


def _naming_fields(values: Mapping[str, Any]) -> Mapping[str, ParameterField]:
    fields, place = EventFilters.fields_by_name(), values["place"]
    return {**fields, "place": PlaceCode()} if place and is_code(place) else fields


def events_prove(values: Mapping[str, Any]) -> bool:
    """Whether any event that fits the filters proves that every vocabulary entry and namespace in them is known.

    Then it need not be asked beforehand. Not so where one of several values is enough to fit, or where the entry itself
    says what fits.
    """
    any_of = (values[name] or [] for name in ("country", "actor", "type", "topic", "dataset"))
    return values["timeline"] is None and all(len(keys) < 2 for keys in any_of)


def filtered(found: PublicationQuerySet, values: Mapping[str, Any], known: Known) -> PublicationQuerySet:
    """Those of `found` that fit all filters; the values must have passed `check_filters`."""
    asked = Asked(values, known)
    given = [name for name in EventFilters.parameters().keys() - WINDOW if values[name] is not None]
    found = found.chosen_by(
        with_others=found.chosen.with_others or len(given) > 1, alone=len(given) == 1 and not asked.certain
    )
    # How days are found depends on what else is asked.
    for name, filter_ in sorted(
        EventFilters.parameters().items(), key=lambda entry: (entry[0] in WINDOW, entry[0] in DATE_FILTERS)
    ):
        if values[name] is not None:
            found = filter_.apply(found, values[name], asked)
    return found


def window(values: Mapping[str, Any]) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day that `from` and `to`, or `on`, ask for; None is no bound."""
    since, until = values["on"] or values["from"], values["on"] or values["to"]
    return since and since.start_min, until and until.end_max


def is_code(place: str) -> bool:
    """Whether `place` is meant as a country's code; names of places are not all in capitals."""
    return place.isascii() and place.isalpha() and place.isupper() and len(place) in (2, 4)


def _contradictions(values: Mapping[str, Any]) -> list[ParameterError]:
    errors = []
    if values["on"] and (values["from"] or values["to"]):
        errors.append(ParameterError("on", "conflict", "'on' stands for both 'from' and 'to': give either it or them."))
    if values["from"] and values["to"] and values["from"].start_min > values["to"].end_max:
        errors.append(
            ParameterError(
                "from", "conflict", f"'from' ({values['from'].text}) is after 'to' ({values['to'].text}): swap them."
            )
        )
    ordering, cursor = values.get("ordering"), values.get("cursor")
    if ordering == "relevance" and not values["q"]:
        errors.append(ParameterError("ordering", "incomplete", "'ordering=relevance' needs a search, 'q'."))
    elif cursor and cursor.ordering == "relevance" and not (ordering or values["q"]):
        message = "The cursor belongs to ordering=relevance, which needs a search, 'q'."
        errors.append(ParameterError("cursor", "incomplete", message))
    if values["involvement"] and not (values["country"] or values["country_all"]):
        errors.append(
            ParameterError("involvement", "incomplete", "'involvement' needs a 'country' or 'country_all' to apply to.")
        )
    if values["role"] and not values["actor"] and set(values["involvement"] or ()) == {Way.LOCATION}:
        errors.append(
            ParameterError(
                "role",
                "conflict",
                "By 'location' a country is involved through nobody, who could have a 'role': leave 'role' out, or ask "
                "for another 'involvement', too.",
            )
        )
    if values["certainty"] and not any(values[name] for name in DATE_FILTERS):
        errors.append(
            ParameterError(
                "certainty", "incomplete", f"'certainty' needs one of {', '.join(DATE_FILTERS)} to apply to."
            )
        )
    return errors


def _overlap(found: PublicationQuerySet, asked: Asked, first: Any, last: Any) -> PublicationQuerySet:
    return found.certainly_overlapping(first, last) if asked.certain else found.overlapping(first, last)


def _moment(since: EdtfDate | datetime.datetime) -> datetime.datetime:
    if isinstance(since, datetime.datetime):
        return since
    return datetime.datetime.combine(since.start_min, datetime.time.min, datetime.UTC)


def _in_timeline(found: PublicationQuerySet, definition: Mapping[str, Any]) -> PublicationQuerySet:
    """Those that the timeline's saved filter finds, and its hand-picked ones: the same in every language."""
    picked, query = definition["events"], definition["query"]
    if not query:
        return found.filter(event_id__in=picked)
    values = _read_published(query)
    if picked:
        saved = filtered(found.without_joins(), values, {})
        return found.either(saved, found.filter(event_id__in=picked))
    saved = filtered(found, values, {})
    return saved.chosen_by(alone=saved.chosen.alone and found.chosen.alone, sought=found.chosen.sought)


def _read_published(query: str) -> dict[str, Any]:
    """The values of a public timeline's saved filter, which may be one of before today's rules.

    Raises `InvalidParameters`.
    """
    values = read(QueryDict(query), {**_saved_fields(), "q": PublishedSearchField()})
    return {**values, "timeline": None}


def _saved_fields() -> dict[str, ParameterField]:
    """What a saved filter can use: all filters but `timeline` itself, and the language that the words of `q` are in.

    That is the saved filter's own, or the first one: a reader's language does not decide what is in a timeline.
    """
    fields: dict[str, ParameterField] = {**EventFilters.fields_by_name(), "lang": language_field()}
    del fields["timeline"]
    return fields


NO_FILTERS = (
    "as_of", "cursor", "end", "fields", "format", "ordering", "page_size", "start", "timeZone", "timeline",
)  # fmt: skip
"""Parameters of a list of events that say how it is given, not which events are in it."""


def saved_filter(entered: str) -> str:
    """A timeline's filter, of which an editor may have entered the whole address."""
    before, asked, query = entered.strip().partition("?")
    is_address = asked and (not before or before.startswith(("http://", "https://", "/")))
    return query.partition("#")[0] if is_address else entered.strip()


def check_saved_filter(query: str) -> list[str]:
    """What is wrong with a timeline's saved filter, as sentences."""
    if query.startswith(("http://", "https://", "/")):
        return ["This address has no filter behind a “?”: paste one such as …/api/v1/events/?country=UZ."]
    asked = QueryDict(query)
    if "timeline" in asked:
        return ["A timeline cannot be made of another one: paste that one's saved filter."]
    without_effect = [*NO_FILTERS, *([] if "q" in asked else ["lang"])]
    if others := [name for name in asked if name in without_effect]:
        return [
            f"“{name}” does not say which events: leave it out here, and give it in the address of the timeline's feed."
            for name in others
        ]
    try:
        values = read(asked, _saved_fields())
        values["timeline"] = None
        check_filters(values)
        known_entries(values)
    except InvalidParameters as error:
        return [problem.message for problem in error.errors]
    return []


def named_by(query: str) -> set[tuple[str, str]]:
    """The kinds and keys of the vocabulary entries that a public timeline's saved filter names.

    None if it cannot be read.
    """
    try:
        values = _read_published(query)
    except InvalidParameters:
        return set()
    return {(kind, key) for _, kind, key in named_entries(values, _naming_fields(values))}
