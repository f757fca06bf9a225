"""Importing in the admin: upload a file, see what it would do, confirm.

The server keeps nothing between the steps: the file travels, packed, in the form of the preview. So any machine may
serve the next step, and whatever fails can be sent again.
"""

from __future__ import annotations

import base64
import binascii
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from events.among import among
from events.choosing import may_view
from events.digest import digest
from events.interchange.flat import COLUMNS
from events.interchange.importing import Import, When
from events.interchange.outcomes import Existing
from events.interchange.reading import GZIP, Entry, RecordFile
from events.interchange.records import Values
from events.interchange.shapes import Problem
from events.models import (
    Actor,
    Event,
    EventText,
    EventType,
    Figure,
    Membership,
    Participation,
    Relation,
    Source,
    Topic,
)
from timeline.admin_messages import (
    counted,
    last_refresh,
    listing,
    log,
    others_not,
    say_not,
    say_what_follows,
)
from timeline.formats.csv import BYTE_ORDER_MARK, guarded
from timeline.import_effects import Effects
from timeline.import_limits import MOST_BYTES, MOST_PACKED, TOO_LARGE
from timeline.importing import WHY_IN_HAND, Report, nothing_in_hand, publish_imported, run
from timeline.publishing_admin import PublishingAdmin, account
from timeline.saved_filters import say_what_filters_lose
from timeline.taken_along import log_what_went_along, say_what_went_along

LISTED = 200
"""Rows of each kind, or slugs, that the preview shows, and the messages after it."""

MEANWHILE = (
    "Since the preview somebody saved something that the file is about, so it would do something else now: see below. "
    "Nothing is written yet."
)
OTHERWISE = "Public otherwise than they are here, and left so, since the file did not change them: {}."
EDITED = "Not published, since somebody has saved them after the import had begun: {}. Publish them here."
IN_HAND = f"Not published, since {WHY_IN_HAND}: {{}}. Publish them here."
MODELS = {"type": EventType, "topic": Topic, "actor": Actor, "event": Event}
PARTS: dict[str, dict[str, type[Model]]] = {
    "actor": {"memberships": Membership},
    "event": {
        "texts": EventText,
        "participants": Participation,
        "sources": Source,
        "relations": Relation,
        "figures": Figure,
    },
}
"""By kind of record, what its parts are in the admin."""
NAMED: dict[type[Model], tuple[str, ...]] = {
    EventType: ("type",),
    Topic: ("topics",),
    Actor: ("participants", "place.country", "figures"),
}
"""What an event's record names in which fields. Records of the others name their like, which who imports them sees."""


class UploadForm(forms.Form):
    file = forms.FileField(
        help_text=f"JSON Lines (.jsonl), or CSV (.csv) for flat events. At most {MOST_BYTES // 1_000_000} MB.",
        widget=forms.ClearableFileInput({"accept": ".jsonl,.csv"}),
    )
    publish = forms.BooleanField(required=False, label="Publish what is new or changed")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith((".jsonl", ".csv")):
            raise forms.ValidationError(f"“{file.name}” is neither .jsonl nor .csv: choose one that is.")
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        content = file.read()
        if content.startswith(GZIP):
            raise forms.ValidationError(f"“{file.name}” is packed (gzip): unpack it, and upload what was in it.")
        self.cleaned_data["packed"] = pack(content)
        if len(self.cleaned_data["packed"]) > MOST_PACKED:
            raise forms.ValidationError(TOO_LARGE)
        return file


class ConfirmForm(forms.Form):
    """What the preview was of."""

    name = forms.CharField(widget=forms.HiddenInput, max_length=300)
    packed = forms.CharField(widget=forms.HiddenInput, max_length=MOST_PACKED)
    publish = forms.BooleanField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)
    """The `Effects.digest` of what the preview showed."""

    def clean_packed(self) -> bytes:
        try:
            return unpack(self.cleaned_data["packed"])
        except (binascii.Error, zlib.error, EOFError, ValueError) as error:
            raise forms.ValidationError("The file did not come back whole: upload it again.") from error


def _says(values: Values, field: str) -> bool:
    """Whether a record says something there. A row of a table without columns for texts has an empty object of them."""
    name, _, inner = field.partition(".")
    return inner in values.get(name, {}) if inner else values.get(name, {}) != {}


def _forbidden(field: str, actions: str, model: type[Model]) -> Problem:
    return Problem(field, f"your account may not {actions} {model._meta.verbose_name_plural}.")


def pack(content: bytes) -> str:
    """A file as text for a form."""
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def unpack(packed: str) -> bytes:
    """The file again. Raises ValueError or an error of zlib or base64 if it is broken or too large."""
    reader = zlib.decompressobj(wbits=31)
    content = reader.decompress(base64.b64decode(packed, validate=True), MOST_BYTES + 1)
    if len(content) > MOST_BYTES or not reader.eof:
        raise ValueError("too large or cut off")
    return content


