"""`seed_synthetic`, as an operator runs it. Counts are those of seed 1."""

from collections import Counter

import pytest
from django.db.models import F

from events.dates import parse
from events.models import Actor, Event, EventText, EventType, Participation, Relation, Source
from events.synthetic import KEYWORDS, draw, invented, prepare
from tests.builders import draft
from tests.timeline.test_import_commands import run
from tests.timeline.test_schema import validator
from timeline import importing
from timeline.documents import complete
from timeline.models import Publication, PublicationText
from timeline.publishing import publish, withdraw
from timeline.shapes import ref

pytestmark = pytest.mark.django_db


def said(count):
    """What there is of the first events, without ids and times."""
    names = [f"synthetic:{number}" for number in range(1, count + 1)]
    fields = ("external_id", "type__slug", "date", "effective", "place_country__code")
    parts = ("participations__actor__slug", "sources__url", "texts__title", "topics__slug", "relations__target__slug")
    return sorted(Event.objects.filter(external_id__in=names).values_list(*fields, *parts), key=str)


def public():
    rows = Publication.objects.current().order_by("event_id").values_list("event__external_id", "version")
    return [(name, version) for name, version in rows]


@pytest.mark.usefixtures("reference")
def test_events_are_written_and_published():
    assert run("seed_synthetic", "300") == (["Synthetic events: 300 new, 0 there before; published: 300."], [], "")

    assert public() == [(f"synthetic:{number}", 1) for number in range(1, 301)]


@pytest.mark.usefixtures("reference")
def test_a_second_run_changes_nothing_and_a_larger_one_continues():
    run("seed_synthetic", "30")
    before = said(30)

    assert run("seed_synthetic", "30") == (["Synthetic events: 0 new, 30 there before; published: 0."], [], "")
    assert run("seed_synthetic", "40") == (["Synthetic events: 10 new, 30 there before; published: 10."], [], "")
    assert said(30) == before
    assert public() == [(f"synthetic:{number}", 1) for number in range(1, 41)]


@pytest.mark.usefixtures("reference")
def test_the_same_seed_gives_the_same_events_and_another_one_others():
    run("seed_synthetic", "30", "--no-publish")
    first = said(30)
    Relation.objects.all().delete()
    Event.objects.all().delete()
    run("seed_synthetic", "30", "--no-publish")
    again = said(30)
    cast = prepare()

    assert again == first
    assert draw(cast, 1, 30) == draw(cast, 1, 30)
    assert draw(cast, 2, 30).date != draw(cast, 1, 30).date


@pytest.mark.usefixtures("reference")
def test_drafts_stay_drafts_until_a_run_publishes_them():
    assert run("seed_synthetic", "5", "--no-publish")[0] == ["Synthetic events: 5 new, 0 there before; published: 0."]
    assert public() == []
    assert run("seed_synthetic", "5")[0] == ["Synthetic events: 0 new, 5 there before; published: 5."]


@pytest.mark.usefixtures("reference")
def test_what_was_withdrawn_stays_so():
    run("seed_synthetic", "3")
    withdraw(Event.objects.filter(external_id="synthetic:2"))

    assert run("seed_synthetic", "3")[0] == ["Synthetic events: 0 new, 3 there before; published: 0."]
    assert public() == [("synthetic:1", 1), ("synthetic:3", 1)]


@pytest.mark.usefixtures("reference")
def test_other_events_give_an_error_without_yes():
    draft("real")

    assert run("seed_synthetic", "3") == (
        [],
        [],
        "This database has 1 other events, and invented ones among them can be withdrawn but never deleted. "
        "Use another database, or say --yes.",
    )
    assert Event.objects.count() == 1
    assert run("seed_synthetic", "3", "--yes")[0] == ["Synthetic events: 3 new, 0 there before; published: 3."]


