"""What the load generator counts, and what it refuses, against a server that gives known answers."""

import http.server
import threading

import pytest

from tests.bench.http_load import load

BODY = b'{"results": []}' * 20_000


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.headers["If-None-Match"]:
            self.send_response(304)
            self.send_header("Content-Length", str(len(BODY)))  # RFC 9110 allows it, and no body follows
            self.end_headers()
        elif self.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nab\r\n0\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY))
        else:
            self.send_response(404 if self.path == "/missing" else 200)
            self.send_header("content-length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

    def log_message(self, *args: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """A client that is content with the headers may go."""


@pytest.fixture
def server():
    Answers.asked = []
    with Server(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running.server_address[1]
        running.shutdown()
        thread.join()


def test_each_connection_asks_once_where_there_is_no_time_left(server):
    done = load(server, 0.0, 4, 0, ["/a", "/b", "/c\tIf-None-Match: x", "/chunked"])

    assert sorted(Answers.asked) == ["/a", "/b", "/c", "/chunked"]
    assert done.requests == 4
    assert 0 < done.p50 <= done.p99
    assert done.bytes > 3 * len(BODY)


def test_requests_follow_one_another_on_a_connection(server):
    done = load(server, 0.2, 1, 1, ["/a", "/chunked", "/c\tIf-None-Match: x"])

    assert done.requests == len(Answers.asked) > 3
    assert Answers.asked[:4] == ["/chunked", "/c", "/a", "/chunked"]  # from the second one on


def test_another_status_is_an_error(server):
    with pytest.raises(RuntimeError, match=r"^An answer begins with b'HTTP/1\.1 404 .*; wanted was 200\.$"):
        load(server, 0.0, 1, 0, ["/missing"])
