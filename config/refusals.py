"""How the log has what Django refuses by itself, and what the database does not answer: each as a line."""

import copy
import logging

from django.db import OperationalError
from django.http.multipartparser import MultiPartParserError
from psycopg.errors import ProgramLimitExceeded

from events.locking import is_conflict


class Refused(logging.Filter):
    """Makes a line and a warning of what Django logs as an error with a traceback, and anybody can send all day."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = None
        return logging.getLogger(record.name).isEnabledFor(record.levelno)


class Line(logging.Formatter):
    """Writes why the database does not answer in place of a traceback, which would be a hundred lines for each request,
    and always the same ones; so it does for a form that cannot be read. All other errors keep theirs.
    """

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (is_outage(error) or isinstance(error, MultiPartParserError)):
            record = copy.copy(record)  # other handlers have it as it is
            record.msg, record.args = f"{record.getMessage()} ({reason(error)})", ()
            record.exc_info = record.exc_text = None
        return super().format(record)


def is_outage(error: BaseException) -> bool:
    """Whether the database cannot be used now: it is gone, starting, full or out of memory. It is no fault of the code,
    as is a conflict between two transactions, or what goes beyond a limit of PostgreSQL.
    """
    ours = is_conflict(error) or isinstance(error.__cause__, ProgramLimitExceeded)
    return isinstance(error, OperationalError) and not ours


def reason(error: BaseException) -> str:
    """The first line of what the database, or who looks for it, says."""
    return (str(error).splitlines() or [type(error).__name__])[0]
