from __future__ import annotations

import pytest
from django.db import connection

from tests.builders import published
from timeline.namespaces import KNOWN, LISTED, all_namespaces, known_namespaces
from timeline.publishing import publish, withdraw

pytestmark = pytest.mark.django_db


def test_those_that_events_have_or_had():
    published("without"), published("one", external_id="b:1"), published("two", external_id="b:2")
    moved = published("moved", external_id="a:1")
    moved.external_id = "c:1"
    moved.save()
    publish([moved])
    withdraw([published("gone", external_id="d:1")])

    assert all_namespaces() == ["a", "b", "c", "d"]
    assert known_namespaces(["a", "aa", "b", "c", "d", "e"]) == {"a", "b", "c", "d"}
    assert known_namespaces(["aa"]) == set()


def test_without_events():
    assert (all_namespaces(), known_namespaces(["a"])) == ([], set())


@pytest.mark.parametrize(("sql", "params"), [(KNOWN, [["a"]]), (LISTED, [])])
def test_both_indexes_by_namespace_are_read_and_nothing_else(sql, params):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is empty
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Seq Scan" not in plan
    assert "Sort" not in plan
    assert plan.count("using publication_dataset on") == plan.count("using publication_dataset_past on") > 0
