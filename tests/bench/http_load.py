"""Sends requests for a while: `python -m tests.bench.http_load PORT SECONDS CONNECTIONS START < requests`.

Each line of the requests is a path, and behind it, parted by tabs, headers to send. They are asked one after another,
round and round, from the line START on, counted from 0. Prints what was measured as JSON,
see `Load`. One thread and sockets that never block, because it runs beside the server on the same cores:
a request costs it about 50 µs, of which most is the system's copying of the answer.
"""

from __future__ import annotations

import json
import re
import resource
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import count

PATIENCE = 300
"""Seconds to wait for what was asked in time but is not yet answered."""

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HEADERS_END = b"\r\n\r\n"
CHUNKS_END = b"\r\n0\r\n\r\n"
"""Ends a text that comes in chunks, and is nowhere in the middle of JSON, which has no line breaks of this kind."""


Request = tuple[bytes, bytes]
"""The bytes of a request, and the status that its answer is to have."""


@dataclass(slots=True)
class Load:
    """What a round gave: `p50`, `p99` and `cpu` (of this program, for each request) are milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    cpu: float
    bytes: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


@dataclass(slots=True)
class Connection:
    """A kept-alive connection, on which one request follows another."""

    socket: socket.socket
    asked: float = 0.0
    wanted: bytes = b""
    left: int = -1
    """Bytes of the answer that are still to come; -1 before its headers, -2 if it comes in chunks."""
    tail: bytes = b""


def load(port: int, seconds: float, connections: int, start: int, lines: list[str]) -> Load:
    """Asks one line after another, from `start` on, as often as there is time.

    Raises RuntimeError for an answer with another status: with an If-None-Match it is to be 304, else 200.
    """
    requests = [_request(port, line) for line in lines]
    with ExitStack() as stack:
        opened = []
        for _ in range(connections):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setblocking(False)
            opened.append(Connection(client))
        cpu, began = _cpu(), time.perf_counter()
        order = (requests[number % len(requests)] for number in count(start))
        taken, received = _ask_all(opened, order, began + seconds)
        cpu, passed = _cpu() - cpu, time.perf_counter() - began
    taken.sort()
    p50, p99 = (1000 * taken[int(share * len(taken))] for share in (0.5, 0.99))
    return Load(len(taken), passed, p50, p99, 1000 * cpu / len(taken), received)


def _ask_all(opened: list[Connection], requests: Iterator[Request], end: float) -> tuple[list[float], int]:
    """The seconds that each request took, and the bytes of all answers; none begins after `end`."""
    buffer = bytearray(1 << 18)
    view = memoryview(buffer)
    taken, received = [], 0
    with selectors.DefaultSelector() as selector:
        for each in opened:
            selector.register(each.socket, selectors.EVENT_READ, each)
            _ask(each, next(requests))
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise RuntimeError(f"No answer after {PATIENCE} s.")
            for key, _ in ready:
                each = key.data
                size = each.socket.recv_into(view)
                if not size:
                    raise RuntimeError("The server closed a connection before it had answered.")
                received += size
                if _is_complete(each, buffer, size):
                    now = time.perf_counter()
                    taken.append(now - each.asked)
                    if now < end:
                        _ask(each, next(requests))
                    else:
                        selector.unregister(each.socket)
    return taken, received


def _request(port: int, line: str) -> Request:
    path, *headers = line.split("\t")
    text = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""])
    return text.encode(), b"304" if any(header.startswith("If-None-Match:") for header in headers) else b"200"


def _ask(each: Connection, asked: Request) -> None:
    request, each.wanted = asked
    each.left = -1
    each.tail = b""
    each.asked = time.perf_counter()
    each.socket.sendall(request)


def _is_complete(each: Connection, buffer: bytearray, size: int) -> bool:
    """Whether the answer ends with the `size` bytes that came."""
    if each.left == -1:
        headers = buffer.find(HEADERS_END, 0, size)
        if headers < 0 or buffer[9:12] != each.wanted:
            raise RuntimeError(f"An answer begins with {bytes(buffer[:200])!r}; wanted was {each.wanted.decode()}.")
        if each.wanted == b"304":
            return True
        found = LENGTH.search(buffer, 0, headers)
        each.left = int(found[1]) + headers + len(HEADERS_END) if found else -2
    if each.left == -2:
        each.tail = (each.tail + bytes(buffer[max(size - 7, 0) : size]))[-7:]
        return each.tail == CHUNKS_END
    each.left -= min(size, each.left)
    return each.left == 0


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    port, seconds, connections, start = sys.argv[1:]
    given = [line.rstrip("\n") for line in sys.stdin]
    print(json.dumps(asdict(load(int(port), float(seconds), int(connections), int(start), given))))