@pytest.mark.usefixtures("committed", "reference")
def test_processes_publish_the_same_in_the_order_of_dates(monkeypatch):
    monkeypatch.setattr(importing, "PUBLISHED_AT_ONCE", 20)

    assert run("seed_synthetic", "90", "--processes", "2") == (
        ["Synthetic events: 90 new, 0 there before; published: 90."], [], ""
    )  # fmt: skip
    assert public() == [(f"synthetic:{number}", 1) for number in range(1, 91)]
    rows = Publication.objects.order_by("pk").values_list("published_in", "start_min")
    assert [version for version, _ in rows] == [1] * 20 + [2] * 20 + [3] * 20 + [4] * 20 + [5] * 10
    months = sorted((day.year, day.month) for _, day in rows)
    assert [
        {(day.year, day.month) for version, day in rows if version == published_in} for published_in in range(1, 6)
    ] == [set(months[first : first + 20]) for first in range(0, 90, 20)]
    again = publish(Event.objects.order_by("pk"))
    assert (again.published, len(again.unchanged)) == ([], 90)


@pytest.mark.usefixtures("reference")
def test_a_country_without_an_english_name_is_called_by_its_code():
    Actor.objects.filter(code="US").update(names={"de": "Vereinigte Staaten"})
    run("seed_synthetic", "3", "--no-publish")

    places = Event.objects.order_by("pk").values_list("place_country__code", "place_name")
    assert list(places) == [("PL", "Tademe, Poland"), ("BE", "Gikibi, Belgium"), ("US", "Zareni, US")]


def test_missing_reference_data_gives_an_error():
    EventType.objects.create(slug="summit", names={"en": "Summit"})

    _, _, error = run("seed_synthetic", "3")

    assert error.startswith("Missing: BR, CA, CN,")
    assert error.endswith(", working-visit. Run manage.py load_reference first.")
    assert not Actor.objects.exists()


def test_a_number_below_one_gives_an_error():
    assert run("seed_synthetic", "0") == ([], [], "The number of events is 0. It must be 1 or more.")


@pytest.mark.usefixtures("reference")
def test_every_document_is_as_the_api_describes_it():
    run("seed_synthetic", "100")
    event = validator(ref("Event"))

    for text in PublicationText.objects.all():
        event.validate(complete(text.document, "http://testserver/api/v1"))
    assert PublicationText.objects.count() == 200


@pytest.mark.usefixtures("reference")
def test_distributions():
    run("seed_synthetic", "1000", "--no-publish")
    dates = [parse(text) for text in Event.objects.values_list("date", flat=True)]
    codes = Participation.objects.filter(actor__kind="state").values_list("actor__code", flat=True)

    spans = Counter(date.start_min.year // 20 * 20 for date in dates)
    assert spans == {1940: 40, 1960: 145, 1980: 277, 2000: 375, 2020: 163}
    assert Counter(date.precision for date in dates) == {"day": 832, "interval": 79, "month": 66, "year": 23}
    assert (sum(date.open for date in dates), sum(date.approximate for date in dates)) == (11, 21)
    assert Counter(codes).most_common(3) == [("US", 350), ("CN", 201), ("RU", 133)]
    relations = Relation.objects.values_list("kind", flat=True)
    assert Counter(relations) == {"follows": 71, "withdraws": 10, "suspends": 9}
    assert Participation.objects.count() == 4278
    assert Source.objects.count() == 1487
    assert Event.topics.through.objects.count() == 1503
    assert Event.objects.exclude(effective="").count() == 50
    assert EventText.objects.filter(language="de").count() == 900


@pytest.mark.usefixtures("reference")
def test_relations_lead_to_what_was_before():
    run("seed_synthetic", "1000", "--no-publish")

    assert list(Relation.objects.filter(target__start_min__gt=F("event__start_min"))) == []


@pytest.mark.usefixtures("reference")
def test_words_that_no_two_ranks_share_are_common_and_rare():
    run("seed_synthetic", "1000", "--no-publish")
    found = Counter(
        word
        for summary in EventText.objects.filter(language="en").values_list("summary", flat=True)
        for word in summary.rpartition("Keywords: ")[2].rstrip(".").split(", ")
    )

    assert len({invented(rank) for rank in range(1, KEYWORDS + 1)}) == KEYWORDS
    assert [found[invented(rank)] for rank in (1, 2, 10, 100, 10_000)] == [204, 111, 22, 5, 0]
    assert Event.objects.filter(place_name=f"{invented(1).title()}, United States").count() == 11
