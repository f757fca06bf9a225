"""What tells one code from another."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from django.conf import settings

from timeline.build import build, hash_of


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "timeline/templates").mkdir(parents=True)
    (folder / "timeline/views.py").write_text("x = 1\n")
    (folder / "timeline/templates/page.html").write_text("<p>A page</p>\n")
    return folder


def test_the_build_is_the_hash_of_this_project():
    assert build() == hash_of(settings.BASE_DIR)
    assert re.fullmatch("[0-9a-f]{64}", build())


def test_it_is_the_same_on_all_machines(project, tmp_path):
    before = hash_of(project)
    copy = shutil.copytree(project, tmp_path / "elsewhere")
    os.utime(copy / "timeline/views.py", (0, 0))
    (copy / "timeline/__pycache__").mkdir()
    (copy / "timeline/__pycache__/views.cpython-311.pyc").write_bytes(b"compiled")
    (copy / "timeline/.#views.py").symlink_to("what-an-editor-has-open")
    (copy / "tests").mkdir()
    (copy / "tests/test_views.py").write_text("")

    assert hash_of(copy) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("timeline/views.py", "x = 2\n"),
        ("timeline/templates/page.html", "<p>Another page</p>\n"),
        ("timeline/more.py", ""),
        ("events/data.json", "{}"),
        ("config/settings.py", ""),
        ("requirements.txt", "django==5.2.1\n"),
    ],
)
def test_it_is_another_one_for_other_code(project, name, content):
    before = hash_of(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text(content)

    assert hash_of(project) != before


def test_it_is_another_one_where_a_file_has_another_name(project):
    before = hash_of(project)
    (project / "timeline/views.py").rename(project / "timeline/pages.py")

    assert hash_of(project) != before
