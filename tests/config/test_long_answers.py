"""Alone, with a protocol that notes what it is told; and at real sockets, with clients that do not read."""

import io
import json
import logging
import multiprocessing
import os
import select
import signal
import socket
import threading
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest
from django.db import OperationalError, connection
from django.http import StreamingHttpResponse
from django.http.response import ResponseHeaders
from django.test import RequestFactory
from granian.wsgi import _callback_wrapper

from config import long_answers, wsgi
from config.bodies import LARGEST
from config.long_answers import EXPORTS, THREADS, apart
from config.request_ids import RequestIdFilter, current
from config.security import POLICY
from tests.serving import serving
from timeline.errors import ADMIN, SERVER_ERROR, UNAVAILABLE

LONG = [b"0123456789" * 10_000] * 200
"""20 MB: more than the sockets hold that nobody reads from."""


class Protocol:
    """What Granian answers by. It notes what it is told, and in which thread, and when that was all."""

    def __init__(self):
        self.told, self.thread, self.done = [], "", threading.Event()

    def response_bytes(self, status, headers, body):
        self.told = [status, headers, body]
        self._end()

    def response_iter(self, status, headers, pieces):
        self.told = [status, headers, *iter(pieces.__next__, None)]
        pieces.close()
        self._end()

    def _end(self):
        self.thread = threading.current_thread().name.rpartition("_")[0]
        self.done.set()


@pytest.fixture(autouse=True)
def at_most_ten_bytes(monkeypatch):
    monkeypatch.setattr(long_answers, "LARGEST", 10)


def answered(found, path="/", method="GET", **environ):
    """What the protocol was told of this answer, and by which thread."""

    def application(environ, start_response):
        start_response("200 OK", [("A", environ["PATH_INFO"])])
        if isinstance(found, Exception):
            raise found
        return found

    protocol = Protocol()
    apart(_callback_wrapper)(application, {})(protocol, environ_of(path, method, **environ))
    assert protocol.done.wait(10)
    return protocol.told, protocol.thread


def environ_of(path, method="GET", **more):
    return {**RequestFactory().generic(method, path).environ, **more}


def asked(answer, path, body=b"", *, wait=False, **more):
    """The protocol of a request with this body; with `wait`, when it is answered."""
    protocol = Protocol()
    form = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    answer(protocol, environ_of(path, "POST" if body else "GET", **form, **more))
    assert not wait or protocol.done.wait(10)
    return protocol


def stream(*pieces):
    def each():
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    return StreamingHttpResponse(each())


def test_what_is_whole_is_sent_at_once():
    assert answered([b"a", b"b"]) == ([200, [("A", "/")], b"ab"], "")


@pytest.mark.parametrize("path", ["/admin", "/api/v1/events/", "/api/v1/changes"])
def test_most_is_answered_by_the_thread_that_asks(path):
    assert answered([b"a"], path)[1] == ""


@pytest.mark.parametrize(
    ("path", "thread"),
    [("/admin/", "long /admin/"), ("/admin/login/", "long /admin/"), ("/api/v1/changes/", "long /api/v1/changes/")],
)
def test_the_admin_and_the_change_feed_are_answered_by_others(path, thread):
    assert answered([b"a"], path) == ([200, [("A", path)], b"a"], thread)


def test_what_fails_there_is_an_error_and_in_the_log(caplog):
    with caplog.at_level(logging.ERROR, "config.long_answers"):
        (status, headers, body), thread = answered(ValueError("lost"), "/admin/", HTTP_ACCEPT="text/html")
    assert (status, thread) == (500, "long /admin/")
    assert dict(headers)["Content-Security-Policy"] == POLICY
    assert b">Something went wrong here. The request was not at fault; trying again later may help.<" in body
    assert [str(record.exc_info[1]) for record in caplog.records] == ["lost"]


def test_an_error_under_a_host_that_is_none_is_an_answer_too(settings, caplog):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["timeline.example"], True
    caplog.set_level(logging.CRITICAL)
    assert answered(ValueError("lost"), "/admin/", HTTP_HOST="another.example")[0][0] == 400


def assert_problem(told, status, detail, request_id):
    """That an answer is a problem as the application gives them, of this request, which pages of any site can read."""
    headers = ResponseHeaders(dict(told[1]))
    assert headers["X-Request-ID"] == request_id
    assert headers["Content-Type"] == "application/problem+json"
    assert (headers["Access-Control-Allow-Origin"], headers["Cache-Control"]) == ("*", "no-store")
    assert {"Retry-After", "X-Request-ID"} <= set(headers["Access-Control-Expose-Headers"].split(", "))
    said = json.loads(told[2])
    assert (told[0], said["status"], said["detail"], said["request_id"]) == (status, status, detail, request_id)


