"""How requests that Django refuses by itself stand in the log."""

import logging


class Refused(logging.Filter):
    """Makes a line and a warning of what Django logs as an error with a traceback, and anybody can send all day."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = None
        return logging.getLogger(record.name).isEnabledFor(record.levelno)
