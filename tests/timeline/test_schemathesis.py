"""Schemathesis makes requests from the OpenAPI description and looks for answers that it does not describe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.timeline import schemathesis_hooks
from timeline.formats import FORMATS

# The description cannot say that a code must be known, a day must exist, or `on` excludes `from`; so a request that
# fits it may be refused. Everything else that Schemathesis knows how to check is checked.
NOT_CHECKED = "positive_data_acceptance"


OPTIONS = [
    *("--phases", "coverage,fuzzing", "--max-examples", "6", "--generation-deterministic", "--no-color"),
    *("--exclude-checks", NOT_CHECKED, "--suppress-health-check", "all", "--warnings", "off"),
]


def test_only_shapes_of_clients_are_left_out():
    left_out = [name for name, format in FORMATS.items() if format.media_type == "application/json"]

    assert list(schemathesis_hooks.SHAPES_OF_CLIENTS) == left_out


@pytest.mark.usefixtures("curated")
def test_no_undocumented_answer(live_server, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{live_server.url}/api/schema/", *OPTIONS],
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(Path(schemathesis_hooks.__file__))},
        cwd=tmp_path,  # where it leaves its notes
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Tested: 19" in run.stdout
