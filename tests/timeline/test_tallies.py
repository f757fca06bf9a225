"""What is kept counted, against what is published, counted one by one."""

from __future__ import annotations

import datetime
import importlib
from collections import Counter

import pytest
from django.db import connection

from events.models import Event
from timeline.documents import load
from timeline.models import Publication, PublicationCountry, PublicationText, Tally
from timeline.publishing import publish, withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curated")]

migration = importlib.import_module("timeline.migrations.0003_summaries")
later = importlib.import_module("timeline.migrations.0005_countries_involved")
latest = importlib.import_module("timeline.migrations.0009_faster_summaries")
last = importlib.import_module("timeline.migrations.0010_involvements")
ever = importlib.import_module("timeline.migrations.0024_tallies_ever")


def counted():
    """(dimension, key, month) → (starts, ends), out of the documents."""
    starts: Counter = Counter()
    ends: Counter = Counter()
    texts = PublicationText.objects.filter(
        publication__superseded_in=None, publication__withdrawn=False, language="en"
    ).values_list("document", flat=True)
    for document in map(load, texts):
        values = {("", ""), *(("type", slug) for slug in document["type"]["path"])}
        values |= {("country", country["code"]) for country in document.get("countries", ())}
        values |= {("actor", participant["actor"]) for participant in document.get("participants", ())}
        values |= {("topic", slug) for topic in document.get("topics", ()) for slug in topic["path"]}
        for dimension, key in values:
            starts[dimension, key, month(document["date"]["start"])] += 1
            ends[dimension, key, month(document["date"]["end"])] += 1
        for dimension, key in values - {("", "")}:
            entry = "countries" if dimension == "country" else f"{dimension}s", key, datetime.date.min
            starts[entry] += 1
            ends[entry] += 1
        starts["day", "", datetime.date.fromisoformat(document["date"]["start"])] += 1
        ends["day", "", datetime.date.fromisoformat(document["date"]["end"])] += 1
    return {entry: (starts[entry], ends[entry]) for entry in starts | ends}


def month(day):
    return datetime.date.fromisoformat(day).replace(day=1)


def kept():
    rows = Tally.objects.values_list("dimension", "key", "month", "starts", "ends")
    return {tuple(row[:3]): tuple(row[3:]) for row in rows if any(row[3:])}


def test_the_tallies_are_those_of_the_public_events():
    assert len(counted()) > 500
    assert kept() == counted()

    event = Event.objects.get(slug="c5-1-leaders-summit-2025")
    event.date = "2024-02-03/2024-04-05"
    event.save()
    event.topics.clear()
    assert kept() == counted()
    publish([event])
    assert kept() == counted()
    withdraw([event, Event.objects.get(slug="trump-state-visit-beijing-2017")])
    assert kept() == counted()
    publish([event])
    assert kept() == counted()


def test_the_one_index_has_the_numbers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'timeline_tally'")
        [(index,)] = cursor.fetchall()
    assert index.startswith("CREATE UNIQUE INDEX ")
    assert index.endswith(" btree (dimension, key, month) INCLUDE (starts, ends)")


def test_the_migration_counts_what_was_published_before():
    significance = dict(Publication.objects.values_list("pk", "significance"))
    countries = dict(Publication.objects.values_list("pk", "countries_involved"))
    involvements = dict(Publication.objects.values_list("pk", "involvements"))
    of_countries = dict(PublicationCountry.objects.values_list("pk", "significance"))
    before = kept()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE timeline_tally")
        cursor.execute(migration.TALLIES)
        cursor.execute(latest.DAYS)
        cursor.execute(ever.TALLIES)
        cursor.execute("ALTER TABLE timeline_publication DISABLE TRIGGER append_only")
        cursor.execute("UPDATE timeline_publication SET significance = 0, countries_involved = '{}'")
        cursor.execute("UPDATE timeline_publication SET involvements = '{}'")
        cursor.execute(migration.SIGNIFICANCE)
        cursor.execute(later.COUNTRIES)
        cursor.execute(last.INVOLVEMENTS)
        cursor.execute("UPDATE timeline_publicationcountry SET significance = 0")
        cursor.execute(latest.SIGNIFICANCE)

    assert kept() == before
    assert dict(Publication.objects.values_list("pk", "significance")) == significance
    assert len(set(significance.values())) > 5
    assert dict(PublicationCountry.objects.values_list("pk", "significance")) == of_countries
    assert len(set(of_countries.values())) > 5
    assert dict(Publication.objects.values_list("pk", "countries_involved")) == countries
    assert max(map(len, countries.values())) > 5
    assert dict(Publication.objects.values_list("pk", "involvements")) == involvements
    assert max(map(len, involvements.values())) > 15
