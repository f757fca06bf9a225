"""A database that lacks migrations, and one that newer code has migrated."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config import upgrades
from config.management.commands import serve
from config.management.commands.serve import Command
from config.upgrades import UPGRADING, missing_and_unknown, settled
from tests.assertions import assert_problem
from tests.timeline.pages.test_events import assert_refusal

pytestmark = pytest.mark.django_db

COUNT = "/api/v1/events/count/"
(LAST,) = MigrationLoader(None).graph.leaf_nodes("timeline")
LATER = ("timeline", "0999_later")


@pytest.fixture
def recorder() -> MigrationRecorder:
    """What it notes is rolled back with the test."""
    return MigrationRecorder(connection)


@pytest.fixture
def _as_if_just_started() -> Iterator[None]:
    settled.clear()
    yield
    settled.set()


def logged(caplog):
    return [(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records]


@pytest.mark.usefixtures("_as_if_just_started")
def test_nobody_is_answered_until_the_database_is_migrated(client, admin_client, recorder, caplog):
    recorder.record_unapplied(*LAST)

    response = client.get(COUNT)
    assert_problem(response, 503, "unavailable", "Unavailable", UPGRADING)
    assert (response["Retry-After"], response["Cache-Control"]) == ("5", "no-store")
    page = client.get("/", headers={"accept": "text/html"})
    assert_refusal(page, 503, "Unavailable", UPGRADING)
    form = admin_client.get("/admin/events/event/add/")
    assert (form.status_code, form["Retry-After"]) == (503, "5")
    assert "<h1>The server is being upgraded</h1>" in form.content.decode()
    what = f"the database lacks migrations, {'.'.join(LAST)} first (1 in all). Run: manage.py migrate"
    assert logged(caplog) == [("ERROR", f"{path}: {what}", None) for path in (COUNT, "/", "/admin/events/event/add/")]

    recorder.record_applied(*LAST)
    assert client.get(COUNT).status_code == 200


@pytest.mark.usefixtures("_as_if_just_started")
def test_it_is_looked_at_once(client, recorder):
    assert client.get(COUNT).status_code == 200
    recorder.record_unapplied(*LAST)
    assert client.get(COUNT).status_code == 200


@pytest.mark.usefixtures("_as_if_just_started")
def test_a_database_that_does_not_answer_is_asked_again(client, monkeypatch):
    client.raise_request_exception = False
    with monkeypatch.context() as gone:

        def unanswered() -> None:
            raise OperationalError("for the test")

        gone.setattr(upgrades, "missing_and_unknown", unanswered)
        assert client.get(COUNT).status_code == 503
        assert not settled.is_set()
    assert client.get(COUNT).status_code == 200
    assert settled.is_set()


@pytest.mark.usefixtures("_as_if_just_started")
def test_another_application_server_of_older_code_says_so_and_goes_on(client, recorder, caplog):
    recorder.record_applied(*LATER)
    with caplog.at_level(logging.WARNING):
        assert [client.get(COUNT).status_code for _ in range(2)] == [200, 200]
    assert logged(caplog) == [
        (
            "WARNING",
            "The database was migrated by newer code: this one does not know timeline.0999_later. "
            "It is served nevertheless.",
            None,
        )
    ]


@pytest.mark.parametrize("reads_only", [False, True])
def test_a_server_of_older_code_does_not_start(recorder, monkeypatch, settings, reads_only):
    settings.EMBEDDED_POSTGRES = None
    monkeypatch.setattr(serve.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(serve, "open_port", lambda host, port: None)
    monkeypatch.setattr(serve, "is_replica", lambda: reads_only)
    called = []
    monkeypatch.setattr(serve, "call_command", lambda command, **options: called.append(command))
    recorder.record_applied("events", "0998_later")
    recorder.record_applied(*LATER)

    with pytest.raises(CommandError) as caught:
        Command().handle()

    assert str(caught.value) == (
        "The database was migrated by newer code: this one does not know events.0998_later, timeline.0999_later. "
        "Start the newer code; or restore a backup of before that upgrade, to go on with this one."
    )
    assert called == ["check"] * reads_only  # nothing was made


def test_what_was_squashed_or_is_of_other_apps_is_known(recorder, monkeypatch):
    recorder.record_applied("auth", "0999_later")
    recorder.record_applied("removed", "0001_initial")
    recorder.record_applied(*LATER)
    assert missing_and_unknown() == ([], ["timeline.0999_later"])

    build_graph = MigrationLoader.build_graph

    def with_squashed(loader: Any) -> None:
        build_graph(loader)
        loader.replacements = {("timeline", "0001_squashed"): SimpleNamespace(replaces=[LATER])}

    monkeypatch.setattr(MigrationLoader, "build_graph", with_squashed)
    assert missing_and_unknown() == ([], [])
