import pytest
from django.apps import apps
from django.db import connection, transaction

from events.loading import load_reference
from timeline.loading import load_curated


@pytest.fixture
def curated(db, request):
    """The data that comes with the project, loaded and published."""
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("committed")
    if ROWS:
        copy_in()
        return
    load_reference()
    load_curated()
    copy_out()


ROWS: dict[str, bytes] = {}
"""What is in the tables when the data that comes with the project is loaded. Tests ask for it again and again, and to
load it takes ten times as long as to copy it."""


def models():
    return [model for app in ("events", "timeline") for model in apps.get_app_config(app).get_models(True)]


def copy_out():
    with connection.cursor() as cursor:
        for model in models():
            table = model._meta.db_table
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                ROWS[table] = b"".join(map(bytes, copy))


def copy_in():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM timeline_dataset")  # an empty database has one, too
        for table, rows in ROWS.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
        for table in (model._meta.db_table for model in models() if model._meta.auto_field):
            # Forwards only: what outlives a test may be known by ids.
            cursor.execute(
                f"SELECT setval(sequence, greatest((SELECT max(id) FROM {table}), nextval(sequence))) "
                f"FROM pg_get_serial_sequence('{table}', 'id') AS sequence"
            )


@pytest.fixture
def page(chromium, live_server):
    """A page that gathers what the browser complains about."""
    opened = chromium.new_page(viewport={"width": 1000, "height": 800})
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:", "blob:"))
            else opened.complaints.append(f"outside host: {request.url}")
        ),
    )
    yield opened
    opened.close()
