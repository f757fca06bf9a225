"""Where the embedded PostgreSQL keeps its data, and as which user it runs."""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # bytes; macOS allows 103, Linux 107

# The folder is the `host` of a connection: there a comma separates two hosts, and a space or a quote would need
# escapes that differ between the server's configuration and the driver.
UNSAFE = re.compile(r"[^A-Za-z0-9._/+@~=-]")


INSTEAD = """
Use a PostgreSQL (15 or newer) of your own instead, for example:
  DATABASE_URL=postgresql://user:password@localhost:5432/timeline"""


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the message says why and what to do."""

    def __init__(self, reason: str, instead: str = INSTEAD) -> None:
        super().__init__(f"The embedded PostgreSQL cannot be used: {reason}{instead}")


@dataclass(frozen=True)
class Account:
    """A system user, as the file permissions see it."""

    uid: int
    gid: int


NOBODY_IN_PARTICULAR = Account(-1, -1)  # owns nothing: only what is open to everyone is open to it


def choose_folder(project: Path, name: str, *, home: Path, account: Account) -> Path:
    """The folder for the data of `project`, as seen by the `account` that the server runs as.

    That is `name` in the project, unless a socket there is impossible (unsafe characters, path too long) or the account
    cannot get there; then it is a folder in `home` named after the project's path. The same answer every time.
    """
    inside = project / name
    if is_usable(inside) and can_reach(account, project):
        return inside
    digest = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
    return home / (digest + name)


def require_nothing_behind(project: Path, name: str, folder: Path) -> None:
    """Refuses to begin an empty database in `folder`, while the one of before lies in the project, which was moved."""
    inside = project / name
    if folder != inside and _has_data(inside) and not _has_data(folder):
        raise EmbeddedError(
            f"there is data in {inside}, which cannot be used under this path: it has a space or special characters, "
            f"is too long or cannot be reached by the user that PostgreSQL runs as. Move the project back; or move "
            f"that folder to {folder}, or elsewhere and set EMBEDDED_POSTGRES_DIR."
        )


def _has_data(folder: Path) -> bool:
    try:
        (folder / "data").stat()
    except PermissionError:  # of another user: not ours to say that there is none
        return True
    except OSError:
        return False
    return True


def is_usable(folder: Path) -> bool:
    """True when a socket in `folder` can be both made and named in a connection."""
    socket = folder / SOCKET_NAME
    return not UNSAFE.search(str(folder)) and len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH


def can_reach(account: Account, folder: Path) -> bool:
    """True when `account` may pass through `folder` and all its parents."""
    return all(_allows(account, parent, 0o1) for parent in (folder, *folder.parents) if parent.exists())


def can_read(account: Account, file: Path) -> bool:
    """True when `account` may get to `file` and read it."""
    return can_reach(account, file.parent) and _allows(account, file, 0o4)


def _allows(account: Account, path: Path, bit: int) -> bool:
    status = path.stat()
    if status.st_uid == account.uid:
        bit <<= 6
    elif status.st_gid == account.gid or (account.uid == os.geteuid() and status.st_gid in os.getgroups()):
        bit <<= 3
    return bool(stat.S_IMODE(status.st_mode) & bit)


def home_folder() -> Path:
    """Where data goes that cannot be in the project: of the machine for root, of the user for everyone else."""
    if os.geteuid() == 0:
        return Path("/var/lib/diplomatic-timeline")
    base = os.environ.get("XDG_DATA_HOME") or Path(_home(), ".local/share")
    return Path(base, "diplomatic-timeline")


def _home() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:  # containers may run as anybody
        return os.environ.get("HOME") or "/tmp"


def make_open_folder(folder: Path) -> None:
    """Make `folder`, and the missing ones above it, so that the server's user can pass whatever the umask is."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)


def server_account() -> Account:
    """The account the server would run as, without creating it. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    return _unprivileged() or NOBODY_IN_PARTICULAR


def require_account(folder: Path) -> Account:
    """The account to run the server as for the data in `folder`; root creates one if there is none."""
    owner = _owner(folder)
    if os.geteuid() != 0:
        account = Account(os.geteuid(), os.getegid())
        if owner and owner.uid != account.uid:
            raise EmbeddedError(
                f"{folder} belongs to another user ({_name(owner.uid)}). Start it as that user (or as root), "
                "or set EMBEDDED_POSTGRES_DIR to a folder of your own."
            )
        return account
    if owner and owner.uid != 0:
        return owner
    return _unprivileged() or _create_account()


def _owner(folder: Path) -> Account | None:
    try:
        status = folder.stat()
    except FileNotFoundError:
        return None
    return Account(status.st_uid, status.st_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _unprivileged(names: tuple[str, ...] = ("postgres", "pgserver")) -> Account | None:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return None


def _create_account() -> Account:
    """A new system user `pgserver`, or `nobody` on a machine without useradd."""
    if program := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        command = [program, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", "pgserver"]
        subprocess.run(command, check=False, capture_output=True)
    account = _unprivileged(("pgserver", "nobody"))
    if account is None:
        raise EmbeddedError("PostgreSQL refuses to run as root, and there is no other user to run it as.")
    return account
