"""Forms, and deletions, by which nothing is lost: neither what another editor saved nor what this one typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT, ManagementForm
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.timezone import localtime

from events.among import among
from events.choosing import Chooses, ShowsNumbers
from events.digest import digest
from events.searching import SearchedAdmin
from events.uncut import Uncut
from events.unique_at_last import unique_at_last


def fingerprint(record: models.Model, parts: Sequence[str] = ()) -> str:
    """A digest of all columns of a record, of what it is linked with, and of its `parts` (related names)."""
    rows = [record, *(row for name in parts for row in getattr(record, name).order_by("pk"))]
    columns = [[field.value_to_string(row) for field in row._meta.concrete_fields] for row in rows]
    links = [
        list(getattr(record, field.name).order_by("pk").values_list("pk", flat=True))
        for field in record._meta.many_to_many
    ]
    return digest([columns, links])


class GuardedForm(forms.ModelForm):
    """Refuses to overwrite unasked what somebody else saved after this form was opened, or to bring back unasked what
    somebody else deleted.

    The admin is to be a `GuardedAdmin`, with `opened` among its fields. The script asks before a page with unsaved
    entries is left, and keeps them when the session has ended.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    """The fingerprint of the record when its editor opened it."""
    parts: ClassVar[Sequence[str]] = ()
    """What is saved with the record and leaves no mark in its own columns."""
    whole: ClassVar[str] = ""
    """What the record is a part of, whose form saves it too. It is locked first, as that form does it."""

    class Media:
        js = ["events/guard.js", "events/name_choices.js", "events/row_focus.js", "events/unanswered.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Before the rest is read: what is saved between the two is then refused, not overwritten.
        instance = kwargs.get("instance")
        opened = fingerprint(instance, self.parts) if instance else ""
        super().__init__(*args, **kwargs)
        self.initial["opened"] = opened

    def clean(self) -> Any:
        cleaned = super().clean()
        opened = self.cleaned_data.get("opened")
        if opened and self.instance.pk:
            self._check_for_others(opened)
        elif opened:
            self._say_it_is_gone()
        self._check_slug()
        return cleaned

    @staticmethod
    def keeps_slug(record: Any) -> bool:
        """Whether it has become public after the form was made, and has to keep its slug: an admin may know."""
        return False

    def _check_slug(self) -> None:
        """That none is passed over, of what is fixed by now."""
        entered = self.data.get(self.add_prefix("slug"))
        there = getattr(self.instance, "slug", None)
        if None in (entered, there) or entered == there or not self.instance.pk:
            return
        if "slug" in self.fields and self.keeps_slug(self.instance):
            del self.fields["slug"]
            self.cleaned_data.pop("slug", None)
        if "slug" not in self.fields:
            self.add_error(
                None,
                f"The slug “{entered}” is not possible any more: this {self.instance._meta.verbose_name} has become "
                f"public after you had opened the form. Saving again keeps “{there}”.",
            )

    def _ask_again(self, opened: str, message: str) -> None:
        """Refuses once: the form that goes back is one of what is there now."""
        data: Any = self.data
        self.data = data = data.copy()
        data[self.add_prefix("opened")] = opened
        self.add_error(None, message)

    def _say_it_is_gone(self) -> None:
        self._ask_again(
            "",
            f"Somebody else deleted this {self.instance._meta.verbose_name} after you had opened it. What you entered "
            "is still here. Saving again makes it anew.",
        )

    def _check_for_others(self, opened: str) -> None:
        model = type(self.instance)
        # The locks last until this form is saved.
        if self.whole:
            whole = getattr(self.instance, self.whole)
            type(whole)._default_manager.select_for_update(no_key=True).filter(pk=whole.pk).first()
        saved = model._default_manager.select_for_update(no_key=True).filter(pk=self.instance.pk).first()
        if saved is None:  # while this one waited for the lock
            self._say_it_is_gone()
            return
        current = fingerprint(saved, self.parts)
        if current != opened:
            self._ask_again(
                current,
                f"This {model._meta.verbose_name} was saved after you had opened it here. What you entered is still "
                "here: compare it in another tab. Saving again replaces what was changed by what stands here."
                f"{_last_in_history(saved)}",
            )


THEIRS = "Somebody else has entered the same meanwhile: delete this one, or open the page anew to see theirs."
"""What is said at a part that has become another one, of which the form shows nothing."""

NOTHING_CHANGED = "[]"
"""What the history has of a form that was saved as it was."""


def _last_in_history(record: models.Model) -> str:
    """A sentence on who did what to it last, and when, as far as the admin knows; blank if nobody did anything."""
    kind = ContentType.objects.get_for_model(record)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(record.pk)).select_related("user")
    if edited := getattr(record, "updated_at", None):  # what stands there of before is not what is asked about
        entries = entries.filter(action_time__gte=edited)
    last = entries.exclude(change_message=NOTHING_CHANGED).order_by("-action_time", "-pk").first()
    if last is None:
        return ""
    when = f"{localtime(last.action_time):%Y-%m-%d %H:%M %Z}"
    return f" Last in its history: {last.user}, {when}: {last.get_change_message()}"


