"""`manage.py serve`: everything from an empty folder to a server that answers."""

import errno
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NoReturn

import psutil
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, connections
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.utils import NotSupportedError, ProgrammingError
from django.http.request import validate_host
from psycopg.errors import InsufficientPrivilege

from config.background import beside
from config.embedded import EmbeddedError, Server
from config.env import Environment
from config.replicas import is_replica, require_migrations
from config.server import BACKLOG, serve_forever
from config.upgrades import missing_and_unknown, require_no_newer_code, settled
from timeline.build import build
from timeline.processes import waste_kept
from timeline.refreshing import keep_refreshing

logger = logging.getLogger(__name__)

ELSEWHERE = "at the server of the primary database"
HERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # where this machine opens what listens at all of its addresses
PREPARING = 7_314_159_265  # the advisory lock of who prepares the database
PREPARED_BY = """
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint) = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
PATIENCE = 5  # seconds until it is said that another one does
NOT_UNLOCKED = (
    "  The lock that keeps other servers from preparing the database stays, and the next one waits for it. "
    "DATABASE_URL seems to be that of a pooler by transaction: give `manage.py serve` the address of PostgreSQL itself."
)


class Command(BaseCommand):
    help = "Start the database, migrate, load the curated events, make a first admin and serve."
    requires_system_checks = []  # `migrate` makes them, once there is a database

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _exit)
        if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # not under nohup
            signal.signal(signal.SIGHUP, _exit)
        build()  # once, for all processes that are forked, and before other code may lie in the place of this one
        try:
            # The port comes first: who cannot have it shall hear so at once. Connections wait until all is ready.
            environment = Environment()
            listener = open_port(environment.text("HOST", "127.0.0.1"), environment.port())
            self.start_database()
            reads_only = is_replica()
            if reads_only:
                self.check_replica()
            else:
                with alone(self.say):
                    require_no_newer_code(missing_and_unknown()[1])
                    self.prepare_database()
            settled.set()
            self.announce(listener, ELSEWHERE if reads_only else self.make_first_admin())
            connections.close_all()  # a connection must not be shared with the processes that are forked now
            with ExitStack() as meanwhile:
                if settings.EMBEDDED_POSTGRES:
                    meanwhile.enter_context(beside(partial(keep_database, settings.EMBEDDED_POSTGRES)))
                if not reads_only:
                    meanwhile.enter_context(beside(follow_vocabulary))
                serve_forever(listener)
        except (ImproperlyConfigured, EmbeddedError) as error:
            raise CommandError(str(error)) from error
        except (OperationalError, NotSupportedError) as error:
            raise CommandError(f"The database cannot be used: {error}") from error
        except ProgrammingError as error:
            if not isinstance(error.__cause__, InsufficientPrivilege):
                raise
            reason = str(error).splitlines()[0]
            raise CommandError(f"The database cannot be used: {reason}. Serve as the user who made it.") from error
        except MigrationSchemaMissing as error:
            reason = str(error.__context__ or error).splitlines()[0]
            raise CommandError(
                f"The database cannot be used: {reason}. Its owner can let this user make tables: "
                "GRANT CREATE ON SCHEMA public TO …"
            ) from error
        finally:
            self.stop_database()

    def start_database(self) -> None:
        server = settings.EMBEDDED_POSTGRES
        if server is None:
            self.stdout.write("Database: as DATABASE_URL says")
        else:
            self.say(f"Database: embedded PostgreSQL in {server.folder}")
            if not server.acquire():
                self.stdout.write("  (it is running already and is shared)")

    def stop_database(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not keep it from being stopped
        if settings.EMBEDDED_POSTGRES:
            settings.EMBEDDED_POSTGRES.release()

    def prepare_database(self) -> None:
        self.stdout.flush()
        call_command("migrate", interactive=False, skip_checks=False)
        for command in ("load_reference", "load_curated"):
            try:
                call_command(command)
            except CommandError as error:  # what editors have saved stands, and is served
                self.stderr.write(str(error))

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def check_replica(self) -> None:
        self.say("  (it is a replica: this server answers readers)")
        call_command("check", databases=["default"])
        missing, unknown = missing_and_unknown()
        require_no_newer_code(unknown)
        require_migrations(missing)

    def make_first_admin(self) -> str:
        """What to say about the admin; its password is shown this once and is stored nowhere but as a hash."""
        with alone(self.say):
            users = get_user_model()._default_manager
            name = users.filter(is_superuser=True).order_by("pk").values_list("username", flat=True).first()
            if name:
                return f"user {name}; new password: {python()} manage.py changepassword {name}"
            name = "admin" if not users.filter(username="admin").exists() else f"admin-{secrets.token_hex(2)}"
            password = secrets.token_urlsafe(12)
            get_user_model().objects.create_superuser(name, password=password)
            return f"user {name}, password {password}   (shown only now)"

    def announce(self, listener: socket.socket, admin: str) -> None:
        at, port = listener.getsockname()[:2]
        name = HERE.get(at, f"[{at}]" if ":" in at else at)
        base = f"http://{name}:{port}"
        lines = [
            "",
            f"  Timeline  {base}/",
            f"  API       {base}/api/v1/",
            f"  API docs  {base}/api/docs/",
            f"  Admin     {base}/admin/   {admin}",
            "",
            "Ctrl-C stops it.",
        ]
        allowed = validate_host(name, settings.ALLOWED_HOSTS)
        if not allowed or (at in HERE and "*" not in settings.ALLOWED_HOSTS):
            who = "Other machines get" if allowed else "Whoever asks gets"
            names = ", ".join(settings.ALLOWED_HOSTS)
            lines[-2:-2] = ["", f"  {who} an answer under the names in ALLOWED_HOSTS only: {names}"]
        self.say("\n".join(lines))


def open_port(host: str, port: int) -> socket.socket:
    """A socket that listens; raises `CommandError` saying what is in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # At `::`, all addresses are those of IPv4, too.
    both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} is in use{_user_of(port)}. Choose another one: PORT={_other(port)} make run"
            ) from error
        if error.errno == errno.EACCES:
            raise CommandError(f"Port {port} is for root only. Choose one above 1023: PORT=8000 make run") from error
        reason = str(error.strerror).partition(" (while ")[0]
        right = f" Write it without brackets: HOST={host[1:-1]}" if host.startswith("[") else ""
        raise CommandError(f"HOST is {host!r}, which is not an address of this machine ({reason}).{right}") from error


