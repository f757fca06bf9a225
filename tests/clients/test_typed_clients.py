"""Generators make clients of the OpenAPI description whose types hold, when checked and when run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import tool
from tests.timeline.test_schema import SNAPSHOT

pytestmark = pytest.mark.django_db  # else pytest-django makes no database for `api`

HERE = Path(__file__).resolve().parent
STRICT = "--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes"
TARGET = "--target es2022 --lib es2022,dom,dom.iterable --module commonjs"


def run(*command, cwd, **environment):
    """What a program prints; the test fails if the program does."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_typescript(node_modules, api, tmp_path):
    node = tool("node", "nodejs")
    run(node, node_modules / "openapi-typescript/bin/cli.js", SNAPSHOT, "-o", "api.d.ts", cwd=tmp_path)
    shutil.copy(HERE / "typed.ts", tmp_path)
    run(node, node_modules / "typescript/bin/tsc", *STRICT.split(), *TARGET.split(), "typed.ts", cwd=tmp_path)

    assert run(node, "typed.js", api, cwd=tmp_path).splitlines() == [
        "Landau und Gor besuchen Kasachstan und Usbekistan | Oktober 2025 | month | Tashkent, Almaty and Astana "
        "| KZ,US,UZ",
        "null",
        "1",
        "coutnry: There is no parameter 'coutnry' here. Did you mean 'country'?",
    ]


@pytest.fixture
def python_client(tmp_path):
    """A folder with the generated package `timeline_client`, and a program that uses it."""
    (tmp_path / "config.yaml").write_text("post_hooks: []\n")  # it would format the code with ruff
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    options = ["--path", SNAPSHOT, "--output-path", "timeline_client", "--meta", "none", "--config", "config.yaml"]
    run(*generate, *options, cwd=tmp_path)
    shutil.copy(HERE / "typed.py", tmp_path)
    return tmp_path


def test_python(python_client, api):
    assert run(sys.executable, "typed.py", api, cwd=python_client).splitlines() == [
        "Landau und Gor besuchen Kasachstan und Usbekistan | 2025-10-01 | month | Tashkent, Almaty and Astana | UTC",
        "None",
        "[('country', 'malformed')]",
    ]


def test_python_types(python_client):
    check = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={python_client / 'cache'}"]
    assert "Success: no issues found" in run(*check, "timeline_client", "typed.py", cwd=python_client)

    program = (python_client / "typed.py").read_text(encoding="utf-8")
    (python_client / "typed.py").write_text(program.replace("title: str", "title: int"))
    wrong = subprocess.run([*check, "typed.py"], cwd=python_client, capture_output=True, text=True, check=False)
    assert 'expression has type "str", variable has type "int"' in wrong.stdout
