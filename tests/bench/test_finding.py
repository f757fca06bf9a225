"""That the events of a page are found without their documents, and are the page's."""

import pytest

from events.models import Event
from tests.bench.finding import finding
from tests.bench.measure import asking
from tests.bench.queries import Request
from tests.builders import published

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("country=UZ&page_size=2", ["c", "b", "a"]),  # one more tells that there is another page
        ("country=UZ&to=2020", ["a"]),
        ("country=UZ&country=KZ&ordering=date", ["a", "b", "c", "d"]),
        ("country_all=UZ&country_all=KZ", ["b"]),
    ],
)
def test_the_events_of_a_page_are_found(query, slugs):
    published("a", "2020-01-01", "UZ")
    published("b", "2021-01-01", "UZ", "KZ")
    published("c", "2022-01-01", "UZ")
    published("d", "2023-01-01", "KZ")

    find = finding(asking(Request(f"events/?{query}")))

    assert find
    rows = find()
    assert [Event.objects.get(pk=event_id).slug for _, event_id, _, _ in rows] == slugs
    assert {document for _, _, document, _ in rows} == {None}


def test_another_page_is_not_read_so():
    published("a", "2020-01-01", "UZ")

    assert finding(asking(Request("events/?q=a"))) is None
