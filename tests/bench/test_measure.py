"""That the query which takes longest is found, however many were asked before."""

import pytest
from django.db import connection

from tests.bench.measure import asking, main_query
from tests.bench.queries import Request
from tests.builders import published

pytestmark = pytest.mark.django_db


def test_the_main_query_is_found_when_no_more_queries_are_remembered():
    published("a", "2020-01-01", "UZ")
    log = connection.queries_log
    log.extend({"sql": "SELECT 1", "time": "9.000"} for _ in range(log.maxlen or 0))

    assert "timeline_publicationcountry" in main_query(asking(Request("events/?country=UZ")))