def keep_database(server: Server) -> None:
    """Starts the embedded PostgreSQL again whenever it has ended, as long as the server runs."""
    while True:
        time.sleep(1)
        try:
            if server.revive():
                logger.warning(
                    "The embedded PostgreSQL had ended, and is started again (see %s)", server.folder / "log"
                )
        except EmbeddedError as error:
            logger.error("The embedded PostgreSQL has ended, and cannot be started again: %s", error)
            time.sleep(10)


def follow_vocabulary() -> None:
    """Has public events follow the vocabulary that they name, as long as the server runs."""
    os.nice(5)  # readers come first
    with waste_kept():
        keep_refreshing()


@contextmanager
def alone(say: Callable[[str], object]) -> Iterator[None]:
    """Hold back other servers that prepare the same database at the same moment. What takes longer is said."""
    with connection.cursor() as cursor:
        # Asking again instead of waiting inside the database: a waiting transaction would hold up a migration.
        begun, said = time.monotonic(), False
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [PREPARING])
            if cursor.fetchone() == (True,):
                break
            if not said and time.monotonic() > begun + PATIENCE:
                cursor.execute(PREPARED_BY, [PREPARING])
                for (process,) in cursor.fetchall():
                    say(f"  (waiting for another server, which prepares the database: its process {process} there)")
                    said = True
            time.sleep(0.2)
    held_by = connection.connection
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])
            # With a connection that was lost, the lock has gone, too.
            if cursor.fetchone() != (True,) and connection.connection is held_by:
                say(NOT_UNLOCKED)


def python() -> str:
    """The Python that runs this, as one would type it in the project's folder."""
    path = os.path.relpath(sys.executable, settings.BASE_DIR)
    return sys.executable if path.startswith("..") else path


def _other(port: int) -> int:
    return port + 1 if port < 65535 else port - 1


def _user_of(port: int) -> str:
    """Words for the program that listens on `port`, as far as we may know it."""
    try:
        for found in psutil.net_connections("tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr.port == port and found.pid:
                return f" by {psutil.Process(found.pid).name()} (process {found.pid})"
    except psutil.Error:
        pass
    return ""


def _exit(*_: object) -> NoReturn:
    sys.exit(0)
