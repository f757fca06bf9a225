"""Kinds of values in a record. Each checks a value, names what is wrong with it, and says itself in JSON Schema."""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from events.dates import EdtfError, parse

LANGUAGES = [code for code, _ in settings.LANGUAGES]
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a record: the field (`sources[0].url`; blank for all of it), and what is wrong and right."""

    field: str
    message: str
    missing: bool = False
    """Whether something is not there. A record that says only some things may find it in what it is about."""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


_LINE_END = re.compile(r"\n+")
"""What browsers leave out of an input of one line."""
_ALIAS_END = re.compile(r"[\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
"""Where Python cuts the lines of the field for aliases, each of which is one."""


def trimmed(value: Any, key: str = "") -> Any:
    """A value without problems, with its texts as the admin's forms have them: without spaces at the ends; in one line,
    but for summaries, whose lines end with a line feed. Else who saves it there would change it."""
    if isinstance(value, str):
        lines = (value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value).strip()
        if key == "summary":
            return lines
        if key == "aliases":
            return _ALIAS_END.sub(" ", lines)
        return _LINE_END.sub(" ", lines) if "\n" in lines else lines
    if isinstance(value, dict):
        return {name: trimmed(part, name) for name, part in value.items()}
    return [trimmed(part, key) for part in value] if isinstance(value, list) else value


class Shape(Protocol):
    """A kind of value."""

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        """What is wrong with `value`, which stands at `field`."""

    def schema(self) -> Schema:
        """The same in JSON Schema, which may be more lenient."""


_KINDS: dict[Any, str] = {
    dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null",
}  # fmt: skip


def _expected(what: str, value: Any, field: str) -> Problem:
    return Problem(field, f"this is {_KINDS.get(type(value), 'a number')}: expected {what}.")


_BLANK = re.compile(r"[\s\ufeff]*")
"""All that JSON Schema, whose patterns are those of ECMA-262, takes for a space, and some more."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most `longest` characters (None: any number), maybe of a `pattern`, which `such_as` shows."""

    longest: int | None = None
    blank: bool = False
    pattern: str = ""
    such_as: str = ""

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield _expected("a text", value, field)
        elif _BLANK.fullmatch(value):
            if not self.blank or value:
                yield Problem(field, f"it is blank: expected a text{self._example()}.")
        elif "\0" in value:
            yield Problem(field, "it has a NUL character in it, which no text may have.")
        elif self.longest and len(value) > self.longest:
            yield Problem(field, f"it has {len(value)} characters: expected at most {self.longest}.")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Problem(field, f"“{value}” is malformed: expected the form{self._example() or f' {self.pattern}'}.")

    def schema(self) -> Schema:
        found: Schema = {"type": "string"}
        if not self.blank:
            found["minLength"] = 1
        if self.longest:
            found["maxLength"] = self.longest
        pattern = self.pattern or r"\S"
        found["pattern"] = f"^$|{pattern}" if self.blank else pattern
        return found

    def _example(self) -> str:
        return f" such as {self.such_as}" if self.such_as else ""


_validate_url = URLValidator(["http", "https"])


@lru_cache(1_000)
def _is_url(text: str) -> bool:
    try:
        _validate_url(text)
    except ValidationError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Url:
    """The URL of a page, of at most `longest` characters, that the admin's forms take too."""

    longest: int

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        found = list(self._text.problems(value, field))
        yield from found
        # Whatever stands behind a good host is good. Most sources of a file have one of a few hosts.
        if not found and not _is_url("/".join(value.split("/", 3)[:3])) and not _is_url(value):
            right = "one whose host is a name, or an address in numbers, such as https://example.org/news"
            yield Problem(field, f"“{value}” is no URL that a browser can open: expected {right}.")

    def schema(self) -> Schema:
        return self._text.schema()

    @property
    def _text(self) -> Text:
        return Text(self.longest, pattern=r"^https?://\S+$", such_as="https://example.org/news")


