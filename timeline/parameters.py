"""Reading a request's parameters, strictly: what is unknown, blank, malformed or wrongly repeated is an error.

A parameter is a form field with a name, a sentence for the documentation and a part of the OpenAPI schema. The
filters declare theirs in `timeline.filters`; paginators and views add the others. The known names are always
derived from these declarations.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from events.closest import closest
from events.dates import EdtfDate, EdtfError, parse
from events.fields import SLUG_PATTERN
from events.models.actors import CODE_PATTERN
from timeline import search
from timeline.documents import LANGUAGES
from timeline.errors import InvalidParameters, ParameterError
from timeline.models import Term
from timeline.namespaces import all_namespaces, known_namespaces
from timeline.text import fold, words

T = TypeVar("T")

SHOWN = 60
"""Characters of a wrong value that an error repeats."""
MOST_VALUES = 300
"""Of one parameter: more than there are countries. Each makes the question longer, and finding its answer."""
MOST_SUGGESTED = 3
"""Errors of one kind in a request that say what may have been meant: to compare each with what is known takes long."""


def shown(value: str) -> str:
    """A wrong value as an error message quotes it."""
    return f"'{value[:SHOWN]}…'" if len(value) > SHOWN else f"'{value}'"


def nearest(value: str, known: Iterable[str]) -> str:
    """The words " Did you mean 'country'?", or nothing where nothing is near."""
    names = {name.lower(): name for name in known}
    found = names.get(closest(value.lower(), names, 0.65), "")
    return f" Did you mean '{found}'?" if found else ""


class ParameterField(forms.Field):
    """A field that reads one text; with `many`, the parameter may be repeated and the value is a list."""

    schema: Mapping[str, Any] = {"type": "string"}
    vocabulary: Term.Kind | None = None
    example: str = ""
    hint: str = ""
    """What else one may mean by what is not in the vocabulary."""

    def __init__(self, *, many: bool = False, help_text: str = "", default: Any = None) -> None:
        self.many = many
        self.default = default
        super().__init__(required=False, help_text=help_text)

    def read(self, text: str) -> Any:
        """The value that `text` says; raises ValidationError with a code and a sentence."""
        return text


class PatternField(ParameterField):
    """A text of a fixed form."""

    pattern = ""
    wanted = ""

    def read(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            hint = suggestion(self.vocabulary, text) if self.vocabulary else ""
            raise ValidationError(f"{shown(text)} is not {self.wanted}.{hint}", code="malformed")
        return text


class CodeField(PatternField):
    """A country's code."""

    pattern = CODE_PATTERN
    wanted = "a country's code: two upper-case letters of ISO 3166-1, or four of ISO 3166-3 for a former state"
    vocabulary = Term.Kind.COUNTRY
    schema = {"type": "string", "pattern": CODE_PATTERN}
    example = "UZ"


class SlugParameter(PatternField):
    """The id of a vocabulary entry."""

    pattern = SLUG_PATTERN
    schema = {"type": "string", "pattern": SLUG_PATTERN}

    def __init__(self, kind: Term.Kind, *, example: str, **kwargs: Any) -> None:
        self.vocabulary = kind
        self.example = example
        self.wanted = (
            f"the id of {'an' if kind == Term.Kind.ACTOR else 'a'} {kind.value}: lower-case letters, digits and hyphens"
        )
        super().__init__(**kwargs)


class NamespaceField(PatternField):
    """The namespace of external ids."""

    pattern = SLUG_PATTERN
    wanted = "a data set's namespace: lower-case letters, digits and hyphens, such as has-travels"
    schema = {"type": "string", "pattern": SLUG_PATTERN}
    example = "curated"


class ChoiceField(ParameterField):
    """One of a few words."""

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        self.choices = list(choices)
        super().__init__(**kwargs)
        self.schema = {"type": "string", "enum": self.choices}

    def read(self, text: str) -> str:
        if text not in self.choices:
            raise ValidationError(
                f"{shown(text)} is not possible here. Possible: {', '.join(self.choices)}."
                f"{nearest(text, self.choices)}",
                code="malformed",
            )
        return text


