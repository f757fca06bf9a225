"""Fields for what Django has none for: EDTF dates, names by language, lists of aliases, numbers with a comma."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.forms.fields import InvalidJSONInput
from django.utils.translation import get_language

from events.dates import EdtfDate, EdtfError, parse


def validate_edtf(text: str) -> None:
    """Refuses what `events.dates.parse` cannot read, in its words."""
    try:
        parse(text)
    except EdtfError as error:
        raise ValidationError(f"“{text}” is not a date: {error}.", code="edtf") from error


SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class SlugField(models.CharField):
    """A unique name that stands in URLs: lower-case ASCII letters, digits and single hyphens."""

    default_validators = [
        RegexValidator(
            SLUG_PATTERN, "Use lower-case letters a–z, digits and single hyphens, such as c5-1-leaders-summit-2025."
        )
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("unique", True)
        super().__init__(*args, **kwargs)


class EdtfField(models.CharField):
    """An EDTF date as text, which writes days into the columns named by `derives` when it is saved.

    `derives` maps a column to an attribute of `EdtfDate`: `{"start_min": "start_min"}`. The columns must be
    declared behind this field. They become NULL where the text is blank or unparsable: a draft keeps what an editor
    or a source wrote, and publishing is what refuses it. (Django's ImageField fills width and height this way.)
    """

    def __init__(self, *args: Any, derives: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        self.derives = dict(derives or {})
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_edtf]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.derives:
            kwargs["derives"] = self.derives
        kwargs.pop("validators", None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = super().pre_save(model_instance, add)
        date = parse_or_none(text)
        for column, attribute in self.derives.items():
            setattr(model_instance, column, date and getattr(date, attribute))
        return text


def parse_or_none(text: str) -> EdtfDate | None:
    """The date, or None where `text` is blank or not EDTF."""
    try:
        return parse(text)
    except EdtfError:
        return None


class TranslatedWidget(forms.MultiWidget):
    """One input for each language of the settings, called by its name; `text` is the kind of input."""

    template_name = "events/translated.html"
    use_fieldset = False
    """No fieldset around them says what help there is and what is wrong: each of them does."""
    label = ""
    """What they ask for, if that is said."""

    class Media:
        css = {"all": ["events/admin.css"]}

    def __init__(self, attrs: dict[str, Any] | None = None, text: type[forms.Widget] = forms.TextInput) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            code: text({"lang": code, "aria-label": name}) for code, name in settings.LANGUAGES
        }
        super().__init__(widgets, attrs)

    def name_inputs(self, label: str) -> None:
        """Has each called by `label` and its language, for who does not see which of several labels it stands at."""
        self.label = label
        for (_, language), text in zip(settings.LANGUAGES, self.widgets, strict=True):
            text.attrs["aria-label"] = f"{label}, {language}"

    def id_for_label(self, id_: str) -> str:
        """The first input's: a click on the label leads there, and Django calls the help by it."""
        return f"{id_}_0" if id_ else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        described = (attrs or {}).get("aria-describedby")
        if attrs and described:
            of_help = f"{self.id_for_label(attrs['id'])}_helptext"
            attrs = {**attrs, "aria-describedby": described.replace(f"{attrs['id']}_helptext", of_help)}
        context = super().get_context(name, value, attrs)
        context["widget"]["label"] = self.label
        return context

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, str):  # bound data that has not been cleaned
            return [value]
        return [(value or {}).get(code, "") for code, _ in settings.LANGUAGES]


NAME_LENGTH = 300
"""What a name may have. Published, what suggestions look through is cut off after as much."""


