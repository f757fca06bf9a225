"""That a kept database is measured only if today's code would fill it in the same way."""

import pytest

from tests.bench.database import _fingerprint


@pytest.mark.parametrize(
    ("file", "decides"),
    [
        ("config/settings.py", True),
        ("events/data/curated/c5.json", True),
        ("events/interchange/importing.py", True),
        ("events/involvement.py", True),
        ("timeline/management/commands/seed_synthetic.py", True),
        ("timeline/migrations/0001_initial.py", True),
        ("timeline/models/publications.py", True),
        ("timeline/publishing.py", True),
        ("timeline/formats/vis.py", False),
        ("timeline/views/events.py", False),
    ],
)
def test_other_code_that_fills_a_database_has_another_fingerprint(settings, tmp_path, file, decides):
    assert (settings.BASE_DIR / file).is_file()
    settings.BASE_DIR = tmp_path
    code = tmp_path / file
    code.parent.mkdir(parents=True)
    code.write_text("before")
    before = _fingerprint()

    code.write_text("after")

    assert (_fingerprint() != before) is decides
