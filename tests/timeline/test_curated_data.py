"""The curated events as a researcher reads them: the facts behind the report of 6 November 2025, texts, drafts.

What can be read from the files is tested without a database.
"""

import csv
import json
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from events.loading import DATA, load_reference
from events.models import Actor, Event
from tests.assertions import slugs
from tests.builders import actor, draft, event_type, state, topic
from timeline.loading import load_curated
from timeline.models import Dataset, Term, Timeline
from timeline.publishing import publish

FACTS_CSV = settings.BASE_DIR.parent / "shared" / "data" / "curated_facts.csv"
CONFLICTS_CSV = FACTS_CSV.with_name("date_conflicts.csv")
needs_facts = pytest.mark.skipif(not FACTS_CSV.exists(), reason=f"the facts to compare with are not at {FACTS_CSV}")

C5 = ["KZ", "KG", "TJ", "TM", "UZ"]
DRAFTS = [
    "c5-1-videoconference-2020",
    "c5-1-virtual-ministerial-2022",
    "trump-xi-call-january-2025",
    "us-china-phase-one-agreement-2020",
]
"""Known, but not yet sourced."""

CONFLICTS = {
    "C5+1 first leaders summit": "c5-1-leaders-summit-2023",
    "Xi–Biden at Woodside, California": "biden-xi-woodside-2023",
    "US chip rules of October 2023, effective": "us-chip-rules-2023",
    "AI Diffusion rescission announced": "us-ai-diffusion-rescission-2025",
    "AI Diffusion rule issued": "us-ai-diffusion-rule-2025",
    "Affiliates rule suspended until": "us-affiliates-rule-suspension-2025",
    "Affiliates rule in effect": "us-affiliates-rule-2025",
    "China graphite controls effective": "china-graphite-controls-2023",
    "China W/Te/Bi/Mo/In controls announced": "china-tungsten-controls-2025",
    "Kuala Lumpur trade talks begin": "us-china-talks-kuala-lumpur-2025",
    "C5+1 Hamburg meeting": "c5-1-ministerial-hamburg-2016",
    "US China-specific tariff cut to 0pp after Geneva": "us-china-geneva-joint-statement-2025",
    "Busan meeting": "trump-xi-busan-2025",
}
"""Conflicts of sources about a date, and the events that they make disputed."""

FACTS = [
    # Trump receives the five presidents at the White House.
    ("c5-1-leaders-summit-2025", [*C5, "US"], "2025-11-06"),
    # Rubio receives the delegations at the State Department the day before, where Gor speaks.
    ("c5-1-tenth-anniversary-state-department-2025", [*C5, "US"], "2025-11-05"),
    ("gor-statement-central-asia-2025", [*C5, "US"], "2025-11-05"),
    # Landau and Gor in Central Asia in October.
    ("landau-gor-visit-kazakhstan-uzbekistan-2025", ["KZ", "UZ", "US"], "2025-10"),
    # China widens its export restrictions; Busan; China postpones them.
    ("china-export-control-package-october-2025", ["CN"], "2025-10-09"),
    ("trump-xi-busan-2025", ["US", "CN", "KR"], "2025-10-30"),
    ("china-postpones-export-controls-2025", ["CN"], "2025-10-30"),
    # The format's founding, and the troops in Afghanistan from 2001 to their withdrawal in 2021.
    ("c5-1-founding-2015", [*C5, "US"], "2015"),
    ("us-troops-afghanistan", ["US", "AF"], "2001"),
    ("us-troops-afghanistan", ["US", "AF"], "2011-05-02"),
    ("us-troops-afghanistan", ["US", "AF"], "2021"),
    ("us-withdrawal-afghanistan-2021", ["US", "AF"], "2021"),
]

FIGURES = {
    # (value, unit, period, reporter, partner)
    "c5-1-leaders-summit-2025": [
        (3.07, "USD bn", "2023", "KZ", "CN"),
        (1.8, "USD bn", "2023", "KZ", "RU"),
        (544, "USD m", "2023", "KZ", "US"),
        (50, "%", None, None, None),
    ],
    "china-export-control-package-october-2025": [(69, "%", "2024", "CN", None), (90, "%", "2024", "CN", None)],
}

DATES_NOT_AS_IN_THE_FACTS = {
    "tx-2025-09-19": "2025-09-19?",  # the source confirms only the month
    "tx-2026-05-13": "2026-05-13/2026-05-15?",  # the last day is known only as planned
}


