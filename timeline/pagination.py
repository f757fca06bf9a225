"""Keyset pages: a page begins where the last one ended, not after so many rows.

Every order is total: a day or a dataset version, then the event's id, which a new version of the event keeps. So no
row is skipped or repeated, whatever the ties and whatever is published in between; only an event whose own date is
edited meanwhile can move, and in the orders of changes and of relevance one that is published again. Of relevance, some
are repeated where thousands come meanwhile (`timeline.scans.by_relevance`).
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from timeline.errors import InvalidParameters, ParameterError
from timeline.keysets import LARGEST, beyond, in_order
from timeline.parameters import ChoiceField, NumberField, ParameterField, shown
from timeline.querysets import PublicationQuerySet
from timeline.scans import by_change, by_date, by_relevance

PAGE_SIZE = 50
MOST = 500


@dataclass(frozen=True, slots=True)
class Ordering:
    """A total order: its columns, and for each how a cursor's JSON is read back; and so for what cursors carry on."""

    columns: tuple[str, ...]
    readers: tuple[Callable[[Any], Any], ...]
    descending: bool = False
    carried: tuple[Callable[[Any], Any], ...] = ()


def _a_string(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError
    value.encode()  # raises ValueError if it is no Unicode
    return value


def _a_number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise TypeError
    return value


def _a_day(value: Any) -> datetime.date:
    return datetime.date.fromisoformat(_a_string(value))


def _beside(value: Any, *, below: bool) -> Any:
    """A value below that of the last column of a row, or above it, so that no other row that there is lies between."""
    if isinstance(value, str):  # alone, in an order that is read so only where nothing is below
        return "" if below else f"{value}\x01"
    return max(value - 1, 0) if below else min(value + 1, LARGEST)


BY_DATE = (("start_min", "event_id"), (_a_day, _a_number))
BY_CHANGE = (("published_in", "event_id"), (_a_number, _a_number))
EVENT_ORDERINGS = {
    "-date": Ordering(*BY_DATE, descending=True),
    "date": Ordering(*BY_DATE),
    "-updated": Ordering(*BY_CHANGE, descending=True),
    "updated": Ordering(*BY_CHANGE),
    "relevance": Ordering(
        ("rank", "start_min", "event_id"),
        (_a_number, _a_day, _a_number),
        descending=True,
        carried=(_a_day, _a_number),  # the edge, see `timeline.scans.by_relevance`
    ),
}
VERSION_ORDERINGS = {"-version": Ordering(("version",), (_a_number,), descending=True)}
TERM_ORDERINGS = {"key": Ordering(("key",), (_a_string,))}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows, and the direction to read from there."""

    ordering: str
    position: tuple[Any, ...]
    backwards: bool

    def __str__(self) -> str:
        text = json.dumps([self.ordering, self.backwards, *self.position], separators=(",", ":"), default=str)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class CursorField(ParameterField):
    """A cursor out of a `next` or `previous` URL."""

    schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}

    def __init__(self, orderings: Mapping[str, Ordering], **kwargs: Any) -> None:
        self.orderings = orderings
        super().__init__(help_text="Where the page begins: out of the `next` or `previous` of another page.", **kwargs)

    def read(self, text: str) -> Cursor:
        try:
            padded = text + "=" * (-len(text) % 4)
            ordering, backwards, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if not isinstance(backwards, bool):
                raise TypeError
            readers = (*self.orderings[ordering].readers, *self.orderings[ordering].carried)
            position = tuple(reader(value) for reader, value in zip(readers, values, strict=True))
        except (ValueError, TypeError, KeyError, binascii.Error, RecursionError) as error:
            raise ValidationError(
                f"{shown(text)} is not a cursor: take the 'next' or 'previous' URL of another page as it is.",
                code="malformed",
            ) from error
        return Cursor(ordering, position, backwards)


def paging_fields(orderings: Mapping[str, Ordering]) -> dict[str, ParameterField]:
    """The parameters that choose a page. A list with one order has no `ordering`."""
    first = next(iter(orderings))
    ordering = ChoiceField(
        orderings,
        help_text=f"The order; `-` is descending. If left out: `{first}`, newest first; in Atom `-updated`.",
    )
    return {
        **({"ordering": ordering} if len(orderings) > 1 else {}),
        "page_size": NumberField(
            least=1, most=MOST, help_text=f"Rows on a page, 1 to {MOST}; {PAGE_SIZE} if left out."
        ),
        "cursor": CursorField(orderings),
    }


@dataclass(slots=True)
class Page:
    """The rows of a page, in order, and the cursors of its neighbours."""

    rows: list[Any]
    next: Cursor | None
    previous: Cursor | None

    def __bool__(self) -> bool:
        """Whether there is anything on it."""
        return bool(self.rows)


@dataclass(slots=True)
class JoinedPage(Page):
    """A page whose documents are one text, with commas between them, in UTF-8; its `rows` say only how many."""

    documents: bytes
    dataset_version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The page that a request asks for."""

    name: str
    ordering: Ordering
    cursor: Cursor | None
    size: int

    @property
    def backwards(self) -> bool:
        """Whether it ends where the cursor is."""
        return self.cursor is not None and self.cursor.backwards

    @property
    def descending(self) -> bool:
        """In which direction it is read."""
        return self.ordering.descending != self.backwards

    def page(self, rows: list[tuple[Any, ...]]) -> Page:
        """The page out of its rows as they were read, and of one more if there is one; each begins with the order's
        columns and what cursors carry on, which the page's rows do not have.
        """
        if not rows and self.cursor:
            back = self._back(self.cursor)
            return Page([], back if self.backwards else None, None if self.backwards else back)
        more = len(rows) > self.size
        rows = rows[: self.size]
        if self.backwards:
            rows.reverse()
        keys = len(self.ordering.columns) + len(self.ordering.carried)

        def beside(row: tuple[Any, ...], *, towards_start: bool) -> Cursor:
            return Cursor(self.name, row[:keys], towards_start)

        after = beside(rows[-1], towards_start=False) if rows and (more or self.backwards) else None
        before = beside(rows[0], towards_start=True) if rows and (more if self.backwards else self.cursor) else None
        return Page([row[keys:] for row in rows], after, before)

    def _back(self, cursor: Cursor) -> Cursor:
        """From a page that has become empty, the other way: to what is before the cursor, and the row that is at it."""
        at = len(self.ordering.columns) - 1
        keys, last, carried = cursor.position[:at], cursor.position[at], cursor.position[at + 1 :]
        return Cursor(self.name, (*keys, _beside(last, below=self.descending), *carried), not self.backwards)


def wanted_page(values: Mapping[str, Any], orderings: Mapping[str, Ordering], default_size: int = PAGE_SIZE) -> Wanted:
    """The page that the values ask for.

    Raises `InvalidParameters` if the cursor belongs to another order than the one asked for.
    """
    cursor: Cursor | None = values["cursor"]
    asked = values.get("ordering")
    if cursor and asked and cursor.ordering != asked:
        message = f"The cursor belongs to ordering={cursor.ordering}, not to {asked}: begin without it."
        raise InvalidParameters([ParameterError("cursor", "conflict", message)])
    name = cursor.ordering if cursor else asked or next(iter(orderings))
    return Wanted(name, orderings[name], cursor, values["page_size"] or default_size)


def page(found: QuerySet[Any], wanted: Wanted, columns: Sequence[str]) -> Page:
    """The wanted page of `found`, as tuples of `columns`. One query that fetches one row more than it has; some more
    where `timeline.scans` finds it."""
    keys = _keys(found, wanted.ordering)
    position: Any = wanted.cursor.position if wanted.cursor else None
    if isinstance(found, PublicationQuerySet) and keys[0] == "rank":
        return wanted.page(by_relevance.rows(found.ranked(), columns, position, wanted.descending, wanted.size + 1))
    if position:
        found = found.filter(beyond(keys, position, wanted.descending))
    how = _scan(found, keys)
    if how:
        begin = position[0] if position else None
        return wanted.page(how(found, columns, begin, wanted.descending, wanted.size + 1))
    found = found.order_by(*in_order(keys, wanted.descending))
    return wanted.page(list(found.values_list(*keys, *columns)[: wanted.size + 1]))


def _scan(found: QuerySet[Any], keys: Sequence[str]) -> Callable[..., list[tuple[Any, ...]]] | None:
    """How pages of them are found, if not by one index alone."""
    if not isinstance(found, PublicationQuerySet):
        return None
    if keys[0] == "start_min" and (found.chosen.keyed or found.chosen.common or found.chosen.recent):
        return by_date.rows
    return by_change.rows if keys[0] == "published_in" and (found.chosen.keyed or found.whenever is not None) else None


def ordered(found: QuerySet[Any], values: Mapping[str, Any], orderings: Mapping[str, Ordering]) -> QuerySet[Any]:
    """`found` from the beginning to the end, in the order asked for."""
    ordering = orderings[values["ordering"] or next(iter(orderings))]
    if isinstance(found, PublicationQuerySet) and ordering.columns[0] == "rank":
        found = found.ranked()
    return found.order_by(*in_order(_keys(found, ordering), ordering.descending))


def _keys(found: QuerySet[Any], ordering: Ordering) -> list[str]:
    """The columns to order by: those of the index that the filters use, where it has the ordering's (see `days`)."""
    prefix = getattr(found, "days", "") if ordering.columns[0] == "start_min" else ""
    return [f"{prefix}{column}" for column in ordering.columns]