def is_deleted(form: Any) -> bool:
    """Whether its part is to be deleted."""
    return bool(form.cleaned_data.get(DELETION_FIELD_NAME))


class GuardedAdmin(Chooses, ShowsNumbers, SearchedAdmin, Uncut):
    """Its form is a `GuardedForm`, which stays when somebody else deletes what it is about. Parts in it may exchange
    what only one of them can have. What another editor saves while a page asks whether it is to be deleted is not
    deleted unasked."""

    form = GuardedForm
    delete_confirmation_template = "events/delete.html"
    delete_selected_confirmation_template = "events/delete_selected.html"
    deleted_with: ClassVar[Sequence[str]] = ()
    """What is deleted with a record, and leaves no mark in its own columns (related names)."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if object_id and request.method == "POST" and self._is_gone(request, unquote(object_id)):
            object_id = None  # else Django would throw away what was entered
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with unique_at_last(formset.model for formset in formsets):
            super().save_related(request, form, formsets, change)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        opened = self.saved_as(request, [record.pk]) if record else ""
        overtaken = bool(record) and request.POST.get("opened", opened) != opened
        if overtaken:
            request.POST = QueryDict()  # nothing is confirmed: the page is shown once more
        response = super().delete_view(request, object_id, {**(extra_context or {}), "opened": opened})
        if overtaken:
            self.message_user(request, OVERTAKEN.format(f"This {self.opts.verbose_name} was saved"), messages.WARNING)
        return response

    def hold(self, entries: models.QuerySet[Any]) -> None:
        """Before it is asked for the last time what forbids their deletion: keeps others from changing the entries, and
        what is deleted with them, until the transaction ends."""
        ids = list(entries.order_by("pk").values_list("pk", flat=True))
        for model, name in [(self.model, "pk"), *map(self._deleted, self.deleted_with)]:
            rows = model._default_manager.filter(among(name, ids)).order_by("pk")
            list(rows.select_for_update().values_list("pk", flat=True))

    def _deleted(self, related_name: str) -> tuple[type[models.Model], str]:
        """The model that is deleted with a record, and its column for that."""
        relation: Any = self.opts.get_field(related_name)
        return relation.related_model, relation.field.attname

    def why_not_deleted(self, entries: models.QuerySet[Any], request: HttpRequest) -> list[str]:
        """What forbids it whatever else the entries have: of these, Django reads all there is, before it refuses."""
        return []

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        entries = objs
        if not isinstance(objs, models.QuerySet):
            entries = self.model._default_manager.filter(pk__in=[entry.pk for entry in objs])
        if "post" in request.POST:
            self.hold(entries)
        why = self.why_not_deleted(entries, request)
        return ([], {}, set(), why) if why else super().get_deleted_objects(objs, request)

    def get_actions(self, request: HttpRequest) -> Any:
        actions: Any = super().get_actions(request)
        if offered := actions.get("delete_selected"):
            actions["delete_selected"] = (_delete_selected, *offered[1:])
        return actions

    def saved_as(self, request: HttpRequest, ids: Iterable[int]) -> str:
        """A digest of all that is saved of these records, and would be deleted. Where they are to be deleted now, it
        stays so until they are."""
        records = self.model._default_manager.filter(among("pk", ids)).order_by("pk")
        if "post" in request.POST:
            records = records.select_for_update()
        return digest([fingerprint(record, self.deleted_with) for record in records])

    def _is_gone(self, request: HttpRequest, object_id: str) -> bool:
        return self.has_add_permission(request) and self.get_object(request, object_id) is None


OVERTAKEN = "{} after you had opened this page. Look at what would be deleted now, then confirm it again."


def _delete_selected(
    model_admin: GuardedAdmin, request: HttpRequest, queryset: models.QuerySet[Any]
) -> HttpResponse | None:
    """Django's action, which asks once more if what it asked about is otherwise by now."""
    refused = bool(model_admin.why_not_deleted(queryset, request))
    opened = "" if refused else model_admin.saved_as(request, queryset.values_list("pk", flat=True))
    overtaken = not refused and "post" in request.POST and request.POST.get("opened", opened) != opened
    if overtaken:
        posted = request.POST.copy()
        del posted["post"]
        request.POST = posted  # type: ignore[assignment]
        said = f"Some of these {model_admin.opts.verbose_name_plural} were saved or deleted"
        model_admin.message_user(request, OVERTAKEN.format(said), messages.WARNING)
    response: Any = delete_selected(model_admin, request, queryset)
    if response is not None:
        response.context_data["opened"] = opened
    return response