class BooleanField(ChoiceField):
    """true or false."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(["true", "false"], **kwargs)
        self.schema = {"type": "boolean"}

    def read(self, text: str) -> bool:  # type: ignore[override]
        return super().read(text) == "true"


PERIOD_PATTERN = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class PeriodField(ParameterField):
    """A year, a month or a day: all the days in it."""

    pattern = PERIOD_PATTERN
    wanted = "a date: write YYYY, YYYY-MM or YYYY-MM-DD"
    schema = {"type": "string", "pattern": PERIOD_PATTERN}
    example = "2025-10"

    def read(self, text: str) -> EdtfDate:
        if not re.fullmatch(self.pattern, text):
            raise ValidationError(f"{shown(text)} is not {self.wanted}.", code="malformed")
        try:
            date = parse(text)
        except EdtfError as error:
            raise ValidationError(f"{shown(text)} is not a date: {_not_there(text)}.", code="malformed") from error
        if date.precision == "season":
            raise ValidationError(f"{shown(text)} is a season: write YYYY, YYYY-MM or YYYY-MM-DD.", code="malformed")
        return date


def _not_there(text: str) -> str:
    """Why a text of this form is no date. What EDTF itself would say offers more than a period can be."""
    year, month, day = [*text.split("-"), "", ""][:3]
    if int(year) == 0:
        return "there is no year 0000: write 0001 to 9999"
    if not 1 <= int(month) <= 12:
        return f"there is no month {month}: write 01 to 12"
    return f"there is no day {day} in {year}-{month}: write 01 to {calendar.monthrange(int(year), int(month))[1]}"


class DayField(PeriodField):
    """One day."""

    pattern = DAY_PATTERN
    wanted = "a day: write YYYY-MM-DD"
    schema = {"type": "string", "pattern": DAY_PATTERN, "format": "date"}
    example = "2025-11-06"


MOMENT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"


class AsOfField(ParameterField):
    """A past state: a dataset version (an int), or a moment (a datetime); a day stands for its end in UTC."""

    schema = {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
        ]
    }
    example = "4711"

    def read(self, text: str) -> int | datetime.datetime:
        try:
            if re.fullmatch(r"[0-9]{1,18}", text):
                return int(text)
            if re.fullmatch(DAY_PATTERN, text):
                day = datetime.date.fromisoformat(text)
                return datetime.datetime.combine(day, datetime.time.max, datetime.UTC)
            if re.fullmatch(MOMENT_PATTERN, text):
                return datetime.datetime.fromisoformat(text)
        except ValueError:
            pass
        raise ValidationError(
            f"{shown(text)} is neither a dataset version such as 4711, nor a day 2025-11-06, nor a moment "
            "2025-11-06T12:00:00Z (write + as %2B).",
            code="malformed",
        )


class UpdatedSinceField(PeriodField):
    """A moment (a datetime in UTC); or a year, a month or a day, which stands for its beginning in UTC."""

    wanted = "a date or moment: write YYYY, YYYY-MM, YYYY-MM-DD or 2025-11-06T12:00:00Z (write + as %2B)"
    schema = {
        "anyOf": [
            {"type": "string", "pattern": PERIOD_PATTERN},
            {"type": "string", "format": "date-time"},
        ]
    }
    example = "2025-10-31T12:00:00Z"

    def read(self, text: str) -> EdtfDate | datetime.datetime:  # type: ignore[override]
        if not re.fullmatch(MOMENT_PATTERN, text):
            return super().read(text)
        try:
            return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError(f"{shown(text)} is not {self.wanted}.", code="malformed") from error


LONGEST_PLACE = 200
"""Characters."""


class PlaceField(ParameterField):
    """A country's code, or words of a place's name."""

    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_PLACE}
    example = "Samarkand"

    def read(self, text: str) -> str:
        if len(text) > LONGEST_PLACE:
            raise ValidationError(
                f"The place has {len(text)} characters: at most {LONGEST_PLACE} are possible.", code="malformed"
            )
        if not words(text) or any(not c.isprintable() for c in fold(text)):
            raise ValidationError(
                f"{shown(text)} is not a place: give a country's code such as KR, or words of the place's name.",
                code="malformed",
            )
        return text


class SearchField(ParameterField):
    """Words to search for, in the syntax of `timeline.search`."""

    schema = {"type": "string", "minLength": 1, "maxLength": search.LONGEST}
    example = "uzbekistan -visit*"

    def read(self, text: str) -> str:
        if len(text) > search.LONGEST:
            raise ValidationError(
                f"The search has {len(text)} characters: at most {search.LONGEST} are possible.", code="malformed"
            )
        try:
            parts = search.parse(text)
        except search.NothingToSearch as error:
            raise ValidationError(
                f"{shown(text)} has no word to search for: give at least one that is not excluded by -.",
                code="malformed",
            ) from error
        self.check_stars(text, sum(part.beginning for part in parts))
        return text

    def check_stars(self, text: str, beginnings: int) -> None:
        if search.has_stray_star(text):
            raise ValidationError(
                f"{shown(text)} has a * that is not behind the beginning of a word: "
                "write it like uzbek* or, of a phrase, rights-of-wom*.",
                code="malformed",
            )
        if beginnings > search.MOST_BEGINNINGS:
            raise ValidationError(
                f"The search has {beginnings} beginnings of words (*): at most {search.MOST_BEGINNINGS} are possible.",
                code="malformed",
            )


class PublishedSearchField(SearchField):
    """The same in what has been published: stars that are refused by now were passed over, and any number taken."""

    def check_stars(self, text: str, beginnings: int) -> None:
        pass


class NumberField(ParameterField):
    """A whole number in a range."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)
        self.schema = {"type": "integer", "minimum": least, "maximum": most}

    def read(self, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not self.least <= int(text) <= self.most:
            raise ValidationError(
                f"{shown(text)} is not possible here: write a whole number from {self.least} to {self.most}.",
                code="malformed",
            )
        return int(text)


class NamesField(ParameterField):
    """Names out of a list, with commas between them."""

    def __init__(self, names: Iterable[str], **kwargs: Any) -> None:
        self.names = list(names)
        self.example = ",".join(self.names[:2])
        super().__init__(**kwargs)
        # No least number: an empty list is as good as none, and the documentation page would not send it.
        self.schema = {"type": "array", "items": {"type": "string", "enum": self.names}, "uniqueItems": True}

    def read(self, text: str) -> list[str]:
        wanted = text.split(",")
        for name in wanted:
            if name not in self.names:
                raise ValidationError(
                    f"{shown(name)} is not a field. Possible: {', '.join(self.names)}.{nearest(name, self.names)}",
                    code="malformed",
                )
        if len(wanted) > len(set(wanted)):
            twice = next(name for name in wanted if wanted.count(name) > 1)
            raise ValidationError(f"{shown(twice)} stands there twice: name each field once.", code="malformed")
        return wanted


def language_field() -> ChoiceField:
    """`lang`, which every address takes."""
    return ChoiceField(
        LANGUAGES,
        default=LANGUAGES[0],
        help_text="Language of titles, summaries and names; if left out, what `Accept-Language` prefers. What is not "
        "translated comes in another language: `language` says which of a title, `summary_language` which of a summary "
        "in yet another one, and `fallback_from` that it is so.",
    )


def as_of_field() -> AsOfField:
    """`as_of`, which every address takes that shows what was published."""
    return AsOfField(
        help_text="The state of the data in this dataset version, or at the end of this day (UTC), or at this moment. "
        "For citations: every answer says its dataset version.",
    )


def fields_field(names: Iterable[str]) -> NamesField:
    """`fields`, which chooses among the keys of a document."""
    return NamesField(names, help_text="Only these keys of each document, with commas between them; in JSON only.")


Known = dict[tuple[str, str], dict[str, Any]]
"""For the kind and key of a vocabulary entry, its definition."""


def read(data: QueryDict, fields: Mapping[str, ParameterField]) -> dict[str, Any]:
    """The values of all `fields`, the default where one is not given. Raises `InvalidParameters` with all errors."""
    unknown = [name for name in data if name not in fields]
    errors = [
        ParameterError(name, "unknown", f"There is no parameter {shown(name)} here.{meant}")
        for name, meant in _suggested(unknown, lambda name: nearest(name, fields))
    ]
    values: dict[str, Any] = {name: field.default for name, field in fields.items()}
    for name, field in fields.items():
        if name not in data:
            continue
        try:
            values[name] = _read_one(name, field, data.getlist(name))
        except ValidationError as error:
            errors.append(ParameterError(name, error.code or "malformed", str(error.message)))
    if errors:
        raise InvalidParameters(errors)
    return values


def _read_one(name: str, field: ParameterField, texts: list[str]) -> Any:
    if not all(texts):
        raise ValidationError(f"'{name}' is blank: give it a value or leave it out.", code="blank")
    if field.many:
        if len(texts) > MOST_VALUES:
            raise ValidationError(
                f"'{name}' is given {len(texts):,} times: at most {MOST_VALUES} are possible.", code="repeated"
            )
        return list(dict.fromkeys(_read_one_of_several(name, field, text) for text in texts))
    if len(texts) > 1:
        raise ValidationError(f"'{name}' is given {len(texts)} times: give it once.", code="repeated")
    return field.read(texts[0])


def _read_one_of_several(name: str, field: ParameterField, text: str) -> Any:
    try:
        return field.read(text)
    except ValidationError as error:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) < 2 or not all(_can_be_read(field, part) for part in parts):
            raise
        repeated = "&".join(f"{name}={part}" for part in parts)
        raise ValidationError(
            f"{shown(text)} has commas in it: repeat the parameter instead, {shown(repeated)}.", code="malformed"
        ) from error