@pytest.mark.parametrize("pieces", [(), (b"01234", b"56789")])
def test_a_small_stream_is_sent_whole_by_another_thread(pieces):
    response = stream(*pieces)
    assert answered(response) == ([200, [("A", "/")], b"".join(pieces)], "export")
    assert response.closed


def test_a_large_one_goes_on_as_a_stream():
    response = stream(b"0123456789", b"a", b"b", b"c")
    assert answered(response) == ([200, [("A", "/")], b"0123456789", b"a", b"b", b"c"], "export")
    assert response.closed


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (ValueError("lost"), 500, SERVER_ERROR),
        (OperationalError("lost"), 503, UNAVAILABLE),
    ],
)
def test_one_that_breaks_off_early_is_an_error_and_in_the_log(caplog, error, status, detail):
    caplog.handler.addFilter(RequestIdFilter())
    token = current.set("a-request")
    response = stream(b"0123", error)
    with caplog.at_level(logging.ERROR, "config.long_answers"):
        told, thread = answered(response, "/api/v1/events/", HTTP_X_REQUEST_ID="a-request")
    current.reset(token)
    assert thread == "export"
    assert_problem(told, status, detail, "a-request")
    assert dict(told[1]).get("Retry-After") == ("5" if status == 503 else None)
    assert response.closed
    assert [(record.request_id, str(record.exc_info[1])) for record in caplog.records] == [("a-request", "lost")]


def short_or_long(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return StreamingHttpResponse(iter(LONG)) if environ["PATH_INFO"] == "/long/" else [b"short"]


def test_nobody_waits_for_exports_that_are_read_slowly_but_further_ones(monkeypatch):
    monkeypatch.setattr(wsgi, "application", short_or_long)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1), ExitStack() as stack:
        clients = [asking(listener, "/long/", stack) for _ in range(EXPORTS)]
        begun = [client.getresponse() for client in clients]
        further = asking(listener, "/long/", stack)
        for _ in range(10):
            assert asking(listener, "/", stack).getresponse().read() == b"short"
        assert waits(further)
        assert [response.read() for response in begun] == [b"".join(LONG)] * EXPORTS
        assert further.getresponse().read() == b"".join(LONG)


@pytest.mark.parametrize("path", THREADS)
def test_nobody_waits_for_what_takes_long_but_others_there(monkeypatch, path):
    begun, done = multiprocessing.Semaphore(0), multiprocessing.Event()

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == path:
            begun.release()
            assert done.wait(10)
        return [environ["PATH_INFO"].encode()]

    monkeypatch.setattr(wsgi, "application", application)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1), ExitStack() as stack:
        clients = [asking(listener, path, stack) for _ in range(THREADS[path] + 1)]
        for other in ("/", *THREADS.keys() - {path}) * 5:
            assert asking(listener, other, stack).getresponse().read() == other.encode()
        assert [begun.acquire(timeout=1) for _ in clients] == [True] * THREADS[path] + [False]
        done.set()
        assert [client.getresponse().read() for client in clients] == [path.encode()] * (THREADS[path] + 1)


def say_what_came(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return [f"{len(body)} {set(body)}".encode()]


def test_forms_are_read_where_long_answers_are_given(monkeypatch):
    monkeypatch.setattr(wsgi, "application", say_what_came)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1), ExitStack() as stack:
        for path, size, read in (
            (ADMIN, 0, b"0 set()"),
            (ADMIN, LARGEST, b"8000000 {97}"),
            ("/api/v1/changes/", 1, b"0 set()"),
        ):
            assert asking(listener, path, stack, body=b"a" * size).getresponse().read() == read


def test_what_finds_no_room_is_refused_and_room_is_given_back(monkeypatch):
    monkeypatch.setattr(long_answers, "MOST_WAITING", 1)
    done = threading.Event()

    def application(environ, start_response):
        assert done.wait(10)
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]

    answer = apart(_callback_wrapper)(application, {})
    here = {path: [asked(answer, path) for _ in range(number + 2)] for path, number in THREADS.items()}
    for path, protocols in here.items():
        assert [protocol.told[:1] for protocol in protocols] == [[]] * (THREADS[path] + 1) + [[503]]
        assert dict(protocols[-1].told[1])["Retry-After"] == "5"
        assert b"Too much is asked for here at once. Try again in some seconds." in protocols[-1].told[2]
    done.set()
    for path, protocols in here.items():
        for protocol in protocols:
            assert protocol.done.wait(10)
        time.sleep(0.1)
        assert asked(answer, path, wait=True).told == [200, [], b""]


