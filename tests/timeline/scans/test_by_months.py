"""Pages whose months the tallies know: the same as everything sorted, and out of no month more than needed."""

from __future__ import annotations

import datetime
import random
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event
from tests.builders import draft, published
from tests.timeline.test_pagination import assert_pages
from timeline.publishing import publish, withdraw
from timeline.scans import by_date, by_months, estimates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_their_months(monkeypatch):
    """Nothing is so little that all of it is found at once, and nothing too common."""
    monkeypatch.setattr(estimates, "SOON", -1)
    monkeypatch.setattr(by_date, "SOON_FOR_EACH", 0)
    monkeypatch.setattr(by_months, "COMMON", float("inf"))


def a_date(choose):
    """In one of four years: a day, a month, a year, or from one day to another; or with an open end."""
    day = datetime.date(2000, 1, 1) + datetime.timedelta(days=choose.randrange(1460))
    later = day + datetime.timedelta(days=choose.choice([1, 40, 400, 800]))
    return choose.choice([f"{day}", f"{day}", f"{day:%Y-%m}", f"{day:%Y}", f"{day}/{later}", f"{day}/.."])


ENDS = {
    "2000": ("2000-01-01", "2000-12-31"),
    "2001-02": ("2001-02-01", "2001-02-28"),
    "2002-07-15": ("2002-07-15",) * 2,
}
NEVER = datetime.date.min

periods = st.sampled_from([None, None, *ENDS])


def test_pages_are_those_of_everything_sorted(client):
    choose = random.Random(3)
    events = []
    for number in range(60):
        has = choose.sample(["trade", "security", "tariffs"], choose.randint(1, 2))
        events.append((draft(f"event-{number}", a_date(choose), topics=tuple(has)), has))
    publish(event for event, _ in events)
    withdraw(Event.objects.filter(slug="event-0"))
    dates = sorted(
        (event.start_min or NEVER, event.pk, event.end_max or NEVER, event.slug, has) for event, has in events[1:]
    )

    @given(
        st.sampled_from([{"trade"}, {"security"}, {"security", "tariffs"}, {"trade", "security"}]),
        st.tuples(periods, periods).map(lambda window: sorted(window, key=lambda period: period or "")),
        st.booleans(),
        st.sampled_from([1, 3, 10]),
    )
    @settings(max_examples=30)
    def every_query(topics, window, descending, size):
        since, until = window
        first = datetime.date.fromisoformat(ENDS[since][0]) if since else datetime.date.min
        last = datetime.date.fromisoformat(ENDS[until][1]) if until else datetime.date.max
        wanted = [
            slug
            for start, _, end, slug, has in (dates[::-1] if descending else dates)
            if start <= last and end >= first and not topics.isdisjoint(has)
        ]
        asked = {"topic": topics, "from": since, "to": until, "ordering": "-date" if descending else "date"}
        given_ = {name: value for name, value in asked.items() if value}
        start = f"/api/v1/events/?{urlencode({**given_, 'page_size': size, 'fields': 'id'}, doseq=True)}"

        assert_pages(client, start, wanted, size)

    every_query()


def months_read(client, query):
    """The months that a page is looked for in, as the statement itself finds them."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/api/v1/events/?{query}").status_code == 200
    [statement] = [query["sql"] for query in captured if "WITH found" in query["sql"]]
    [filling] = re.findall(r"ARRAY\((SELECT DISTINCT .*? nearer < \d+\s*)\)", statement, re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT m FROM ({filling}) AS months (m) ORDER BY m")
        return [f"{(month - 1) // 12}-{(month - 1) % 12 + 1:02}" for (month,) in cursor.fetchall()]


def test_only_the_months_of_the_page_are_looked_at(client):
    for day in ("2020-01-05", "2020-03-05", "2020-03-25", "2020-06-01", "2020-06-02", "2020-09-09"):
        published(f"on-{day}", day, topics=["trade"])
    publish(draft(f"other-{month}", f"2020-{month:02}", topics=("security",)) for month in range(1, 13))

    # A page of two needs a third one, which tells that there is another page.
    assert months_read(client, "topic=trade&page_size=2") == ["2020-06", "2020-09"]
    assert months_read(client, "topic=trade&page_size=3") == ["2020-03", "2020-06", "2020-09"]
    assert months_read(client, "topic=trade&page_size=1&ordering=date") == ["2020-01", "2020-03"]
    # Of the month in which the window ends, the events may lie outside.
    assert months_read(client, "topic=trade&page_size=1&to=2020-06-15") == ["2020-03", "2020-06"]
    assert months_read(client, "topic=trade&page_size=9&from=2020-02&to=2020-06-15") == ["2020-03", "2020-06"]
    assert months_read(client, "topic=trade&page_size=1&from=2020-02-15&ordering=date") == ["2020-03"]