class PartFormSet(BaseInlineFormSet):
    """The parts of one thing, which says of two equal ones what the database's constraint says of them.

    What somebody removed after the form was opened is taken for a new part, or for the same one if somebody made that
    anew: the form itself asks before it is saved (`GuardedForm`), and then nothing that stands in it is lost.
    """

    replaces: ClassVar[bool] = True
    """Whether what is entered anew replaces the same part that somebody else made meanwhile; else it is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self._make_new_of_gone()

    def _make_new_of_gone(self) -> None:
        management = ManagementForm(self.data, prefix=self.prefix)
        if not management.is_valid():
            return  # the form set says so
        initial, total = (management.cleaned_data[name] or 0 for name in (INITIAL_FORM_COUNT, TOTAL_FORM_COUNT))
        places = range(min(total, self.absolute_max or total))
        if self.instance._state.adding:
            self._forget_whole(places)
        entered = {place: self._entered(place, self._key) for place in places[:initial]}
        known = self._known(places, entered)
        if known != entered:
            removed = {place for place in entered.keys() - known.keys() if self._entered(place, "DELETE")}
            self._rearrange(places, known, removed)

    def _forget_whole(self, places: Sequence[int]) -> None:
        """What the parts were of is gone, too: they are of what is made anew."""
        names = [f"{self.prefix}-{place}-{self.fk.name}" for place in places]
        if any(self.data.get(name) for name in names):
            before: Any = self.data
            self.data = data = before.copy()
            for name in names:
                data[name] = ""

    def _known(self, places: Sequence[int], entered: Mapping[int, str]) -> dict[int, str]:
        """The ids of the rows that the places are about: those entered, of what is there, and of what somebody else has
        made meanwhile and is the same part."""
        there = {str(row.pk): row for row in self.get_queryset()}
        known = {place: pk for place, pk in entered.items() if pk in there}
        fields = self._identifying() if self.replaces else []
        if not fields:
            return known
        made = {pk: row for pk, row in there.items() if pk not in known.values()}
        free = {tuple(str(getattr(row, field.attname)) for field in fields): pk for pk, row in made.items()}
        for place in places:
            same = tuple(self._entered(place, field.name) for field in fields)
            if place not in known and same in free and self._is_complete(place):
                known[place] = free.pop(same)
        return known

    def _rearrange(self, places: Sequence[int], known: Mapping[int, str], removed: Set[int]) -> None:
        """First those that are there, as Django wants it, then the new ones; without those `removed`."""
        before: Any = self.data
        self.data = data = before.copy()
        rows: dict[int, dict[str, list[str]]] = {}
        for place in places:
            start = f"{self.prefix}-{place}-"
            names = [name for name in before if name.startswith(start)]
            rows[place] = {name.removeprefix(start): data.pop(name) for name in names}
        others = [place for place in places if place not in known and place not in removed]
        for now, place in enumerate([*known, *others]):
            for name, values in (rows[place] | {self._key: [known.get(place, "")]}).items():
                data.setlist(f"{self.prefix}-{now}-{name}", values)
        data[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(len(known))
        data[f"{self.prefix}-{TOTAL_FORM_COUNT}"] = str(len(known) + len(others))

    def clean(self) -> None:
        super().clean()
        self._check_for_theirs()

    def _check_for_theirs(self) -> None:
        """That none is, or has become, one that the form does not show: somebody else has made it meanwhile, or the
        editor may see none. Django leaves out the constraints that the whole is in."""
        fields = self._identifying()
        entered = [form for form in self.forms if form.has_changed() and not is_deleted(form)]
        if not fields or not entered or not self.instance.pk:
            return

        def identity(row: Any) -> tuple[Any, ...]:
            return tuple(getattr(row, field.attname) for field in fields)

        shown = {form.instance.pk for form in self.initial_forms}
        # It has none for an editor who may see none.
        rows = self.get_queryset() or self.fk.model._default_manager.filter(**{self.fk.name: self.instance})
        theirs = {identity(row) for row in rows if row.pk not in shown}
        repeated = [form for form in entered if identity(form.instance) in theirs]
        for form in repeated:
            form.add_error(None, self._already_there(form.instance) if form.instance._state.adding else THEIRS)
        if any(not form.instance._state.adding for form in repeated):
            raise ValidationError(self.get_unique_error_message([self.fk.name, *(field.name for field in fields)]))

    def _already_there(self, part: models.Model) -> str | ValidationError:
        """What the database's constraint says of a new one."""
        fields = part._meta.total_unique_constraints[0].fields
        return self._own_message(fields) or part.unique_error_message(type(part), fields)

    @property
    def _key(self) -> str:
        assert self.model is not None
        return self.model._meta.pk.name

    def _entered(self, place: int, name: str) -> str:
        return str(self.data.get(f"{self.prefix}-{place}-{name}", "")).strip()

    def _identifying(self) -> list[Any]:
        """The fields that make a part another one than those beside it; none if nothing does."""
        assert self.model is not None
        names = next((constraint.fields for constraint in self.model._meta.total_unique_constraints), ())
        return [self.model._meta.get_field(name) for name in names if name != self.fk.name]

    def _is_complete(self, place: int) -> bool:
        """Whether all is entered that a part must have: a language alone says nothing."""
        assert self.model is not None
        needed = [field for field in self.model._meta.concrete_fields if field.editable and not field.blank]
        return all(
            self._entered(place, field.name)
            for field in needed
            if field not in (self.fk, self.model._meta.pk) and not field.has_default()
        )

    def get_unique_error_message(self, unique_check: Any) -> str:
        return self._own_message(unique_check) or super().get_unique_error_message(unique_check)

    def _own_message(self, fields: Iterable[str]) -> str:
        """That of the constraint on these fields; blank if it has none of its own."""
        assert self.model is not None
        for constraint in self.model._meta.total_unique_constraints:
            message = constraint.violation_error_message
            if set(constraint.fields) == set(fields) and message != constraint.default_violation_error_message:
                return str(message)
        return ""

    def get_form_error(self) -> str:
        return "This repeats one above it."
