"""Alone, with a protocol that notes what it is told; and at real sockets, with clients that do not read."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest
from django.http import StreamingHttpResponse
from granian.wsgi import _callback_wrapper

from config import long_answers, wsgi
from config.bodies import LARGEST
from config.long_answers import EXPORTS, THREADS, apart
from config.request_ids import RequestIdFilter, current
from tests.serving import serving

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


def answered(found, path="/", **environ):
    """What the protocol was told of this answer, and by which thread."""

    def application(environ, start_response):
        start_response("200 OK", [("A", environ["PATH_INFO"])])
        if isinstance(found, Exception):
            raise found
        return found

    protocol = Protocol()
    apart(_callback_wrapper)(application, {})(protocol, {"PATH_INFO": path, **environ})
    assert protocol.done.wait(10)
    return protocol.told, protocol.thread


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
        assert answered(ValueError("lost"), "/admin/") == ([500, [], b""], "long /admin/")
    assert [str(record.exc_info[1]) for record in caplog.records] == ["lost"]


@pytest.mark.parametrize("pieces", [(), (b"01234", b"56789")])
def test_a_small_stream_is_sent_whole_by_another_thread(pieces):
    response = stream(*pieces)
    assert answered(response) == ([200, [("A", "/")], b"".join(pieces)], "export")
    assert response.closed


def test_a_large_one_goes_on_as_a_stream():
    response = stream(b"0123456789", b"a", b"b", b"c")
    assert answered(response) == ([200, [("A", "/")], b"0123456789", b"a", b"b", b"c"], "export")
    assert response.closed


def test_one_that_breaks_off_early_is_an_error_and_in_the_log(caplog):
    caplog.handler.addFilter(RequestIdFilter())
    token = current.set("a-request")
    response = stream(b"0123", ValueError("lost"))
    with caplog.at_level(logging.ERROR, "config.long_answers"):
        assert answered(response) == ([500, [], b""], "export")
    current.reset(token)
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
        assert [response.read() for response in begun] == [b"".join(LONG)] * EXPORTS
        assert further.getresponse().read() == b"".join(LONG)


@pytest.mark.parametrize("path", THREADS)
def test_nobody_waits_for_what_takes_long_but_others_there(monkeypatch, path):
    done = multiprocessing.Event()

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == path:
            assert done.wait(10)
        return [environ["PATH_INFO"].encode()]

    monkeypatch.setattr(wsgi, "application", application)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1), ExitStack() as stack:
        clients = [asking(listener, path, stack) for _ in range(THREADS[path] + 1)]
        for other in ("/", *THREADS.keys() - {path}) * 5:
            assert asking(listener, other, stack).getresponse().read() == other.encode()
        done.set()
        assert [client.getresponse().read() for client in clients] == [path.encode()] * (THREADS[path] + 1)


def test_bodies_are_read_where_long_answers_are_given(monkeypatch):
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        body = environ["wsgi.input"].read()
        return [str((len(body), set(body))).encode()]

    monkeypatch.setattr(wsgi, "application", application)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1), ExitStack() as stack:
        for size, read in ((0, b"(0, set())"), (LARGEST, b"(8000000, {97})")):
            assert asking(listener, "/admin/", stack, body=b"a" * size).getresponse().read() == read


@pytest.mark.parametrize("length", ["?", str(LARGEST + 1)])
def test_what_has_no_length_or_is_refused_is_not_read(length):
    environ = {"CONTENT_LENGTH": length, "wsgi.input": None}
    assert answered([b"a"], "/admin/", **environ) == ([200, [("A", "/admin/")], b"a"], "long /admin/")


def test_a_server_that_stops_finishes_an_export(monkeypatch):
    monkeypatch.setattr(wsgi, "application", short_or_long)
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, 1) as server, ExitStack() as stack:
        response = asking(listener, "/long/", stack).getresponse()
        os.kill(server, signal.SIGTERM)
        time.sleep(1)
        assert response.read() == b"".join(LONG)


def asking(listener: socket.socket, path: str, stack: ExitStack, *, body: bytes | None = None) -> HTTPConnection:
    """A client that has asked for it, or sent something there."""
    host, port = listener.getsockname()
    client = stack.enter_context(closing(HTTPConnection(host, port, timeout=10)))
    client.request("GET" if body is None else "POST", path, body)
    return client
