"""The source of a figure, among those of its event: also one that is entered in the same form, or entered again because
somebody else removed it meanwhile. Such a one has no number yet, so it is chosen by its URL. None is deleted that a
figure still has: nobody could tell any more where the number is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from events.guarding import PartFormSet, is_deleted
from events.models import Figure, Source

PREFIX, FIGURES = (model._meta.get_field("event").remote_field.get_accessor_name() for model in (Source, Figure))
"""What the names of the sources' inputs begin with, and those of the figures', in the form of an event."""


class SourceField(forms.ModelChoiceField):
    """One of the sources in the database, or of those `entered`: unsaved ones, by the URL that stands in the form."""

    entered: Mapping[str, Source] = {}

    def offer(self, entered: Mapping[str, Source]) -> None:
        self.entered = entered
        saved: Any = self.choices
        self.choices = [*saved, *((url, url) for url in entered)]

    def to_python(self, value: Any) -> Any:
        return self.entered.get(value) or super().to_python(value)


class FigureFormSet(PartFormSet):
    """Figures beside the sources of the same form, which must be saved before them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entered: dict[str, Source] = {}
        if self.is_bound:
            self._read_sources()

    def _read_sources(self) -> None:
        """What the form says of sources. Figures that name one by what it is not known by any more follow: by the
        number of one that somebody else removed, or by the URL of one that somebody else has entered too."""
        saved = dict(Source.objects.filter(event_id=self.instance.pk).values_list("url", "pk"))
        there = {str(pk) for pk in saved.values()}
        known: dict[str, str] = {}
        for start in _rows(self.data, PREFIX, "url"):
            pk, url = (str(self.data.get(start + field, "")).strip() for field in ("id", "url"))
            if self.data.get(f"{start}DELETE"):
                continue
            if url and pk not in there:
                self.entered[url] = Source(event_id=self.instance.pk, url=_cleaned(url))
                known[pk] = url
            elif url in saved:
                known[url] = str(saved[url])
        known.pop("", None)
        chosen = {f"{start}source": self.data[f"{start}source"] for start in _rows(self.data, FIGURES, "source")}
        moved = {name: known[value] for name, value in chosen.items() if value in known}
        if moved:
            before: Any = self.data
            self.data = data = before.copy()
            for name, value in moved.items():
                data[name] = value

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if isinstance(field := form.fields.get("source"), SourceField):
            field.offer(self.entered)

    def save_new(self, form: Any, commit: bool = True) -> Figure:
        self._resolve(form.instance)
        return super().save_new(form, commit)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Figure:
        self._resolve(form.instance)
        return super().save_existing(form, obj, commit)

    def _resolve(self, figure: Figure) -> None:
        source = figure.source
        if source and source._state.adding:
            # None if its editor may not add sources.
            figure.source = Source.objects.filter(event=self.instance, url=source.url).first()


class SourceFormSet(PartFormSet):
    """Sources beside the figures of the same form, which may get another one, or be deleted with theirs."""

    def clean(self) -> None:
        super().clean()
        kept = False
        for form in self.initial_forms:
            if is_deleted(form) and (figures := self._figures_of(form.instance)):
                kept = True
                form.add_error(None, still_named(figures, "this source", "too"))
        if kept:
            raise ValidationError("A figure still has a source that is to be deleted.")

    def _figures_of(self, source: Source) -> list[str]:
        """The labels of those that would have this source after the form is saved."""
        labels: dict[str, str] = {str(figure.pk): str(figure) for figure in source.figures.all()}
        for start in _rows(self.data, FIGURES, "source"):
            pk = str(self.data.get(f"{start}id") or start)
            if self.data[f"{start}source"] != str(source.pk) or self.data.get(f"{start}DELETE"):
                labels.pop(pk, None)
            else:
                labels.setdefault(pk, self._entered_label(start))
        return list(labels.values())

    def _entered_label(self, start: str) -> str:
        entered = (str(self.data.get(f"{start}labels_{code}", "")).strip() for code, _ in settings.LANGUAGES)
        return next(filter(None, entered), "")


def still_named(figures: Sequence[str], source: str, when: str) -> str:
    """That figures with these labels have a source, and what would be right instead of deleting it."""
    listed = ", ".join(f"“{label}”" for label in figures)
    if len(figures) == 1:
        return f"The figure {listed} has {source}: choose another one for it, or delete the figure {when}."
    return f"The figures {listed} have {source}: choose another one for them, or delete the figures {when}."


def _rows(data: Mapping[str, Any], prefix: str, field: str) -> list[str]:
    """What the names of a row's inputs begin with, of each row of those with the prefix that has this field."""
    names = (name for name in data if name.startswith(f"{prefix}-") and name.endswith(f"-{field}"))
    return [name.removesuffix(field) for name in names]


def _cleaned(url: str) -> str:
    """As it is saved. One that is wrong is refused in its own place."""
    try:
        return str(forms.URLField(assume_scheme="https").clean(url))
    except ValidationError:
        return url
