"""Which code this is. The same data is shown by it in the same way, and perhaps in another way by any other."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

FOLDERS = ("config", "events", "timeline")
SUFFIXES = {".css", ".html", ".js", ".json", ".py"}
REQUIREMENTS = "requirements.txt"
"""Which libraries it runs with; other versions of them may show the same in another way too."""


@functools.cache
def build() -> str:
    """A hash of the project's files, made once by each process: they are some hundred, of little more than a megabyte.

    It is the same on all machines that run the same code, and stays when they are started again.
    """
    return hash_of(settings.BASE_DIR)


def hash_of(root: Path) -> str:
    """A hash of the names and contents of the files; of no times, since each copy of the project has others."""
    found = hashlib.sha256()
    for path in sorted(_files(root)):
        name, content = path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes())
        found.update(name.encode() + b"\0" + content.digest())
    return found.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    if (root / REQUIREMENTS).is_file():
        yield root / REQUIREMENTS
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.suffix in SUFFIXES and path.is_file():
                yield path
