"""Schemathesis makes requests from the OpenAPI description and looks for answers that it does not describe."""

from __future__ import annotations

import subprocess
import sys

import pytest

# The description cannot say that a code must be known, a day must exist, or `on` excludes `from`; so a request that
# fits it may be refused. Everything else that Schemathesis knows how to check is checked.
NOT_CHECKED = "positive_data_acceptance"
# Whose 501, which oEmbed asks for, it takes for an error of the server.
NOT_ASKED = "/oembed/"

OPTIONS = [
    *("--phases", "coverage,fuzzing", "--max-examples", "6", "--generation-deterministic", "--no-color"),
    *(
        "--exclude-path",
        NOT_ASKED,
        "--exclude-checks",
        NOT_CHECKED,
        "--suppress-health-check",
        "all",
        "--warnings",
        "off",
    ),
]


@pytest.mark.usefixtures("curated")
def test_no_undocumented_answer(live_server, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{live_server.url}/api/schema/", *OPTIONS],
        cwd=tmp_path,  # where it leaves its notes
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Tested: 19" in run.stdout
