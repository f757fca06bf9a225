"""Starts, shares and stops the embedded PostgreSQL of one folder.

What is true at any moment is told by locks that the kernel drops when a process ends, however it ends:

- `start.lock` is held for as long as someone starts or stops the server.
- `users.lock` is held, shared, by every process that uses the server. Who can have it alone was the last one, and
  stops the server.
- `server.lock` is handed on to PostgreSQL itself, so it is held until the last process of the server has gone. While it
  is free, a `postmaster.pid` is what a killed server left behind, whatever process has that number by now.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from config.embedded.installation import MAJOR_VERSION, programs_for
from config.embedded.place import (
    LONGEST_SOCKET_PATH,
    SOCKET_NAME,
    Account,
    EmbeddedError,
    can_reach,
    is_usable,
    make_open_folder,
    require_account,
    require_nothing_behind,
)

PATIENCE = 60  # seconds for a start (recovery after a crash takes a while) and for a stop
ORPHANS_MAY_TAKE = 2  # seconds until processes that have lost their server are killed

# How to run the server: SAFE for data that is worth something, FAST for tests.
SAFE = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "0",  # the cores have requests to answer; spares /dev/shm, small in containers
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
FAST = SAFE | {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

MEMORY_KEPT = {"MALLOC_TRIM_THRESHOLD_": "33554432", "MALLOC_MMAP_THRESHOLD_": "16777216"}
"""How much memory the C library (glibc) keeps between queries, in bytes. With its defaults, PostgreSQL gives back what
it joined the documents of a page in, and gets it again for the next page, 80 times a page fault."""


def forget_other_servers() -> None:
    """Takes what libpq reads there (PGHOSTADDR, PGSERVICE, …) out of this process's environment: it is of a server of
    the user's own, and goes before what is said of the embedded one, or beside it."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


FATAL = re.compile("(?:FATAL|PANIC): +(?! |the database system is )")
"""In a line of PostgreSQL's log that says why it ends. It also says so where it only refuses a connection as yet."""


def _not_started(log: str) -> EmbeddedError:
    """The error for a server with this log: with the lines that say why, or else the last ones."""
    lines = log.strip().splitlines()
    told = "\n  ".join(([line for line in lines if FATAL.search(line)] or lines)[-5:])
    if os.strerror(errno.ENOSPC) in told:
        return EmbeddedError(f"its disk is full. Make room there, and it starts with all its data:\n  {told}", "")
    return EmbeddedError(f"it does not start. Its log says:\n  {told}")