def _can_be_read(field: ParameterField, text: str) -> bool:
    try:
        field.read(text)
    except ValidationError:
        return False
    return True


def check_vocabulary(values: Mapping[str, Any], fields: Mapping[str, ParameterField], at: int | None) -> Known:
    """The vocabulary entries that `values` name, as of a dataset version; in one query, or none if they name none.

    Raises `InvalidParameters` for a code or id that no public entry has, and for a namespace that no event ever had:
    one query more where any is named. A namespace of later events than those of the dataset version is known.
    """
    named = named_entries(values, fields)
    known = Term.objects.as_of(at).known({(kind, key) for _, kind, key in named}) if named else {}
    unknown = [(name, kind, key) for name, kind, key in named if (kind, key) not in known]
    keys = cache(lambda kind: _keys_by_name(Term.Kind(kind), at))
    where = "here" if at is None else f"in dataset version {at}"
    errors = [
        ParameterError(
            name,
            "unknown_value",
            f"{shown(key)} is not the {'code' if kind == Term.Kind.COUNTRY else 'id'} of any {kind} {where}."
            f"{meant}{fields[name].hint}",
        )
        for (name, kind, key), meant in _suggested(unknown, lambda one: _meant(one[2], keys(one[1])))
    ]
    for name, field in fields.items():
        if isinstance(field, NamespaceField) and values[name]:
            errors += _unknown_namespaces(name, values[name])
    if errors:
        raise InvalidParameters(errors)
    return known


