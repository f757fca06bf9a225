"""That all of a database is read before it is measured."""

import pytest
from django.db import connection

from tests.bench.warming import warm
from tests.builders import published


@pytest.mark.django_db
def test_every_table_and_index_is_read():
    published("summit")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(oid) FROM pg_class WHERE relkind IN ('i', 'r', 't') AND NOT relisshared"
        )
        sizes = [size for (size,) in cursor.fetchall()]

    assert warm() == sum(sizes)
