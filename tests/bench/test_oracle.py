"""That the oracle agrees with the API, and notices where one of the API's questions goes wrong."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.bench.oracle.check import Api, _one_in, check
from tests.bench.oracle.documents import bounds, day, words_in
from timeline import summaries
from timeline.querysets import PublicationQuerySet

pytestmark = pytest.mark.django_db

BEGINNINGS = ("worki", "visits", "negot", "minis")


@pytest.fixture
def invented(reference):
    call_command("seed_synthetic", "120", stdout=StringIO(), stderr=StringIO())


@pytest.mark.usefixtures("invented")
def test_the_api_answers_as_the_oracle_does():
    checked = check("some events", 60)

    assert (checked.queries, checked.events, checked.differences) == (60, 120, [])
    assert checked.empty < 30


@pytest.mark.usefixtures("invented")
def test_words_that_begin_so_find_what_the_api_finds():
    api = Api(None)
    documents = api.documents()

    for words in (f"{before}{letters}*" for letters in BEGINNINGS for before in ("", "invented -")):
        pages = api.pages("events/", {"q": words, "page_size": "500"})
        found = {event["id"] for page in pages for event in page["results"]}
        assert found == {documents.ids[number] for number in documents.fitting({"q": words})}, words
        assert 0 < len(found) < 120, words


@pytest.mark.usefixtures("invented")
def test_a_filter_that_lets_everything_pass_is_noticed(monkeypatch):
    for method in ("of_type", "about", "at_place", "in_force_on"):
        with monkeypatch.context() as patched:
            patched.setattr(PublicationQuerySet, method, lambda found, value: found)
            assert check("some events", 100).differences, method


@pytest.mark.usefixtures("invented")
def test_a_wrong_density_is_noticed(monkeypatch):
    right = summaries.by_bucket
    monkeypatch.setattr(summaries, "by_bucket", lambda *args: [count + 1 for count in right(*args)])

    assert "instead of" in check("some events", 60).differences[0]


@pytest.mark.parametrize(
    ("count", "buckets", "one_in"),
    [
        (256 * 12, [], 256),
        (256 * 12, [256 * 5, 0, 256 * 7], 256),
        (256 * 12, [128 * 11, 128 * 13], 128),
        (256 * 12, [256 * 11, 16], 16),
        (256 * 12, [256 * 11, 17], 1),
    ],
)
def test_the_rate_of_a_sample_divides_the_counts_of_all_buckets(count, buckets, one_in):
    said = {"count": count, "buckets": [{"count": number} for number in buckets]}
    assert _one_in(said if buckets else {"count": count}) == one_in


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2025-11-06", "2025-11-06", "2025-11-06"),
    ],
)
def test_the_days_of_a_period(period, first, last):
    assert bounds(period) == (day(first), day(last))


def test_words_have_no_accents_and_no_case():
    assert words_in("Türkiye–USSR: C5+1, Straße_1") == ["turkiye", "ussr", "c5", "1", "strasse", "1"]
