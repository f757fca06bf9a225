import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from config.embedded import Server
from manage import main, needs_database
from tests.serving import open_folder


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("", False),
        ("help migrate", False),
        ("migrate --help", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("check --deploy --database=default", True),
        ("check --data default", True),
        ("migrate", True),
        ("shell", True),
        ("serve", False),
    ],
)
def test_needs_database(line, needed):
    assert needs_database(line.split()) is needed


def manage(*line, **environment):
    """Runs a command in a process of its own, with more in its environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *line],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_what_the_locale_cannot_write_ends_no_command(monkeypatch):
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, "latin-1"))
    monkeypatch.setattr(sys, "argv", ["manage.py", "version"])

    main()
    print("\u0141ódź", flush=True)

    assert output.getvalue().splitlines()[-1] == "\\u0141ód\\u017a".encode("latin-1")


def test_a_bad_environment_ends_in_one_line():
    result = manage("migrate", DATABASE_URL="sqlite:///data.db")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: DATABASE_URL is 'sqlite://…'. "
        "It must be the address of a PostgreSQL, such as postgresql://user:password@localhost:5432/timeline.\n"
    )


def test_a_host_that_no_request_has_ends_in_one_line():
    result = manage("check", ALLOWED_HOSTS="localhost,*.example.org")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ALLOWED_HOSTS is '*.example.org'. It must be a host name without scheme,")
    assert result.stderr.count("\n") == 1


NOWHERE = "postgresql://127.0.0.1:9/timeline"


@pytest.mark.parametrize("command", ["migrate", "load_reference", "refresh_documents", "recount"])
def test_a_database_that_does_not_answer_ends_in_one_line(command):
    result = manage(command, DATABASE_URL=NOWHERE)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        'Error: The database cannot be used: connection failed: connection to server at "127.0.0.1", port 9 failed: '
        "Connection refused\n"
    )


def test_who_asks_for_the_traceback_gets_it():
    result = manage("migrate", "--traceback", DATABASE_URL=NOWHERE)
    assert result.returncode == 1
    assert result.stderr.startswith("Traceback (most recent call last):\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ('OperationalError("no space left")', "Error: The database cannot be used: no space left\n"),
        (
            'NotSupportedError("PostgreSQL 14 or later is required")',
            "Error: The database cannot be used: PostgreSQL 14 or later is required\n",
        ),
        ('ProgrammingError("a bug")', "Traceback"),
        ('Conflict("a deadlock")', "Traceback"),
    ],
)
def test_other_errors_of_the_database_keep_their_traceback(error, said):
    code = (
        "import sys, manage; from django.core import management; from django.db import *; "
        "from django.db.utils import NotSupportedError; from events.locking import Conflict\n"
        f"def fail(arguments): raise {error}\n"
        "management.execute_from_command_line = fail; sys.argv = ['manage.py', 'check']; manage.main()"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(said)


@pytest.fixture(scope="module")
def embedded() -> Iterator[Server]:
    """Not started, and nobody else's."""
    with open_folder() as parent:
        yield Server(parent / "postgres")


def heed_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def shell(embedded: Server, code: str, shielded: bool = False) -> Iterator[subprocess.Popen[str]]:
    """`manage.py shell` that does this, and its output; `shielded` as by nohup, else it ignores nothing, even where
    the tests run in the background of a shell."""
    environment = {**os.environ, "DATABASE_URL": "", "EMBEDDED_POSTGRES_DIR": str(embedded.folder)}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    nohup = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"] if shielded else []
    with subprocess.Popen(
        [*nohup, *command],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


WAIT = "import time; print('ready', flush=True); time.sleep(60)"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_command_that_is_ended_by_a_signal_stops_the_database(embedded, number):
    with shell(embedded, WAIT) as process:
        assert line_of(process) == "ready\n"
        assert embedded.pid() is not None
        process.send_signal(number)
        assert process.wait() == 128 + number
        assert embedded.pid() is None


def test_a_command_that_is_ended_while_the_database_starts_stops_it(embedded):
    embedded.acquire()
    embedded.release()
    with shell(embedded, WAIT) as process:
        while embedded.pid() is None:
            assert process.poll() is None
        process.terminate()
        assert process.wait() == 128 + signal.SIGTERM
        assert embedded.pid() is None


def test_a_hangup_that_is_ignored_is_ignored(embedded):
    with shell(embedded, WAIT, shielded=True) as process:
        assert line_of(process) == "ready\n"
        process.send_signal(signal.SIGHUP)
        process.terminate()
        assert process.wait() == 128 + signal.SIGTERM


FORKS = """
import multiprocessing, os, signal
def look():
    print([signal.getsignal(number).name for number in (signal.SIGTERM, signal.SIGHUP)], flush=True)
child = multiprocessing.get_context("fork").Process(target=look)
child.start()
child.join()
"""


def test_forks_of_a_command_end_at_once(embedded):
    with shell(embedded, FORKS) as process:
        assert line_of(process) == "['SIG_DFL', 'SIG_DFL']\n"
        assert process.wait() == 0