_MONTH, _DAY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01]|XX)"
_POINT = f"([0-9]{{2}}XX|[0-9]{{3}}X|[0-9]{{4}}(-(2[1-4]|XX(-XX)?|{_MONTH}(-{_DAY})?))?)[?~%]?"
"""What a date without a slash looks like; `events.dates` knows whether it is one."""


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date as `events.dates` reads it; `interval` says whether one with two ends will do."""

    blank: bool = True
    interval: bool = True

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        found = list(Text(64, self.blank, such_as="2025-11-06").problems(value, field))
        yield from found
        if found or not value:
            return
        try:
            parse(value)
        except EdtfError as error:
            yield Problem(field, f"“{value}” is not a date: {error}.")
        else:
            if "/" in value and not self.interval:
                yield Problem(field, f"“{value}” is an interval: expected one date, such as 2025-11-06.")

    def schema(self) -> Schema:
        pattern = f"^({_POINT}(/({_POINT}|\\.\\.))?|\\.\\./{_POINT})$" if self.interval else f"^{_POINT}$"
        description = "EDTF (ISO 8601-2), such as 2025-11-06 or 2025-10-XX."
        return {**Text(64, self.blank, pattern).schema(), "description": description}


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, `2025-11-06`, or blank."""

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield _expected("a day such as 2025-11-06", value, field)
        elif value:
            try:
                if datetime.date.fromisoformat(value).isoformat() != value:
                    raise ValueError
            except ValueError:
                yield Problem(field, f"“{value}” is not a day: expected one such as 2025-11-06.")

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield _expected(f"one of {', '.join(self.words)}", value, field)
        elif value not in self.words:
            yield Problem(field, f"there is no “{value}” here: expected one of {', '.join(self.words)}.")

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield _expected("true or false", value, field)

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `least` to `most`."""

    least: int
    most: int

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float | decimal.Decimal):
            yield _expected(f"a number from {self.least} to {self.most}", value, field)
        elif not self.least <= value <= self.most:  # NaN is not
            yield Problem(field, f"{value} is out of range: expected a number from {self.least} to {self.most}.")

    def schema(self) -> Schema:
        return {"type": "number", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number of at most 18 digits before the point and 6 behind, as a JSON number or a text."""

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        right = "a number of at most 18 digits before the point and 6 behind it, such as 3.07"
        if isinstance(value, bool) or not isinstance(value, int | float | decimal.Decimal | str):
            yield _expected(right, value, field)
        elif not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,6}0*)?", decimal_text(value)):
            yield Problem(field, f"{value} does not fit: expected {right}.")

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,18}(\.[0-9]{1,6}0*)?$"}]}


MOST_PLACES = 30
"""More places before or behind the point are not written out."""


def decimal_text(value: float | decimal.Decimal | str) -> str:
    """The digits of a number, without an exponent where they are few."""
    if isinstance(value, float):
        value = decimal.Decimal(repr(value))
    if isinstance(value, decimal.Decimal) and value.is_finite() and abs(value.adjusted()) < MOST_PLACES:
        return f"{value:f}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Translations:
    """A value for each of some languages of the settings, at least one unless it may be `empty`."""

    of: Shape
    empty: bool = False

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield _expected(f"an object with a key for each language ({', '.join(LANGUAGES)})", value, field)
            return
        if not value and not self.empty:
            yield Problem(field, f"it is empty: expected at least one of {', '.join(LANGUAGES)}.", missing=True)
        for language, inner in value.items():
            if language in LANGUAGES:
                yield from self.of.problems(inner, f"{field}.{language}")
            else:
                yield Problem(field, f"“{language}” is no language here: expected one of {', '.join(LANGUAGES)}.")

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {language: self.of.schema() for language in LANGUAGES},
            "additionalProperties": False,
            **({} if self.empty else {"minProperties": 1}),
        }


@dataclass(frozen=True, slots=True)
class Many:
    """A list of values of one shape; no two are equal in the keys named by `once` (in themselves: `("",)`)."""

    of: Shape
    once: tuple[str, ...] = ()

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield _expected("a list", value, field)
            return
        seen: dict[Any, int] = {}
        for number, inner in enumerate(value):
            found = list(self.of.problems(inner, f"{field}[{number}]"))
            yield from found
            if self.once and not found:
                by = self.once
                key = trimmed(inner) if by == ("",) else tuple(trimmed(inner.get(name, ""), name) for name in by)
                if seen.setdefault(key, number) != number:
                    yield Problem(f"{field}[{number}]", f"it repeats {field}[{seen[key]}]: leave one of them out.")

    def schema(self) -> Schema:
        found: Schema = {"type": "array", "items": self.of.schema()}
        return {**found, "uniqueItems": True} if self.once == ("",) else found


@dataclass(frozen=True, slots=True)
class Record:
    """An object with some keys, of which some are required, and some must stand `together`, if at all."""

    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    together: tuple[str, ...] = ()

    def problems(self, value: Any, field: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield _expected("an object", value, field)
            return
        prefix = f"{field}." if field else ""
        for name in self.required:
            if name not in value:
                yield Problem(f"{prefix}{name}", "it is missing: this must be given.", missing=True)
        for name in self.together:
            if name not in value and any(other in value for other in self.together):
                message = f"it is missing: give both {' and '.join(self.together)}, or neither."
                yield Problem(f"{prefix}{name}", message, missing=True)
        for name, inner in value.items():
            shape = self.fields.get(name)
            if shape is None:
                yield Problem(f"{prefix}{name}", f"there is no such key: expected {', '.join(self.fields)}.")
            else:
                yield from shape.problems(inner, f"{prefix}{name}")

    def schema(self) -> Schema:
        found: Schema = {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in self.fields.items()},
            "required": list(self.required),
            "additionalProperties": False,
        }
        if self.together:
            found["dependentRequired"] = {
                name: [other for other in self.together if other != name] for name in self.together
            }
        return found
