"""Files that commands write."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys

import pytest

from timeline.management.whole_file import whole_file


def test_it_takes_the_place_of_the_other_one_when_it_is_whole(tmp_path):
    (tmp_path / "file").write_text("before")

    with whole_file(str(tmp_path / "file")) as file:
        file.write(b"after")
        file.flush()
        assert (tmp_path / "file").read_text() == "before"

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "after"}


def test_whoever_may_read_the_one_that_was_there_may_read_it_and_nobody_else(tmp_path):
    (tmp_path / "file").write_text("before")
    (tmp_path / "file").chmod(0o600)
    for name in ("file", "new"):
        with whole_file(str(tmp_path / name)) as file:
            file.write(b"after")
    (tmp_path / "usual").write_text("")

    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("file", "new", "usual")]
    assert modes == [0o600, modes[2], modes[2]]


def test_it_stays_that_of_its_owner_and_group(tmp_path):
    as_root = os.geteuid() == 0
    owner, group = (12_345, 23_456) if as_root else (os.geteuid(), max(os.getgroups(), default=os.getegid()))
    (tmp_path / "file").write_text("before")
    os.chown(tmp_path / "file", owner, group)
    (tmp_path / "file").chmod(0o640)

    with whole_file(str(tmp_path / "file")) as file:
        file.write(b"after")

    now = (tmp_path / "file").stat()
    assert (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == (owner, group, 0o640)


@pytest.mark.parametrize("error", [PermissionError(), OSError(errno.EINVAL, "Invalid argument")])
def test_who_cannot_give_it_to_others_writes_it_all_the_same(tmp_path, monkeypatch, error):
    def refused(*_):
        raise error

    (tmp_path / "file").write_text("before")
    monkeypatch.setattr(os, "chown", refused)

    with whole_file(str(tmp_path / "file")) as file:
        file.write(b"after")

    assert (tmp_path / "file").read_text() == "after"


def test_an_error_leaves_what_was_there(tmp_path):
    (tmp_path / "file").write_text("before")

    with pytest.raises(ZeroDivisionError), whole_file(str(tmp_path / "file")) as file:
        file.write(b"%d" % (1 / 0))

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "before"}


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one(tmp_path, there):
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.parent.mkdir()
    if there:
        target.write_text("before")
    link.symlink_to(target)

    with whole_file(str(link)) as file:
        file.write(b"after")

    assert link.is_symlink()
    assert target.read_text() == "after"


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_standard_output_is_that_whatever_it_leads_to(monkeypatch, name):
    output = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", output)

    with whole_file(name) as file:
        file.write(b"written")

    assert output.buffer.getvalue() == b"written"


def test_what_is_no_file_stays_what_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with whole_file(str(pipe)) as file:
            file.write(b"read")
        assert os.read(reader, 10) == b"read"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
