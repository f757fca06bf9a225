"""Real sockets and real worker processes; the application only says which process answers."""

import functools
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import psutil
import pytest
from django.core.management.base import CommandError

from config import wsgi
from config.interrupt import Interrupt
from config.management.commands.serve import open_port
from config.server import WORKERS, ApplicationServer, one_for_each_worker
from tests.serving import serving


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request) -> Iterator[socket.socket]:
    try:
        opened = open_port(request.param, 0)
    except CommandError:
        pytest.skip("This machine has no IPv6.")
    with opened as listener:
        yield listener


@pytest.fixture
def listeners(listener) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(each) for each in one_for_each_worker(listener, WORKERS)]


def test_connections_are_shared_out_among_the_workers(listeners):
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection(listeners[0].getsockname()[:2]))
        shares = [accepted(each, stack) for each in listeners]
    assert len(shares) == WORKERS
    assert sum(shares) == 100
    assert min(shares) >= 15  # of which each gets less once in 10 ** 12 times


def test_all_addresses_are_those_of_ipv4_too_at_each_worker():
    if not socket.has_dualstack_ipv6():
        pytest.skip("This machine has no IPv6.")
    with ExitStack() as stack:
        listeners = [stack.enter_context(each) for each in one_for_each_worker(open_port("::", 0), WORKERS)]
        port = listeners[0].getsockname()[1]
        for _ in range(50):
            for host in ("127.0.0.1", "::1"):
                stack.enter_context(socket.create_connection((host, port)))
        shares = [accepted(each, stack) for each in listeners]
    assert sum(shares) == 100
    assert min(shares) >= 15


def accepted(listener: socket.socket, stack: ExitStack) -> int:
    """How many connections wait there."""
    listener.setblocking(False)
    number = 0
    while True:
        try:
            stack.enter_context(listener.accept()[0])
        except BlockingIOError:
            return number
        number += 1


def test_no_other_server_gets_a_share(listeners):
    host, port = listeners[0].getsockname()[:2]
    with pytest.raises(CommandError, match=f"Port {port} is in use by"):
        open_port(host, port)


def test_each_worker_answers_and_is_replaced_when_it_dies(listener, monkeypatch):
    def say_who(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]

    monkeypatch.setattr(wsgi, "application", say_who)
    with serving(listener, WORKERS):
        before = workers_at(listener)
        killed = min(before)
        os.kill(killed, signal.SIGKILL)
        after = workers_at(listener)
    assert len(before) == len(after) == WORKERS
    assert after & before == before - {killed}


@pytest.fixture
def hangup(monkeypatch) -> Iterator[Callable[[signal.Handlers], object]]:
    """Sets what a hangup does; there is a terminal."""
    monkeypatch.setattr("os.isatty", lambda descriptor: True)
    before = signal.getsignal(signal.SIGHUP)
    yield functools.partial(signal.signal, signal.SIGHUP)
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("terminal", [signal.SIGINT, signal.SIGHUP])
def test_what_the_terminal_says_is_for_the_server_which_ends_its_workers(listener, hangup, terminal):
    hangup(signal.SIG_DFL)
    with serving(listener, WORKERS) as server:
        workers = workers_of(server)
        for worker in workers:
            worker.send_signal(terminal)
        time.sleep(0.5)
        assert all(worker.is_running() for worker in workers)
        os.kill(server, terminal)
        assert psutil.wait_procs(workers, timeout=5)[1] == []


def test_under_nohup_it_goes_on_when_the_terminal_closes(listener, hangup):
    hangup(signal.SIG_IGN)
    with serving(listener, WORKERS) as server:
        workers = workers_of(server)
        for process in (*workers, psutil.Process(server)):
            process.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert workers_of(server) == workers


def test_workers_that_are_not_ready_end_at_once(listener, monkeypatch):
    begun = multiprocessing.Semaphore(0)

    def take_long(application):
        begun.release()
        time.sleep(8)

    monkeypatch.setattr("config.server.whole_answers", take_long)
    with serving(listener, WORKERS) as server:
        for _ in range(WORKERS):
            assert begun.acquire(timeout=10)
        workers = psutil.Process(server).children()
        os.kill(server, signal.SIGTERM)
        assert psutil.wait_procs(workers, timeout=4)[1] == []


def test_while_it_finishes_what_it_answers_new_connections_are_refused(listener, monkeypatch):
    begun = multiprocessing.Semaphore(0)

    def slow(environ, start_response):
        begun.release()
        time.sleep(5)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"0"]

    monkeypatch.setattr(wsgi, "application", slow)
    address = listener.getsockname()[:2]
    with serving(listener, WORKERS) as server, ThreadPoolExecutor(1) as elsewhere:
        answer = elsewhere.submit(answer_at, listener)
        assert begun.acquire(timeout=10)
        os.kill(server, signal.SIGTERM)
        assert is_soon_refused(address)
        assert not answer.done()
        assert answer.result() == 0


def test_a_signal_while_it_is_about_to_wait_ends_it(listener):
    server = ApplicationServer(listener, 1)
    server.signal_handler_interrupt(signal.SIGTERM, None)
    interrupt: object = server.main_loop_interrupt
    assert isinstance(interrupt, Interrupt)  # for which test_interrupt.py shows it
    assert interrupt.is_set()


def test_no_worker_is_left_when_the_server_is_killed(listener):
    with serving(listener, WORKERS) as server:
        workers = workers_of(server)
        os.kill(server, signal.SIGKILL)
        assert psutil.wait_procs(workers, timeout=10)[1] == []


@pytest.mark.parametrize("workers", [1, 3])
def test_there_are_as_many_sockets_as_workers(listener, workers):
    with ExitStack() as stack:
        assert len([stack.enter_context(each) for each in one_for_each_worker(listener, workers)]) == workers


def workers_of(server: int) -> list[psutil.Process]:
    """The workers, as soon as they have loaded the application."""
    for _ in range(100):
        found = psutil.Process(server).children()
        if len(found) == WORKERS and all(worker.num_threads() > 3 for worker in found):
            return found
        time.sleep(0.1)
    raise AssertionError("The workers do not start.")


def workers_at(listener: socket.socket) -> set[int]:
    """Which processes answer 50 connections, none of which is refused or left alone."""
    return {answer_at(listener) for _ in range(50)}


def is_soon_refused(address: tuple[str, int]) -> bool:
    for _ in range(30):
        try:
            socket.create_connection(address).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.1)
    return False


def answer_at(listener: socket.socket) -> int:
    host, port = listener.getsockname()[:2]
    with closing(HTTPConnection(host, port, timeout=30)) as client:
        client.request("GET", "/")
        return int(client.getresponse().read())
