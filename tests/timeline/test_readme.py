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
    package, named = "", set()
    for row in layout.splitlines():
        if begun := re.match(r"\| `(events|timeline|config|tests)/` \|", row):
            package = begun[1]
        if row.startswith(("| `", "| …")):
            within = re.findall(r"`(\w+(?:\.\w+|/))`", row.partition(" | ")[2])
            named |= {f"{package}/{name}" for name in within}
    assert len(named) > 100
    assert [name for name in sorted(named) if not (root / name).exists()] == []