@dataclass
class Server:
    """The embedded PostgreSQL in `folder`: `acquire()` before use, `release()` after it. Making one starts nothing."""

    folder: Path
    database: str = "timeline"
    tuning: dict[str, str] = field(default_factory=lambda: SAFE)
    of_project: tuple[Path, str] | None = None
    """The project that has the folder, perhaps elsewhere, and the folder's name within it."""

    def __post_init__(self) -> None:
        self._held: tuple[int, int] | None = None  # the process that acquired, its descriptor of users.lock
        self._refusal = ""  # why the server did not answer, the last time it did not

    def settings(self) -> dict[str, Any]:
        """Django's settings for a connection; they hold whether or not the server runs."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.database,
            "USER": "postgres",
            "PASSWORD": "",
            "HOST": str(self.folder),
            "PORT": "5432",
        }

    def acquire(self) -> bool:
        """Start the server, or share the one that runs. True when it was started. Raises `EmbeddedError`."""
        if self._held and self._held[0] == os.getpid():
            return False
        self._require_usable_folder()
        if self.of_project:
            require_nothing_behind(*self.of_project, self.folder)
        try:
            account = require_account(self.folder)
            self._make_folder(account)
            with self._start_lock(account):
                users = self._open("users.lock", account)
                fcntl.flock(users, fcntl.LOCK_SH)
                self._held = (os.getpid(), users)
                started = self._start_if_ended(account)
                self._ensure_database()
        except BaseException as error:  # a signal, too: what was started is stopped
            self.release()
            if isinstance(error, (OSError, psycopg.Error)):
                raise EmbeddedError(f"{error} (see {self.folder / 'log'})") from error
            raise
        return started

    def revive(self) -> bool:
        """Start the server again if it has ended by itself, killed for its memory perhaps. True when it was started.

        Only while a process uses it that calls this, or that this is a fork of. Raises `EmbeddedError`.
        """
        if self._postmaster() is not None:
            return False
        try:
            account = require_account(self.folder)
            with self._start_lock(account):
                return self._start_if_ended(account)
        except OSError as error:
            raise EmbeddedError(f"{error} (see {self.folder / 'log'})") from error

    def release(self) -> bool:
        """Stop using the server; stops it if nobody else does. True when it was stopped.

        Does nothing in a process that did not acquire it itself, such as a fork of one that did.
        """
        if not self._held or self._held[0] != os.getpid():
            return False
        users, self._held = self._held[1], None
        with self._start_lock(require_account(self.folder)):
            fcntl.flock(users, fcntl.LOCK_UN)
            last = _try_lock(users)
            if last:
                self._stop()
            os.close(users)
        return last

    def pid(self) -> int | None:
        """The process number of the running server, if it runs."""
        process = self._postmaster()
        return process.pid if process else None

    # Starting

    def _require_usable_folder(self) -> None:
        if not is_usable(self.folder):
            raise EmbeddedError(
                f"its folder cannot be {self.folder}: the path may have no spaces or special characters and "
                f"at most {LONGEST_SOCKET_PATH - len(SOCKET_NAME) - 1} characters. Set EMBEDDED_POSTGRES_DIR."
            )

    def _make_folder(self, account: Account) -> None:
        if not self.folder.exists():
            make_open_folder(self.folder.parent)
            self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.folder.stat().st_uid != account.uid:  # only root gets here
            if any(self.folder.iterdir()):
                raise EmbeddedError(f"{self.folder} is not empty and belongs to root, who may not run PostgreSQL.")
            os.chown(self.folder, account.uid, account.gid)
        if not can_reach(account, self.folder):
            raise EmbeddedError(
                f"the unprivileged user it runs as cannot get to {self.folder}. Set EMBEDDED_POSTGRES_DIR."
            )

    def _start_if_ended(self, account: Account) -> bool:
        ended = not self._accepts_connections()
        if ended:
            self._start(account)
        return ended

    def _start(self, account: Account) -> None:
        programs = programs_for(account)
        lock = self._wait_until_gone(account)
        if lock is None:  # it was only busy starting or recovering
            return
        try:
            self._create_data(programs, account)
            for stale in ("data/postmaster.pid", SOCKET_NAME, f"{SOCKET_NAME}.lock"):
                (self.folder / stale).unlink(missing_ok=True)  # names a process that is not the server any more
            log = self.folder / "log"
            if log.exists():
                log.replace(self.folder / "log.previous")
            with os.fdopen(self._open("log", account), "ab") as output:
                options = {
                    **self.tuning,
                    "listen_addresses": "",
                    "unix_socket_directories": str(self.folder),
                    "cluster_name": self._name,
                    # There are no passwords, and a folder that was there before may be open to others.
                    "unix_socket_permissions": "0700",
                }
                arguments = [f"--{name}={value}" for name, value in options.items()]
                process = subprocess.Popen(
                    [programs / "postgres", "-D", self._data, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=[lock],
                    start_new_session=True,  # Ctrl-C is for us; we stop the server when nobody uses it any more
                    **_as(account),
                )
        finally:
            os.close(lock)  # PostgreSQL has its own now
        process.returncode = 0  # it outlives us: not for subprocess to wait for
        try:
            self._wait_until_ready(process.pid)
        except BaseException:
            os.kill(process.pid, signal.SIGINT)
            raise

    def _create_data(self, programs: Path, account: Account) -> None:
        version = self._data / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != MAJOR_VERSION:
                raise EmbeddedError(f"the data in {self._data} is of PostgreSQL {found}, not {MAJOR_VERSION}.")
            return
        for left_behind in self.folder.glob("unfinished-*"):
            shutil.rmtree(left_behind, ignore_errors=True)  # an initdb that is being killed may still write there
        # Renamed when done, so that an interrupted initdb leaves nothing that looks like data.
        unfinished = self.folder / f"unfinished-{os.getpid()}"
        arguments: list[str | Path] = ["-D", unfinished, "-U", "postgres", "--auth=trust", "--no-instructions"]
        # Sorting by code point, the same everywhere: the system's own collations differ between machines.
        arguments += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        result = subprocess.run([programs / "initdb", *arguments], capture_output=True, text=True, **_as(account))
        if result.returncode:
            raise EmbeddedError(f"initdb failed: {result.stderr.strip() or result.stdout.strip()}")
        unfinished.rename(self._data)

    def _wait_until_gone(self, account: Account) -> int | None:
        """A descriptor that holds server.lock, once an earlier server has gone entirely; None if that one came up."""
        lock = self._open("server.lock", account)
        began = time.monotonic()
        while not (_try_lock(lock) and self._postmaster() is None):
            if self._accepts_connections():
                os.close(lock)
                return None
            waited = time.monotonic() - began
            if waited > PATIENCE:
                os.close(lock)
                raise EmbeddedError(
                    f"an earlier server in {self.folder} neither answers nor ends: {self._refusal.strip()}"
                )
            if waited > ORPHANS_MAY_TAKE and self._postmaster() is None:
                for process in self._processes():
                    process.kill()  # what was committed is in the log that the next start reads
            time.sleep(0.05)
        return lock

    def _wait_until_ready(self, pid: int) -> None:
        process = psutil.Process(pid)
        began = time.monotonic()
        while not self._accepts_connections():
            waited = time.monotonic() - began
            if not runs(process) or waited > PATIENCE:
                raise _not_started((self.folder / "log").read_text(errors="replace"))
            time.sleep(0.02 if waited < 1 else 0.2)  # each refusal is two lines of the log

    def _ensure_database(self) -> None:
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))

    def drop_databases(self, prefix: str) -> None:
        """Drop the databases whose names begin with `prefix`; they must not be in use."""
        with self._connect() as connection:
            names = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
            for (name,) in names.fetchall():
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    # Stopping

    def _stop(self) -> None:
        process = self._postmaster()
        if process is None:
            return
        process.send_signal(signal.SIGINT)  # "fast shutdown": ends sessions, writes everything down
        began = time.monotonic()
        while runs(process):  # process.wait() would wait for its parent to reap it, too
            if time.monotonic() - began > PATIENCE:
                raise EmbeddedError(f"the server (process {process.pid}) does not end.")
            time.sleep(0.02)

    # Looking

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(
            host=str(self.folder), port=5432, user="postgres", dbname="postgres", autocommit=True, connect_timeout=10
        )

    def _accepts_connections(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError as error:
            self._refusal = str(error)
            return False
        return True

    def _postmaster(self) -> psutil.Process | None:
        """The process that postmaster.pid names, if it is alive and really is the server of this folder."""
        try:
            process = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return None
        return process if self._is_ours(process) else None

    def _processes(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return runs(process) and process.name().startswith("postgres") and self._works_here(process)
        except (psutil.Error, OSError):
            return False

    def _works_here(self, process: psutil.Process) -> bool:
        try:
            return Path(process.cwd()).samefile(self._data)  # every process of a server works in its data folder
        except psutil.AccessDenied:
            # Of another account's process, root sees the folder with CAP_SYS_PTRACE alone, which a container does not
            # give it. Anybody sees what it was started with, or calls itself since.
            match process.cmdline():
                case [_, "-D", data, *_]:
                    return Path(data).samefile(self._data)
                case [title, *_]:
                    return title.startswith(f"postgres: {self._name}: ")
            return False

    @property
    def _name(self) -> str:
        """What each process of the server but the first has in its title; a path may be too long for that."""
        return "timeline-" + hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:12]

    # Locks

    @contextmanager
    def _start_lock(self, account: Account) -> Iterator[None]:
        descriptor = self._open("start.lock", account)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _open(self, name: str, account: Account) -> int:
        descriptor = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if os.fstat(descriptor).st_uid != account.uid:  # root: so that the user can open it too
            os.fchown(descriptor, account.uid, account.gid)
        return descriptor


def runs(process: psutil.Process) -> bool:
    """Whether it has not ended; where nobody takes note of its end it stays as a zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _as(account: Account) -> dict[str, Any]:
    """Arguments for a subprocess that runs as `account`, in a place it can be in, with nothing of our environment."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", **MEMORY_KEPT}
    common: dict[str, Any] = {"cwd": "/", "env": environment, "umask": 0o077}
    if os.geteuid() == 0:
        common |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return common
