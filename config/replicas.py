"""Databases that take no changes: replicas. A server at one answers readers; editors work at that of the primary."""

from collections.abc import Callable, Sequence

from django.core.management.base import CommandError
from django.db import InternalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import ReadOnlySqlTransaction

from timeline.errors import for_people

REFUSED = "The database is a replica, which takes no changes. Point DATABASE_URL to the primary database."


def is_replica() -> bool:
    """Whether the database follows another one, or may only be read for another reason."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone() == ("on",))


def says_so() -> bool:
    """The same as far as the database has told of itself, which it does without being asked, when it is connected to
    and whenever that changes. A connection pooler may keep it to itself, or tell what has changed since.
    """
    connection.ensure_connection()
    told = connection.connection.info.parameter_status
    return "on" in (told("in_hot_standby"), told("default_transaction_read_only"))


def is_refusal(error: InternalError) -> bool:
    """Whether a replica was to be written to."""
    return isinstance(error.__cause__, ReadOnlySqlTransaction)


def require_migrations(missing: Sequence[str]) -> None:
    """Raises `CommandError` if the replica lacks tables that the programs here need, which these migrations make."""
    if missing:
        raise CommandError(
            f"The database is a replica, and {len(missing)} migrations are missing, {missing[0]} first. Start the "
            f"server at the primary database, which makes them; the replica then has them within moments."
        )


def editing_elsewhere(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: at a replica, the admin only says where it works (503): nobody enters what cannot be saved."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if for_people(request) and says_so() and is_replica():
            return render(request, "config/replica.html", status=503)
        return get_response(request)

    return middleware
