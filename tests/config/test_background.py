"""Work beside the server."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

SERVER = """
import os, sys, time
from config.background import beside

def work():
    with open(sys.argv[1], "a") as pids:
        print(os.getpid(), file=pids, flush=True)
    if sys.argv[2] == "fail":
        raise ValueError("out of luck")
    time.sleep(60)

with beside(work):
    if sys.argv[2] == "fork" and os.fork() == 0:
        sys.exit()  # as a process of the server that ends
    print("serving", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def serve(tmp_path):
    """Starts a server; gives its process and the file with the ids of those that work beside it."""
    running = []

    def start(how="work"):
        pids = tmp_path / "pids"
        server = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(pids), how],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(server)
        assert server.stdout
        assert server.stdout.readline() == "serving\n"
        return server, pids

    yield start
    for server in running:
        server.kill()
        server.communicate()


def workers(pids, count):
    """The ids of the first so many that worked, when there are as many."""
    found = []
    for _ in range(200):
        found = [int(line) for line in pids.read_text().splitlines()] if pids.exists() else []
        if len(found) >= count:
            break
        time.sleep(0.05)
    assert len(found) >= count
    return found[:count]


def ends(pid):
    """Whether a process ends soon."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_it_ends_with_the_server(serve):
    server, pids = serve()
    (worker,) = workers(pids, 1)

    server.communicate("")

    assert server.returncode == 0
    assert ends(worker)


def test_it_ends_when_the_server_is_killed(serve):
    server, pids = serve()
    (worker,) = workers(pids, 1)

    server.kill()

    assert ends(worker)


def test_it_begins_again_when_it_is_killed_and_when_it_fails(serve):
    _, pids = serve()
    (worker,) = workers(pids, 1)

    os.kill(worker, signal.SIGKILL)

    first, second = workers(pids, 2)
    assert (first, first != second) == (worker, True)


def test_the_end_of_a_terminal_ends_neither_it_nor_who_begins_it_again(serve):
    """The server may go on without one."""
    _, pids = serve()
    (worker,) = workers(pids, 1)
    keeper = psutil.Process(worker).ppid()

    for process in (keeper, worker):
        os.kill(process, signal.SIGHUP)
    time.sleep(0.5)
    assert psutil.Process(worker).status() != psutil.STATUS_ZOMBIE
    os.kill(worker, signal.SIGKILL)
    assert len(workers(pids, 2)) == 2


def test_what_it_failed_of_is_printed(serve):
    server, pids = serve("fail")
    workers(pids, 2)

    assert "ValueError: out of luck" in server.communicate("")[1]


def test_a_process_of_the_server_that_ends_leaves_it_alone(serve):
    server, pids = serve("fork")
    (worker,) = workers(pids, 1)

    time.sleep(0.5)

    os.kill(worker, 0)
    assert server.poll() is None
