#!/usr/bin/env python3
"""Django's command line; starts the embedded PostgreSQL for the commands that need a database."""

import atexit
import io
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

WITHOUT_DATABASE = {
    "help",
    "version",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "makemessages",
    "startapp",
}
STARTS_IT_ITSELF = {"serve"}  # after it has made sure of its port
ENDING = (signal.SIGTERM, signal.SIGHUP)  # end a process at once, if it does not see to them itself


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As standard error has it: where the locale lacks a letter, an import would end at what it says of it.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed here. Run `make run`, or use its Python: .venv/bin/python manage.py.\n"
            "(`make run` says so? Then the environment is of a Python that is gone: `make clean run`.)"
        )
    load_settings()
    if needs_database(sys.argv[1:]):
        start_database()
    from django.db import DatabaseError, InternalError
    from django.db.utils import NotSupportedError
    from psycopg.errors import UndefinedTable

    from config.refusals import is_outage, reason
    from config.replicas import REFUSED, is_refusal

    try:
        execute_from_command_line(sys.argv)
    except InternalError as error:
        if not is_refusal(error):
            raise
        sys.exit(f"Error: {REFUSED}")
    except DatabaseError as error:
        if isinstance(error.__cause__, UndefinedTable) and "--traceback" not in sys.argv:
            sys.exit("Error: The database lacks a table: run manage.py migrate first.")
        too_old = isinstance(error, NotSupportedError)
        if "--traceback" in sys.argv or not (too_old or is_outage(error)):
            raise
        sys.exit(f"Error: The database cannot be used: {reason(error)}")


def needs_database(arguments: list[str]) -> bool:
    """True when the command reads or writes the database; `arguments` begin with the command's name."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    if arguments[0] == "check" and any(argument.startswith("--da") for argument in arguments):
        return True  # --database, as one word with its value or as two; it may be cut short
    return arguments[0] not in WITHOUT_DATABASE | STARTS_IT_ITSELF


def load_settings() -> None:
    """Load the settings; a bad value in the environment ends in one line, not in a traceback."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        _ = settings.DEBUG  # the first access loads them
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")


def start_database() -> None:
    """Start the embedded PostgreSQL, or share it; it stops with the last process that uses it."""
    from django.conf import settings

    from config.embedded import EmbeddedError

    end_in_order()
    server = settings.EMBEDDED_POSTGRES
    if server is None:
        return

    def stop() -> None:
        for number in (signal.SIGINT, *ENDING):
            signal.signal(number, signal.SIG_IGN)  # a second one must not keep it from being stopped
        server.release()

    atexit.register(stop)
    try:
        server.acquire()
    except EmbeddedError as error:
        sys.exit(f"Error: {error}")


def end_in_order() -> None:
    """Has a signal that would end this process do so by way of what is to be done at the end.

    Not in forks of it, such as those that publish, which have nothing to do then, and not what is ignored (nohup).
    """
    ours = [number for number in ENDING if signal.getsignal(number) == signal.SIG_DFL]

    def end(number: int, frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    def forget() -> None:
        for number in ours:
            if signal.getsignal(number) is end:
                signal.signal(number, signal.SIG_DFL)

    for number in ours:
        signal.signal(number, end)
    os.register_at_fork(after_in_child=forget)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
