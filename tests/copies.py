"""What many tests begin with is published once in a process, and copied into the tests after the first.

To publish takes ten times as long as to copy.
"""

from collections.abc import Callable, Hashable

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

COPIES: dict[Hashable, dict[str, bytes]] = {}
"""What was in each table afterwards, by what it was filled with."""


def filled_once(contents: Hashable, fill: Callable[[], object]) -> None:
    """Has an empty database hold what `fill` writes; it must write the same whenever `contents` are the same."""
    if contents in COPIES:
        _copy_in(COPIES[contents])
    else:
        fill()
        COPIES[contents] = _copy_out()


def _models() -> list[type[Model]]:
    return [model for app in ("events", "timeline") for model in apps.get_app_config(app).get_models(True)]


def _copy_out() -> dict[str, bytes]:
    rows = {}
    with connection.cursor() as cursor:
        for model in _models():
            table = model._meta.db_table
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                rows[table] = b"".join(map(bytes, copy))
    return rows


def _copy_in(tables: dict[str, bytes]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM timeline_dataset")  # an empty database has one, too
        for table, rows in tables.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
        for table in (model._meta.db_table for model in _models() if model._meta.auto_field):
            # Forwards only: what outlives a test may be known by ids.
            cursor.execute(
                f"SELECT setval(sequence, greatest((SELECT max(id) FROM {table}), nextval(sequence))) "
                f"FROM pg_get_serial_sequence('{table}', 'id') AS sequence"
            )
