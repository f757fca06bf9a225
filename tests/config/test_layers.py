"""`events` imports nothing of ours, `timeline` only `events`."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

OURS = {"events", "timeline", "config", "tests"}


@pytest.mark.parametrize(("layer", "allowed"), [("events", {"events"}), ("timeline", {"timeline", "events"})])
def test_a_layer_imports_only_what_is_below(layer, allowed):
    files = list(Path(settings.BASE_DIR, layer).rglob("*.py"))
    assert files
    assert [(file.name, name) for file in files for name in imports(file) if name in OURS - allowed] == []


def imports(file: Path) -> set[str]:
    """The top-level modules a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
