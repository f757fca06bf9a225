import io
import signal
import socket
from threading import Timer
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from psycopg.errors import InsufficientPrivilege, UndefinedTable

from config import checks
from config.management.commands import serve
from config.management.commands.serve import NOT_UNLOCKED, PREPARING, Command, alone, open_port
from timeline.build import build


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_in_use_gives_error(busy_port):
    with pytest.raises(CommandError) as caught:
        open_port("127.0.0.1", busy_port)
    message = str(caught.value)
    assert message.startswith(f"Port {busy_port} is in use by ")
    assert message.endswith(f"Choose another one: PORT={busy_port + 1} make run")


def test_an_address_of_another_machine_gives_error():
    with pytest.raises(CommandError, match=r"HOST is '192\.0\.2\.1', which is not an address of this machine"):
        open_port("192.0.2.1", 8000)


def test_a_free_port_listens(busy_port):
    with open_port("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        pass


def held_elsewhere() -> psycopg.Connection:
    other = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    other.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
    return other


@pytest.mark.django_db
def test_what_is_waited_for_is_said(monkeypatch):
    monkeypatch.setattr(serve, "PATIENCE", 0)
    other = held_elsewhere()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        other.close()

    process = other.info.backend_pid
    with alone(say):
        assert said == [f"  (waiting for another server, which prepares the database: its process {process} there)"]


@pytest.mark.django_db
def test_it_is_not_said_at_once():
    other = held_elsewhere()
    said: list[str] = []
    Timer(0.3, other.close).start()

    with alone(said.append):
        pass

    assert said == []


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_went_with_its_connection_is_not_said_to_stay():
    said: list[str] = []

    with alone(said.append):
        connection.close()

    assert said == []


@pytest.mark.django_db
def test_a_lock_that_stays_in_a_pooler_is_named():
    said: list[str] = []

    with alone(said.append), connection.cursor() as cursor:
        # As if the next query of this server went to another connection of the pooler.
        cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])

    assert said == [NOT_UNLOCKED]


LOCAL = ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("listens", "allowed", "base", "said"),
    [
        (("127.0.0.1", 8000), LOCAL, "http://127.0.0.1:8000", ""),
        (("::1", 8000, 0, 0), LOCAL, "http://[::1]:8000", ""),
        (("0.0.0.0", 8000), LOCAL, "http://127.0.0.1:8000", "Other machines get"),
        (("::", 8000, 0, 0), LOCAL, "http://[::1]:8000", "Other machines get"),
        (("0.0.0.0", 8000), ["*"], "http://127.0.0.1:8000", ""),
        (("0.0.0.0", 8000), ["timeline.example.org"], "http://127.0.0.1:8000", "Whoever asks gets"),
        (("192.0.2.1", 8000), LOCAL, "http://192.0.2.1:8000", "Whoever asks gets"),
        (("192.0.2.1", 8000), ["192.0.2.1"], "http://192.0.2.1:8000", ""),
    ],
)
def test_the_addresses_that_are_announced_can_be_opened(settings, listens, allowed, base, said):
    settings.ALLOWED_HOSTS = allowed
    listener: Any = SimpleNamespace(getsockname=lambda: listens)
    output = io.StringIO()
    Command(stdout=output).announce(listener, "user ann")
    assert output.getvalue().splitlines() == [
        "",
        f"  Timeline  {base}/",
        f"  API       {base}/api/v1/",
        f"  API docs  {base}/api/docs/",
        f"  Admin     {base}/admin/   user ann",
        *(["", f"  {said} an answer under the names in ALLOWED_HOSTS only: {', '.join(allowed)}"] if said else []),
        "",
        "Ctrl-C stops it.",
    ]


@pytest.mark.parametrize(
    ("version", "messages"),
    [
        (180004, []),
        (150000, []),
        (140011, ["The database server is PostgreSQL 14; 15 or newer is needed."]),
    ],
)
def test_an_old_postgresql_gives_error(monkeypatch, version, messages):
    monkeypatch.setattr(checks, "connections", {"default": SimpleNamespace(pg_version=version)})
    assert [problem.msg for problem in checks.postgresql_is_new_enough(["default"])] == messages
    assert checks.postgresql_is_new_enough(None) == []


@pytest.mark.parametrize(("before", "meanwhile"), [(signal.SIG_DFL, serve._exit), (signal.SIG_IGN, signal.SIG_IGN)])
def test_a_terminal_that_closes_while_it_prepares_ends_it_in_order(monkeypatch, settings, before, meanwhile):
    """And nothing keeps it then from stopping the database. Under nohup it goes on."""
    settings.EMBEDDED_POSTGRES = None
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    heard = []

    def open_port(*address):
        heard.append(signal.getsignal(signal.SIGHUP))
        raise CommandError("no port")

    monkeypatch.setattr(serve, "open_port", open_port)
    signal.signal(signal.SIGHUP, before)
    try:
        with pytest.raises(CommandError, match="no port"):
            Command().handle()
        assert heard == [meanwhile]
        assert {signal.getsignal(number) for number in usual} == {signal.SIG_IGN}
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def test_data_that_cannot_be_loaded_does_not_keep_the_server_from_starting(monkeypatch):
    called, said = [], io.StringIO()

    def call(command, **options):
        called.append(command)
        if command == "load_reference":
            raise CommandError("nothing was loaded")

    monkeypatch.setattr(serve, "call_command", call)
    Command(stdout=io.StringIO(), stderr=said).prepare_database()
    assert (called, said.getvalue()) == (["migrate", "load_reference", "load_curated"], "nothing was loaded\n")


def test_an_address_in_brackets_gives_error():
    with pytest.raises(CommandError) as caught:
        open_port("[::1]", 8000)
    message = str(caught.value)
    assert message.startswith("HOST is '[::1]', which is not an address of this machine (")
    assert message.endswith("). Write it without brackets: HOST=::1")
    assert "while" not in message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cause", "error", "message"),
    [
        (InsufficientPrivilege(), CommandError, "The database cannot be used: refused. Serve as the user who made it."),
        (UndefinedTable(), ProgrammingError, "refused\nLINE 1: SELECT"),  # a fault of the code
    ],
)
def test_whom_the_tables_do_not_belong_to_is_told(monkeypatch, settings, cause, error, message):
    settings.EMBEDDED_POSTGRES = None
    monkeypatch.setattr(serve.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(serve, "open_port", lambda host, port: None)

    def refuse(self):
        raise ProgrammingError("refused\nLINE 1: SELECT") from cause

    monkeypatch.setattr(Command, "prepare_database", refuse)
    with pytest.raises(error) as caught:
        Command(stdout=io.StringIO()).handle()
    assert str(caught.value) == message


@pytest.mark.django_db
def test_who_may_make_no_tables_is_told_what_is_missing(monkeypatch, settings):
    settings.EMBEDDED_POSTGRES = None
    monkeypatch.setattr(serve.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(serve, "open_port", lambda host, port: None)

    def refuse(self):
        try:
            raise ProgrammingError("permission denied for schema public\nLINE 1: CREATE TABLE")
        except ProgrammingError as error:
            raise MigrationSchemaMissing(f"Unable to create the django_migrations table ({error})")  # noqa: B904

    monkeypatch.setattr(Command, "prepare_database", refuse)
    build.cache_clear()
    with pytest.raises(CommandError) as caught:
        Command(stdout=io.StringIO()).handle()
    assert build.cache_info().currsize == 1  # before there are other processes
    assert str(caught.value) == (
        "The database cannot be used: permission denied for schema public. Its owner can let this user make tables: "
        "GRANT CREATE ON SCHEMA public TO …"
    )
