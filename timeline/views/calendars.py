"""The window that a calendar on a web page asks for, in FullCalendar's words: `start`, exclusive `end`, `timeZone`."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from timeline.parameters import ParameterField, shown

PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$"


@dataclass(frozen=True, slots=True)
class Sent:
    """A day, and the text that a calendar sent for it."""

    text: str
    day: datetime.date


class CalendarStartField(ParameterField):
    """The first day that is shown; the day that is meant is the one written, in whatever zone."""

    schema = {"type": "string", "pattern": PATTERN}
    example = "2025-11-01"

    def read(self, text: str) -> Sent:
        try:
            # A + in a URL is a space: FullCalendar writes %2B, people do not.
            moment = text.replace(" ", "+")
            if not re.fullmatch(PATTERN, moment):
                raise ValueError
            return Sent(moment, self.day(datetime.datetime.fromisoformat(moment)))
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                f"{shown(text)} is neither a day such as 2025-11-01 nor a moment such as 2025-11-01T00:00:00Z.",
                code="malformed",
            ) from error

    def day(self, moment: datetime.datetime) -> datetime.date:
        """The day that is asked for."""
        return moment.date()


class CalendarEndField(CalendarStartField):
    """The end of what is shown, exclusive: at midnight it is the day before."""

    def day(self, moment: datetime.datetime) -> datetime.date:
        return (moment - datetime.timedelta(microseconds=1)).date()


class TextField(ParameterField):
    """Any text of reasonable length."""

    schema = {"type": "string", "minLength": 1, "maxLength": 100}

    def read(self, text: str) -> str:
        if len(text) > 100:
            raise ValidationError(f"{shown(text)} has {len(text)} characters: at most 100 fit.", code="malformed")
        return text
