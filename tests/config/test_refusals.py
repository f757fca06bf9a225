import io
import logging
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from psycopg import errors

from config.refusals import Line


def refused(client, path, **headers):
    assert client.get(path, headers=headers).status_code == 400


REQUESTS = {
    "DisallowedHost": ("/", {"host": "evil.example"}),
    "TooManyFieldsSent": ("/api/v1/events/?" + "&".join(["country=UZ"] * 10_001), {}),
}


@pytest.mark.parametrize(("name", "asked"), REQUESTS.items(), ids=REQUESTS)
def test_what_anybody_can_send_is_a_line_in_the_log(client, caplog, name, asked):
    path, headers = asked
    refused(client, path, **headers)
    (record,) = [record for record in caplog.records if record.name == f"django.security.{name}"]
    assert (record.levelno, record.levelname, record.exc_info) == (logging.WARNING, "WARNING", None)
    assert len(logging.Formatter().format(record).splitlines()) == 1


def sent_form(**data):
    """The answer to a form that is sent to the admin by somebody who has no account."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    return client.post("/admin/logout/", **data)


def test_too_many_files_are_a_line_in_the_log(caplog):
    files = {f"file{number}": SimpleUploadedFile("empty", b"") for number in range(101)}
    assert sent_form(data=files).status_code == 413
    (record,) = [record for record in caplog.records if record.name == "django.security.TooManyFilesSent"]
    assert (record.levelname, record.exc_info) == ("WARNING", None)


def test_a_form_that_cannot_be_read_is_a_line_in_the_log(caplog):
    assert sent_form(data=b"x", content_type="multipart/form-data").status_code == 400
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.levelname == "WARNING"
    assert Line().format(record) == (
        "Bad request (Unable to parse request body): /admin/logout/ (Invalid boundary in multipart: None)"
    )


def test_where_warnings_are_not_logged_it_is_not(client, caplog):
    with caplog.at_level(logging.ERROR, "django"):
        refused(client, "/", host="evil.example")
    assert caplog.records == []


def unavailable(cause=None):
    error = OperationalError("connection failed: Connection refused\n\tIs the server running on that host?")
    error.__cause__ = cause
    return error


def raised(error):
    """What `logging` gets of an error that was raised."""
    try:
        raise error
    except type(error):
        return sys.exc_info()


def record_of(error):
    return logging.LogRecord("django.request", logging.ERROR, __file__, 1, "%s: %s", ("503", "/"), raised(error))


@pytest.mark.parametrize("cause", [None, errors.DiskFull(), errors.AdminShutdown()])
def test_what_the_database_does_not_answer_is_a_line(cause):
    record = record_of(unavailable(cause))
    assert Line().format(record) == "503: / (connection failed: Connection refused)"
    assert record.exc_info is not None  # for other handlers
    assert Line().format(record_of(OperationalError())) == "503: / (OperationalError)"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a bug"),
        unavailable(errors.DeadlockDetected()),
        unavailable(errors.LockNotAvailable()),
        unavailable(errors.ProgramLimitExceeded()),
    ],
    ids=["ValueError", "DeadlockDetected", "LockNotAvailable", "ProgramLimitExceeded"],
)
def test_other_errors_keep_their_traceback(error):
    record = record_of(error)
    text = Line().format(record)
    record.exc_text = None
    assert text == logging.Formatter().format(record)
    assert "\nTraceback (most recent call last):\n" in text


@pytest.mark.parametrize("address", ["/api/v1/events/", "/events/one/", "/admin/"])
def test_while_the_database_is_gone_a_request_is_a_line_in_the_log(client, monkeypatch, address):
    def gone(*_):
        raise unavailable()

    (handler,) = [each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler]
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", gone)
    client.raise_request_exception = False

    assert client.get(address).status_code == 503
    (line,) = written.getvalue().splitlines()
    assert " ERROR django.request [" in line
    assert line.endswith(f" {address} (connection failed: Connection refused)")
