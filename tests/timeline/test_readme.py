"""The README's requests get the README's answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from config import env

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\ncurl 'http://127\.0\.0\.1:8000(.+?)'\n```\n```json\n(.+?)\n```", README, flags=re.DOTALL)


@pytest.mark.django_db
@pytest.mark.usefixtures("curated")
def test_the_requests_get_the_answers(client):
    assert len(EXAMPLES) == 5
    for address, answer in EXAMPLES:
        assert client.get(address, headers={"host": "127.0.0.1:8000"}).json() == json.loads(answer), address


def test_the_environment_is_described_in_the_words_of_the_code():
    assert env.__doc__
    table = [line for line in env.__doc__.splitlines() if line.startswith("|")]

    assert "\n".join(table) in README


def test_every_file_named_is_there():
    root = Path(__file__).resolve().parents[2]
    layout = README[README.index("## Where things are") :]
    for package in ("events", "timeline"):
        row = next(line for line in layout.splitlines() if line.startswith(f"| `{package}/`"))
        for name in re.findall(r"`(\w+(?:\.py|/))`", row)[1:]:
            assert (root / package / name).exists(), f"{package}/{name}"
