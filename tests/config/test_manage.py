import os
import subprocess
import sys

import pytest
from django.conf import settings

from manage import needs_database


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("", False),
        ("help migrate", False),
        ("migrate --help", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("migrate", True),
        ("shell", True),
        ("serve", False),
    ],
)
def test_needs_database(line, needed):
    assert needs_database(line.split()) is needed


def manage(command, **environment):
    """Runs a command in a process of its own, with more in its environment."""
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_a_bad_environment_ends_in_one_line():
    result = manage("migrate", DATABASE_URL="sqlite:///data.db")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: DATABASE_URL is 'sqlite://…'. "
        "It must be the address of a PostgreSQL, such as postgresql://user:password@localhost:5432/timeline.\n"
    )


def test_a_host_that_no_request_has_ends_in_one_line():
    result = manage("check", ALLOWED_HOSTS="localhost,*.example.org")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ALLOWED_HOSTS is '*.example.org'. It must be a host name without scheme,")
    assert result.stderr.count("\n") == 1
