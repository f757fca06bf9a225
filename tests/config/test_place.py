import os
from pathlib import Path

import pytest

from config.embedded import EmbeddedError, Server
from config.embedded.place import Account, can_reach, choose_folder, home_folder, is_usable, require_nothing_behind
from tests.serving import open_folder

HOME = Path("/home/me/.local/share/diplomatic-timeline")
ANYONE = Account(12345, 12345)


@pytest.mark.parametrize(
    ("folder", "usable"),
    [
        ("/srv/timeline/.postgres", True),
        ("/srv/my timeline/.postgres", False),
        ("/srv/a,b/.postgres", False),
        ("/srv/it's/.postgres", False),
        ("/srv/Übersicht/.postgres", False),
        ("/srv/" + "x" * 74 + "/.postgres", True),  # 103 bytes with the socket's name
        ("/srv/" + "x" * 75 + "/.postgres", False),
    ],
)
def test_is_usable(folder, usable):
    assert is_usable(Path(folder)) is usable


def test_the_data_is_in_the_project_where_that_is_possible():
    assert choose_folder(Path("/usr"), ".postgres", home=HOME, account=ANYONE) == Path("/usr/.postgres")


def test_each_project_in_an_impossible_place_has_a_folder_of_its_own_elsewhere():
    def choose(project: str, name: str = ".postgres") -> Path:
        return choose_folder(Path(project), name, home=HOME, account=ANYONE)

    assert choose("/srv/a b") == HOME / "4d57b7b614bf.postgres"
    assert choose("/srv/a c") != choose("/srv/a b")
    assert choose("/srv/a b", ".postgres-test") == HOME / "4d57b7b614bf.postgres-test"


def test_a_folder_that_the_account_cannot_get_to_is_not_used(tmp_path):
    closed = tmp_path / "closed"
    project = closed / "project"
    project.mkdir(parents=True)
    closed.chmod(0o700)
    assert choose_folder(project, ".postgres", home=HOME, account=ANYONE).parent == HOME


def test_data_in_a_project_that_was_moved_to_an_impossible_place_gives_error(tmp_path):
    project, home = tmp_path / "my timeline", tmp_path / "home"
    inside = project / ".postgres"
    elsewhere = choose_folder(project, ".postgres", home=home, account=ANYONE)
    assert elsewhere.parent == home

    require_nothing_behind(project, ".postgres", elsewhere)  # a new project
    (inside / "data").mkdir(parents=True)
    with pytest.raises(EmbeddedError) as caught:
        require_nothing_behind(project, ".postgres", elsewhere)
    assert str(caught.value).splitlines()[0] == (
        f"The embedded PostgreSQL cannot be used: there is data in {inside}, which cannot be used under this path: it "
        "has a space or special characters, is too long or cannot be reached by the user that PostgreSQL runs as. "
        f"Move the project back; or move that folder to {elsewhere}, or elsewhere and set EMBEDDED_POSTGRES_DIR."
    )
    require_nothing_behind(project, ".postgres", inside)

    home.mkdir()
    inside.rename(elsewhere)
    require_nothing_behind(project, ".postgres", elsewhere)
    (inside / "data").mkdir(parents=True)
    require_nothing_behind(project, ".postgres", elsewhere)  # which has been used since


def test_a_server_of_a_project_that_was_moved_does_not_start(tmp_path):
    (tmp_path / "my timeline/.postgres/data").mkdir(parents=True)
    folder = tmp_path / "new"
    with pytest.raises(EmbeddedError, match=r"there is data in .*/my timeline/\.postgres, which cannot be used"):
        Server(folder, of_project=(tmp_path / "my timeline", ".postgres")).acquire()
    assert not folder.exists()


@pytest.mark.parametrize(("mode", "reachable"), [(0o700, True), (0o600, False), (0o077, False)])
def test_the_owner_has_the_owners_permissions_only(tmp_path, mode, reachable):
    status = tmp_path.stat()
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    assert can_reach(Account(status.st_uid, status.st_gid), folder) is reachable


def test_all_groups_of_the_user_count(monkeypatch):
    with open_folder() as parent:
        folder = parent / "of-a-group"
        folder.mkdir()
        folder.chmod(0o770)
        monkeypatch.setattr(os, "geteuid", lambda: ANYONE.uid)
        for groups, reachable in (([folder.stat().st_gid], True), ([], False)):
            monkeypatch.setattr(os, "getgroups", lambda groups=groups: groups)
            assert can_reach(ANYONE, folder) is reachable


def test_an_account_without_an_entry_has_the_home_of_its_environment(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 2**31 - 2)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    assert home_folder() == HOME
    monkeypatch.delenv("HOME")
    assert home_folder() == Path("/tmp/.local/share/diplomatic-timeline")
