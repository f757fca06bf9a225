"""The page about an event, and the small one for frames."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.utils.safestring import SafeString, mark_safe

from events.date_display import display
from events.fields import parse_or_none
from timeline.documents import Document, load, with_base_url
from timeline.formats import jsonld
from timeline.formats.places import place_in_words
from timeline.formats.texts import as_json, closed, paragraphs
from timeline.links import address_of
from timeline.models import Term
from timeline.pages.base import Page, data_address
from timeline.pages.relations import related
from timeline.pages.words import words_of
from timeline.views.base import Reading
from timeline.views.events import moved, present_slug, stored_event


class EventPage(Page):
    """One event. An old slug redirects to the present one; a withdrawn event is gone (410)."""

    route = page_route = "event-page"
    template = "timeline/event.html"

    def answer(self, reading: Reading, **path: str) -> HttpResponseBase:
        slug, language = path["slug"], reading.values["lang"]
        found = reading.settled_once(lambda: stored_event(slug, language, reading.at))
        if found is None:
            return moved(reading, self.route, present_slug(slug, reading.version, reading.at))
        document, version = load(with_base_url(found[0], reading.base_url)), found[1]
        address = address_of(reading.request, self.page_route, slug, language)
        context = {
            "event": document,
            **shown(document, language),
            "json_ld": json_ld(document, address),
            "json": data_address(reading, "event-detail", slug, lang=language),
            "atom": data_address(reading, "event-detail", slug, lang=language, format="atom"),
            "calendar": data_address(reading, "event-detail", slug, lang=language, format="ics"),
            "history": data_address(reading, "event-versions", slug, lang=language),
        }
        if not self.framed:
            context["figures"] = figures(document, language, reading.at)
            context["related"] = related(document, language, version, reading.at)
        return self.page(reading, version, slug, closed(document["title"]), context)


class EventEmbed(EventPage):
    """One event, small; any site may frame it."""

    route, template, framed = "event-embed", "timeline/event_embed.html", True


def shown(document: Document, language: str) -> dict[str, Any]:
    """What the templates show of a document that is not in it in so many words."""
    words = words_of(language)
    names = {country["code"]: country["name"] for country in document.get("countries", ())}
    return {
        "summary": paragraphs(document.get("summary", "")),
        "summary_language": document.get("summary_language", document["language"]),
        "place": place_in_words(document),
        "roles": _roles(document, names, words),
        "sources": [_source(source, language) for source in document["sources"]],
    }


def figures(document: Document, language: str, at: int | None) -> list[Document]:
    """The figures in words. One query if one is about somebody who takes no part in the event, else none."""
    parties, words = _parties(document, language, at), words_of(language)
    return [
        {
            **figure,
            "value": _number(figure["value"], language),
            "period": _date(figure.get("period"), language),
            "notes": _notes(figure, document, parties, words),
        }
        for figure in document.get("figures", ())
    ]


def json_ld(document: Document, address: str) -> SafeString:
    """The event for search engines, safe in a script element: the format escapes what could end one."""
    text = as_json({"@context": "https://schema.org", **jsonld.event(document, address)})
    return mark_safe(jsonld.in_script(text))


def _roles(document: Document, names: Mapping[str, str], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """The participants by their role, in the order of the document."""
    roles: dict[str, list[Document]] = {}
    for participant in document.get("participants", ()):
        others = [code for code in participant.get("represents", ()) if code != participant.get("code")]
        represents = ", ".join(names.get(code, code) for code in others)
        roles.setdefault(participant["role"], []).append({**participant, "speaks_for": represents})
    return [{"name": words[f"role {role}"], "participants": found} for role, found in roles.items()]


def _parties(document: Document, language: str, at: int | None) -> dict[str, str]:
    """The names of those whom the figures are from and about, by code or id."""
    named = [*document.get("countries", ()), *document.get("participants", ())]
    names = {entry[key]: entry["name"] for entry in named for key in ("code", "actor") if key in entry}
    figures = document.get("figures", ())
    if unnamed := {figure[key] for figure in figures for key in ("reporter", "partner") if key in figure} - set(names):
        parties = Term.objects.as_of(at).filter(kind__in=(Term.Kind.COUNTRY, Term.Kind.ACTOR), key__in=unnamed)
        for key, stored in parties.in_language(language).values_list("key", "document"):
            names[key] = load(stored)["name"]
        if ended := unnamed - set(names):  # codes that figures still have
            last = Term.objects.filter(kind=Term.Kind.COUNTRY, key__in=ended, superseded_in=None)
            names |= {key: all_names[0] for key, all_names in last.values_list("key", "names")}
    return names


def _notes(
    figure: Document, document: Document, parties: Mapping[str, str], words: Mapping[str, str]
) -> list[Document]:
    """Who reports a figure, about whom, and where: as far as it is known."""
    sources = {source["url"]: source.get("publisher") or source["title"] for source in document["sources"]}
    notes: list[Document] = [
        {"word": words[name], "name": parties.get(figure[name], figure[name])}
        for name in ("reporter", "partner")
        if name in figure
    ]
    if url := figure.get("source"):
        notes.append({"word": words["source"], "name": sources.get(url, url), "url": url})
    return notes


def _source(source: Document, language: str) -> Document:
    days = {name: _date(source.get(name), language) for name in ("published", "claims", "claims_effective")}
    return {**source, **days}


def _date(text: str | None, language: str) -> str:
    """A date in words; as it is where it is not EDTF."""
    parsed = parse_or_none(text or "")
    return display(parsed, language) if parsed else text or ""


def _number(value: float, language: str) -> str:
    text = f"{Decimal(str(value)):,f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text