def records():
    """The curated events as they stand in the files, by external id."""
    paths = sorted(path for path in (DATA / "curated").glob("*.json") if path.name != "actors.json")
    return {event["external_id"]: event for path in paths for event in json.loads(path.read_text(encoding="utf-8"))}


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_the_facts_of_the_report_are_found_by_country_and_by_date(client):
    def figure(entry):
        return tuple(entry.get(key) for key in ("value", "unit", "period", "reporter", "partner"))

    wanted = {(f"country={code}&on={when}", slug) for slug, codes, when in FACTS for code in codes}
    assert [(query, slug) for query, slug in sorted(wanted) if slug not in slugs(client, query)] == []

    postponed = "china-postpones-export-controls-2025"
    days = ["2025-11-09", "2025-11-10", "2026-11-10", "2026-11-11"]
    in_force = [postponed in slugs(client, f"country=CN&in_force_on={day}") for day in days]
    assert in_force == [False, True, True, False]
    relations = client.get(f"/api/v1/events/{postponed}/").json()["relations"]
    assert [(relation["kind"], relation["event"]) for relation in relations] == [
        ("follows", "trump-xi-busan-2025"),
        ("suspends", "china-export-control-package-october-2025"),
    ]

    documents = client.get("/api/v1/events/?page_size=500").json()["results"]
    figures = {event["id"]: list(map(figure, event["figures"])) for event in documents if "figures" in event}
    assert figures == FIGURES
    assert all("source" in entry for event in documents for entry in event.get("figures", []))


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_loading_again_changes_nothing():
    def state():
        models = [*apps.get_app_config("events").get_models(), *apps.get_app_config("timeline").get_models()]
        return Dataset.objects.get().version, {model.__name__: model._default_manager.count() for model in models}

    before = state()

    assert load_reference() == {"types": 0, "topics": 0, "states and blocs": 0}
    assert load_curated() == {"events published": 0, "new drafts": 0, "new timelines": 0}
    assert state() == before


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_loading_again_publishes_no_drafts_of_editors(client):
    drafted = [state("QQ").slug, actor("secret-bloc", "bloc").slug, topic("secret-topic").slug]
    drafted += [event_type("secret-type").slug]

    load_reference(), load_curated()
    assert not Term.objects.filter(key__in=[*drafted, "QQ"]).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_loading_again_leaves_events_that_editors_call_otherwise():
    event = Event.objects.get(slug="c5-1-leaders-summit-2023")
    Event.objects.filter(pk=event.pk).update(external_id="ours:1")
    Event.objects.filter(slug=DRAFTS[0]).delete()
    own = draft(DRAFTS[0])
    before = Event.objects.count()

    assert load_curated() == {"events published": 0, "new drafts": 0, "new timelines": 0}
    assert (Event.objects.count(), Event.objects.get(slug=DRAFTS[0])) == (before, own)


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_an_event_that_has_neither_its_slug_nor_its_external_id_any_more_is_named():
    slug = "c5-1-leaders-summit-2023"
    event = Event.objects.get(slug=slug)
    event.slug, event.external_id = "our-summit", None
    event.save()
    publish([event])

    with pytest.raises(CommandError, match=f"^The curated data was not loaded: {slug}: "):
        call_command("load_curated")
    assert not Event.objects.filter(slug=slug).exists()


@pytest.mark.usefixtures("reference")
def test_a_new_timeline_has_the_events_that_editors_call_otherwise(monkeypatch, tmp_path):
    (tmp_path / "timelines.json").write_text("[]")
    with monkeypatch.context() as before:
        before.setattr("timeline.loading.DATA", tmp_path)
        load_curated()
    renamed, other = Event.objects.get(slug="us-troops-afghanistan"), draft("other")
    Event.objects.filter(pk=renamed.pk).update(slug="our-troops-afghanistan")
    Event.objects.filter(pk=other.pk).update(slug="us-troops-afghanistan")
    Event.objects.filter(slug="eu-central-asia-summit-samarkand-2025").update(external_id="ours:1")

    assert load_curated() == {"events published": 0, "new drafts": 0, "new timelines": 4}
    assert list(Timeline.objects.get(slug="c5-1").events.order_by("slug").values_list("slug", flat=True)) == [
        "c5-1-ministerial-hamburg-2016",
        "eu-central-asia-summit-samarkand-2025",
        "landau-gor-visit-kazakhstan-uzbekistan-2025",
        "our-troops-afghanistan",
        "us-withdrawal-afghanistan-2021",
    ]