def named_entries(values: Mapping[str, Any], fields: Mapping[str, ParameterField]) -> list[tuple[str, str, str]]:
    """The vocabulary entries that `values` name: the parameter, the kind and the key of each."""
    return [
        (name, str(field.vocabulary), value)
        for name, field in fields.items()
        if field.vocabulary and values[name]
        for value in (values[name] if field.many else [values[name]])
    ]


def _unknown_namespaces(name: str, namespaces: list[str]) -> list[ParameterError]:
    known = known_namespaces(namespaces)
    unknown = [namespace for namespace in namespaces if namespace not in known]
    listed = all_namespaces() if unknown else []
    return [
        ParameterError(
            name,
            "unknown_value",
            f"{shown(namespace)} is not the namespace of any event here.{meant}",
        )
        for namespace, meant in _suggested(unknown, lambda namespace: nearest(namespace, listed))
    ]


def _suggested(wrong: Iterable[T], suggest: Callable[[T], str]) -> Iterator[tuple[T, str]]:
    """All that is wrong, the first few with what may have been meant."""
    for number, one in enumerate(wrong):
        yield one, suggest(one) if number < MOST_SUGGESTED else ""


def suggestion(kind: Term.Kind, value: str, at: int | None = None) -> str:
    """The words " Did you mean 'UZ'?" for "Uzbekistan", "uz" or "usbekistan", or nothing where nothing is near."""
    return _meant(value, _keys_by_name(kind, at))


def _keys_by_name(kind: Term.Kind, at: int | None) -> dict[str, str]:
    keys: dict[str, str] = {}
    for key, names in Term.objects.as_of(at).filter(kind=kind).values_list("key", "names"):
        for name in (key, *names):
            keys.setdefault(fold(name), key)
    return keys


def _meant(value: str, keys: Mapping[str, str]) -> str:
    value = fold(value[:SHOWN])
    if value in keys:
        return f" Did you mean '{keys[value]}'?"
    near = closest(value, [name for name in keys if name[:1] == value[:1]], 0.75)
    return f" Did you mean '{keys[near]}'?" if near else ""