def _csv_named(name: str) -> HttpResponse:
    """An answer that is a file to be kept; spreadsheets know it for UTF-8 by its first character."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8", headers=disposition)


class ImportAdmin(PublishingAdmin):
    """Adds the import to the list of events, for whoever may add and change them."""

    change_list_template = "timeline/admin/event_list.html"

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_view), name="events_event_import"),
            path("import/confirm/", wrap(self.confirm_view), name="events_event_import_confirm"),
            path("import/table/", wrap(self.table_view), name="events_event_import_table"),
            path("import/refusals/", wrap(self.refusals_view), name="events_event_import_refusals"),
            *super().get_urls(),
        ]

    def may_import(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "may_import": self.may_import(request)})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The form, and what the uploaded file would do."""
        self._check_permission(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        self._restrict(request, form)
        if request.method != "POST" or not form.is_valid():
            return self._page(request, "upload.html", {"form": form, "title": "Import events"})
        name, packed = form.cleaned_data["file"].name, form.cleaned_data["packed"]
        publish = form.cleaned_data["publish"]
        effects = self._import(request, name, unpack(packed), publish)
        return self._preview(request, name, packed, publish, effects)

    def _preview(self, request: HttpRequest, name: str, packed: str, publish: bool, effects: Effects) -> HttpResponse:
        confirm = ConfirmForm(initial={"name": name, "packed": packed, "publish": publish, "shown": effects.digest})
        context = {
            "confirm": confirm,
            "effects": effects,
            "name": name,
            "publish": publish,
            "listed": LISTED,
            "published_events": counted(effects.published.published, "event", "events"),
            "public_entries": counted(effects.published.vocabulary, "public entry", "public entries"),
            "along": effects.along,
            "published_unchanged": listing(effects.published_unchanged, LISTED),
            "withdrawn": listing(effects.published.withdrawn, LISTED),
            "otherwise": listing(effects.published.otherwise, LISTED),
            "in_hand": listing(effects.published.in_hand, LISTED),
            "why_in_hand": WHY_IN_HAND,
            "others_unpublished": others_not("published", len(effects.unpublished), LISTED),
            "title": f"Import events: what {name} would do",
        }
        return self._page(request, "preview.html", context)

    def confirm_view(self, request: HttpRequest) -> HttpResponse:
        """Imports the previewed file, if it still does what the preview showed; else shows what it would do now."""
        self._check_permission(request)
        confirm = self._confirmed(request)
        if confirm is None:
            return HttpResponseRedirect(reverse("admin:events_event_import"))
        data = confirm.cleaned_data
        since = last_refresh()
        effects = self._import(request, data["name"], data["packed"], data["publish"], data["shown"])
        otherwise = effects.digest != data["shown"]
        if otherwise and effects.writes:
            self.message_user(request, MEANWHILE, messages.WARNING)
            return self._preview(request, data["name"], pack(data["packed"]), data["publish"], effects)
        if otherwise:  # sent once more, or what it would have done is refused by now
            reasons = [
                (result.key or f"line {result.line}", [str(problem) for problem in result.problems])
                for result in effects.refused
            ]
            say_not("imported", request, reasons, LISTED)
        self.message_user(request, f"Imported from {data['name']}: {effects.report}.", messages.SUCCESS)
        if data["publish"]:
            self._say_what_was_published(request, effects)
            say_what_follows(request, since)
            say_what_filters_lose(request, effects.entries.changed)
        return HttpResponseRedirect(reverse("admin:events_event_changelist"))

    def _say_what_was_published(self, request: HttpRequest, effects: Effects) -> None:
        published = effects.published
        said = [f"Published: {counted(published.published, 'event', 'events')}."]
        if published.vocabulary:
            entries = counted(published.vocabulary, "public entry", "public entries")
            said.append(f"Changed: {entries} of actors, types and topics.")
        for sentence in said:
            self.message_user(request, sentence, messages.SUCCESS)
        say_what_went_along(request, effects.entries, effects.in_file)
        reasons = [(event.key, [problem.message for problem in event.problems]) for event in effects.unpublished]
        say_not("published", request, reasons, LISTED)
        if published.otherwise:
            self.message_user(request, OTHERWISE.format(listing(published.otherwise, LISTED)), messages.WARNING)
        if published.in_hand:
            self.message_user(request, IN_HAND.format(listing(published.in_hand, LISTED)), messages.WARNING)
        if published.edited_meanwhile:
            self.message_user(request, EDITED.format(listing(published.edited_meanwhile, LISTED)), messages.WARNING)
        if published.withdrawn:
            slugs = listing(published.withdrawn, LISTED)
            self.message_user(request, f"Withdrawn before, and left so: {slugs}.", messages.WARNING)

    def refusals_view(self, request: HttpRequest) -> HttpResponse:
        """What would be refused, the links that would be left out, and what would not be published, as CSV."""
        self._check_permission(request)
        confirm = self._confirmed(request)
        if confirm is None:
            return HttpResponseRedirect(reverse("admin:events_event_import"))
        data = confirm.cleaned_data
        effects = self._import(request, data["name"], data["packed"], data["publish"])
        response = _csv_named("refusals.csv")
        table = csv.writer(response)
        table.writerow(["file", "line", "record", "id", "field", "problem"])
        for result in [*effects.refused, *effects.unlinked, *effects.unpublished]:
            for problem in result.left_out:
                row = [data["name"], result.line, result.kind, result.key, problem.field, problem.message]
                table.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
        return response

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """A CSV file without rows, to be filled in."""
        self._check_permission(request)
        response = _csv_named("events.csv")
        csv.writer(response).writerow(COLUMNS)
        return response

    def _check_permission(self, request: HttpRequest) -> None:
        if not self.may_import(request):
            raise PermissionDenied

    def _restrict(self, request: HttpRequest, form: forms.Form) -> None:
        """Passes over that something is to be published, from whoever may not."""
        if not self.has_publish_permission(request):
            form.fields["publish"].disabled = True
            form.fields["publish"].help_text = "Your account may not publish: what is imported are drafts."

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"timeline/admin/import_{template}", context)

    def _confirmed(self, request: HttpRequest) -> ConfirmForm | None:
        """The preview's form; None, and a message, if it did not come back as it was sent."""
        if request.method != "POST":  # a session that ended leads here, by the page to log in
            self.message_user(request, "Nothing was imported: upload the file again.", messages.ERROR)
            return None
        confirm = ConfirmForm(request.POST)
        self._restrict(request, confirm)
        if confirm.is_valid():
            return confirm
        self.message_user(request, "The file did not come back whole: upload it again.", messages.ERROR)
        return None

    def _import(self, request: HttpRequest, name: str, content: bytes, publish: bool, confirmed: str = "") -> Effects:
        """Imports everything that is not refused, in one transaction; takes it back if it is not what was `confirmed`
        (an `Effects.digest`)."""
        file = RecordFile(name, io.BytesIO(content))
        effects = Effects(Report())
        try:
            with transaction.atomic():
                importing = Import(
                    lambda: self._permitted(request, file.entries(), file.complete),
                    Existing.REPLACE if file.complete else Existing.MERGE,
                    When.CONTINUE,
                    explain=True,
                    outlines=file.outlines,
                    nothing_in_hand=nothing_in_hand,
                )
                effects.report = run(importing, lambda report, results: effects.add(results))
                if publish:
                    done = publish_imported(
                        effects.report,
                        account(request),
                        lambda _, batch: effects.add_batch(batch),
                        trial=not confirmed,
                    )
                    effects.add_published(done)
                if not self.has_publish_permission(request):
                    effects.keep_back()
                published = effects.published
                effects.digest = digest(
                    [
                        importing.met,
                        published.published,
                        effects.published_unchanged,
                        published.vocabulary,
                        sorted(effects.entries.said.items()),
                        published.withdrawn,
                        published.in_hand,
                        [[event.key, list(map(str, event.problems))] for event in effects.unpublished],
                    ]
                )
                if effects.digest == confirmed:
                    self._log(request, effects)
                else:
                    transaction.set_rollback(True)
        finally:
            file.close()
        return effects

    def _permitted(self, request: HttpRequest, entries: Iterator[Entry], complete: bool) -> Iterator[Entry]:
        """The entries; those that this account may not enter by hand are refused. What a `complete` record leaves out
        is removed, so it is about all its parts."""
        sees = cache(partial(may_view, self, request))

        @cache
        def may(model: type[Model], *actions: str) -> bool:
            app, name = model._meta.app_label, model._meta.model_name
            return bool(request.user.has_perms([f"{app}.{action}_{name}" for action in actions]))

        def about(values: Values, field: str) -> bool:
            return complete or _says(values, field)

        for entry in entries:
            if not entry.problems:
                kind = str(entry.values["record"])
                model, parts = MODELS[kind], PARTS.get(kind, {})
                if not may(model, "add", "change"):
                    entry.problems = [_forbidden("record", "add and change", model)]
                else:
                    entry.problems = [
                        _forbidden(name, "add, change and delete", part)
                        for name, part in parts.items()
                        if about(entry.values, name) and not may(part, "add", "change", "delete")
                    ]
                if kind == "event":  # by the preview it would read what it may not see, in whatever it names
                    for named, names in NAMED.items():
                        first = next((name for name in names if about(entry.values, name)), None)
                        if first and not sees(named):
                            entry.problems.append(_forbidden(first, "view", named))
            yield entry

    def _log(self, request: HttpRequest, effects: Effects) -> None:
        """Notes in the history of each event what the import did to it, and of each entry that it was published."""
        imported, published = effects.imported_ids, set(effects.published.event_ids)
        for message, ids in (
            ("Imported.", imported - published),
            ("Imported and published.", imported & published),
            ("Published.", published - imported),
        ):
            log(request, list(Event.objects.filter(among("pk", ids))), message)
        log_what_went_along(request, effects.entries, "Published with an import.")