@pytest.mark.django_db  # what is refused is closed in this thread, and Django looks after its connection then
def test_so_are_exports(monkeypatch):
    monkeypatch.setattr(long_answers, "MOST_WAITING", 0)
    done, refused = threading.Event(), stream(b"a")

    def slow():
        assert done.wait(10)
        yield b"a"

    found = [StreamingHttpResponse(slow()) for _ in range(EXPORTS)]
    answers = iter([*found, refused])

    def application(environ, start_response):
        start_response("200 OK", [])
        return next(answers)

    answer = apart(_callback_wrapper)(application, {})
    protocols = [asked(answer, "/api/v1/events/", HTTP_X_REQUEST_ID="job-7") for _ in range(EXPORTS + 1)]
    assert [protocol.told for protocol in protocols[:-1]] == [[]] * EXPORTS
    detail = "Too much is asked for here at once. Try again in some seconds."
    assert_problem(protocols[-1].told, 503, detail, "job-7")
    assert refused.closed
    done.set()
    assert all(protocol.done.wait(10) for protocol in protocols)


@pytest.mark.parametrize(("size", "most", "status"), [(10, 0, 200), (11, 0, 503), (11, 1, 200)])
def test_of_large_forms_only_some_are_kept(monkeypatch, size, most, status):
    monkeypatch.setattr(long_answers, "SMALL_FORM", 10)
    monkeypatch.setattr(long_answers, "MOST_LARGE", most)
    answer = apart(_callback_wrapper)(say_what_came, {})
    for _ in range(2):
        assert asked(answer, ADMIN, b"a" * size, wait=True).told[0] == status
        time.sleep(0.05)


def test_what_is_cut_off_is_one_line_in_the_log_and_not_of_the_request_before(caplog):
    caplog.handler.addFilter(RequestIdFilter())
    current.set("another")
    environ = {"PATH_INFO": "/admin/\nforged", "REQUEST_METHOD": "POST", "CONTENT_LENGTH": "9"}
    apart(_callback_wrapper)(say_what_came, {})(Protocol(), environ | {"wsgi.input": io.BytesIO(b"a")})
    said = r"'/admin/\nforged': what was sent was cut off, and nothing of it is used"
    assert [(record.request_id, record.getMessage()) for record in caplog.records] == [("-", said)]


@pytest.mark.parametrize(
    ("path", "method", "length"),
    [
        (ADMIN, "POST", "?"),
        (ADMIN, "POST", "-1"),
        (ADMIN, "POST", str(LARGEST + 1)),
        (ADMIN, "GET", "1"),
        ("/api/v1/changes/", "POST", "1"),
    ],
)
def test_what_nobody_reads_is_not_waited_for(path, method, length):
    environ = {"CONTENT_LENGTH": length, "wsgi.input": None}
    assert answered([b"a"], path, method, **environ) == ([200, [("A", path)], b"a"], f"long {path}")


def test_nothing_is_done_with_a_form_that_is_cut_off(monkeypatch):
    done = multiprocessing.Event()

    def application(environ, start_response):
        done.set()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    monkeypatch.setattr(wsgi, "application", application)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1), ExitStack() as stack:
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"POST /admin/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ntitle=Half a ti")
        assert not done.wait(1)
        assert asking(listener, ADMIN, stack, body=b"title=Whole").getresponse().status == 200


@pytest.mark.usefixtures("committed")
def test_real_pages_forms_and_changes_and_no_connection_is_left():
    connection.close()
    before = backends()
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1), ExitStack() as stack:
        for path, body, status in (
            ("/admin/login/", None, 200),
            ("/admin/login/", b"username=a&password=b", 403),  # without a token
            ("/api/v1/changes/", None, 200),
            ("/api/v1/events/?format=jsonl", None, 200),
        ):
            client = asking(listener, path, stack, body=body)
            response = client.getresponse()
            assert (path, response.status) == (path, status)
            response.read()
        for _ in range(50):
            if backends() <= before + 1:  # that of the thread which answers readers
                return
            time.sleep(0.1)
        raise AssertionError(f"{backends()} connections, {before} before")


def backends() -> int:
    """How many connections to the database there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_a_server_that_stops_finishes_an_export(monkeypatch):
    monkeypatch.setattr(wsgi, "application", short_or_long)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1) as server, ExitStack() as stack:
        response = asking(listener, "/long/", stack).getresponse()
        os.kill(server, signal.SIGTERM)
        time.sleep(1)
        assert response.read() == b"".join(LONG)


def waits(client: HTTPConnection) -> bool:
    """Whether there is no answer within half a second."""
    return not select.select([client.sock], [], [], 0.5)[0]


def asking(listener: socket.socket, path: str, stack: ExitStack, *, body: bytes | None = None) -> HTTPConnection:
    """A client that has asked for it, or sent something there."""
    host, port = listener.getsockname()
    client = stack.enter_context(closing(HTTPConnection(host, port, timeout=10)))
    headers = {"Host": "localhost", "Content-Type": "application/x-www-form-urlencoded"}
    client.request("GET" if body is None else "POST", path, body, headers)
    return client
