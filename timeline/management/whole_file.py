"""A file that a command writes, which is there only when it is whole."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from timeline.management.detachable import lead_nowhere

STANDARD_OUTPUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


@contextmanager
def whole_file(name: str) -> Iterator[BinaryIO]:
    """A new file that takes the place of the one that `name` is, or leads to, when it is whole.

    `STANDARD_OUTPUT` is what it says, whatever it leads to. A device or a pipe is written to as it is: nothing may take
    its place.
    """
    named = Path(name)
    if name in STANDARD_OUTPUT:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            lead_nowhere(sys.stdout)
            raise
    elif named.exists() and not named.is_file():
        with named.open("wb") as file:
            yield file
    else:
        with _in_place_of(named.resolve()) as file:
            yield file


@contextmanager
def _in_place_of(target: Path) -> Iterator[BinaryIO]:
    descriptor, unfinished = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        _let_read(unfinished, as_of=target)
        os.replace(unfinished, target)
    except BaseException:
        os.unlink(unfinished)
        raise


def _let_read(unfinished: str, as_of: Path) -> None:
    """Whoever may read the one that is there may read it, and nobody else; else as if it had been made in the usual
    way. Its owner and group stay as far as whoever writes it may give them."""
    if as_of.exists():
        there = as_of.stat()
        for ids in ((there.st_uid, -1), (-1, there.st_gid)):
            with suppress(OSError):  # also where they have no number here, in a container, or there are no owners
                os.chown(unfinished, *ids)
        mode = stat.S_IMODE(there.st_mode)
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.chmod(unfinished, mode)  # last: to give it to others takes rights off it