class TextFormField(forms.CharField):
    """A text of several lines, which end as those of imported ones do: browsers send CR LF."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial), data)


class TranslatedFormField(forms.MultiValueField):
    """A text in at least one language; cleans to `{"en": "…", "de": "…"}` without blank ones.

    `widget` is a `TranslatedWidget`; if it has text areas, the texts may be of any length.
    """

    def __init__(self, **kwargs: Any) -> None:
        for unwanted in ("encoder", "decoder"):
            kwargs.pop(unwanted, None)
        widget = kwargs.setdefault("widget", TranslatedWidget())
        areas = any(isinstance(text, forms.Textarea) for text in widget.widgets)
        fields = [TextFormField(required=False, max_length=None if areas else NAME_LENGTH) for _ in settings.LANGUAGES]
        super().__init__(fields=fields, require_all_fields=False, **kwargs)
        if self.label:
            self.widget.name_inputs(str(self.label))

    def compress(self, data_list: list[str]) -> dict[str, str]:
        codes = [code for code, _ in settings.LANGUAGES]
        texts = {code: text for code, text in zip(codes, data_list, strict=False) if text}
        if self.required and not texts:  # nothing but spaces
            raise ValidationError(self.error_messages["required"], code="required")
        return texts

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(initial, InvalidJSONInput):
            return True
        return super().has_changed(initial, data)


def validate_translations(value: Any) -> None:
    """Refuses anything but a non-empty object that maps languages of the settings to texts."""
    languages = [code for code, _ in settings.LANGUAGES]
    if not isinstance(value, dict) or not value:
        raise ValidationError("Give a text in at least one language.", code="required")
    for language, text in value.items():
        if language not in languages:
            raise ValidationError(f"“{language}” is none of the languages {', '.join(languages)}.", code="language")
        if not isinstance(text, str) or not text.strip():
            raise ValidationError(f"The text for “{language}” is blank.", code="blank")


NO_HIDDEN_INITIAL = {"show_hidden_initial": False}
"""Of a field whose default is called, Django would have the form say what it was when it was opened, as a text, and
compare that with what it is: a list, or texts by language. They would always have changed."""


class TranslatedField(models.JSONField):
    """A short text in several languages: `{"en": "Uzbekistan", "de": "Usbekistan"}`, at most one for each."""

    default_validators = [validate_translations]

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": TranslatedFormField, **NO_HIDDEN_INITIAL, **kwargs})


def translated(names: Mapping[str, str], language: str | None = None) -> str:
    """The text in `language` (default: the active one), else in the first language of the settings that has one."""
    if language and names.get(language):
        return names[language]
    order = [language or get_language() or "", *(code for code, _ in settings.LANGUAGES)]
    return next((names[code] for code in order if names.get(code)), next(iter(names.values()), ""))


class LinesFormField(forms.CharField):
    """A text area that cleans to the list of its lines, without blank ones."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = super().clean(value).splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.clean(data or "")


class LinesField(ArrayField):
    """A list of texts, edited as one text a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        kwargs["base_field"] = models.CharField(max_length=300)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("base_field", None)
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": LinesFormField, **NO_HIDDEN_INITIAL, **kwargs})


GROUPED = re.compile(
    r"(?P<whole>[+-]?\d{1,3}(?P<between>[.,'’\s])\d{3}((?P=between)\d{3})*)((?!(?P=between))[.,](?P<decimals>\d+))?"
)
"""A number with a sign between its thousands."""


EITHER = re.compile(r"([+-]?[1-9]\d{0,2}),(\d{3})")
"""A number with a comma that may stand between its thousands or before its decimals."""


class DecimalFormField(forms.DecimalField):
    """A number with a point or a comma before its decimals, and nothing between its thousands.

    A browser drops the comma from an input for numbers without a word, so this one is for text.
    """

    widget = forms.TextInput({"inputmode": "decimal"})
    default_error_messages = {"invalid": "Enter a number such as 3.07."}

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return super().to_python(value)
        if either := EITHER.fullmatch(value.strip()):
            whole, rest = either.groups()
            message = f"Enter {whole}{rest} or {whole}.{rest}: with a comma it may be either."
            raise ValidationError(message, code="invalid")
        try:
            return super().to_python(value if "." in value else value.replace(",", "."))
        except ValidationError as error:
            if grouped := GROUPED.fullmatch(value.strip()):
                whole, decimals = re.sub(r"[^\d+-]", "", grouped["whole"]), grouped["decimals"]
                plain = f"{whole}.{decimals}" if decimals else whole
                message = f"Enter a number without a sign between the thousands: {plain}."
                raise ValidationError(message, code="invalid") from error
            raise