@pytest.mark.usefixtures("reference")
def test_a_timeline_of_an_event_that_is_not_there_gives_error(monkeypatch, tmp_path):
    texts = {"en": {"title": "One"}, "de": {"title": "Eins"}}
    timeline = {"slug": "one", "texts": texts, "events": ["us-troops-afghanistan", "nothing", "nobody"]}
    (tmp_path / "timelines.json").write_text(json.dumps([timeline]))
    monkeypatch.setattr("timeline.loading.DATA", tmp_path)

    with pytest.raises(CommandError) as caught:
        call_command("load_curated")
    assert str(caught.value) == "The timeline one was not loaded: there is no event nothing, nobody."
    assert (Event.objects.count(), Timeline.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_what_stands_against_the_data_is_named():
    actor("our-uzbekistan", "state", code="UZ")

    with pytest.raises(CommandError) as caught:
        call_command("load_reference")
    assert str(caught.value) == (
        "Of the data that comes with the project, nothing was loaded:\nuzbekistan: code: “UZ” is that of "
        "“our-uzbekistan”: name that actor, or correct one of them."
    )
    assert not Actor.objects.exclude(slug="our-uzbekistan").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_what_is_public_is_complete_and_drafts_are_not_public(client):
    """Both languages, sources, whether disputed; no trace of a draft nor of who appears only in one."""
    published = {event["slug"] for event in records().values() if event["publish"]}
    for language in ("en", "de"):
        body = client.get(f"/api/v1/events/?page_size=500&lang={language}")
        documents = body.json()["results"]
        assert {event["id"] for event in documents} == published
        assert [
            event["id"]
            for event in documents
            if event["language"] != language
            or "fallback_from" in event
            or not (event["title"] and event["summary"] and event["sources"])
        ] == []
        assert [slug for slug in DRAFTS if slug in body.content.decode()] == []
        assert {event["id"] for event in documents if event["disputed"]} == set(CONFLICTS.values())
        assert {entry["event"] for event in documents for entry in event.get("relations", [])} <= published

    assert [client.get(f"/api/v1/events/{slug}/").status_code for slug in DRAFTS] == [404] * 4
    for address in ("timelines", "actors"):
        body = client.get(f"/api/v1/{address}/?page_size=500").content.decode()
        assert [slug for slug in [*DRAFTS, "liu-he"] if slug in body] == []


def test_the_drafts_are_the_four_without_a_source():
    events = records().values()

    assert sorted(event["slug"] for event in events if not event["publish"]) == DRAFTS
    assert sorted(event["slug"] for event in events if not event.get("sources")) == DRAFTS


def test_every_text_is_there_in_english_and_german():
    texts = {event["slug"]: event["texts"] for event in records().values()}

    assert {slug for slug, text in texts.items() if set(text) != {"en", "de"}} == set()
    assert {
        slug for slug, text in texts.items() for part in ("title", "summary") if text["en"][part] == text["de"][part]
    } == set()


@needs_facts
def test_every_fact_is_an_event_with_its_dates_and_place():
    events = {identifier.removeprefix("curated:"): event for identifier, event in records().items()}
    facts = {fact["id"]: fact for fact in rows(FACTS_CSV)}

    assert len(facts) == 59
    assert set(facts) <= set(events)
    assert {key: events[key]["date"] for key in facts} == {
        key: DATES_NOT_AS_IN_THE_FACTS.get(key, fact["edtf"]) for key, fact in facts.items()
    }
    assert {key: events[key].get("effective", "") for key in facts} == {
        key: fact["effective"] and f"{fact['effective']}/{fact['until'] or '..'}" for key, fact in facts.items()
    }
    assert {key: events[key].get("place", {}).get("country", "") for key in facts} == {
        key: fact["place_country"] for key, fact in facts.items()
    }


@needs_facts
def test_no_sentence_of_the_facts_is_copied():
    def plain(text):
        return " ".join(re.findall(r"\w+", text.lower()))

    sentences = {
        plain(sentence)
        for fact in rows(FACTS_CSV)
        for text in (fact["title"], fact["notes"])
        for sentence in re.split(r"[.;:!?](?:\s|$)", text)
    }
    ours = [plain(text[part]) for event in records().values() for text in event["texts"].values() for part in text]

    assert [s for s in sorted(sentences) if len(s.split()) > 6 and any(f" {s} " in f" {text} " for text in ours)] == []


@needs_facts
def test_every_conflict_has_its_event():
    assert [conflict["event"] for conflict in rows(CONFLICTS_CSV)] == list(CONFLICTS)
