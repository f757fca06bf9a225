"""Whether database and code belong together, which a server asks once, before it answers anybody.

Not later: a server that answers goes on while newer code migrates the database beside it. That is how operators of
several machines upgrade them one after the other, and some migrations want all to be stopped (CHANGELOG.md).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase
from django.utils.log import log_response

from timeline.errors import for_people, problem_or_page, unavailable_to_people

OURS = ("events", "timeline")
UPGRADING = (
    "The server is being upgraded, and its database is not ready yet. The request was not at fault: try it again in "
    "some seconds."
)

logger = logging.getLogger(__name__)

settled = threading.Event()
"""Set once this process needs not look any more; its forks inherit that."""


def missing_and_unknown() -> tuple[list[str], list[str]]:
    """The migrations that the database lacks, in their order; and those of our apps that it has and that are no files
    here, since newer code made them. One that is squashed is known as long as what replaces it names it.
    """
    executor = MigrationExecutor(connection)
    loader = executor.loader
    missing = [str(migration) for migration, _ in executor.migration_plan(loader.graph.leaf_nodes())]
    known = {
        *loader.disk_migrations,
        *(name for squashed in loader.replacements.values() for name in squashed.replaces),
    }
    unknown = [f"{app}.{name}" for app, name in sorted(set(loader.applied_migrations) - known) if app in OURS]
    return missing, unknown


def newer(unknown: Sequence[str]) -> str:
    """Words for a database that newer code has migrated."""
    return f"The database was migrated by newer code: this one does not know {', '.join(unknown)}."


def require_no_newer_code(unknown: Sequence[str]) -> None:
    """Raises `CommandError` if newer code has migrated the database, which has these migrations.

    A server of older code that starts, in the midst of an upgrade of several machines too, would read tables that it
    does not know, and publish without what the newer code keeps beside. That one which runs goes on is another matter:
    whoever migrates has looked whether it may (CHANGELOG.md).
    """
    if unknown:
        raise CommandError(
            f"{newer(unknown)} Start the newer code; or restore a backup of before that upgrade, "
            "to go on with this one."
        )


def fitting(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that answers 503 while migrations are missing: half of the tables would give wrong answers, which
    caches keep. While the database cannot be asked, the next request asks it again.

    `manage.py serve` has looked before. A process of another application server cannot tell whether that has just been
    started or has just replaced this process by a new one, as many do after some requests: in the midst of an upgrade
    of several machines it goes on, too, and only says that the code is older than the database.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settled.is_set():
            return get_response(request)
        missing, unknown = missing_and_unknown()
        if unknown:
            logger.warning("%s It is served nevertheless.", newer(unknown))
        if missing:
            return upgrading(request, missing)
        settled.set()
        return get_response(request)

    return middleware


def upgrading(request: HttpRequest, missing: Sequence[str]) -> HttpResponseBase:
    """The answer while these migrations are missing; the log says what to do about it."""
    if for_people(request):
        response = unavailable_to_people("config/upgrading.html")
    else:
        response = problem_or_page(request, "unavailable", UPGRADING)
    log_response(
        "%s: the database lacks migrations, %s first (%d in all). Run: manage.py migrate",
        request.path,
        missing[0],
        len(missing),
        response=response,
        request=request,
    )
    return response
