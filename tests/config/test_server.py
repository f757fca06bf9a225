"""A real PostgreSQL in a folder of its own: it is killed, shared and stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from config.embedded import SAFE, EmbeddedError, Server, forget_other_servers
from config.embedded.place import SOCKET_NAME, server_account
from config.embedded.server import _not_started, runs
from tests.serving import open_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as parent:
        yield parent / "postgres"


@pytest.fixture
def server(folder) -> Iterator[Server]:
    server = Server(folder, tuning=SAFE | {"shared_buffers": "16MB"})
    server.acquire()
    yield server
    server.release()


def run(server: Server, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(host=str(server.folder), user="postgres", dbname=server.database) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def kill(server: Server) -> int:
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def test_sorting_does_not_depend_on_the_machine(server):
    statement = "SELECT datlocprovider::text, datlocale, datcollate FROM pg_database WHERE datname = 'timeline'"
    assert run(server, statement) == [("b", "C.UTF-8", "C")]


def test_only_the_owner_gets_to_the_socket_and_there_is_no_port(server):
    assert server.folder.stat().st_mode & 0o777 == 0o700
    assert server.folder.stat().st_uid == server_account().uid
    # Even where the folder was there before, and others may enter it.
    assert (server.folder / SOCKET_NAME).stat().st_mode & 0o777 == 0o700
    assert run(server, "SHOW listen_addresses") == [("",)]


def test_it_has_nothing_of_our_environment_and_keeps_its_memory(server, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "secret")
    server.release()
    server.acquire()
    try:
        environment = psutil.Process(server.pid()).environ()
    except psutil.AccessDenied:
        pytest.skip("Root of a container does not see the environment of another account's process.")
    assert environment == {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "MALLOC_TRIM_THRESHOLD_": "33554432",
        "MALLOC_MMAP_THRESHOLD_": "16777216",
    }


def test_what_the_environment_says_of_another_server_is_forgotten(server, monkeypatch):
    server.release()
    other = {"PGPORT": "5433", "PGHOSTADDR": "127.0.0.1", "PGSERVICE": "another", "PGOPTIONS": "-c search_path=another"}
    for name, value in other.items():
        monkeypatch.setenv(name, value)
    forget_other_servers()
    assert server.acquire()
    assert run(server, "SHOW search_path") == [('"$user", public',)]


def test_it_is_forgotten_where_the_embedded_server_is_used():
    found = {}
    for name, url in (("embedded", ""), ("own", "postgresql://localhost/timeline")):
        environment = {**os.environ, "PGSERVICE": "another", "DATABASE_URL": url}
        asked = "import os; import config.settings; print(os.environ.get('PGSERVICE'))"
        done = subprocess.run(
            [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
        )
        found[name] = done.stdout.strip()
    assert found == {"embedded": "None", "own": "another"}


def test_why_an_earlier_server_does_not_answer_is_said(server, monkeypatch):
    monkeypatch.setattr("config.embedded.server.PATIENCE", 0.1)
    monkeypatch.setenv("PGREQUIREAUTH", "password")
    same = Server(server.folder, tuning=server.tuning)
    with pytest.raises(EmbeddedError, match=r"neither answers nor ends: .*authentication"):
        same.acquire()


def test_after_a_kill_nothing_is_lost(server):
    run(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    killed = kill(server)
    successor = Server(server.folder, tuning=server.tuning)
    assert successor.acquire() is True
    assert successor.pid() not in (killed, None)
    assert run(successor, "SELECT count(*) FROM kept") == [(1000,)]
    successor.release()


def test_it_is_started_again_if_it_was_killed(server):
    run(server, "CREATE TABLE still_there AS SELECT 1 AS number")
    assert server.revive() is False
    before = kill(server)
    while server.pid():
        time.sleep(0.01)

    assert server.revive() is True
    assert server.pid() not in (None, before)
    assert run(server, "SELECT number FROM still_there") == [(1,)]
    assert server.revive() is False


def test_a_session_that_is_still_busy_when_the_server_is_killed_does_not_prevent_the_next(server):
    busy = psycopg.connect(host=str(server.folder), user="postgres", dbname="timeline")
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000)")  # notices nothing for long
    time.sleep(0.2)
    kill(server)
    successor = Server(server.folder, tuning=server.tuning)
    assert successor.acquire() is True
    busy.close()
    successor.release()


@pytest.mark.parametrize("number", [str(os.getpid()), "1", "", "nonsense"], ids=["ours", "init", "blank", "nonsense"])
def test_a_process_number_that_someone_else_has_by_now_is_not_the_server(server, number):
    server.release()
    for name in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
        (server.folder / name).write_text(f"{number}\n{server.folder}/data\n")
    assert server.acquire() is True
    assert server.pid() not in (None, os.getpid(), 1)


HOLD = """
import sys
from pathlib import Path
from config.embedded import Server
server = Server(Path(sys.argv[1]))
print(server.acquire(), flush=True)
sys.stdin.read()
print(server.release(), flush=True)
"""


def test_the_last_one_out_stops_it(server):
    pid = server.pid()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(server.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "False\n"  # shares it
        assert server.release() is False  # the other one still uses it
        assert server.pid() == pid
        assert other.communicate()[0] == "True\n"
    assert server.pid() is None


def test_a_user_that_was_killed_does_not_keep_it_running(server):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(server.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
    assert server.release() is True


def test_many_at_once_start_one(server):
    server.release()
    others = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD, str(server.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert sorted(other.stdout.readline() for other in others if other.stdout) == ["False\n", "False\n", "True\n"]
    assert sorted(other.communicate()[0] for other in others) == ["False\n", "False\n", "True\n"]
    assert server.pid() is None


def test_a_fork_does_not_stop_it(server):
    child = os.fork()
    if child == 0:
        os._exit(1 if server.release() else 0)
    assert os.waitpid(child, 0)[1] == 0
    assert server.pid() is not None


@pytest.fixture
def _hidden_folders(monkeypatch):
    """Root in a container does not see in which folder the processes of another account work."""

    def cwd(process: psutil.Process) -> str:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "cwd", cwd)


@pytest.mark.usefixtures("_hidden_folders")
def test_where_folders_are_hidden_it_is_recognised_and_stopped(server):
    assert server.revive() is False
    first = psutil.Process(server.pid())
    for _ in range(100):  # a process for a session or for upkeep may come or go between the two looks, or get its title
        family = [first, *(process for process in first.children() if runs(process))]
        found = {process.pid for process in server._processes()}
        if len(family) > 1 and found == {process.pid for process in family}:
            break
        time.sleep(0.05)
    assert len(family) > 1
    assert found == {process.pid for process in family}
    assert server.release() is True
    assert [process for process in family if runs(process)] == []


@pytest.mark.usefixtures("_hidden_folders")
def test_where_folders_are_hidden_a_busy_session_does_not_prevent_the_next_server(server):
    test_a_session_that_is_still_busy_when_the_server_is_killed_does_not_prevent_the_next(server)


@pytest.mark.usefixtures("_hidden_folders")
def test_where_folders_are_hidden_the_server_of_another_folder_is_not_ours(server):
    with open_folder() as parent:
        other = Server(parent / "postgres", tuning=server.tuning)
        other.acquire()
        try:
            theirs = psutil.Process(other.pid())
            others = {theirs.pid, *(process.pid for process in theirs.children())}
            assert {process.pid for process in server._processes()} & others == set()
            (server.folder / "data/postmaster.pid").rename(server.folder / "kept")
            (server.folder / "data/postmaster.pid").write_text(f"{theirs.pid}\n")
            assert server.pid() is None
            (server.folder / "kept").rename(server.folder / "data/postmaster.pid")
        finally:
            other.release()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root has what is taken away here")
def test_root_of_a_container_stops_it(server):
    server.release()
    less = ["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"]
    with subprocess.Popen(
        [*less, sys.executable, "-c", HOLD, str(server.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        process = psutil.Process(server.pid())
        assert other.communicate()[0] == "True\n"
    assert not runs(process)


def test_data_of_another_version_gives_error(server):
    server.release()
    version = server.folder / "data" / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(EmbeddedError, match=r"is of PostgreSQL 16, not 18\.\n.*\n  DATABASE_URL=postgresql://"):
        server.acquire()
    version.write_text("18\n")


def test_why_it_does_not_start_is_said(server):
    server.release()
    broken = Server(server.folder, tuning={**server.tuning, "shared_buffers": "many"})
    with pytest.raises(
        EmbeddedError, match=r'it does not start\. Its log says:\n  .*FATAL:  invalid value for .*"many"'
    ):
        broken.acquire()


REFUSED = "FATAL:  the database system is not yet accepting connections"
RECOVERY = ["LOG:  startup process (PID 9) exited with exit code 1", "LOG:  database system is shut down"]


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (
            [REFUSED, "FATAL:  data directory has wrong permissions", REFUSED, *RECOVERY],
            "it does not start. Its log says:\n  FATAL:  data directory has wrong permissions\nUse a PostgreSQL",
        ),
        (
            [REFUSED, 'PANIC:  could not write to file "x": No space left on device', REFUSED, *RECOVERY],
            "its disk is full. Make room there, and it starts with all its data:\n"
            '  PANIC:  could not write to file "x": No space left on device',
        ),
        (RECOVERY, "it does not start. Its log says:\n  " + "\n  ".join(RECOVERY) + "\nUse a PostgreSQL"),
    ],
)
def test_what_a_log_tells_of_a_server_that_does_not_start(log, said):
    message = str(_not_started("\n".join(log)))
    assert message.startswith(f"The embedded PostgreSQL cannot be used: {said}")
    assert ("DATABASE_URL" in message) == ("disk is full" not in message)


def test_a_folder_with_a_space_gives_error():
    with pytest.raises(EmbeddedError, match=r"its folder cannot be /srv/a b: .* Set EMBEDDED_POSTGRES_DIR"):
        Server(Path("/srv/a b")).acquire()


def test_nothing_is_left_running(folder):
    assert [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(folder / "data")] == []
