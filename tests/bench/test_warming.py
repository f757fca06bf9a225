"""That all of a database is read before it is measured."""

import pytest
from django.db import connection

from tests.bench.warming import warm
from tests.builders import published


@pytest.mark.django_db
def test_every_table_and_index_is_read():
    published("summit")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't')")
        [size] = cursor.fetchone()
        cursor.execute(
            "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relisshared AND relkind IN ('r', 'i', 't')"
        )
        [shared] = cursor.fetchone()

    assert warm() == size - shared
